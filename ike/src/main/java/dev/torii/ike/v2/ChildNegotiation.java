package dev.torii.ike.v2;

import dev.torii.ike.ChildSa;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Encapsulation;
import dev.torii.ike.EspProposal;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Secret;
import dev.torii.ike.Spi;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Proposal;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.v2.wire.Selector;
import dev.torii.ike.v2.wire.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A child SA: offer, answer, acceptance; in IKE_AUTH and in CREATE_CHILD_SA (RFC 7296, sections 1.2 and 1.3). Pure. */
final class ChildNegotiation {
    static final int NONCE_BYTES = 32;
    private static final int RESERVED_SPIS = 256;

    private ChildNegotiation() {
    }

    /** What a child SA is negotiated under. */
    record Setting(IkeConfig config, IkeCrypto crypto, SaV2 sa, Path path) {
        private boolean encapsulated() {
            return config.encapsulation() != Encapsulation.NO && (sa.nat().localNat() || sa.nat().remoteNat() || config.forceEncapsulation());
        }
    }

    /** What we offered: our SPI and nonce, selectors, and a key if there is a Diffie-Hellman exchange of its own. */
    record Offer(Spi own, Octets nonce, Traffic traffic, Optional<IkeCrypto.DhKey> dh) {
        /** With a fresh nonce, for CREATE_CHILD_SA. */
        static Offer fresh(IkeCrypto crypto, Spi own, Traffic traffic, Optional<DhGroup> group) {
            return new Offer(own, Octets.of(crypto.random(NONCE_BYTES)), traffic, group.map(crypto::generate));
        }
    }

    /** A child SA. {@code answer}: what the responder sends. */
    record Result(ChildSa child, List<Payload> answer) {
    }

    /** All about a child SA but its keys. {@code own}, {@code peer}: its SPIs. {@code shared}: of the first key exchange, if there was one. */
    record Draft(Setting setting, Spi own, Spi peer, EspProposal suite, Optional<Secret> shared, Octets initiatorNonce, Octets responderNonce, Traffic traffic,
            boolean initiator, List<DhGroup> additional, List<Payload> answer) implements FollowUp.Draft {
        /** With keys; all secrets are erased. {@code more}: of the additional key exchanges. */
        Result complete(List<Secret> more) {
            List<Secret> keys = setting.sa().keys().child(setting.crypto(), suite, shared, initiatorNonce, responderNonce, more);
            erase();
            more.forEach(Secret::erase);
            return new Result(new ChildSa(own, peer, suite, keys.get(initiator ? 1 : 0), keys.get(initiator ? 0 : 1), traffic.local(), traffic.remote(),
                    setting.path(), setting.encapsulated(), initiator), answer);
        }

        @Override
        public void erase() {
            shared.ifPresent(Secret::erase);
        }
    }

    /** SA, TSi, TSr for IKE_AUTH. */
    static List<Payload> first(IkeConfig config, Spi own) {
        return List.of(proposals(config, own, false), new Payload.TsI(selectors(config.localSelectors())),
                new Payload.TsR(selectors(config.remoteSelectors())));
    }

    /** All of CREATE_CHILD_SA. {@code replaced}: our SPI of the child that is rekeyed (section 1.3.3). */
    static List<Payload> request(IkeConfig config, Offer offer, Optional<Spi> replaced) {
        var payloads = new ArrayList<Payload>();
        replaced.ifPresent(spi -> payloads.add(new Payload.Notify(Payload.PROTOCOL_ESP, spi.octets(), NotifyType.REKEY_SA, Octets.EMPTY)));
        payloads.add(proposals(config, offer.own(), true));
        payloads.add(new Payload.Nonce(offer.nonce()));
        offer.dh().ifPresent(dh -> payloads.add(new Payload.Ke(dh.group().id(), dh.publicValue())));
        payloads.add(new Payload.TsI(selectors(offer.traffic().local())));
        payloads.add(new Payload.TsR(selectors(offer.traffic().remote())));
        return payloads;
    }

    private static List<Selector> selectors(List<TrafficSelector> selectors) {
        return selectors.stream().map(Selector::of).toList();
    }

    private static Payload.Sa proposals(IkeConfig config, Spi own, boolean withGroup) {
        var proposals = new ArrayList<Proposal>();
        var suites = config.espProposals().stream().map(ours -> TransformIds.of(ours, withGroup)).distinct().toList();
        for (List<Transform> transforms : suites) {     // without groups, proposals that differ in nothing else are one
            proposals.add(new Proposal(proposals.size() + 1, Payload.PROTOCOL_ESP, own.octets(), transforms));
        }
        return new Payload.Sa(proposals);
    }

    /** The responder's part in IKE_AUTH. */
    static Result answerFirst(Setting setting, Message request, Spi own, Octets ni, Octets nr) throws Refusal {
        Chosen chosen = choose(setting.config().espProposals(), request.the(Payload.Sa.class), own, false).orElseThrow(() -> noneChosen(request));
        return answer(setting, request, own, chosen, Optional.empty(), ni, nr, List.of(), true).complete(List.of());
    }

    /** The responder's part in CREATE_CHILD_SA. */
    static Draft answer(Setting setting, Message request, Spi own) throws IkeException {
        Optional<Payload.Ke> ke = request.optional(Payload.Ke.class);
        Chosen chosen = choose(setting.config(), request, own, ke.map(Payload.Ke::group));
        Octets ni = request.the(Payload.Nonce.class).value();
        Octets nr = Octets.of(setting.crypto().random(NONCE_BYTES));
        var more = new ArrayList<Payload>(List.of(new Payload.Nonce(nr)));
        Optional<Secret> shared = Optional.empty();
        Optional<DhGroup> group = chosen.suite().pfs();
        if (group.isPresent()) {
            Payload.Ke offered = request.the(Payload.Ke.class);
            if (offered.group() != group.get().id()) {
                throw IkeNegotiation.wrongGroup(group.get(), offered.group());
            }
            IkeCrypto.Responded ours = respond(setting.crypto(), group.get(), offered);
            shared = Optional.of(ours.shared());
            more.add(new Payload.Ke(group.get().id(), ours.publicValue()));
        }
        return answer(setting, request, own, chosen, shared, ni, nr, more, false);
    }

    /** The shared secret; a public value that is not in the group is malformed. */
    static Secret shared(IkeCrypto.DhKey dh, Payload.Ke ke) throws Refusal {
        try {
            return dh.sharedWith(ke.publicValue());
        } catch (IkeException notInGroup) {
            throw Refusal.syntax(notInGroup.getMessage());
        }
    }

    /** The responder's part of a key exchange; a public value that is not in the group is malformed. */
    static IkeCrypto.Responded respond(IkeCrypto crypto, DhGroup group, Payload.Ke ke) throws Refusal {
        try {
            return crypto.respond(group, ke.publicValue());
        } catch (IkeException notInGroup) {
            throw Refusal.syntax(notInGroup.getMessage());
        }
    }

    private static Draft answer(Setting setting, Message request, Spi own, Chosen chosen, Optional<Secret> shared, Octets ni, Octets nr,
            List<Payload> more, boolean first) throws Refusal {
        IkeConfig config = setting.config();
        List<TrafficSelector> remote = Narrowing.choose(config.remoteSelectors(), request.the(Payload.TsI.class).selectors());
        List<TrafficSelector> local = Narrowing.choose(config.localSelectors(), request.the(Payload.TsR.class).selectors());
        Narrowing.together(local, remote);
        var payloads = new ArrayList<Payload>(List.of(chosen.answer()));
        payloads.addAll(more);
        payloads.add(new Payload.TsI(selectors(remote)));
        payloads.add(new Payload.TsR(selectors(local)));
        return new Draft(setting, own, chosen.peer(), chosen.suite(), shared, ni, nr, new Traffic(local, remote), false,
                additional(chosen, first), List.copyOf(payloads));
    }

    /** The initiator's part when the answer has come. {@code peerNonce} comes from IKE_SA_INIT or from this very answer. */
    static Draft accept(Setting setting, Message answer, Offer offer, Octets peerNonce, boolean first) throws IkeException {
        Payload.Sa sa = answer.the(Payload.Sa.class);
        if (sa.proposals().size() != 1) {
            throw new Refusal(NotifyType.NO_PROPOSAL_CHOSEN, "the answer must have exactly one proposal");
        }
        Chosen chosen = choose(setting.config().espProposals(), sa, offer.own(), !first).orElseThrow(() -> noneChosen(answer));
        List<TrafficSelector> local = Narrowing.check(offer.traffic().local(), answer.the(Payload.TsI.class).selectors());
        List<TrafficSelector> remote = Narrowing.check(offer.traffic().remote(), answer.the(Payload.TsR.class).selectors());
        Narrowing.together(local, remote);
        Optional<Secret> shared = Optional.empty();
        Optional<DhGroup> group = first ? Optional.empty() : chosen.suite().pfs();
        if (group.isPresent()) {
            Payload.Ke ke = answer.the(Payload.Ke.class);
            if (ke.group() != group.get().id() || !group.equals(offer.dh().map(IkeCrypto.DhKey::group))) {
                throw Refusal.syntax("public value of group " + ke.group());
            }
            shared = Optional.of(shared(offer.dh().get(), ke));
        }
        return new Draft(setting, offer.own(), chosen.peer(), chosen.suite(), shared, offer.nonce(), peerNonce, new Traffic(local, remote), true,
                additional(chosen, first), List.of());
    }

    /** In IKE_AUTH there are none (RFC 9370, section 2.2.4): the keys are the IKE SA's. */
    private static List<DhGroup> additional(Chosen chosen, boolean first) {
        return first ? List.of() : chosen.suite().additional();
    }

    private record Chosen(EspProposal suite, Spi peer, Payload.Sa answer) {
    }

    /** The responder's choice: the first of ours that was offered, if possible with the group that there is a public value of. */
    private static Chosen choose(IkeConfig config, Message request, Spi own, Optional<Integer> group) throws Refusal {
        Payload.Sa offered = request.the(Payload.Sa.class);
        List<EspProposal> ready = config.espProposals().stream().filter(ours -> ours.pfs().map(DhGroup::id).equals(group)).toList();
        Optional<Chosen> chosen = choose(ready, offered, own, true);
        return chosen.isPresent() ? chosen.get() : choose(config.espProposals(), offered, own, true).orElseThrow(() -> noneChosen(request));
    }

    private static Refusal noneChosen(Message message) {
        return IkeNegotiation.noneChosen(message.all(Payload.Sa.class).get(0));
    }

    private static Optional<Chosen> choose(List<EspProposal> possible, Payload.Sa offered, Spi own, boolean withGroup) throws Refusal {
        for (EspProposal ours : possible) {
            var wanted = TransformIds.of(ours, withGroup);
            Optional<Proposal> found = Proposal.first(offered.proposals(), Payload.PROTOCOL_ESP, wanted);
            if (found.isPresent()) {
                return Optional.of(new Chosen(ours, spi(found.get()), new Payload.Sa(List.of(found.get().answer(own.octets(), wanted)))));
            }
        }
        return Optional.empty();
    }

    private static Spi spi(Proposal proposal) throws Refusal {
        if (proposal.spi().length() != Integer.BYTES || Integer.compareUnsigned(proposal.spi().asBuffer().getInt(), RESERVED_SPIS) < 0) {
            throw Refusal.syntax("SPI " + proposal.spi() + " for ESP");
        }
        return new Spi(proposal.spi().asBuffer().getInt());
    }
}
