package dev.torii.esp;

import java.security.GeneralSecurityException;

/**
 * Encryption and integrity in one, with one key: the port behind which providers differ. One thread owns it.
 * A nonce of {@link #NONCE_BYTES} is never used twice for sealing with the same key; that is the caller's to see to.
 *
 * <p>Input and output are arrays, and not the same one: what is quick in the JDK asks for both.
 */
interface Aead {
    int NONCE_BYTES = 12;

    /** The algorithms, and what Java calls them. */
    enum Algorithm {
        /** NIST SP 800-38D, with keys of 16, 24 or 32 bytes and an ICV of 12 or 16. */
        AES_GCM("AES/GCM/NoPadding", "AES"),
        /** RFC 8439, with keys of 32 bytes and an ICV of 16. */
        CHACHA20_POLY1305("ChaCha20-Poly1305", "ChaCha20");

        private final String transformation;
        private final String keyName;

        Algorithm(String transformation, String keyName) {
            this.transformation = transformation;
            this.keyName = keyName;
        }

        String transformation() {
            return transformation;
        }

        String keyName() {
            return keyName;
        }
    }

    /** Writes as much ciphertext as there is plaintext, then the ICV. */
    void seal(byte[] nonce, byte[] aad, byte[] plain, int plainOffset, int plainBytes, byte[] out, int outOffset) throws GeneralSecurityException;

    /**
     * Writes the plaintext of ciphertext and ICV, together {@code sealedBytes} long, if they are authentic; if not, what is at {@code outOffset} means nothing.
     *
     * @return whether they are
     */
    boolean open(byte[] nonce, byte[] aad, byte[] sealed, int sealedOffset, int sealedBytes, byte[] out, int outOffset) throws GeneralSecurityException;

    /** Overwrites the key, as far as the provider allows. Nothing can be sealed or opened afterwards. */
    void erase();
}
