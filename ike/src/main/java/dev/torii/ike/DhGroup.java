package dev.torii.ike;

/**
 * Key exchange methods by their registered number: Diffie-Hellman groups, which both versions of IKE share, and ML-KEM for additional key exchanges of IKEv2.
 */
public enum DhGroup {
    /** RFC 2409, section 6.2: within reach of an attacker with means, see {@link #discouraged()}. */
    MODP1024(2, 1024, Kind.SAFE_PRIME),
    /** RFC 3526, section 2. */
    MODP1536(5, 1536, Kind.SAFE_PRIME),
    /** RFC 3526, section 3. */
    MODP2048(14, 2048, Kind.SAFE_PRIME),
    /** RFC 3526, section 4. */
    MODP3072(15, 3072, Kind.SAFE_PRIME),
    /** RFC 3526, section 5. */
    MODP4096(16, 4096, Kind.SAFE_PRIME),
    /** RFC 3526, section 6. */
    MODP6144(17, 6144, Kind.SAFE_PRIME),
    /** RFC 3526, section 7. */
    MODP8192(18, 8192, Kind.SAFE_PRIME),
    /** RFC 5903, section 3.1. */
    ECP256(19, 256, Kind.CURVE),
    /** RFC 5903, section 3.2. */
    ECP384(20, 384, Kind.CURVE),
    /** RFC 5903, section 3.3. */
    ECP521(21, 521, Kind.CURVE),
    /** RFC 5114, section 2.3: its prime is of unknown origin, see {@link #discouraged()}. */
    MODP2048S256(24, 2048, Kind.SUBGROUP),
    /** RFC 8031 and RFC 7748, section 5: Curve25519. */
    X25519(31, 255, Kind.X_ONLY),
    /** FIPS 203; draft-ietf-ipsecme-ikev2-mlkem. */
    ML_KEM_512(35, 512, Kind.ENCAPSULATION),
    /** FIPS 203; draft-ietf-ipsecme-ikev2-mlkem. */
    ML_KEM_768(36, 768, Kind.ENCAPSULATION),
    /** FIPS 203; draft-ietf-ipsecme-ikev2-mlkem. */
    ML_KEM_1024(37, 1024, Kind.ENCAPSULATION);

    private enum Kind { SAFE_PRIME, SUBGROUP, CURVE, X_ONLY, ENCAPSULATION }

    private final int id;
    private final int bits;
    private final Kind kind;

    DhGroup(int id, int bits, Kind kind) {
        this.id = id;
        this.bits = bits;
        this.kind = kind;
    }

    /** The group's number on the wire. */
    public int id() {
        return id;
    }

    /** Size of the prime; of ML-KEM what its name says. */
    public int bits() {
        return bits;
    }

    /** Whether it is an elliptic curve rather than a group of integers. */
    public boolean elliptic() {
        return kind == Kind.CURVE || kind == Kind.X_ONLY;
    }

    /** Whether the responder encapsulates a secret for the initiator's key (FIPS 203) instead of having a key of its own. */
    public boolean encapsulates() {
        return kind == Kind.ENCAPSULATION;
    }

    /** Size of the shared secret, with leading zeros; of a curve, that is x (RFC 5903, section 7). */
    public int secretBytes() {
        return encapsulates() ? 32 : (bits + 7) / 8;
    }

    /**
     * Size of a public value, with leading zeros; of a curve, that is x and y, but of Curve25519 only one coordinate (RFC 8031, section 3.1). Of ML-KEM, the
     * initiator's (FIPS 203, table 3).
     */
    public int publicBytes() {
        if (encapsulates()) {
            return bits / 256 * 384 + 32;
        }
        return kind == Kind.CURVE ? 2 * secretBytes() : secretBytes();
    }

    /** Whether it should be used only where a peer has nothing better (RFC 8247, section 2.4): never offered unasked. */
    public boolean discouraged() {
        return this == MODP1024 || kind == Kind.SUBGROUP;
    }
}
