package dev.torii.ike;

import java.util.HashSet;
import java.util.List;

/**
 * What protects an IKE SA; in IKEv1 one phase 1 transform.
 *
 * @param encryption cipher of the messages
 * @param keyBits its key size
 * @param hash hash; the pseudo-random function is its HMAC
 * @param group Diffie-Hellman group
 * @param additional further key exchanges one after the other, in IKEv2 only: RFC 9370
 */
public record IkeProposal(EncryptionAlgorithm encryption, int keyBits, HashAlgorithm hash, DhGroup group, List<DhGroup> additional) {
    /** As many as there are transform types for them. */
    public static final int MOST_ADDITIONAL = 7;

    /** With one key exchange. */
    public IkeProposal(EncryptionAlgorithm encryption, int keyBits, HashAlgorithm hash, DhGroup group) {
        this(encryption, keyBits, hash, group, List.of());
    }

    /** Checks the key size, and that no key exchange is there twice (RFC 9370, section 2.2.2). */
    public IkeProposal {
        additional = List.copyOf(additional);
        if (additional.size() > MOST_ADDITIONAL || group.encapsulates() || additional.contains(group) || new HashSet<>(additional).size() < additional.size()) {
            throw new IllegalArgumentException("key exchanges " + group + " and " + additional);
        }
        if (!encryption.allowsKeyBits(keyBits)) {
            throw new IllegalArgumentException(encryption + " with a key of " + keyBits + " bits");
        }
    }

    /** For example {@code AES_CBC_256-HMAC_SHA2_384-MODP1536}, and behind it {@code -KE1_ECP256} for the first additional key exchange. */
    @Override
    public String toString() {
        return encryption + "_" + keyBits + "-HMAC_" + hash + "-" + group + text(additional);
    }

    static String text(List<DhGroup> additional) {
        var text = new StringBuilder();
        for (int i = 0; i < additional.size(); i++) {
            text.append("-KE").append(i + 1).append('_').append(additional.get(i));
        }
        return text.toString();
    }
}
