package dev.torii.esp;

import java.nio.ByteBuffer;

/** The Internet checksum (RFC 1071), over big-endian buffers, and its change with a changed word (RFC 1624). */
final class Checksum {
    private Checksum() {}

    /**
     * The sum of the 16-bit words from {@code from} up to {@code to}, not folded; the last octet of an odd number is padded with zero. Sums may be added up.
     */
    static long sum(ByteBuffer octets, int from, int to) {
        long sum = 0;
        int at = from;
        for (; at <= to - Short.BYTES; at += Short.BYTES) sum += octets.getShort(at) & 0xFFFF;
        return at < to ? sum + ((octets.get(at) & 0xFF) << 8) : sum;
    }

    /** The 16 bits that go into a header. */
    static short finish(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) folded = (folded & 0xFFFF) + (folded >>> 16);
        return (short) ~folded;
    }

    /** The checksum after a 16-bit word that it covers has changed: RFC 1624, equation 3. */
    static short changed(short checksum, int before, int after) {
        return finish((~checksum & 0xFFFF) + (~before & 0xFFFF) + (after & 0xFFFF));
    }
}
