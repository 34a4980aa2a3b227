package dev.torii.ike;

import java.util.HexFormat;

/** A security parameter index of ESP (RFC 4303, section 2.1): 32 bits as a Java int; 0 to 255 (unsigned) are reserved. */
public record Spi(int value) {
    /** Four bytes in network order. */
    public Octets octets() {
        return Octets.ofInt(value);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(value);
    }
}
