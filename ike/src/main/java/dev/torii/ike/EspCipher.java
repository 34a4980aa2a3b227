package dev.torii.ike;

/** ESP transforms (RFC 2407, section 4.4.4, and later registrations; IKEv2 has the same numbers). Only those the data path has. */
public enum EspCipher {
    /** AES-GCM with a 16 byte ICV (RFC 4106): key material is the key and a 4 byte salt. */
    AES_GCM_16(20, 4, true),
    /** AES-GCM with a 12 byte ICV (RFC 4106). */
    AES_GCM_12(19, 4, true),
    /** RFC 7634, for IKEv2 only: keys of 256 bits and a 4 byte salt. */
    CHACHA20_POLY1305(28, 4, true),
    /** AES in CBC mode (RFC 3602): needs an integrity algorithm. */
    AES_CBC(12, 0, false);

    private final int id;
    private final int saltBytes;
    private final boolean combined;

    EspCipher(int id, int saltBytes, boolean combined) {
        this.id = id;
        this.saltBytes = saltBytes;
        this.combined = combined;
    }

    /** The transform id. */
    public int id() {
        return id;
    }

    /** Bytes of key material after the key proper. */
    public int saltBytes() {
        return saltBytes;
    }

    /** Whether it authenticates by itself, so that no integrity algorithm goes with it. */
    public boolean combined() {
        return combined;
    }

    /** Whether a key of that many bits exists. */
    public boolean allowsKeyBits(int bits) {
        return bits == 256 || variableKey() && (bits == 128 || bits == 192);
    }

    /** Whether the key size is negotiated. */
    public boolean variableKey() {
        return this != CHACHA20_POLY1305;
    }

    /** Whether IKEv1 has a number for it. */
    public boolean knownToIkeV1() {
        return this != CHACHA20_POLY1305;
    }
}
