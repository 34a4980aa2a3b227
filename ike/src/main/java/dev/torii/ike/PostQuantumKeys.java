package dev.torii.ike;

import java.util.List;
import java.util.Optional;

/**
 * Secrets that are mixed into the keys of IKEv2, so that who records the exchange and breaks Diffie-Hellman later has nothing yet: RFC 8784.
 *
 * @param use when they are used
 * @param keys as initiator the first is used, as responder the one that the peer names; not empty unless {@code use} is NEVER
 */
public record PostQuantumKeys(Use use, List<Key> keys) {
    /** When they are used. */
    public enum Use {
        /** Never. */
        NEVER,
        /** If the peer asks for it. */
        PERMIT,
        /** If the peer knows it. */
        PROPOSE,
        /** Always: without it there is no IKE SA. */
        INSIST
    }

    /** None. */
    public static final PostQuantumKeys NONE = new PostQuantumKeys(Use.NEVER, List.of());

    /**
     * A secret and its name.
     *
     * @param id what the peer calls it, the bytes of PPK_ID_FIXED
     * @param secret of 32 bytes or more (section 6), random
     */
    public record Key(Octets id, Secret secret) {
        /** Checks that there is a name. */
        public Key {
            if (id.length() == 0) {
                throw new IllegalArgumentException("a post-quantum key without a name");
            }
        }
    }

    /** Copies the list. */
    public PostQuantumKeys {
        keys = List.copyOf(keys);
        if (keys.isEmpty() && use != Use.NEVER) {
            throw new IllegalArgumentException("no post-quantum key to " + use);
        }
    }

    /** Whether we say as initiator that we know it. */
    public boolean proposed() {
        return use == Use.PROPOSE || use == Use.INSIST;
    }

    /** Whether nothing is done without. */
    public boolean mandatory() {
        return use == Use.INSIST;
    }

    /** The one that the peer names. */
    public Optional<Key> named(Octets id) {
        return keys.stream().filter(key -> key.id().equals(id)).findFirst();
    }
}
