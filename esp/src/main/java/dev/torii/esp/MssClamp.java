package dev.torii.esp;

import java.nio.ByteBuffer;

/** Lowers the maximum segment size that the two ends of a TCP connection tell each other to what fits the tunnel (RFC 9293, section 3.7.1). */
final class MssClamp {
    private static final int TCP_BYTES = 20;
    private static final int IPV4_AND_TCP = 20 + TCP_BYTES;
    private static final int IPV6_AND_TCP = 40 + TCP_BYTES;
    private static final int OFFSET_AT = 12;
    private static final int FLAGS_AT = 13;
    private static final int CHECKSUM_AT = 16;
    private static final int SYN = 0x02;
    private static final int END_OF_OPTIONS = 0;
    private static final int NO_OPERATION = 1;
    private static final int MSS = 2;
    private static final int MSS_BYTES = 4;

    private MssClamp() {}

    /**
     * Looks at one whole packet that {@code header} was read from; all but SYN and SYN/ACK of TCP pass with a few comparisons. Options do not count
     * (RFC 6691): who uses them makes shorter segments. A SYN without the option stays without: what it then means, 536 or 1220, fits.
     *
     * @param mtu the longest inner packet
     * @return whether the packet was changed
     */
    static boolean apply(ByteBuffer packet, PacketHeader header, int mtu) {
        if (header.protocol() != PacketHeader.TCP) return false;
        int at = header.transportAt();
        int end = packet.position() + header.totalBytes();
        if (at == PacketHeader.NO_TRANSPORT || end - at < TCP_BYTES || (packet.get(at + FLAGS_AT) & SYN) == 0) return false;
        int optionsEnd = at + (packet.get(at + OFFSET_AT) >>> 4 & 0xF) * 4;
        return optionsEnd <= end && inOptions(packet, at, optionsEnd, mtu - (header.version() == 4 ? IPV4_AND_TCP : IPV6_AND_TCP));
    }

    private static boolean inOptions(ByteBuffer packet, int at, int end, int most) {
        int option = at + TCP_BYTES;
        while (option < end && packet.get(option) != END_OF_OPTIONS) {
            if (packet.get(option) == NO_OPERATION) {
                option++;
                continue;
            }
            int bytes = option + 1 < end ? packet.get(option + 1) & 0xFF : 0;
            if (bytes < 2 || option + bytes > end) return false;
            if (packet.get(option) == MSS && bytes == MSS_BYTES) return lower(packet, at, option + 2, most);
            option += bytes;
        }
        return false;
    }

    private static boolean lower(ByteBuffer packet, int tcp, int at, int most) {
        int told = packet.getShort(at) & 0xFFFF;
        if (told <= most) return false;
        packet.putShort(at, (short) most);
        boolean straddles = (at - tcp & 1) != 0;                    // two words of the checksum have a half each: as one, it is swapped
        int before = straddles ? swapped(told) : told;
        int after = straddles ? swapped(most) : most;
        packet.putShort(tcp + CHECKSUM_AT, Checksum.changed(packet.getShort(tcp + CHECKSUM_AT), before, after));
        return true;
    }

    private static int swapped(int word) {
        return (word & 0xFF) << 8 | word >>> 8 & 0xFF;
    }
}
