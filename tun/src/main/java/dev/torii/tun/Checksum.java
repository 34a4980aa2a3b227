package dev.torii.tun;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The Internet checksum (RFC 1071), over big-endian buffers. */
final class Checksum {
    /**
     * Words are added in the host's order: the sum of swapped words is the swapped sum (RFC 1071, section 2 (B)). The compiler makes vector instructions of a
     * plain loop over an array, not of one over a buffer: a quarter of the time.
     */
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final boolean SWAPPED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final long LOW = 0xFFFF_FFFFL;

    private Checksum() {}

    /** The sum of the octets' 16-bit words, not yet folded; the last octet of an odd number is padded with zero. Sums may be added up. */
    static long sum(ByteBuffer octets, int from, int to) {
        int words = octets.hasArray() ? (to - from) / Long.BYTES : 0;
        long sum = words == 0 ? 0 : sum(octets.array(), octets.arrayOffset() + from, words);
        int at = from + words * Long.BYTES;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {       // 2^32 is 1 modulo 2^16 - 1: wide words add up to the same
            long word = octets.getLong(at);
            sum += (word >>> 32) + (word & LOW);
        }
        for (; at <= to - Short.BYTES; at += Short.BYTES) sum += Short.toUnsignedInt(octets.getShort(at));
        if (at < to) sum += Byte.toUnsignedInt(octets.get(at)) << 8;
        return sum;
    }

    private static int sum(byte[] octets, int from, int words) {
        long low = 0;
        long high = 0;
        for (int i = 0; i < words; i++) {
            long word = (long) LONGS.get(octets, from + i * Long.BYTES);
            low += word & LOW;
            high += word >>> 32;
        }
        int folded = fold(low + high);
        return SWAPPED ? (folded & 0xFF) << 8 | folded >>> 8 : folded;
    }

    /** The 16 bits that go into the header. */
    static short finish(long sum) {
        return (short) ~fold(sum);
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) folded = (folded & 0xFFFF) + (folded >>> 16);
        return (int) folded;
    }
}
