package dev.torii.esp;

import java.nio.ByteBuffer;

/**
 * Probes of one tunnel's path: ICMP echo requests (RFC 792) of any length inside the tunnel, from our inner address to the peer's, which any peer answers. The
 * control thread makes one, the outbound thread seals it, the inbound thread knows the answer.
 */
public final class EchoProbe {
    private static final int IPV4_BYTES = 20;
    private static final int ICMP_BYTES = 8;
    private static final int ICMP = 1;
    private static final int ECHO = 8;
    private static final int ECHO_REPLY = 0;
    private static final int TTL = 64;
    private static final int DONT_FRAGMENT = 0x4000;

    private final int local;
    private final int remote;
    private final int identifier;

    /**
     * @param local  our IPv4 address in the tunnel
     * @param remote the peer's
     * @param identifier 16 bits that tell our requests from other programs'
     */
    public EchoProbe(int local, int remote, int identifier) {
        this.local = local;
        this.remote = remote;
        this.identifier = identifier & 0xFFFF;
    }

    /** An echo request of so many bytes, with room behind it for the ESP trailer. */
    public ByteBuffer request(int bytes, int sequence) {
        var packet = ByteBuffer.allocate(bytes + OutboundSa.TRAILER).limit(bytes);
        packet.put(0, (byte) 0x45).putShort(2, (short) bytes).putShort(6, (short) DONT_FRAGMENT).put(8, (byte) TTL).put(9, (byte) ICMP)
                .putInt(12, local).putInt(16, remote);
        packet.putShort(10, Checksum.finish(Checksum.sum(packet, 0, IPV4_BYTES)));
        packet.put(IPV4_BYTES, (byte) ECHO).putShort(IPV4_BYTES + 4, (short) identifier).putShort(IPV4_BYTES + 6, (short) sequence);
        return packet.putShort(IPV4_BYTES + 2, Checksum.finish(Checksum.sum(packet, IPV4_BYTES, bytes)));
    }

    /** The sequence number that an inner packet answers, or -1: whole, or the first fragment of what the peer's own MTU cut. */
    int answers(ByteBuffer packet, PacketHeader header) {
        int at = header.transportAt();
        if (header.protocol() != ICMP || header.version() != 4 || at == PacketHeader.NO_TRANSPORT) return -1;
        boolean ours = packet.position() + header.totalBytes() - at >= ICMP_BYTES && packet.get(at) == ECHO_REPLY
                && (packet.getShort(at + 4) & 0xFFFF) == identifier && (int) header.sourceLow() == remote && (int) header.destinationLow() == local;
        return ours ? packet.getShort(at + 6) & 0xFFFF : -1;
    }
}
