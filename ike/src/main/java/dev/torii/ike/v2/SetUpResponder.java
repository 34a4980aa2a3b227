package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.Reason;
import dev.torii.ike.Secret;
import dev.torii.ike.Spi;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.PayloadType;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The responder's side of {@link SetUp}. Sends only when it is sent something. */
final class SetUpResponder implements SetUp {
    private final IkeConfig config;
    private final IkeCrypto crypto;
    private final Cookie own;
    private final Spi child;
    private final Authenticator authenticator;
    private final PostQuantum postQuantum;
    private final Choice choice;

    /**
     * @param child our SPI for the first child SA
     * @param candidates who else may be meant, see {@link Choice}
     */
    SetUpResponder(IkeConfig config, IkeCrypto crypto, Cookie own, Spi child, List<IkeConfig> candidates) {
        this.config = config;
        this.crypto = crypto;
        this.own = own;
        this.child = child;
        this.authenticator = new Authenticator(config, crypto);
        this.postQuantum = new PostQuantum(config.authentication().postQuantum(), crypto);
        this.choice = new Choice(config, candidates, crypto);
    }

    @Override
    public Step step(State state, Input input) {
        return switch (input) {
            case Input.Begin begin -> Step.to(state);
            case Input.RetransmitDue due -> Step.to(state);
            case Input.Arrived arrived -> arrived(state, arrived);
        };
    }

    private Step arrived(State state, Input.Arrived in) {
        IkeHeader header = in.header();
        if (header.response() || !header.fromInitiator()) {
            return Step.to(state, new Output.Drop("not a request of an initiator"));
        }
        try {
            return switch (state) {
                case State.Idle s -> initAsked(in);
                case State.InitAnswered s when repeated(s, in) -> {
                    State.InitAnswered again = s.again();
                    yield Step.to(again, new Output.Transmit(again.answer().message()), new Output.Drop("duplicate, answered again"));
                }
                case State.InitAnswered s when expected(s, header, ExchangeType.IKE_INTERMEDIATE, !s.left().isEmpty()) -> intermediateAsked(s, in);
                case State.InitAnswered s when expected(s, header, ExchangeType.IKE_AUTH, s.left().isEmpty()) -> authAsked(s, in);
                case State.Refused s when in.message().equals(s.request()) ->
                        Step.to(s, new Output.Transmit(s.answer()), new Output.Drop("duplicate, refused again"));
                case State.InitAnswered s -> Step.to(s, new Output.Drop("neither the next exchange nor a duplicate"));
                case State.Refused s -> Step.to(s, new Output.Drop("message after a refusal"));
                case State.Established s -> Step.to(s, new Output.Drop("late request"));
                case State.InitSent s -> Step.to(s, new Output.Drop("not an initiator"));
                case State.IntermediateSent s -> Step.to(s, new Output.Drop("not an initiator"));
                case State.AuthSent s -> Step.to(s, new Output.Drop("not an initiator"));
                case State.Dead s -> Step.to(s, new Output.Drop("message after failure"));
            };
        } catch (IkeException stranger) {       // it does not authenticate: nothing changes
            return Step.to(state, new Output.Drop(stranger.getMessage()));
        }
    }

    private static boolean expected(State.InitAnswered s, IkeHeader header, int exchange, boolean now) {
        return now && header.exchange() == exchange && header.messageId() == s.terms().nextId();
    }

    /** Byte for byte, or the first fragment of IKE_INTERMEDIATE cut anew (RFC 7383, section 2.6.1): that went under the keys before. */
    private boolean repeated(State.InitAnswered s, Input.Arrived in) {
        if (in.message().equals(s.request())) {
            return true;
        }
        IkeHeader header = in.header();
        if (s.before().isEmpty() || header.nextPayload() != PayloadType.SKF || header.messageId() != s.terms().nextId() - 1) {
            return false;
        }
        try {
            return MessageCodec.fragment(header, in.message()).number() == 1 && s.before().get().protection(crypto).open(header, in.message()).length() >= 0;
        } catch (IkeException stranger) {
            return false;
        }
    }

    /** IKE_SA_INIT. What we refuse leaves no state. */
    private Step initAsked(Input.Arrived in) {
        Cookie peer = in.header().initiator();
        try {
            Message request = MessageCodec.decode(in.message());
            Payload.Ke ke = request.the(Payload.Ke.class);
            Octets ni = request.the(Payload.Nonce.class).value();
            boolean intermediate = request.notify(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED).isPresent();
            IkeNegotiation.Agreed agreed = IkeNegotiation.choose(choice.offering(), request.the(Payload.Sa.class), ke, Octets.EMPTY, intermediate);
            Octets nr = Octets.of(crypto.random(NONCE_BYTES));
            IkeCrypto.Responded ours = ChildNegotiation.respond(crypto, agreed.proposal().group(), ke);
            Secret seed = KeyMaterialV2.seed(crypto, agreed.proposal().hash(), ours.shared(), ni, nr);
            ours.shared().erase();
            KeyMaterialV2 keys = KeyMaterialV2.derive(crypto, agreed.proposal(), seed, ni, nr, peer, own);
            NatDetection.Found nat = new NatDetection(crypto, peer, Cookie.NONE).find(request, in.path());
            var payloads = new ArrayList<Payload>();
            payloads.add(agreed.answer());
            payloads.add(new Payload.Ke(ke.group(), ours.publicValue()));
            payloads.add(new Payload.Nonce(nr));
            payloads.addAll(new NatDetection(crypto, peer, own).payloads(in.path(), config.forceEncapsulation()));
            Limits limits = Limits.agreed(config.fragmentation(), request, in.path());
            if (limits.fragments()) {
                payloads.add(Payload.Notify.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED, Octets.EMPTY));
            }
            payloads.addAll(choice.words(request));
            List<DhGroup> additional = agreed.proposal().additional();
            if (!additional.isEmpty()) {
                payloads.add(Payload.Notify.of(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED, Octets.EMPTY));
            }
            Octets answer = MessageCodec.encode(IkeHeader.v2(peer, own, ExchangeType.IKE_SA_INIT, IkeHeader.RESPONSE, 0), payloads);
            var sa = new SaV2(peer, own, false, agreed.proposal(), keys, nat, limits);
            var terms = new Terms(sa, ni, nr, in.message(), answer, IntAuth.NONE);
            Sealed message = Sealed.plain(answer);
            return Step.to(new State.InitAnswered(in.path(), terms, additional, in.message(), Flight.first(message), Optional.empty()),
                    new Output.Transmit(message));
        } catch (Refusal refused) {
            Octets answer = MessageCodec.encode(IkeHeader.v2(peer, Cookie.NONE, ExchangeType.IKE_SA_INIT, IkeHeader.RESPONSE, 0), List.of(refused.payload()));
            return Step.to(new State.Dead(new Reason.Failed(refused.getMessage())), new Output.Drop(refused.getMessage()),
                    new Output.Transmit(Sealed.plain(answer)));
        }
    }

    /** An additional key exchange. A peer that makes a mistake in it is told so as in IKE_AUTH: RFC 9242, section 3.3.3. */
    private Step intermediateAsked(State.InitAnswered s, Input.Arrived in) throws IkeException {
        SaV2 sa = s.terms().sa();
        Opened opened = in.open(sa.protection(crypto));
        try {
            Intermediate.Answered answered = Intermediate.answer(crypto, s.terms(), s.left().get(0), opened);
            s.before().ifPresent(older -> older.keys().erase());
            return Step.to(new State.InitAnswered(in.path(), answered.next(), s.left().subList(1, s.left().size()), in.message(),
                    Flight.first(answered.answer()), Optional.of(sa)), new Output.Transmit(answered.answer()));
        } catch (Refusal refused) {
            return refused(s, in, ExchangeType.IKE_INTERMEDIATE, refused);
        }
    }

    private Step refused(State.InitAnswered s, Input.Arrived in, int exchange, Refusal refused) {
        Sealed answer = s.terms().sa().seal(crypto, exchange, true, s.terms().nextId(), List.of(refused.payload()));
        return Step.to(new State.Refused(in.path(), in.message(), answer, new Reason.Failed(refused.getMessage())),
                new Output.Transmit(answer), new Output.Warn(refused.getMessage()));
    }

    private Step authAsked(State.InitAnswered s, Input.Arrived in) throws IkeException {
        SaV2 sa = s.terms().sa();
        Opened opened = in.open(sa.protection(crypto));
        try {
            Message request = opened.decode();
            Payload.IdI id = request.the(Payload.IdI.class);
            if (request.all(Payload.Auth.class).isEmpty()) {
                throw new Refusal(NotifyType.AUTHENTICATION_FAILED, "the peer wants EAP, which is not spoken here");
            }
            Optional<IkeConfig> other = choice.of(sa.proposal(), request);
            if (other.isPresent()) {
                return Step.to(s, new Output.HandOver(other.get().name(), id.identity()));
            }
            PostQuantum.Chosen chosen = postQuantum.choose(s.terms(), MessageCodec.decode(s.terms().request()), request);
            try {
                IkeStatus.Peer proof = authenticator.verify(chosen.terms(), true, id, chosen.request());
                Step established = established(chosen, in, request, PostQuantum.proof(proof, chosen.used()));
                PostQuantum.eraseOther(s.terms(), chosen.terms());
                s.before().ifPresent(older -> older.keys().erase());
                return established;
            } catch (Refusal stranger) {
                PostQuantum.eraseOther(chosen.terms(), s.terms());
                throw stranger;
            }
        } catch (Refusal refused) {
            return refused(s, in, ExchangeType.IKE_AUTH, refused);
        }
    }

    private Step established(PostQuantum.Chosen s, Input.Arrived in, Message request, IkeStatus.Peer proof) throws Refusal {
        SaV2 sa = s.terms().sa();
        Octets idBody = Payload.Id.bodyOf(config.localId());
        var payloads = new ArrayList<Payload>();
        payloads.add(new Payload.IdR(idBody));
        payloads.addAll(authenticator.certificates(request));
        payloads.add(authenticator.prove(s.terms(), false, idBody, MessageCodec.decode(s.terms().request())));
        payloads.addAll(postQuantum.confirmation(s.used()));
        Optional<ChildNegotiation.Result> result = Optional.empty();
        Optional<String> refusal = Optional.empty();
        try {
            var setting = new ChildNegotiation.Setting(config, crypto, sa, in.path());
            result = Optional.of(ChildNegotiation.answerFirst(setting, request, child, s.terms().ni(), s.terms().nr()));
            payloads.addAll(result.get().answer());
        } catch (Refusal refused) {             // the IKE SA is up all the same: section 1.2
            refusal = Optional.of(refused.getMessage());
            payloads.add(refused.payload());
        }
        Sealed answer = sa.seal(crypto, ExchangeType.IKE_AUTH, true, s.terms().nextId(), payloads);
        boolean initialContact = request.notify(NotifyType.INITIAL_CONTACT).isPresent();
        return Step.to(new State.Established(in.path(), sa, s.terms().nextId() + 1, proof, result, refusal, initialContact, in.message(), answer),
                new Output.Transmit(answer));
    }
}
