package dev.torii.ike;

/**
 * What protects an IKE SA; in IKEv1 one phase 1 transform.
 *
 * @param encryption cipher of the messages
 * @param keyBits its key size
 * @param hash hash; the pseudo-random function is its HMAC
 * @param group Diffie-Hellman group
 */
public record IkeProposal(EncryptionAlgorithm encryption, int keyBits, HashAlgorithm hash, DhGroup group) {
    /** Checks the key size. */
    public IkeProposal {
        if (!encryption.allowsKeyBits(keyBits)) {
            throw new IllegalArgumentException(encryption + " with a key of " + keyBits + " bits");
        }
    }

    /** For example {@code AES_CBC_256-HMAC_SHA2_384-MODP1536}. */
    @Override
    public String toString() {
        return encryption + "_" + keyBits + "-HMAC_" + hash + "-" + group;
    }
}
