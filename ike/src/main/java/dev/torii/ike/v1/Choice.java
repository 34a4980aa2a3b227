package dev.torii.ike.v1;

import dev.torii.ike.Identity;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which of several connections a peer means. With a pre-shared key the addresses alone choose the secret (RFC 2409, section 5.4), so that the identity of
 * message 5 can choose only among the connections that have the same one.
 */
final class Choice {
    private final IkeConfig own;
    private final List<IkeConfig> others;

    /** @param candidates all that have the peer's addresses, also of the other version, or nothing */
    Choice(IkeConfig own, List<IkeConfig> candidates) {
        this.own = own;
        this.others = candidates.stream().filter(config -> config.version() == IkeVersion.V1 && config.preSharedKey().equals(own.preSharedKey())).toList();
    }

    /** Which proposals are acceptable to somebody, in order of preference. */
    IkeConfig offering() {
        return others.isEmpty() ? own : own.withIkeProposals(others.stream().flatMap(config -> config.ikeProposals().stream()).distinct().toList());
    }

    /** Who is to go on with it, if not this session itself: who wants this peer by name before who takes anybody. */
    Optional<IkeConfig> of(IkeProposal agreed, Identity peer) {
        return others.stream().filter(config -> config.remoteId().admits(peer) && config.ikeProposals().contains(agreed))
                .min(Comparator.comparing(config -> config.remoteId().open()))
                .filter(config -> !config.name().equals(own.name()));
    }
}
