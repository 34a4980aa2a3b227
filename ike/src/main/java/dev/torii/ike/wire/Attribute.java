package dev.torii.ike.wire;

import dev.torii.ike.Octets;

/**
 * A data attribute (RFC 2408, section 3.3): type and value, in the short form or with a length.
 *
 * @param type 1 to 32767
 * @param basic whether the short form is or was used on the wire
 * @param value two bytes in the short form
 */
public record Attribute(int type, boolean basic, Octets value) {
    /** In the short form; {@code value} 0 to 65535. */
    public static Attribute of(int type, int value) {
        return new Attribute(type, true, Octets.of((byte) (value >> 8), (byte) value));
    }

    /** In the short form if it fits, else in four bytes. */
    public static Attribute ofNumber(int type, long value) {
        return value >>> 16 == 0 ? of(type, (int) value) : new Attribute(type, false, Octets.ofInt((int) Math.min(value, 0xFFFF_FFFFL)));
    }

    /** The value as an unsigned number; longer than eight bytes: the largest long. */
    public long number() {
        long number = 0;
        for (int i = 0; i < value.length(); i++) {
            if (number >>> 55 != 0) {
                return Long.MAX_VALUE;
            }
            number = number << 8 | Byte.toUnsignedInt(value.at(i));
        }
        return number;
    }
}
