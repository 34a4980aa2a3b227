package dev.torii.ike;

/** Ciphers that protect IKE messages, with their number in the IKEv1 registry where they have one (RFC 2409, appendix A; RFC 3602, section 5). */
public enum EncryptionAlgorithm {
    /** AES in CBC mode: 128, 192 or 256 bit keys. */
    AES_CBC(7, 16, 0),
    /** AES-GCM with a 16 byte ICV, in IKEv2 only (RFC 5282): key, 4 byte salt, 8 byte IV. */
    AES_GCM_16(20, 1, 4);

    private final int id;
    private final int blockBytes;
    private final int saltBytes;

    EncryptionAlgorithm(int id, int blockBytes, int saltBytes) {
        this.id = id;
        this.blockBytes = blockBytes;
        this.saltBytes = saltBytes;
    }

    /** Value of attribute 1 in a phase 1 transform; of a combined cipher, the transform id of IKEv2. */
    public int id() {
        return id;
    }

    /** Block size, and size of the IV unless it is a combined cipher. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Bytes of key material after the key proper. */
    public int saltBytes() {
        return saltBytes;
    }

    /** Whether it authenticates by itself, so that no integrity algorithm goes with it. */
    public boolean combined() {
        return saltBytes > 0;
    }

    /** Whether a key of that many bits exists. */
    public boolean allowsKeyBits(int bits) {
        return bits == 128 || bits == 192 || bits == 256;
    }
}
