package dev.torii.ike;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable sequence of bytes with value equality; printed as hexadecimal. Not for key material: see {@link Secret}. */
public final class Octets {
    /** No bytes at all. */
    public static final Octets EMPTY = new Octets(new byte[0]);

    private final byte[] bytes;

    private Octets(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies the given bytes. */
    public static Octets of(byte... bytes) {
        return bytes.length == 0 ? EMPTY : new Octets(bytes.clone());
    }

    /** Parses hexadecimal digits without separators. */
    public static Octets ofHex(String hex) {
        return new Octets(HexFormat.of().parseHex(hex));
    }

    /** Copies what remains in {@code in} and moves its position to the limit. */
    public static Octets rest(ByteBuffer in) {
        return take(in, in.remaining());
    }

    /** Copies the next {@code length} bytes of {@code in}. */
    public static Octets take(ByteBuffer in, int length) {
        byte[] copy = new byte[length];
        in.get(copy);
        return length == 0 ? EMPTY : new Octets(copy);
    }

    /** The parts one after the other. */
    public static Octets concat(Octets... parts) {
        int length = 0;
        for (Octets part : parts) {
            length += part.bytes.length;
        }
        var out = ByteBuffer.allocate(length);
        for (Octets part : parts) {
            part.writeTo(out);
        }
        return new Octets(out.array());
    }

    /** Four bytes in network order. */
    public static Octets ofInt(int value) {
        return new Octets(ByteBuffer.allocate(4).putInt(value).array());
    }

    /** The number of bytes. */
    public int length() {
        return bytes.length;
    }

    /** The byte at {@code index}, as -128 to 127. */
    public byte at(int index) {
        return bytes[index];
    }

    /** The {@code length} bytes from {@code from} on. */
    public Octets slice(int from, int length) {
        return new Octets(Arrays.copyOfRange(bytes, from, from + length));
    }

    /** The last {@code length} bytes. */
    public Octets last(int length) {
        return slice(bytes.length - length, length);
    }

    /** A copy the caller owns. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** A read-only view. */
    public ByteBuffer asBuffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /** Appends the bytes to {@code out}. */
    public void writeTo(ByteBuffer out) {
        out.put(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets o && Arrays.equals(bytes, o.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
