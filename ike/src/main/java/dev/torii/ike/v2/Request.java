package dev.torii.ike.v2;

import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.session.Traffic;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What we ask of the peer under an established IKE SA; one at a time. */
sealed interface Request {
    /** Are you there? An empty INFORMATIONAL (RFC 7296, section 1.4). */
    record Probe() implements Request { }

    /** Delete child SAs. */
    record DeleteChildren(List<Child> children) implements Request { }

    /** Delete a child SA that never came to be here. */
    record DeleteUnwanted(Octets spi) implements Request { }

    /** Delete the IKE SA itself. */
    record DeleteIke() implements Request { }

    /** A child SA for this traffic, perhaps in place of another. */
    record NewChild(@Nullable Child replaces, Traffic traffic) implements Request {
        /** Its successor, which carries what it carries (RFC 7296, section 2.9.2). */
        static NewChild of(Child replaces) {
            return new NewChild(replaces, Traffic.of(replaces.sa));
        }
    }

    /** A successor of the IKE SA. */
    record RekeyIke() implements Request { }

    /**
     * One that was sent.
     *
     * @param child what was offered, if it is about a child
     * @param ike what was offered, if it is about the IKE SA
     * @param further with additional key exchanges: the one that was sent
     */
    record Outstanding(Request request, int exchange, int messageId, Flight flight, Optional<ChildNegotiation.Offer> child,
            Optional<IkeRekey.Offer> ike, Optional<Further> further) {
        Outstanding again() {
            return new Outstanding(request, exchange, messageId, flight.again(), child, ike, further);
        }
    }

    /** An additional key exchange of ours. {@code before}: without it. */
    record Further(FollowUp before, IkeCrypto.DhKey dh) {
    }
}
