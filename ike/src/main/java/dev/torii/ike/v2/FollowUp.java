package dev.torii.ike.v2;

import dev.torii.ike.DhGroup;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Additional key exchanges after CREATE_CHILD_SA, one IKE_FOLLOWUP_KE each: RFC 9370, section 2.2.4.
 *
 * @param draft what CREATE_CHILD_SA has settled
 * @param shared of those that are done
 * @param link what names the series to the responder
 */
record FollowUp(Draft draft, List<Secret> shared, Octets link) {
    /** An SA as negotiated, before its keys. */
    sealed interface Draft permits ChildNegotiation.Draft, IkeRekey.Draft {
        /** The key exchanges that must follow before there are keys. */
        List<DhGroup> additional();

        Octets initiatorNonce();

        Octets responderNonce();

        /** Overwrites the secret; afterwards nothing can come of it. */
        void erase();

        /** The lower of its nonces, which decides about two SAs that replace the same: RFC 7296, section 2.8.1. */
        default Lowest lowest() {
            return Stream.of(new Lowest(initiatorNonce()), new Lowest(responderNonce())).min(Lowest::compareTo).orElseThrow();
        }
    }

    /** A nonce that can be compared: as bytes, a shorter one first. */
    record Lowest(Octets nonce) implements Comparable<Lowest> {
        @Override
        public int compareTo(Lowest other) {
            return Arrays.compareUnsigned(nonce.toByteArray(), other.nonce.toByteArray());
        }
    }

    static FollowUp of(Draft draft, Octets link) {
        return new FollowUp(draft, List.of(), link);
    }

    boolean complete() {
        return shared.size() == draft.additional().size();
    }

    /** Of those that are still to come. */
    DhGroup next() {
        return draft.additional().get(shared.size());
    }

    /** Whether the next one is the last. */
    boolean last() {
        return shared.size() + 1 == draft.additional().size();
    }

    FollowUp and(Secret secret, Octets nextLink) {
        return new FollowUp(draft, Stream.concat(shared.stream(), Stream.of(secret)).toList(), nextLink);
    }

    /** Gives it up. */
    void erase() {
        draft.erase();
        shared.forEach(Secret::erase);
    }
}
