package dev.torii.tun;

import java.nio.ByteBuffer;

/** The Internet checksum (RFC 1071), over big-endian buffers. */
final class Checksum {
    private Checksum() {}

    /** The sum of the octets' 16-bit words, not yet folded; the last octet of an odd number is padded with zero. Sums may be added up. */
    static long sum(ByteBuffer octets, int from, int to) {
        long sum = 0;
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {       // 2^32 is 1 modulo 2^16 - 1: wide words add up to the same
            long word = octets.getLong(at);
            sum += (word >>> 32) + (word & 0xFFFF_FFFFL);
        }
        for (; at <= to - Short.BYTES; at += Short.BYTES) sum += Short.toUnsignedInt(octets.getShort(at));
        if (at < to) sum += Byte.toUnsignedInt(octets.get(at)) << 8;
        return sum;
    }

    /** The 16 bits that go into the header. */
    static short finish(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) folded = (folded & 0xFFFF) + (folded >>> 16);
        return (short) ~folded;
    }
}
