package dev.torii.bgp.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** Immutable bytes with a value's equality. */
public final class Octets {
    public static final Octets EMPTY = new Octets(new byte[0]);

    private final byte[] bytes;

    private Octets(byte[] bytes) { this.bytes = bytes; }

    public static Octets of(byte... bytes) { return new Octets(bytes.clone()); }

    public static Octets parseHex(String hex) { return new Octets(HexFormat.of().parseHex(hex)); }

    /** What {@code in} has left; its position moves to its limit. */
    public static Octets rest(ByteBuffer in) {
        var bytes = new byte[in.remaining()];
        in.get(bytes);
        return new Octets(bytes);
    }

    /** The next {@code length} bytes; the position moves past them. */
    public static Octets next(ByteBuffer in, int length) {
        var bytes = new byte[length];
        in.get(bytes);
        return new Octets(bytes);
    }

    public int length() { return bytes.length; }

    public byte[] toArray() { return bytes.clone(); }

    public ByteBuffer toBuffer() { return ByteBuffer.wrap(bytes).asReadOnlyBuffer(); }

    public void writeTo(ByteBuffer out) { out.put(bytes); }

    @Override public boolean equals(Object other) { return other instanceof Octets that && Arrays.equals(bytes, that.bytes); }

    @Override public int hashCode() { return Arrays.hashCode(bytes); }

    @Override public String toString() { return HexFormat.of().formatHex(bytes); }
}
