package dev.torii.ike;

/** Diffie-Hellman groups by their registered number (RFC 3526); groups of 1024 bits and less are left out on purpose. */
public enum DhGroup {
    /** RFC 3526, section 2. */
    MODP1536(5, 1536),
    /** RFC 3526, section 3. */
    MODP2048(14, 2048),
    /** RFC 3526, section 4. */
    MODP3072(15, 3072),
    /** RFC 3526, section 5. */
    MODP4096(16, 4096),
    /** RFC 3526, section 6. */
    MODP6144(17, 6144),
    /** RFC 3526, section 7. */
    MODP8192(18, 8192);

    private final int id;
    private final int bits;

    DhGroup(int id, int bits) {
        this.id = id;
        this.bits = bits;
    }

    /** The group's number on the wire. */
    public int id() {
        return id;
    }

    /** Size of the prime. */
    public int bits() {
        return bits;
    }

    /** Size of a public value and of the shared secret, with leading zeros. */
    public int publicBytes() {
        return bits / 8;
    }
}
