package dev.torii.esp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Seals packets of one outbound SA: tunnel mode (RFC 4303). One packet thread owns it: no locks, no logs, no exceptions.
 * Any thread may read {@link #sequence} and {@link #counters}.
 */
public final class OutboundSa {
    /** Room a caller leaves after each IP packet, in bytes, whatever the suite: padding up to a block of 16, its length, next header. */
    public static final int TRAILER = 15 + 2;
    /** The most that sealing adds to an IP packet, in bytes, whatever the suite: SPI, sequence number, IV, trailer, ICV of up to 32. */
    public static final int OVERHEAD = 4 + 4 + 16 + TRAILER + 32;
    /** The last sequence number without ESN; it never wraps (RFC 4303, section 3.3.3). */
    public static final long LAST_SEQUENCE = 0xFFFF_FFFFL;

    private static final int HEADER = 4 + 4;
    private static final int PAD_LENGTH_AND_NEXT_HEADER = 2;

    private final int spi;
    private final List<Selectors> selectors;
    private final PacketCipher cipher;
    private final long lastSequence;
    private final long bytesPerKey;
    private final SaCounters counters = new SaCounters();
    private final AtomicLong sequence = new AtomicLong();

    /** With the JDK's ciphers. */
    public OutboundSa(SaParameters parameters) {
        this(parameters, 0);
    }

    /** With another's. */
    public OutboundSa(SaParameters parameters, AeadProvider aeads) {
        this(parameters, parameters.cipher(aeads), 0);
    }

    /** @param sequence the last number already used */
    OutboundSa(SaParameters parameters, long sequence) {
        this(parameters, parameters.cipher(AeadProvider.JDK), sequence);
    }

    OutboundSa(SaParameters parameters, PacketCipher cipher, long sequence) {
        this.spi = parameters.spi();
        this.selectors = parameters.selectors();
        this.cipher = cipher;
        this.lastSequence = parameters.extendedSequence() ? Long.MAX_VALUE : LAST_SEQUENCE;
        this.bytesPerKey = parameters.suite().bytesPerKey();
        this.sequence.setPlain(sequence);
    }

    public int spi() {
        return spi;
    }

    public List<Selectors> selectors() {
        return selectors;
    }

    public SaCounters counters() {
        return counters;
    }

    /** The longest inner packet whose ESP packet, from SPI to ICV, has at most {@code espBytes} bytes. */
    public int largestPacket(int espBytes) {
        int sealed = espBytes - HEADER - cipher.ivBytes() - cipher.icvBytes();
        return sealed - sealed % cipher.blockBytes() - PAD_LENGTH_AND_NEXT_HEADER;
    }

    /** After this number nothing is sealed: with extended sequence numbers out of reach, else {@link #LAST_SEQUENCE}. Rekey well before. */
    public long lastSequence() {
        return lastSequence;
    }

    /** How many of {@link #counters}' bytes the key is good for, see {@link Suite#bytesPerKey}. Nothing stops there: rekey before. */
    public long bytesPerKey() {
        return bytesPerKey;
    }

    /** The last sequence number used. */
    public long sequence() {
        return sequence.getOpaque();
    }

    /**
     * Reads the IP packet from position to limit of {@code packet}, and writes SPI to ICV at the position of {@code out}.
     * Both are heap buffers, not the same; {@code packet} has {@link #TRAILER} bytes of room after its limit, which are overwritten.
     * Only on {@link Verdict#SEALED} has the position of {@code out} moved.
     */
    public Verdict seal(ByteBuffer packet, ByteBuffer out) {
        int version = packet.hasRemaining() ? packet.get(packet.position()) >>> 4 & 0xF : 0;
        if (version != 4 && version != 6) return counters.dropped(Verdict.MALFORMED_PACKET);
        return seal(packet, out, version == 4 ? NextHeader.IPV4 : NextHeader.IPV6);
    }

    Verdict seal(ByteBuffer packet, ByteBuffer out, byte nextHeader) {
        int length = packet.remaining();
        int pad = -(length + 2) & cipher.blockBytes() - 1;
        int end = packet.limit();
        if (end + pad + 2 > packet.capacity() || HEADER + cipher.ivBytes() + length + pad + 2 + cipher.icvBytes() > out.remaining()) {
            return counters.dropped(Verdict.TOO_BIG);
        }
        long next = sequence.getPlain() + 1;
        if (next > lastSequence || next < 0) return counters.dropped(Verdict.SEQUENCE_EXHAUSTED);
        sequence.setOpaque(next);               // used up before it is used: a failure may skip a number, never repeat one

        packet.limit(end + pad + 2);
        for (int i = 0; i < pad; i++) packet.put(end + i, (byte) (i + 1));
        packet.put(end + pad, (byte) pad).put(end + pad + 1, nextHeader);
        int start = out.position();
        out.putInt(spi).putInt((int) next);
        try {
            cipher.seal(spi, next, packet, out);
        } catch (GeneralSecurityException | RuntimeException failure) {
            out.position(start);
            return counters.dropped(Verdict.FAILED);
        }
        counters.carried(length);
        return Verdict.SEALED;
    }

    /** Overwrites the key. Only the owner may, or anyone once the owner's thread has ended. */
    void erase() {
        cipher.erase();
    }

    @Override public String toString() {
        return "outbound SA " + Integer.toHexString(spi) + ", " + selectors;
    }
}
