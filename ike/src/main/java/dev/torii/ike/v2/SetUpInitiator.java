package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.PostQuantumKeys;
import dev.torii.ike.Reason;
import dev.torii.ike.Retransmission;
import dev.torii.ike.Secret;
import dev.torii.ike.Spi;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The initiator's side of {@link SetUp}. */
final class SetUpInitiator implements SetUp {
    private static final int MAX_RESTARTS = 4;
    private static final int MAX_COOKIE = 64;

    private final IkeConfig config;
    private final IkeCrypto crypto;
    private final Cookie own;
    private final Spi child;
    private final Authenticator authenticator;
    private final PostQuantum postQuantum;

    /** @param child our SPI for the first child SA */
    SetUpInitiator(IkeConfig config, IkeCrypto crypto, Cookie own, Spi child) {
        this.config = config;
        this.crypto = crypto;
        this.own = own;
        this.child = child;
        this.authenticator = new Authenticator(config, crypto);
        this.postQuantum = new PostQuantum(config.authentication().postQuantum(), crypto);
    }

    @Override
    public Step step(State state, Input input) {
        try {
            return switch (input) {
                case Input.Begin(Path path) -> state instanceof State.Idle ? begin(path) : Step.to(state);
                case Input.Arrived arrived -> arrived(state, arrived);
                case Input.RetransmitDue due -> state instanceof Waiting waiting ? again(waiting) : Step.to(state);
            };
        } catch (IkeException stranger) {       // until AUTH verifies, a bad message changes nothing
            return Step.to(state, new Output.Drop(stranger.getMessage()));
        }
    }

    private Step begin(Path path) {
        IkeProposal first = config.ikeProposals().get(0);
        return init(path, first, crypto.generate(first.group()), Octets.of(crypto.random(NONCE_BYTES)), Octets.EMPTY, 0);
    }

    private Step init(Path path, IkeProposal first, IkeCrypto.DhKey dh, Octets nonce, Octets cookie, int restarts) {
        var payloads = new ArrayList<Payload>();
        if (cookie.length() > 0) {
            payloads.add(Payload.Notify.of(NotifyType.COOKIE, cookie));
        }
        payloads.add(IkeNegotiation.offer(config, Octets.EMPTY));
        payloads.add(new Payload.Ke(dh.group().id(), dh.publicValue()));
        payloads.add(new Payload.Nonce(nonce));
        payloads.addAll(new NatDetection(crypto, own, Cookie.NONE).payloads(path, config.forceEncapsulation()));
        if (config.fragmentation().supported()) {
            payloads.add(Payload.Notify.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED, Octets.EMPTY));
        }
        payloads.addAll(authenticator.hashes());
        payloads.addAll(postQuantum.proposal());
        if (config.ikeProposals().stream().anyMatch(ours -> !ours.additional().isEmpty())) {
            payloads.add(Payload.Notify.of(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED, Octets.EMPTY));
        }
        Octets message = MessageCodec.encode(IkeHeader.v2(own, Cookie.NONE, ExchangeType.IKE_SA_INIT, IkeHeader.INITIATOR, 0), payloads);
        return send(new State.InitSent(path, Flight.first(Sealed.plain(message)), first, dh, nonce, cookie, restarts));
    }

    private Step arrived(State state, Input.Arrived in) throws IkeException {
        IkeHeader header = in.header();
        if (!header.response() || header.fromInitiator()) {
            return Step.to(state, new Output.Drop("not an answer"));
        }
        return switch (state) {
            case State.InitSent s when header.exchange() == ExchangeType.IKE_SA_INIT && header.messageId() == 0 -> initAnswered(s, in);
            case State.IntermediateSent s when header.exchange() == ExchangeType.IKE_INTERMEDIATE && header.messageId() == s.terms().nextId() ->
                    intermediateAnswered(s, in);
            case State.AuthSent s when header.exchange() == ExchangeType.IKE_AUTH && header.messageId() == s.terms().nextId() -> authAnswered(s, in);
            case State.InitSent s -> Step.to(s, new Output.Drop("not the answer to IKE_SA_INIT"));
            case State.IntermediateSent s -> Step.to(s, new Output.Drop("not the answer to this IKE_INTERMEDIATE"));
            case State.AuthSent s -> Step.to(s, new Output.Drop("not the answer to IKE_AUTH"));
            case State.Idle s -> Step.to(s, new Output.Drop("message before start"));
            case State.InitAnswered s -> Step.to(s, new Output.Drop("not a responder"));
            case State.Refused s -> Step.to(s, new Output.Drop("not a responder"));
            case State.Established s -> Step.to(s, new Output.Drop("late answer"));
            case State.Dead s -> Step.to(s, new Output.Drop("message after failure"));
        };
    }

    /** Nothing here is authenticated: what is asked for is done a few times, and an error is only shown. */
    private Step initAnswered(State.InitSent s, Input.Arrived in) throws IkeException {
        Message answer = MessageCodec.decode(in.message());
        Optional<Payload.Notify> cookie = answer.notify(NotifyType.COOKIE);
        Optional<Payload.Notify> error = answer.error();
        if (s.restarts() == MAX_RESTARTS && (cookie.isPresent() || error.isPresent())) {
            return Step.to(s, new Output.Drop("too many cookies or groups asked for"));
        }
        if (cookie.isPresent()) {
            Octets data = cookie.get().data();
            if (data.length() < 1 || data.length() > MAX_COOKIE || data.equals(s.cookie())) {
                return Step.to(s, new Output.Drop("a cookie that does not help"));
            }
            return init(s.path(), s.first(), s.dh(), s.nonce(), data, s.restarts() + 1);
        }
        if (error.isPresent() && error.get().notifyType() == NotifyType.INVALID_KE_PAYLOAD) {
            return otherGroup(s, error.get().data());
        }
        if (error.isPresent()) {
            String said = "the peer says " + NotifyType.name(error.get().notifyType()) + " (not authenticated)";
            return Step.to(s, new Output.Drop(said), new Output.Warn(said));
        }
        if (in.header().responder().equals(Cookie.NONE)) {
            throw Refusal.syntax("no responder SPI");
        }
        return agreed(s, in, answer);
    }

    private Step otherGroup(State.InitSent s, Octets wanted) {
        int id = wanted.length() == 2 ? Short.toUnsignedInt(wanted.asBuffer().getShort()) : 0;
        Optional<IkeProposal> other = config.ikeProposals().stream().filter(ours -> ours.group().id() == id).findFirst();
        if (other.isEmpty() || other.get().group() == s.dh().group()) {
            String said = "the peer wants group " + id + ", which is not in our proposals";
            return Step.to(s, new Output.Drop(said), new Output.Warn(said));
        }
        DhGroup group = other.get().group();
        return init(s.path(), other.get(), crypto.generate(group), s.nonce(), s.cookie(), s.restarts() + 1);
    }

    private Step agreed(State.InitSent s, Input.Arrived in, Message answer) throws IkeException {
        IkeNegotiation.Agreed agreed;
        try {
            agreed = IkeNegotiation.check(config, answer.the(Payload.Sa.class), s.dh().group());
            postQuantum.agreed(answer);
            if (!agreed.proposal().additional().isEmpty() && answer.notify(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED).isEmpty()) {
                throw Refusal.syntax("additional key exchanges without the exchange for them");
            }
        } catch (Refusal refused) {
            return Step.to(s, new Output.Drop(refused.getMessage()), new Output.Warn(refused.getMessage()));
        }
        Payload.Ke ke = answer.the(Payload.Ke.class);
        if (ke.group() != s.dh().group().id()) {
            throw Refusal.syntax("public value of group " + ke.group());
        }
        Octets nr = answer.the(Payload.Nonce.class).value();
        Cookie peer = in.header().responder();
        Secret shared = ChildNegotiation.shared(s.dh(), ke);
        Secret seed = KeyMaterialV2.seed(crypto, agreed.proposal().hash(), shared, s.nonce(), nr);
        shared.erase();
        KeyMaterialV2 keys = KeyMaterialV2.derive(crypto, agreed.proposal(), seed, s.nonce(), nr, own, peer);
        NatDetection.Found nat = new NatDetection(crypto, own, peer).find(answer, in.path());
        var sa = new SaV2(own, peer, true, agreed.proposal(), keys, nat, Limits.agreed(config.fragmentation(), answer, s.path()));
        var terms = new Terms(sa, s.nonce(), nr, s.flight().message().whole(), in.message(), IntAuth.NONE);
        // section 2.23: from here on port 4500 if there is a NAT
        boolean move = (nat.localNat() || nat.remoteNat() || config.forceEncapsulation()) && s.path().local().getPort() != Path.NAT_T_PORT;
        Path path = move ? s.path().floated() : s.path();
        return next(s, path, terms, agreed.proposal().additional(), in.alone());
    }

    /** The next additional key exchange, or IKE_AUTH. */
    private Step next(State before, Path path, Terms terms, List<DhGroup> left, boolean alone) throws IkeException {
        if (left.isEmpty()) {
            return auth(before, path, terms, alone);
        }
        Intermediate.Asked asked = Intermediate.ask(crypto, terms, left.get(0));
        return send(new State.IntermediateSent(path, Flight.first(asked.message()), terms, left, asked.dh(), asked.part()));
    }

    private Step intermediateAnswered(State.IntermediateSent s, Input.Arrived in) throws IkeException {
        Opened opened = in.open(s.terms().sa().protection(crypto));
        Terms next;
        try {
            Message answer = opened.decode();
            Optional<Payload.Notify> error = answer.error();
            if (error.isPresent()) {
                return dead("the peer says " + NotifyType.name(error.get().notifyType()) + " to IKE_INTERMEDIATE");
            }
            next = Intermediate.accept(crypto, s.terms(), s.part(), s.dh(), opened, answer);
        } catch (Refusal refused) {     // who sent it knows the keys: there will be no other answer
            return dead(refused.getMessage());
        }
        return next(s, s.path(), next, s.left().subList(1, s.left().size()), in.alone());
    }

    private Step auth(State before, Path path, Terms plain, boolean alone) throws IkeException {
        Message answer = MessageCodec.decode(plain.response());
        Optional<PostQuantumKeys.Key> key = postQuantum.agreed(answer);
        Terms terms = key.map(k -> postQuantum.mixed(plain, k)).orElse(plain);
        Octets idBody = Payload.Id.bodyOf(config.localId());
        var payloads = new ArrayList<Payload>();
        payloads.add(new Payload.IdI(idBody));
        payloads.addAll(authenticator.certificates(answer));
        if (alone && config.lifecycle().initialContact()) {       // said only if it is certainly true
            payloads.add(Payload.Notify.of(NotifyType.INITIAL_CONTACT, Octets.EMPTY));
        }
        payloads.addAll(authenticator.request());
        if (!config.remoteId().open()) {
            payloads.add(new Payload.IdR(Payload.Id.bodyOf(config.remoteId())));
        }
        try {
            payloads.add(authenticator.prove(terms, true, idBody, answer));
            if (key.isPresent()) {
                payloads.addAll(postQuantum.identity(key.get(), postQuantum.mandatory() ? Optional.empty()
                        : Optional.of(authenticator.prove(plain, true, idBody, answer))));
            }
        } catch (Refusal unable) {
            plain.sa().keys().erase();
            terms.sa().keys().erase();
            return before instanceof State.InitSent ? Step.to(before, new Output.Drop(unable.getMessage()), new Output.Warn(unable.getMessage()))
                    : dead(unable.getMessage());
        }
        payloads.addAll(ChildNegotiation.first(config, child));
        Sealed message = terms.sa().seal(crypto, ExchangeType.IKE_AUTH, false, terms.nextId(), payloads);
        Optional<Terms> withoutKey = key.isPresent() && !postQuantum.mandatory() ? Optional.of(plain) : Optional.empty();
        if (withoutKey.isEmpty()) {
            PostQuantum.eraseOther(plain, terms);
        }
        return send(new State.AuthSent(path, Flight.first(message), terms, withoutKey, child));
    }

    private Step authAnswered(State.AuthSent s, Input.Arrived in) throws IkeException {
        SaV2 sa = s.terms().sa();
        if (!in.header().responder().equals(sa.responderSpi())) {
            throw Refusal.syntax("another responder SPI");
        }
        Opened opened = in.open(sa.protection(crypto));
        try {
            Message answer = opened.decode();
            Optional<Payload.IdR> id = answer.optional(Payload.IdR.class);
            Optional<Payload.Notify> error = answer.error();
            if (id.isEmpty() && error.isPresent()) {
                return dead("the peer says " + NotifyType.name(error.get().notifyType())
                        + (error.get().notifyType() == NotifyType.AUTHENTICATION_FAILED ? authenticator.suspicion() : ""));
            }
            Terms terms = postQuantum.settled(s, answer);
            IkeStatus.Peer proof = authenticator.verify(terms, false, answer.the(Payload.IdR.class), answer);
            boolean mixed = answer.notify(NotifyType.PPK_IDENTITY).isPresent() && (postQuantum.mandatory() || s.withoutKey().isPresent());
            return established(s, terms, in, answer, error, PostQuantum.proof(proof, mixed));
        } catch (Refusal refused) {     // the peer believes that it is up: section 2.21.2
            Sealed message = sa.seal(crypto, ExchangeType.IKEV2_INFORMATIONAL, false, s.terms().nextId() + 1, List.of(refused.payload()));
            return Step.to(new State.Dead(new Reason.Failed(refused.getMessage())), new Output.Answered(), new Output.Transmit(message));
        }
    }

    private Step established(State.AuthSent s, Terms terms, Input.Arrived in, Message answer, Optional<Payload.Notify> error, IkeStatus.Peer proof) {
        Optional<ChildNegotiation.Result> result = Optional.empty();
        Optional<String> refusal = error.map(notify -> "the peer says " + NotifyType.name(notify.notifyType()));
        if (refusal.isEmpty()) {
            var setting = new ChildNegotiation.Setting(config, crypto, terms.sa(), in.path());
            try {
                var offer = new ChildNegotiation.Offer(s.child(), s.terms().ni(), Traffic.of(config), Optional.empty());
                result = Optional.of(ChildNegotiation.accept(setting, answer, offer, s.terms().nr(), true).complete(List.of()));
            } catch (IkeException refused) {
                refusal = Optional.of(refused.getMessage());
            }
        }
        PostQuantum.eraseOther(s.terms(), terms);
        s.withoutKey().ifPresent(other -> PostQuantum.eraseOther(other, terms));
        return Step.to(new State.Established(in.path(), terms.sa(), terms.nextId() + 1, proof, result, refusal, false, Octets.EMPTY, Sealed.NOTHING),
                new Output.Answered());
    }

    private static Step dead(String cause) {
        return Step.to(new State.Dead(new Reason.Failed(cause)), new Output.Answered());
    }

    private <S extends State & Waiting> Step send(S next) {
        return pace(next).after(1)
                .map(wait -> Step.to(next, new Output.Transmit(next.flight().message()), new Output.AwaitAnswer(wait))).orElseThrow();
    }

    private Step again(Waiting waiting) {
        Flight next = waiting.flight().again();
        return pace(waiting).after(next.sent())
                .map(wait -> Step.to(waiting.with(next), new Output.Transmit(next.message()), new Output.AwaitAnswer(wait)))
                .orElseGet(() -> Step.to(new State.Dead(new Reason.NoAnswer(switch (waiting) {
                    case State.InitSent s -> "no answer to IKE_SA_INIT";
                    case State.IntermediateSent s -> "no valid answer to IKE_INTERMEDIATE";
                    case State.AuthSent s -> "no valid answer to IKE_AUTH";
                })), new Output.Answered()));
    }

    private Retransmission.Policy pace(Waiting waiting) {
        return waiting instanceof State.InitSent ? config.retransmission() : config.onceAnswered();
    }
}
