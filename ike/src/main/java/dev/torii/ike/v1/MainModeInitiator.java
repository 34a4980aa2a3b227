package dev.torii.ike.v1;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Retransmission;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import java.util.ArrayList;

/** Main Mode with a pre-shared key, initiator's side: RFC 2409, section 5.4. Total: every (state, input) has an answer. */
final class MainModeInitiator implements MainMode {
    private final IkeConfig config;
    private final IkeCrypto crypto;
    private final Cookie own;

    MainModeInitiator(IkeConfig config, IkeCrypto crypto, Cookie own) {
        this.config = config;
        this.crypto = crypto;
        this.own = own;
    }

    @Override
    public Step<State> step(State state, Input input) {
        try {
            return switch (input) {
                case Input.Begin(Path path) -> state instanceof State.Idle ? begin(path) : Step.to(state);
                case Input.Arrived arrived -> arrived(state, arrived);
                case Input.RetransmitDue due -> state instanceof Waiting waiting ? again(waiting) : Step.to(state);
            };
        } catch (Refusal refused) {             // well-formed but not wanted; not authenticated, so the state stays
            return Step.to(state, new Output.Drop(refused.getMessage()), new Output.Warn(refused.getMessage()));
        } catch (IkeException stranger) {       // until HASH_R verifies, a bad message changes nothing
            return Step.to(state, new Output.Drop(stranger.getMessage()));
        }
    }

    private Step<State> begin(Path path) {
        var payloads = new ArrayList<Payload>();
        payloads.add(new Phase1Policy(config).offer());
        Octets saBody = MessageCodec.chain(payloads);
        payloads.addAll(MainMode.vendorIds(config));
        Octets mm1 = MessageCodec.encode(header(Cookie.NONE, 0), payloads);
        return send(new State.SaSent(path, Flight.first(mm1), saBody.slice(4, saBody.length() - 4)));
    }

    private Step<State> arrived(State state, Input.Arrived in) throws IkeException {
        return switch (state) {
            case State.SaSent s -> saAnswered(s, in);
            case State.KeSent s -> keAnswered(s, in);
            case State.AuthSent s -> authAnswered(s, in);
            case State.Idle s -> Step.to(s, new Output.Drop("message before start"));
            case State.Established s -> Step.to(s, new Output.Drop("late phase 1 message"));
            case State.SaAnswered s -> Step.to(s, new Output.Drop("not a responder"));
            case State.KeAnswered s -> Step.to(s, new Output.Drop("not a responder"));
            case State.Dead s -> Step.to(s, new Output.Drop("message after failure"));
        };
    }

    /** MM2: SA and vendor ids. */
    private Step<State> saAnswered(State.SaSent s, Input.Arrived in) throws IkeException {
        Message mm2 = MessageCodec.decode(in.message());
        if (in.header().responder().equals(Cookie.NONE)) {
            throw new MalformedMessageException("no responder cookie");
        }
        Phase1Policy.Agreed agreed = new Phase1Policy(config).check(mm2.the(Payload.Sa.class));
        Terms terms = Terms.of(own, in.header().responder(), s.saBody(), agreed, mm2);
        IkeCrypto.DhKey dh = crypto.generate(terms.proposal().group());
        Octets nonce = Octets.of(crypto.random(NONCE_BYTES));
        var payloads = new ArrayList<Payload>();
        payloads.add(new Payload.Ke(dh.publicValue()));
        payloads.add(new Payload.Nonce(nonce));
        if (terms.natTraversal()) {
            payloads.addAll(terms.natDetection(crypto).payloads(s.path(), config.forceEncapsulation()));
        }
        Octets mm3 = MessageCodec.encode(header(terms.responder(), 0), payloads);
        return send(new State.KeSent(s.path(), Flight.first(mm3), terms, dh, nonce));
    }

    /** MM4: public value, nonce, NAT detection. */
    private Step<State> keAnswered(State.KeSent s, Input.Arrived in) throws IkeException {
        Message mm4 = MessageCodec.decode(in.message());
        expect(s.terms(), in.header());
        Octets peerPublic = mm4.the(Payload.Ke.class).publicValue();
        Octets peerNonce = MainMode.nonce(mm4);
        KeyMaterialV1 keys = MainMode.derive(crypto, config, s.terms(), s.dh(), peerPublic, s.nonce(), peerNonce);
        NatDetection.Found nat = s.terms().natTraversal() ? s.terms().natDetection(crypto).find(mm4, in.path()) : NatDetection.Found.NOTHING;
        var secrets = new Secrets(s.dh().publicValue(), peerPublic, keys, nat);
        Payload.Id id = MainMode.identity(config.localId());
        Octets idBody = MessageCodec.chain(java.util.List.of(id));
        Octets hash = MainMode.hash(crypto, s.terms(), secrets, true, idBody.slice(4, idBody.length() - 4));
        var payloads = new ArrayList<Payload>();
        payloads.add(id);
        payloads.add(new Payload.Hash(hash));
        if (in.alone() && config.lifecycle().initialContact()) {        // INITIAL-CONTACT is said only if it is certainly true
            payloads.add(new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP,
                    Octets.concat(own.octets(), s.terms().responder().octets()), NotifyType.INITIAL_CONTACT, Octets.EMPTY));
        }
        IvChain iv = IvChain.phase1(crypto, s.terms().proposal(), secrets.initiatorPublic(), secrets.responderPublic());
        Protection.Sealed mm5 = protection(s.terms(), keys).seal(header(s.terms().responder(), IkeHeader.ENCRYPTED), iv, payloads);
        // RFC 3947, section 4: from here on port 4500. A path that has moved there already stays, NAT mappings and all.
        boolean move = MainMode.moves(config, nat) && s.path().local().getPort() != Path.NAT_T_PORT;
        return send(new State.AuthSent(move ? s.path().floated() : s.path(), Flight.first(mm5.message()), s.terms(), secrets, mm5.next()));
    }

    /** MM6: identity and hash, encrypted. */
    private Step<State> authAnswered(State.AuthSent s, Input.Arrived in) throws IkeException {
        expect(s.terms(), in.header());
        Protection.Opened opened;
        try {
            opened = protection(s.terms(), s.secrets().keys()).open(in.header(), s.iv(), in.message());
            MainMode.authenticate(crypto, s.terms(), s.secrets(), false, opened.message());
        } catch (IkeException stranger) {
            String cause = "message 6 cannot be verified (" + stranger.getMessage() + ")";
            return in.header().encrypted()
                    ? Step.to(s, new Output.Drop(cause), new Output.Warn(cause + ": probable pre-shared key mismatch"))
                    : Step.to(s, new Output.Drop(cause));
        }
        try {
            MainMode.checkIdentity(config, opened.message());
            Phase1Sa sa = MainMode.result(config, s.terms(), s.secrets(), true, in.path(), opened.next(), opened.message());
            return Step.to(new State.Established(in.path(), sa, in.message(), Octets.EMPTY), new Output.Answered());
        } catch (Refusal refused) {             // authenticated: it gets an answer and a reason
            Phase1Sa sa = MainMode.result(config, s.terms(), s.secrets(), true, in.path(), opened.next(), opened.message());
            return Step.to(new State.Dead(new Reason.Failed(refused.getMessage())), new Output.Answered(),
                    new Output.Tell(sa, refused.notifyType(), sa.spi()));
        }
    }

    private void expect(Terms terms, IkeHeader header) throws IkeException {
        if (!header.responder().equals(terms.responder())) {
            throw new MalformedMessageException("another responder cookie");
        }
    }

    private Protection protection(Terms terms, KeyMaterialV1 keys) {
        return new Protection(crypto, terms.proposal(), keys);
    }

    private IkeHeader header(Cookie responder, int flags) {
        return IkeHeader.v1(own, responder, ExchangeType.MAIN_MODE, flags, 0);
    }

    private Step<State> send(Waiting next) {
        return pace(next).after(1)
                .map(wait -> Step.<State>to(next, new Output.Transmit(next.flight().message()), new Output.AwaitAnswer(wait)))
                .orElseThrow();
    }

    private Step<State> again(Waiting waiting) {
        Flight next = waiting.flight().again();
        return pace(waiting).after(next.sent())
                .map(wait -> Step.<State>to(waiting.with(next), new Output.Transmit(next.message()), new Output.AwaitAnswer(wait)))
                .orElseGet(() -> Step.to(new State.Dead(new Reason.NoAnswer(noAnswer(waiting)))));
    }

    private Retransmission.Policy pace(Waiting waiting) {
        return waiting instanceof State.SaSent ? config.retransmission() : config.onceAnswered();
    }

    private static String noAnswer(Waiting waiting) {
        return switch (waiting) {
            case State.SaSent s -> "no answer to message 1";
            case State.KeSent s -> "no answer to message 3";
            case State.AuthSent s -> "no valid answer to message 5: probable pre-shared key mismatch, or the peer refuses our identity";
        };
    }
}
