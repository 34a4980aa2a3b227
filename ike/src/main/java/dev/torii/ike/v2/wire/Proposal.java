package dev.torii.ike.v2.wire;

import dev.torii.ike.Octets;
import java.util.List;
import java.util.Optional;

/**
 * A proposal (RFC 7296, section 3.3.1).
 *
 * @param number from 1
 * @param protocol see {@link Payload}
 * @param spi the sender's; empty in IKE_SA_INIT
 * @param transforms alternatives, several of each type
 */
public record Proposal(int number, int protocol, Octets spi, List<Transform> transforms) {
    /** Copies the list. */
    public Proposal {
        transforms = List.copyOf(transforms);
    }

    /**
     * Whether it allows exactly these transforms (one of each type that it has): each is there, and a type that is not wanted is not
     * there or may be left out.
     */
    public boolean allows(List<Transform> wanted) {
        for (Transform each : wanted) {
            if (!transforms.contains(each)) {
                return false;
            }
        }
        return transforms.stream().map(Transform::type).distinct()
                .allMatch(type -> wanted.stream().anyMatch(each -> each.type() == type) || transforms.contains(Transform.of(type, Transform.NONE)));
    }

    /** The answer to it: the same number, our SPI, one transform of each type. */
    public Proposal answer(Octets own, List<Transform> chosen) {
        return new Proposal(number, protocol, own, chosen);
    }

    /** The first of {@code proposals} that allows exactly these transforms. */
    public static Optional<Proposal> first(List<Proposal> proposals, int protocol, List<Transform> wanted) {
        return proposals.stream().filter(proposal -> proposal.protocol() == protocol && proposal.allows(wanted)).findFirst();
    }
}
