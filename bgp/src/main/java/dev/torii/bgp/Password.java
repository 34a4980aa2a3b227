package dev.torii.bgp;

import java.nio.charset.StandardCharsets;

/** The key of TCP MD5 signatures (RFC 2385), 1 to 80 octets. Prints nothing of itself. */
public final class Password {
    public static final int LONGEST = 80;

    private final byte[] octets;

    public Password(String text) {
        octets = text.getBytes(StandardCharsets.UTF_8);
        if (octets.length == 0 || octets.length > LONGEST) throw new IllegalArgumentException("a key of " + octets.length + " octets");
    }

    /** A copy for the socket. */
    public byte[] toArray() { return octets.clone(); }

    @Override public String toString() { return "***"; }
}
