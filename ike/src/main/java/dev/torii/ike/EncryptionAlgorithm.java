package dev.torii.ike;

/** Ciphers that protect IKE messages, with their number in the IKEv1 registry (RFC 2409, appendix A; RFC 3602, section 5). */
public enum EncryptionAlgorithm {
    /** AES in CBC mode: 128, 192 or 256 bit keys. */
    AES_CBC(7, 16);

    private final int id;
    private final int blockBytes;

    EncryptionAlgorithm(int id, int blockBytes) {
        this.id = id;
        this.blockBytes = blockBytes;
    }

    /** Value of attribute 1 in a phase 1 transform. */
    public int id() {
        return id;
    }

    /** Block and IV size. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Whether a key of that many bits exists. */
    public boolean allowsKeyBits(int bits) {
        return bits == 128 || bits == 192 || bits == 256;
    }
}
