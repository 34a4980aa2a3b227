package dev.torii.ike.v1;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Reason;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.Notification;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Main Mode with a pre-shared key, responder's side: RFC 2409, section 5.4. Sends only when it is sent something. */
final class MainModeResponder implements MainMode {
    private final IkeConfig config;
    private final IkeCrypto crypto;
    private final Cookie own;
    private final Choice choice;

    /** @param candidates who else may be meant, see {@link Choice} */
    MainModeResponder(IkeConfig config, IkeCrypto crypto, Cookie own, List<IkeConfig> candidates) {
        this.config = config;
        this.crypto = crypto;
        this.own = own;
        this.choice = new Choice(config, candidates);
    }

    @Override
    public Step<State> step(State state, Input input) {
        return switch (input) {
            case Input.Begin begin -> Step.to(state);
            case Input.RetransmitDue due -> Step.to(state);
            case Input.Arrived arrived -> arrived(state, arrived);
        };
    }

    private Step<State> arrived(State state, Input.Arrived in) {
        if (state instanceof Answering answering && answering.received().equals(in.message()) && answering.answer().length() > 0) {
            return Step.to(state, new Output.Transmit(answering.answer()), new Output.Drop("duplicate, answered again"));
        }
        try {
            return switch (state) {
                case State.Idle s -> saOffered(in);
                case State.SaAnswered s -> keOffered(s, in);
                case State.KeAnswered s -> authOffered(s, in);
                case State.Established s -> Step.to(s, new Output.Drop("late phase 1 message"));
                case State.SaSent s -> Step.to(s, new Output.Drop("not an initiator"));
                case State.KeSent s -> Step.to(s, new Output.Drop("not an initiator"));
                case State.AuthSent s -> Step.to(s, new Output.Drop("not an initiator"));
                case State.Dead s -> Step.to(s, new Output.Drop("message after failure"));
            };
        } catch (IkeException stranger) {       // until HASH_I verifies, a bad message changes nothing
            return Step.to(state, new Output.Drop(stranger.getMessage()));
        }
    }

    /** MM1: SA and vendor ids. What we refuse leaves no state. */
    private Step<State> saOffered(Input.Arrived in) {
        try {
            Message mm1 = MessageCodec.decode(in.message());
            Phase1Policy.Agreed agreed = new Phase1Policy(choice.offering()).choose(mm1.the(Payload.Sa.class));
            Terms terms = Terms.of(in.header().initiator(), own, mm1.bodyOf(Payload.Sa.class), agreed, mm1);
            var payloads = new ArrayList<Payload>();
            payloads.add(agreed.answer());
            payloads.addAll(MainMode.vendorIds(config));
            Octets mm2 = MessageCodec.encode(header(terms, 0), payloads);
            return Step.to(new State.SaAnswered(in.path(), in.message(), mm2, terms), new Output.Transmit(mm2));
        } catch (Refusal refused) {
            return Step.to(new State.Dead(new Reason.Failed(refused.getMessage())), new Output.Drop(refused.getMessage()),
                    new Output.Transmit(Notification.unauthenticated(in.header(), refused.notifyType())));
        } catch (IkeException malformed) {
            return Step.to(new State.Dead(new Reason.Failed(malformed.getMessage())), new Output.Drop(malformed.getMessage()));
        }
    }

    /** MM3: public value, nonce, NAT detection. */
    private Step<State> keOffered(State.SaAnswered s, Input.Arrived in) throws IkeException {
        Message mm3 = MessageCodec.decode(in.message());
        Octets peerPublic = mm3.the(Payload.Ke.class).publicValue();
        Octets peerNonce = MainMode.nonce(mm3);
        IkeCrypto.DhKey dh = crypto.generate(s.terms().proposal().group());
        Octets nonce = Octets.of(crypto.random(NONCE_BYTES));
        KeyMaterialV1 keys = MainMode.derive(crypto, config, s.terms(), dh, peerPublic, peerNonce, nonce);
        var payloads = new ArrayList<Payload>();
        payloads.add(new Payload.Ke(dh.publicValue()));
        payloads.add(new Payload.Nonce(nonce));
        NatDetection.Found nat = NatDetection.Found.NOTHING;
        if (s.terms().natTraversal()) {
            NatDetection detection = s.terms().natDetection(crypto);
            nat = detection.find(mm3, in.path());
            payloads.addAll(detection.payloads(in.path(), config.forceEncapsulation()));
        }
        Octets mm4 = MessageCodec.encode(header(s.terms(), 0), payloads);
        var secrets = new Secrets(peerPublic, dh.publicValue(), keys, nat);
        IvChain iv = IvChain.phase1(crypto, s.terms().proposal(), secrets.initiatorPublic(), secrets.responderPublic());
        return Step.to(new State.KeAnswered(in.path(), in.message(), mm4, s.terms(), secrets, iv), new Output.Transmit(mm4));
    }

    /** MM5: identity and hash, encrypted. */
    private Step<State> authOffered(State.KeAnswered s, Input.Arrived in) throws IkeException {
        if (!in.header().encrypted()) {
            return Step.to(s, new Output.Drop("plain where message 5 is expected"));
        }
        var protection = new Protection(crypto, s.terms().proposal(), s.secrets().keys());
        Protection.Opened opened;
        try {
            opened = protection.open(in.header(), s.iv(), in.message());
            MainMode.authenticate(crypto, s.terms(), s.secrets(), true, opened.message());
        } catch (IkeException stranger) {
            String cause = "message 5 cannot be verified (" + stranger.getMessage() + ")";
            return Step.to(s, new Output.Drop(cause), new Output.Warn(cause + ": probable pre-shared key mismatch"),
                    new Output.Transmit(Notification.unauthenticated(in.header(), NotifyType.PAYLOAD_MALFORMED)));
        }
        Optional<IkeConfig> other = choice.of(s.terms().proposal(), MainMode.said(opened.message()));
        if (other.isPresent()) {
            return Step.to(s, new Output.HandOver(other.get().name(), MainMode.said(opened.message())));
        }
        try {
            MainMode.checkIdentity(config, opened.message());
        } catch (Refusal refused) {             // authenticated: it gets an answer and a reason
            Phase1Sa sa = MainMode.result(config, s.terms(), s.secrets(), false, in.path(), opened.next(), opened.message());
            return Step.to(new State.Dead(new Reason.Failed(refused.getMessage())), new Output.Tell(sa, refused.notifyType(), sa.spi()));
        }
        Payload.Id id = MainMode.identity(config.localId());
        Octets idBody = MessageCodec.chain(List.of(id));
        Octets hash = MainMode.hash(crypto, s.terms(), s.secrets(), false, idBody.slice(4, idBody.length() - 4));
        var payloads = new ArrayList<Payload>(List.of(id, new Payload.Hash(hash)));
        Lifetimes.shortened(s.terms().lifetime(), s.terms().chosen(), Phase1Policy.LIFE_TYPE, Phase1Policy.LIFE_DURATION, Payload.PROTOCOL_ISAKMP,
                Octets.concat(s.terms().initiator().octets(), own.octets())).ifPresent(payloads::add);
        Protection.Sealed mm6 = protection.seal(header(s.terms(), IkeHeader.ENCRYPTED), opened.next(), payloads);
        Phase1Sa sa = MainMode.result(config, s.terms(), s.secrets(), false, in.path(), mm6.next(), opened.message());
        return Step.to(new State.Established(in.path(), sa, in.message(), mm6.message()), new Output.Transmit(mm6.message()));
    }

    private IkeHeader header(Terms terms, int flags) {
        return IkeHeader.v1(terms.initiator(), own, ExchangeType.MAIN_MODE, flags, 0);
    }
}
