package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
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

    /** The successor and the nonces it was made from. {@code answer}: what the responder sends. */
    record Result(SaV2 sa, Octets initiatorNonce, Octets responderNonce, List<Payload> answer) {
    }

    static List<Payload> request(IkeConfig config, Offer offer) {
        return List.of(IkeNegotiation.offer(config, offer.own().octets()), new Payload.Nonce(offer.nonce()),
                new Payload.Ke(offer.dh().group().id(), offer.dh().publicValue()));
    }

    /** The responder's part. */
    static Result answer(IkeConfig config, IkeCrypto crypto, SaV2 old, Message request, Cookie own) throws Refusal {
        Payload.Ke ke = request.the(Payload.Ke.class);
        IkeNegotiation.Agreed agreed = IkeNegotiation.choose(config, request.the(Payload.Sa.class), ke, own.octets(), true);
        Octets ni = request.the(Payload.Nonce.class).value();
        Octets nr = Octets.of(crypto.random(ChildNegotiation.NONCE_BYTES));
        IkeCrypto.Responded ours = ChildNegotiation.respond(crypto, agreed.proposal().group(), ke);
        SaV2 sa = successor(crypto, old, agreed, ours.shared(), ni, nr, spi(agreed.peerSpi()), own, false);
        return new Result(sa, ni, nr, List.of(agreed.answer(), new Payload.Nonce(nr), new Payload.Ke(ke.group(), ours.publicValue())));
    }

    /** The initiator's part when the answer has come. */
    static Result accept(IkeConfig config, IkeCrypto crypto, SaV2 old, Message answer, Offer offer) throws Refusal {
        IkeNegotiation.Agreed agreed = IkeNegotiation.check(config, answer.the(Payload.Sa.class), offer.dh().group());
        Payload.Ke ke = answer.the(Payload.Ke.class);
        if (ke.group() != offer.dh().group().id()) {
            throw Refusal.syntax("public value of group " + ke.group());
        }
        Octets nr = answer.the(Payload.Nonce.class).value();
        Secret shared = ChildNegotiation.shared(offer.dh(), ke);
        SaV2 sa = successor(crypto, old, agreed, shared, offer.nonce(), nr, offer.own(), spi(agreed.peerSpi()), true);
        return new Result(sa, offer.nonce(), nr, List.of());
    }

    private static SaV2 successor(IkeCrypto crypto, SaV2 old, IkeNegotiation.Agreed agreed, Secret shared, Octets ni, Octets nr,
            Cookie initiatorSpi, Cookie responderSpi, boolean initiator) {
        Secret seed = old.keys().successorSeed(crypto, shared, ni, nr);
        shared.erase();
        KeyMaterialV2 keys = KeyMaterialV2.derive(crypto, agreed.proposal(), seed, ni, nr, initiatorSpi, responderSpi);
        return new SaV2(initiatorSpi, responderSpi, initiator, agreed.proposal(), keys, old.nat(), old.limits());
    }

    private static Cookie spi(Octets octets) throws Refusal {
        if (octets.length() != Long.BYTES || Cookie.of(octets).equals(Cookie.NONE)) {
            throw Refusal.syntax("SPI " + octets + " for an IKE SA");
        }
        return Cookie.of(octets);
    }
}
