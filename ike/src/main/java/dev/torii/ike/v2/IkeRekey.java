package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import java.util.List;

/** A successor of an IKE SA in CREATE_CHILD_SA: RFC 7296, sections 1.3.2 and 2.18. Pure. */
final class IkeRekey {
    private IkeRekey() {
    }

    /** What we offered. */
    record Offer(Cookie own, Octets nonce, IkeCrypto.DhKey dh) {
        static Offer fresh(IkeCrypto crypto, DhGroup group, Cookie own) {
            return new Offer(own, Octets.of(crypto.random(ChildNegotiation.NONCE_BYTES)), crypto.generate(group));
        }
    }

    /** All about a successor but its keys. {@code shared}: of the first key exchange. {@code answer}: what the responder sends. */
    record Draft(IkeCrypto crypto, SaV2 old, IkeProposal proposal, Secret shared, Octets initiatorNonce, Octets responderNonce, Cookie initiatorSpi,
            Cookie responderSpi, boolean initiator, List<Payload> answer) implements FollowUp.Draft {
        /** With keys; all secrets are erased. {@code more}: of the additional key exchanges. */
        SaV2 complete(List<Secret> more) {
            Secret seed = old.keys().successorSeed(crypto, shared, initiatorNonce, responderNonce, more);
            erase();
            more.forEach(Secret::erase);
            KeyMaterialV2 keys = KeyMaterialV2.derive(crypto, proposal, seed, initiatorNonce, responderNonce, initiatorSpi, responderSpi);
            return new SaV2(initiatorSpi, responderSpi, initiator, proposal, keys, old.nat(), old.limits());
        }

        @Override
        public List<DhGroup> additional() {
            return proposal.additional();
        }

        @Override
        public void erase() {
            shared.erase();
        }
    }

    static List<Payload> request(IkeConfig config, Offer offer) {
        return List.of(IkeNegotiation.offer(config, offer.own().octets()), new Payload.Nonce(offer.nonce()),
                new Payload.Ke(offer.dh().group().id(), offer.dh().publicValue()));
    }

    /** The responder's part. */
    static Draft answer(IkeConfig config, IkeCrypto crypto, SaV2 old, Message request, Cookie own) throws Refusal {
        Payload.Ke ke = request.the(Payload.Ke.class);
        IkeNegotiation.Agreed agreed = IkeNegotiation.choose(config, request.the(Payload.Sa.class), ke, own.octets(), true);
        Octets ni = request.the(Payload.Nonce.class).value();
        Octets nr = Octets.of(crypto.random(ChildNegotiation.NONCE_BYTES));
        IkeCrypto.Responded ours = ChildNegotiation.respond(crypto, agreed.proposal().group(), ke);
        return new Draft(crypto, old, agreed.proposal(), ours.shared(), ni, nr, spi(agreed.peerSpi()), own, false,
                List.of(agreed.answer(), new Payload.Nonce(nr), new Payload.Ke(ke.group(), ours.publicValue())));
    }

    /** The initiator's part when the answer has come. */
    static Draft accept(IkeConfig config, IkeCrypto crypto, SaV2 old, Message answer, Offer offer) throws Refusal {
        IkeNegotiation.Agreed agreed = IkeNegotiation.check(config, answer.the(Payload.Sa.class), offer.dh().group());
        Payload.Ke ke = answer.the(Payload.Ke.class);
        if (ke.group() != offer.dh().group().id()) {
            throw Refusal.syntax("public value of group " + ke.group());
        }
        Octets nr = answer.the(Payload.Nonce.class).value();
        Secret shared = ChildNegotiation.shared(offer.dh(), ke);
        return new Draft(crypto, old, agreed.proposal(), shared, offer.nonce(), nr, offer.own(), spi(agreed.peerSpi()), true, List.of());
    }

    private static Cookie spi(Octets octets) throws Refusal {
        if (octets.length() != Long.BYTES || Cookie.of(octets).equals(Cookie.NONE)) {
            throw Refusal.syntax("SPI " + octets + " for an IKE SA");
        }
        return Cookie.of(octets);
    }
}
