package dev.torii.ike;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * What protects a child SA.
 *
 * @param cipher encryption
 * @param keyBits its key size without salt
 * @param integrity present exactly when the cipher does not authenticate by itself
 * @param pfs group of a fresh Diffie-Hellman exchange; empty: keys come from the IKE SA's alone
 * @param additional further key exchanges after that of {@code pfs}, in IKEv2 only: RFC 9370
 * @param extendedSequence sequence numbers of 64 bits (RFC 4303, section 2.2.1; RFC 4304 in IKEv1)
 */
public record EspProposal(EspCipher cipher, int keyBits, Optional<IntegrityAlgorithm> integrity, Optional<DhGroup> pfs, List<DhGroup> additional,
        boolean extendedSequence) {
    /** With sequence numbers of 32 bits and one key exchange at most. */
    public EspProposal(EspCipher cipher, int keyBits, Optional<IntegrityAlgorithm> integrity, Optional<DhGroup> pfs) {
        this(cipher, keyBits, integrity, pfs, List.of(), false);
    }

    /** Checks the key size, that integrity goes with the cipher, and that no key exchange is there twice (RFC 9370, section 2.2.2). */
    public EspProposal {
        additional = List.copyOf(additional);
        if (additional.size() > IkeProposal.MOST_ADDITIONAL || pfs.filter(DhGroup::encapsulates).isPresent() || !additional.isEmpty() && pfs.isEmpty()
                || pfs.filter(additional::contains).isPresent() || new HashSet<>(additional).size() < additional.size()) {
            throw new IllegalArgumentException("key exchanges " + pfs + " and " + additional);
        }
        if (!cipher.allowsKeyBits(keyBits)) {
            throw new IllegalArgumentException(cipher + " with a key of " + keyBits + " bits");
        }
        if (cipher.combined() == integrity.isPresent()) {
            throw new IllegalArgumentException(cipher + (cipher.combined() ? " with " : " without ") + "an integrity algorithm");
        }
    }

    /** The same with sequence numbers of 64 bits. */
    public EspProposal extended() {
        return new EspProposal(cipher, keyBits, integrity, pfs, additional, true);
    }

    /** The same with these key exchanges after the first. */
    public EspProposal with(List<DhGroup> further) {
        return new EspProposal(cipher, keyBits, integrity, pfs, further, extendedSequence);
    }

    /** Key material of one direction: key, salt, integrity key. */
    public int keyMaterialBytes() {
        return keyBits / 8 + cipher.saltBytes() + integrity.map(IntegrityAlgorithm::keyBytes).orElse(0);
    }

    /** For example {@code AES_GCM_16_256-MODP1536}. */
    @Override
    public String toString() {
        return suite() + pfs.map(group -> "-" + group).orElse("") + IkeProposal.text(additional);
    }

    /** Without the group, for example {@code AES_GCM_16_256}. */
    public String suite() {
        return cipher + "_" + keyBits + integrity.map(algorithm -> "-" + algorithm).orElse("") + (extendedSequence ? "-ESN" : "");
    }
}
