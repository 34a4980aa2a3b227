package dev.torii.ike;

import java.util.Optional;

/**
 * What protects a child SA.
 *
 * @param cipher encryption
 * @param keyBits its key size without salt
 * @param integrity present exactly when the cipher does not authenticate by itself
 * @param pfs group of a fresh Diffie-Hellman exchange; empty: keys come from the IKE SA's alone
 */
public record EspProposal(EspCipher cipher, int keyBits, Optional<IntegrityAlgorithm> integrity, Optional<DhGroup> pfs) {
    /** Checks the key size and that integrity goes with the cipher. */
    public EspProposal {
        if (!cipher.allowsKeyBits(keyBits)) {
            throw new IllegalArgumentException(cipher + " with a key of " + keyBits + " bits");
        }
        if (cipher.combined() == integrity.isPresent()) {
            throw new IllegalArgumentException(cipher + (cipher.combined() ? " with " : " without ") + "an integrity algorithm");
        }
    }

    /** Key material of one direction: key, salt, integrity key. */
    public int keyMaterialBytes() {
        return keyBits / 8 + cipher.saltBytes() + integrity.map(IntegrityAlgorithm::keyBytes).orElse(0);
    }

    /** For example {@code AES_GCM_16_256-MODP1536}. */
    @Override
    public String toString() {
        return suite() + pfs.map(group -> "-" + group).orElse("");
    }

    /** Without the group, for example {@code AES_GCM_16_256}. */
    public String suite() {
        return cipher + "_" + keyBits + integrity.map(algorithm -> "-" + algorithm).orElse("");
    }
}
