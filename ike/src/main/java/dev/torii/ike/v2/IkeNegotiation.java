package dev.torii.ike.v2;

import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Proposal;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.v2.wire.Transform;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What protects an IKE SA: offer, choice, check (RFC 7296, section 2.7). The SPI is empty in IKE_SA_INIT. */
final class IkeNegotiation {
    private IkeNegotiation() {
    }

    /** What was chosen. {@code answer} is what a responder sends back. */
    record Agreed(IkeProposal proposal, Octets peerSpi, Payload.Sa answer) {
    }

    /** All our proposals in order of preference; those that differ only in their groups as one, as the first message should fit a packet. */
    static Payload.Sa offer(IkeConfig config, Octets spi) {
        var merged = new LinkedHashMap<List<Transform>, List<Transform>>();
        for (IkeProposal ours : config.ikeProposals()) {
            Transform group = Transform.of(Transform.DH, ours.group().id());
            merged.computeIfAbsent(TransformIds.of(ours).stream().filter(each -> !each.equals(group)).toList(), same -> new ArrayList<>()).add(group);
        }
        var proposals = new ArrayList<Proposal>();
        merged.forEach((same, groups) -> proposals.add(new Proposal(proposals.size() + 1, Payload.PROTOCOL_IKE, spi,
                Stream.concat(same.stream(), groups.stream()).sorted(Comparator.comparing(Transform::type)).toList())));
        return new Payload.Sa(proposals);
    }

    /**
     * The responder's choice: the first of ours that was offered, if possible with the group that {@code ke} is of.
     *
     * @param additional whether the initiator understands additional key exchanges
     */
    static Agreed choose(IkeConfig config, Payload.Sa offered, Payload.Ke ke, Octets own, boolean additional) throws Refusal {
        List<IkeProposal> possible = config.ikeProposals().stream().filter(ours -> additional || ours.additional().isEmpty()).toList();
        Optional<Agreed> chosen = first(possible.stream().filter(ours -> ours.group().id() == ke.group()).toList(), offered, own);
        if (chosen.isPresent()) {
            return chosen.get();
        }
        Agreed other = first(possible, offered, own).orElseThrow(() -> noneChosen(offered));
        throw wrongGroup(other.proposal().group(), ke.group());
    }

    /** The initiator's check: exactly one proposal, one of ours, with the group of our public value. */
    static Agreed check(IkeConfig config, Payload.Sa answer, DhGroup group) throws Refusal {
        List<IkeProposal> possible = config.ikeProposals().stream().filter(ours -> ours.group() == group).toList();
        if (answer.proposals().size() != 1) {
            throw new Refusal(NotifyType.NO_PROPOSAL_CHOSEN, "the answer must have exactly one proposal");
        }
        return first(possible, answer, Octets.EMPTY)
                .filter(agreed -> answer.proposals().get(0).transforms().size() == TransformIds.of(agreed.proposal()).size())
                .orElseThrow(() -> noneChosen(answer));
    }

    private static Optional<Agreed> first(List<IkeProposal> ours, Payload.Sa offered, Octets own) {
        for (IkeProposal each : ours) {
            var wanted = TransformIds.of(each);
            Optional<Proposal> found = Proposal.first(offered.proposals(), Payload.PROTOCOL_IKE, wanted);
            if (found.isPresent()) {
                return Optional.of(new Agreed(each, found.get().spi(), new Payload.Sa(List.of(found.get().answer(own, wanted)))));
            }
        }
        return Optional.empty();
    }

    static Refusal noneChosen(Payload.Sa offered) {
        return new Refusal(NotifyType.NO_PROPOSAL_CHOSEN, "no proposal chosen: offered " + offered.proposals().stream().limit(4)
                .map(proposal -> proposal.transforms().toString()).collect(Collectors.joining("; ")));
    }

    static Refusal wrongGroup(DhGroup wanted, int found) {
        byte[] id = {(byte) (wanted.id() >> 8), (byte) wanted.id()};
        return new Refusal(NotifyType.INVALID_KE_PAYLOAD, Octets.of(id), "public value of group " + found + ", we want " + wanted);
    }
}
