package dev.torii.ike;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** Key material: never printed, compared in constant time, erasable. The bytes live in this one array until {@link #erase()}. */
public final class Secret {
    private final byte[] bytes;
    private boolean erased;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies the bytes; the caller may wipe its own. */
    public static Secret copyOf(byte... bytes) {
        return new Secret(bytes.clone());
    }

    /** The UTF-8 bytes of a passphrase. */
    public static Secret ofText(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The number of bytes, also after erasing. */
    public int length() {
        return bytes.length;
    }

    /** A copy that the caller wipes after use. @throws IllegalStateException after {@link #erase()} */
    public byte[] toByteArray() {
        if (erased) {
            throw new IllegalStateException("secret is erased");
        }
        return bytes.clone();
    }

    /** A new secret of {@code length} bytes from {@code from} on. */
    public Secret slice(int from, int length) {
        if (erased) {
            throw new IllegalStateException("secret is erased");
        }
        return new Secret(Arrays.copyOfRange(bytes, from, from + length));
    }

    /** A second secret with the same bytes, erased on its own. */
    public Secret copy() {
        return slice(0, bytes.length);
    }

    /** Overwrites the bytes with zeros. Harmless when repeated. */
    public void erase() {
        erased = true;
        Arrays.fill(bytes, (byte) 0);
    }

    /** Whether {@link #erase()} was called. */
    public boolean isErased() {
        return erased;
    }

    /** Equal bytes, compared in constant time; an erased secret equals only itself. */
    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof Secret s && !erased && !s.erased && MessageDigest.isEqual(bytes, s.bytes);
    }

    /** Depends on the length only: a hash code must not tell anything of the bytes. */
    @Override
    public int hashCode() {
        return bytes.length;
    }

    @Override
    public String toString() {
        return "***";
    }
}
