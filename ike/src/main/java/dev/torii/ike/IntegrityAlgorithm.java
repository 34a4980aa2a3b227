package dev.torii.ike;

/** Authentication algorithms of ESP without a combined cipher (RFC 2407, section 4.5, attribute 5; RFC 4868). */
public enum IntegrityAlgorithm {
    /** RFC 2404. */
    HMAC_SHA1_96(2, 20),
    /** RFC 4868. */
    HMAC_SHA2_256_128(5, 32),
    /** RFC 4868. */
    HMAC_SHA2_384_192(6, 48),
    /** RFC 4868. */
    HMAC_SHA2_512_256(7, 64);

    private final int id;
    private final int keyBytes;

    IntegrityAlgorithm(int id, int keyBytes) {
        this.id = id;
        this.keyBytes = keyBytes;
    }

    /** Value of attribute 5 in an ESP transform. */
    public int id() {
        return id;
    }

    /** Key size. */
    public int keyBytes() {
        return keyBytes;
    }
}
