package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
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
        boolean auth = header.exchange() == ExchangeType.IKE_AUTH && header.messageId() == 1;
        try {
            return switch (state) {
                case State.Idle s -> initAsked(in);
                case State.InitAnswered s when in.message().equals(s.terms().request()) ->
                        Step.to(s, new Output.Transmit(Sealed.plain(s.terms().response())), new Output.Drop("duplicate, answered again"));
                case State.InitAnswered s when auth -> authAsked(s, in);
                case State.Refused s when in.message().equals(s.request()) ->
                        Step.to(s, new Output.Transmit(s.answer()), new Output.Drop("duplicate, refused again"));
                case State.InitAnswered s -> Step.to(s, new Output.Drop("neither IKE_AUTH nor a duplicate"));
                case State.Refused s -> Step.to(s, new Output.Drop("message after a refusal"));
                case State.Established s -> Step.to(s, new Output.Drop("late request"));
                case State.InitSent s -> Step.to(s, new Output.Drop("not an initiator"));
                case State.AuthSent s -> Step.to(s, new Output.Drop("not an initiator"));
                case State.Dead s -> Step.to(s, new Output.Drop("message after failure"));
            };
        } catch (IkeException stranger) {       // it does not authenticate: nothing changes
            return Step.to(state, new Output.Drop(stranger.getMessage()));
        }
    }

    /** IKE_SA_INIT. What we refuse leaves no state. */
    private Step initAsked(Input.Arrived in) {
        Cookie peer = in.header().initiator();
        try {
            Message request = MessageCodec.decode(in.message());
            Payload.Ke ke = request.the(Payload.Ke.class);
            Octets ni = request.the(Payload.Nonce.class).value();
            IkeNegotiation.Agreed agreed = IkeNegotiation.choose(choice.offering(), request.the(Payload.Sa.class), ke, Octets.EMPTY);
            IkeCrypto.DhKey dh = crypto.generate(agreed.proposal().group());
            Octets nr = Octets.of(crypto.random(NONCE_BYTES));
            Secret shared = ChildNegotiation.shared(dh, ke);
            Secret seed = KeyMaterialV2.seed(crypto, agreed.proposal().hash(), shared, ni, nr);
            shared.erase();
            KeyMaterialV2 keys = KeyMaterialV2.derive(crypto, agreed.proposal(), seed, ni, nr, peer, own);
            NatDetection.Found nat = new NatDetection(crypto, peer, Cookie.NONE).find(request, in.path());
            var payloads = new ArrayList<Payload>();
            payloads.add(agreed.answer());
            payloads.add(new Payload.Ke(dh.group().id(), dh.publicValue()));
            payloads.add(new Payload.Nonce(nr));
            payloads.addAll(new NatDetection(crypto, peer, own).payloads(in.path(), config.forceEncapsulation()));
            Limits limits = Limits.agreed(config.fragmentation(), request, in.path());
            if (limits.fragments()) {
                payloads.add(Payload.Notify.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED, Octets.EMPTY));
            }
            payloads.addAll(choice.words(request));
            Octets answer = MessageCodec.encode(IkeHeader.v2(peer, own, ExchangeType.IKE_SA_INIT, IkeHeader.RESPONSE, 0), payloads);
            var sa = new SaV2(peer, own, false, agreed.proposal(), keys, nat, limits);
            return Step.to(new State.InitAnswered(in.path(), new Terms(sa, ni, nr, in.message(), answer)), new Output.Transmit(Sealed.plain(answer)));
        } catch (Refusal refused) {
            Octets answer = MessageCodec.encode(IkeHeader.v2(peer, Cookie.NONE, ExchangeType.IKE_SA_INIT, IkeHeader.RESPONSE, 0), List.of(refused.payload()));
            return Step.to(new State.Dead(new Reason.Failed(refused.getMessage())), new Output.Drop(refused.getMessage()), new Output.Transmit(Sealed.plain(answer)));
        }
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
                return established;
            } catch (Refusal stranger) {
                PostQuantum.eraseOther(chosen.terms(), s.terms());
                throw stranger;
            }
        } catch (Refusal refused) {
            Sealed answer = sa.seal(crypto, ExchangeType.IKE_AUTH, true, 1, List.of(refused.payload()));
            return Step.to(new State.Refused(in.path(), in.message(), answer, new Reason.Failed(refused.getMessage())),
                    new Output.Transmit(answer), new Output.Warn(refused.getMessage()));
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
        Sealed answer = sa.seal(crypto, ExchangeType.IKE_AUTH, true, 1, payloads);
        boolean initialContact = request.notify(NotifyType.INITIAL_CONTACT).isPresent();
        return Step.to(new State.Established(in.path(), sa, proof, result, refusal, initialContact, in.message(), answer), new Output.Transmit(answer));
    }
}
