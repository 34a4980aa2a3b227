package dev.torii.ike;

/** Hashes of IKEv1 (attribute 2; RFC 2409, appendix A, and RFC 4868's numbers); the pseudo-random function is their HMAC. */
public enum HashAlgorithm {
    /** 160 bits. */
    SHA1(2, 20),
    /** 256 bits. */
    SHA2_256(4, 32),
    /** 384 bits. */
    SHA2_384(5, 48),
    /** 512 bits. */
    SHA2_512(6, 64);

    private final int id;
    private final int bytes;

    HashAlgorithm(int id, int bytes) {
        this.id = id;
        this.bytes = bytes;
    }

    /** Value of attribute 2 in a phase 1 transform. */
    public int id() {
        return id;
    }

    /** Output size, of the HMAC too. */
    public int bytes() {
        return bytes;
    }
}
