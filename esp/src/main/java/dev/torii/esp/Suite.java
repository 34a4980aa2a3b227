package dev.torii.esp;

/** The ESP algorithms: encryption and integrity together, as IKE negotiates them. */
public enum Suite {
    /** RFC 4106 with a 128-bit key and a 16-byte ICV. */
    AES_128_GCM_16(16),
    /** RFC 4106 with a 192-bit key and a 16-byte ICV. */
    AES_192_GCM_16(24),
    /** RFC 4106 with a 256-bit key and a 16-byte ICV. */
    AES_256_GCM_16(32);

    private final int keyBytes;

    Suite(int keyBytes) {
        this.keyBytes = keyBytes;
    }

    /** Bytes of KEYMAT one direction takes: the key, then the salt (RFC 4106, section 8.1). */
    public int keyMaterialBytes() {
        return keyBytes + JdkAesGcm.SALT_BYTES;
    }

    /** The cipher of this suite; takes what it needs out of {@code keyMaterial} and keeps no reference to it. */
    PacketCipher cipher(byte[] keyMaterial) {
        return new JdkAesGcm(keyMaterial, keyBytes);
    }
}
