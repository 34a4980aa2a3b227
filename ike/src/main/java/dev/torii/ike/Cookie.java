package dev.torii.ike;

import java.util.HexFormat;

/** One side's half of the name of an IKE SA (RFC 2408, section 2.5.3): eight bytes as a number, zero while unknown. */
public record Cookie(long value) {
    /** The responder's cookie in the first message. */
    public static final Cookie NONE = new Cookie(0);

    /** The first eight bytes. */
    public static Cookie of(Octets octets) {
        return new Cookie(octets.asBuffer().getLong());
    }

    /** Eight bytes in network order. */
    public Octets octets() {
        return Octets.ofHex(toString());
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(value);
    }
}
