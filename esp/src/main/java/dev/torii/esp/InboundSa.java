package dev.torii.esp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;

/**
 * Opens packets of one inbound SA: tunnel mode (RFC 4303). One packet thread owns it: no locks, no logs, no exceptions.
 * Any thread may read {@link #counters}.
 */
public final class InboundSa {
    private static final int HEADER = 4 + 4;
    private static final int TRAILER = 2;

    private final int spi;
    private final List<Selectors> selectors;
    private final Selectors[] covering;                             // the same: going through it allocates nothing
    private final PacketCipher cipher;
    private final ReplayWindow replay;
    private final boolean extendedSequence;
    private final SaCounters counters = new SaCounters();
    private final PacketHeader header = new PacketHeader();

    /** With the JDK's ciphers. */
    public InboundSa(SaParameters parameters) {
        this(parameters, AeadProvider.JDK);
    }

    /** With another's. */
    public InboundSa(SaParameters parameters, AeadProvider aeads) {
        this(parameters, parameters.cipher(aeads));
    }

    InboundSa(SaParameters parameters, PacketCipher cipher) {
        this.spi = parameters.spi();
        this.selectors = parameters.selectors();
        this.covering = selectors.toArray(Selectors[]::new);
        this.cipher = cipher;
        this.replay = new ReplayWindow(parameters.replayWindow());
        this.extendedSequence = parameters.extendedSequence();
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

    /**
     * Reads SPI to ICV from position to limit of {@code datagram}; on {@link Verdict#OPENED} the inner IP packet lies between position
     * and limit of {@code packet}, trimmed to its own total length. Both are heap buffers, not the same. On any other verdict the
     * position of {@code packet} has not moved, and what lies after it is not to be used.
     */
    public Verdict open(ByteBuffer datagram, ByteBuffer packet) {
        int sealedBytes = datagram.remaining() - HEADER - cipher.ivBytes() - cipher.icvBytes();
        if (sealedBytes < TRAILER || sealedBytes % cipher.blockBytes() != 0) return counters.dropped(Verdict.RUNT);
        if (sealedBytes > packet.remaining()) return counters.dropped(Verdict.TOO_BIG);
        long sequence = datagram.getInt(datagram.position() + 4) & 0xFFFF_FFFFL;
        if (extendedSequence) sequence = replay.extended(sequence);
        if (!replay.check(sequence)) return counters.dropped(Verdict.REPLAYED);

        int start = packet.position();
        datagram.position(datagram.position() + HEADER);
        try {
            if (!cipher.open(spi, sequence, datagram, packet)) return counters.dropped(Verdict.BAD_ICV);
        } catch (GeneralSecurityException | RuntimeException failure) {
            packet.position(start);
            return counters.dropped(Verdict.FAILED);
        }
        replay.mark(sequence);
        int end = packet.position();
        packet.position(start);
        Verdict verdict = inspect(packet, end);
        if (verdict != Verdict.OPENED) return counters.dropped(verdict);
        packet.limit(start + header.totalBytes());
        counters.carried(header.totalBytes());
        return verdict;
    }

    /** What the authentic bytes from the position of {@code packet} to {@code end} are: trailer first, then the packet, then the policy. */
    private Verdict inspect(ByteBuffer packet, int end) {
        byte nextHeader = packet.get(end - 1);
        int pad = packet.get(end - 2) & 0xFF;
        int payloadEnd = end - TRAILER - pad;
        if (payloadEnd < packet.position()) return Verdict.BAD_PADDING;
        for (int i = 0; i < pad; i++) if (packet.get(payloadEnd + i) != (byte) (i + 1)) return Verdict.BAD_PADDING;
        if (nextHeader == NextHeader.NONE) return Verdict.DUMMY;

        int limit = packet.limit();
        packet.limit(payloadEnd);
        boolean whole = header.parse(packet);
        packet.limit(limit);
        if (!whole || nextHeader != (header.version() == 4 ? NextHeader.IPV4 : NextHeader.IPV6)) return Verdict.MALFORMED_PACKET;
        for (Selectors pair : covering) if (pair.coverInbound(header)) return Verdict.OPENED;
        return Verdict.OUT_OF_SELECTOR;
    }

    /** The header of the packet that was opened last, until the next. */
    PacketHeader header() {
        return header;
    }

    /** Overwrites the key. Only the owner may, or anyone once the owner's thread has ended. */
    void erase() {
        cipher.erase();
    }

    @Override public String toString() {
        return "inbound SA " + Integer.toHexString(spi) + ", " + selectors;
    }
}
