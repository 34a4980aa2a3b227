package dev.torii.ike;

import java.util.Optional;

/**
 * What protects a child SA.
 *
 * @param cipher encryption
 * @param keyBits its key size without salt
 * @param integrity present exactly when the cipher does not authenticate by itself
 * @param pfs group of a fresh Diffie-Hellman exchange; empty: keys come from the IKE SA's alone
 * @param extendedSequence sequence numbers of 64 bits (RFC 4303, section 2.2.1; RFC 4304 in IKEv1)
 */
public record EspProposal(EspCipher cipher, int keyBits, Optional<IntegrityAlgorithm> integrity, Optional<DhGroup> pfs, boolean extendedSequence) {
    /** With sequence numbers of 32 bits. */
    public EspProposal(EspCipher cipher, int keyBits, Optional<IntegrityAlgorithm> integrity, Optional<DhGroup> pfs) {
        this(cipher, keyBits, integrity, pfs, false);
    }

    /** Checks the key size and that integrity goes with the cipher. */
    public EspProposal {
        if (!cipher.allowsKeyBits(keyBits)) {
            throw new IllegalArgumentException(cipher + " with a key of " + keyBits + " bits");
        }
        if (cipher.combined() == integrity.isPresent()) {
            throw new IllegalArgumentException(cipher + (cipher.combined() ? " with " : " without ") + "an integrity algorithm");
        }
    }

    /** The same with sequence numbers of 64 bits. */
    public EspProposal extended() {
        return new EspProposal(cipher, keyBits, integrity, pfs, true);
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
        return cipher + "_" + keyBits + integrity.map(algorithm -> "-" + algorithm).orElse("") + (extendedSequence ? "-ESN" : "");
    }
}
