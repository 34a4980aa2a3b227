package dev.torii.ike.v2;

import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.ExchangeType;
import java.util.List;

/** An additional key exchange in IKE_INTERMEDIATE, between IKE_SA_INIT and IKE_AUTH: RFC 9242; RFC 9370, section 2.2.3. Pure. */
final class Intermediate {
    private Intermediate() {
    }

    /** An initiator's request. {@code part}: its part of what AUTH will cover. */
    record Asked(Sealed message, IkeCrypto.DhKey dh, Octets part) {
    }

    /** A responder's answer, and what it goes on with. */
    record Answered(Sealed answer, SetUp.Terms next) {
    }

    static Asked ask(IkeCrypto crypto, SetUp.Terms terms, DhGroup method) {
        IkeCrypto.DhKey dh = crypto.generate(method);
        List<Payload> payloads = List.of(new Payload.Ke(method.id(), dh.publicValue()));
        SaV2 sa = terms.sa();
        Sealed message = sa.seal(crypto, ExchangeType.IKE_INTERMEDIATE, false, terms.nextId(), payloads);
        return new Asked(message, dh, terms.intAuth().part(crypto, sa.keys(), true, message.whole(), MessageCodec.chain(payloads)));
    }

    /** The responder's part. The keys before it stay, in case that the answer has to be said again. */
    static Answered answer(IkeCrypto crypto, SetUp.Terms terms, DhGroup method, Opened request) throws Refusal {
        SaV2 sa = terms.sa();
        IkeCrypto.Responded ours = ChildNegotiation.respond(crypto, method, ke(request.decode(), method));
        List<Payload> payloads = List.of(new Payload.Ke(method.id(), ours.publicValue()));
        Sealed answer = sa.seal(crypto, ExchangeType.IKE_INTERMEDIATE, true, terms.nextId(), payloads);
        IntAuth before = terms.intAuth();
        IntAuth intAuth = before.and(before.part(crypto, sa.keys(), true, request.datagram(), request.plain()),
                before.part(crypto, sa.keys(), false, answer.whole(), MessageCodec.chain(payloads)));
        return new Answered(answer, advanced(crypto, terms, ours.shared(), intAuth));
    }

    /** What an initiator goes on with when the answer has come. The keys before it are erased. */
    static SetUp.Terms accept(IkeCrypto crypto, SetUp.Terms terms, Octets askedPart, IkeCrypto.DhKey dh, Opened opened, Message answer) throws Refusal {
        Secret shared = ChildNegotiation.shared(dh, ke(answer, dh.group()));
        IntAuth before = terms.intAuth();
        IntAuth intAuth = before.and(askedPart, before.part(crypto, terms.sa().keys(), false, opened.datagram(), opened.plain()));
        SetUp.Terms next = advanced(crypto, terms, shared, intAuth);
        terms.sa().keys().erase();
        return next;
    }

    private static Payload.Ke ke(Message message, DhGroup method) throws Refusal {
        Payload.Ke ke = message.the(Payload.Ke.class);
        if (ke.group() != method.id()) {
            throw Refusal.syntax("key exchange " + ke.group() + " where " + method + " is next");
        }
        return ke;
    }

    private static SetUp.Terms advanced(IkeCrypto crypto, SetUp.Terms terms, Secret shared, IntAuth intAuth) {
        SaV2 sa = terms.sa().advanced(crypto, shared, terms.ni(), terms.nr());
        shared.erase();
        return new SetUp.Terms(sa, terms.ni(), terms.nr(), terms.request(), terms.response(), intAuth);
    }
}
