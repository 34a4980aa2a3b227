package dev.torii.esp;

import java.nio.ByteBuffer;

/** The octet of DSCP and ECN in a packet's own header: type of service in IPv4, traffic class in IPv6. */
final class TrafficClass {
    static final int DSCP = 0xFC;
    private static final int IPV4_CHECKSUM_AT = 10;

    private TrafficClass() {}

    /** Sets it in the packet at the position of {@code packet}, whose checksum, if it has one, stays right. */
    static void set(ByteBuffer packet, int value) {
        int at = packet.position();
        int before = packet.getShort(at) & 0xFFFF;
        if (before >>> 12 == 4) {
            int after = before & 0xFF00 | value;
            packet.putShort(at, (short) after).putShort(at + IPV4_CHECKSUM_AT, Checksum.changed(packet.getShort(at + IPV4_CHECKSUM_AT), before, after));
        } else {
            packet.putShort(at, (short) (before & 0xF00F | value << 4));
        }
    }
}
