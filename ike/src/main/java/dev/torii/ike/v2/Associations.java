package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.Effect;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Spi;
import dev.torii.ike.Octets;
import dev.torii.ike.Timer;
import dev.torii.ike.session.Candidates;
import dev.torii.ike.session.CookieSecret;
import dev.torii.ike.session.HalfOpens;
import dev.torii.ike.session.SessionContext;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.PayloadType;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All set-ups and IKE SAs of one session. */
final class Associations {
    /** Initiators' SPIs of which a late IKE_SA_INIT is recognised although the exchange is elsewhere now. */
    private static final int HANDED_OVER = 32;

    private final SessionContext context;
    private final Children children;
    private final Owner owner;
    private final List<Association> all = new ArrayList<>();            // in the order of their beginning
    private final List<Association> established = new ArrayList<>();    // in the order of their completion
    private final Map<Association, Spi> firstChildren = new HashMap<>();
    private final Candidates candidates;
    private final Set<Cookie> handedOver = Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Cookie, Boolean> eldest) {
            return size() > HANDED_OVER;
        }
    });

    Associations(SessionContext context, Candidates candidates, Children children, Owner owner) {
        this.context = context;
        this.candidates = candidates;
        this.children = children;
        this.owner = owner;
    }

    /** Who decides what happens next. */
    interface Owner {
        void established(Association association, SetUp.State.Established result);

        void failed(Association association, Reason reason);
    }

    /** The newest established one that is to stay: what is begun, is begun under it. */
    Optional<Association> current() {
        return established.stream().filter(Association::serves).reduce((older, newer) -> newer);
    }

    List<Association> established() {
        return List.copyOf(established);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Whether a set-up that we began is under way. */
    boolean negotiating() {
        return all.stream().anyMatch(a -> a.initiator && !a.established());
    }

    /** Begins a set-up. */
    void begin(Path path) {
        Cookie own = context.cookie();
        Spi child = children.reserve();
        var association = new Association(context.nextId(), own, true, Cookie.NONE, path,
                new SetUpInitiator(context.config, context.crypto, own, child));
        add(association, child);
        run(association, new Input.Begin(path));
    }

    private void add(Association association, Spi child) {
        all.add(association);
        firstChildren.put(association, child);
        context.out.add(new Effect.Bound(association.own));
    }

    /** The IKE SA or set-up that a header names. */
    Optional<Association> find(IkeHeader header) {
        return all.stream().filter(a -> a.owns(header)).findFirst();
    }

    Optional<Association> named(Timer timer) {
        return all.stream().filter(a -> a.id == timer.id()).findFirst();
    }

    /** A message of a set-up. */
    void received(Path path, IkeHeader header, Octets message) {
        var arrived = new Input.Arrived(path, header, message, children.isEmpty() && all.size() == 1, Optional.empty());
        Optional<Association> known = header.response() || header.exchange() != ExchangeType.IKE_SA_INIT ? find(header)
                : all.stream().filter(a -> !a.initiator && a.initiatorSpi().equals(header.initiator())).findFirst();
        if (known.isPresent() && known.get().isSuccessor()) {
            context.out.dropped("message of a set-up for an IKE SA that had none");
        } else if (known.isPresent()) {
            whole(known.get(), arrived).ifPresent(input -> run(known.get(), input));
        } else if (header.response() || header.exchange() != ExchangeType.IKE_SA_INIT || header.messageId() != 0
                || !header.responder().equals(Cookie.NONE) || header.initiator().equals(Cookie.NONE)) {
            context.out.dropped("unknown SPIs");
        } else if (all.stream().anyMatch(a -> a.own.equals(header.initiator()))) {
            context.out.dropped("our own IKE_SA_INIT");
        } else if (handedOver.contains(header.initiator())) {
            context.out.dropped("duplicate of an IKE_SA_INIT whose exchange is another connection's now");
        } else if (!context.places.all().cookieWanted(path.remote().getAddress())) {
            answer(arrived, false);
        } else if (bearsCookie(path, header, message)) {
            answer(arrived, true);
        }
    }

    /** What a set-up may see: fragments only when all of them are there. */
    private Optional<Input.Arrived> whole(Association association, Input.Arrived in) {
        Optional<SetUp.Terms> terms = SetUp.awaits(association.state())
                .filter(t -> in.header().nextPayload() == PayloadType.SKF && in.header().messageId() == t.nextId());
        if (terms.isEmpty()) {
            return Optional.of(in);
        }
        try {
            return association.open(terms.get().sa(), context.crypto, in.header(), in.message())
                    .map(opened -> new Input.Arrived(in.path(), in.header(), opened.datagram(), in.alone(), Optional.of(opened)));
        } catch (IkeException stranger) {
            context.out.dropped(stranger.getMessage());
            return Optional.empty();
        }
    }

    /** With many half-open exchanges, only who can receive at its address gets any further. */
    private boolean bearsCookie(Path path, IkeHeader header, Octets message) {
        CookieSecret secret = context.places.all().cookieSecret();
        try {
            Message request = MessageCodec.decode(message);
            if (Cookies.bears(secret, path, header, request)) {
                return true;
            }
            context.out.dropped("asked for a cookie");
            context.out.add(new Effect.Send(path, MessageCodec.encode(
                    IkeHeader.v2(header.initiator(), Cookie.NONE, ExchangeType.IKE_SA_INIT, IkeHeader.RESPONSE, 0),
                    List.of(Payload.Notify.of(NotifyType.COOKIE, Cookies.of(secret, path, header, request))))));
        } catch (Refusal malformed) {
            context.out.dropped(malformed.getMessage());
        }
        return false;
    }

    private void answer(Input.Arrived request, boolean proven) {
        Optional<HalfOpens.Place> place = context.places.take(request.path().remote().getAddress(), proven);
        if (place.isEmpty()) {
            context.out.dropped("too many half-open exchanges with this address: IKE_SA_INIT waits");
            return;
        }
        Cookie own = context.cookie();
        Spi child = children.reserve();
        var association = new Association(context.nextId(), own, false, request.header().initiator(), request.path(),
                new SetUpResponder(context.config, context.crypto, own, child, candidates.at(request.path())));
        association.place = place;
        add(association, child);
        stay(association);
        run(association, request);
    }

    /** A set-up that is another session's, as the peer's identity says. */
    private void handOver(Association association, Input input, Output.HandOver to) {
        if (association.state() instanceof SetUp.State.InitAnswered state && input instanceof Input.Arrived request) {
            var handover = new SetUpHandover(association.own, state, request, association.place);
            association.place = Optional.empty();
            handedOver.add(association.initiatorSpi());
            forget(association);
            context.out.add(new Effect.HandOver(to.connection(), to.peer(), handover));
        }
    }

    /** Goes on with a set-up that another session has begun to answer. */
    void takeOver(SetUpHandover handover) {
        Spi child = children.reserve();
        Input.Arrived request = handover.request();
        var association = new Association(context.nextId(), handover.own(), false, request.header().initiator(), handover.state().path(),
                new SetUpResponder(context.config, context.crypto, handover.own(), child, List.of()));
        handover.place().ifPresent(place -> place.moveTo(context.places));
        association.place = handover.place();
        association.state(handover.state());
        handedOver.remove(association.initiatorSpi());
        add(association, child);
        if (stay(association)) {
            run(association, request);
        } else {
            abandon(association);
        }
    }

    /** Whether a peer that began may take longer to go on. */
    private boolean stay(Association association) {
        Optional<Duration> time = association.place.flatMap(place -> place.stay(context.config.retransmission().total(), association.wentOn()));
        time.ifPresent(patience -> context.out.arm(Timer.Kind.HALF_OPEN, association.id, patience));
        return time.isPresent();
    }

    /** The wait for an answer in a set-up is over. */
    void retransmit(Association association) {
        run(association, new Input.RetransmitDue());
    }

    /** The peer began and did not go on. */
    void halfOpenExpired(Association association) {
        if (stay(association)) {
            return;
        }
        boolean refused = association.state() instanceof SetUp.State.Refused;
        abandon(association);
        if (!refused) {
            owner.failed(association, new Reason.Failed("the peer began and did not finish"));
        }
    }

    private void run(Association association, Input input) {
        SetUp.State before = association.state();
        Step step = association.machine().step(before, input);
        boolean settled = association.established();
        if (!settled) {         // later on, only authenticated messages move it
            association.state(step.next());
        }
        for (Output output : step.outputs()) {
            execute(association, input, output);
        }
        if (settled) {
            return;
        }
        switch (step.next()) {
            case SetUp.State.Established done -> establish(association, done);
            case SetUp.State.Dead dead -> {
                SetUp.erase(before);
                forget(association);
                owner.failed(association, dead.reason());
            }
            case SetUp.State.Refused refused when !(before instanceof SetUp.State.Refused) -> SetUp.erase(before);
            default -> { }      // nothing has ended
        }
    }

    private void execute(Association association, Input input, Output output) {
        switch (output) {
            case Output.Transmit transmit -> transmit.message().send(context.out,          // section 2.11: an answer goes where the request came from
                    !association.initiator && input instanceof Input.Arrived arrived ? arrived.path() : association.path());
            case Output.AwaitAnswer await -> context.out.arm(Timer.Kind.RETRANSMIT, association.id, context.spread(await.after()));
            case Output.Answered answered -> context.out.disarm(Timer.Kind.RETRANSMIT, association.id);
            case Output.HandOver to -> handOver(association, input, to);
            case Output.Drop drop -> context.out.dropped(drop.cause());
            case Output.Warn warn -> context.failure(warn.text());
        }
    }

    private void establish(Association association, SetUp.State.Established done) {
        Spi child = firstChildren.remove(association);
        if (child != null && done.child().isEmpty()) {
            children.release(child);
        }
        association.establish(done, context.nextId());
        context.out.disarm(Timer.Kind.HALF_OPEN, association.id);
        association.place.ifPresent(HalfOpens.Place::free);
        up(association);
        owner.established(association, done);
    }

    private void up(Association association) {
        established.add(association);
        context.armRenewal(Timer.Kind.IKE_REKEY, association.id, context.config.ikeLifetime(), association.initiator);
        context.out.arm(Timer.Kind.IKE_EXPIRE, association.id, context.config.ikeLifetime());
        context.out.add(new Effect.IkeUp(association.outside()));
    }

    /** A successor was negotiated under an older one. */
    Association succeed(Association old, SaV2 sa) {
        var association = new Association(context.nextId(), sa, old, context.nextId());
        all.add(association);
        context.out.add(new Effect.Bound(association.own));
        up(association);
        return association;
    }

    /** Ends an established IKE SA. The caller tells the peer, if it is to be told, and looks after the children. */
    void remove(Association association, Reason reason) {
        if (established.contains(association)) {
            part(association, reason);
            gone(association);
        }
    }

    /** Ends an established IKE SA whose peer is still to be told: its name and its keys stay until {@link #gone}. */
    void part(Association association, Reason reason) {
        established.remove(association);
        drop(association);
        context.out.add(new Effect.IkeDown(association.outside(), reason));
    }

    /** Nothing more is to be said under it. */
    void gone(Association association) {
        association.sa().keys().erase();
        context.out.add(new Effect.Unbound(association.own));
    }

    /** Gives up set-ups that we began. */
    void abandonOwn() {
        all.stream().filter(a -> a.initiator && !a.established()).toList().forEach(this::abandon);
    }

    /** Gives up everything that is not established. */
    void abandonHalfOpen() {
        all.stream().filter(a -> !a.established()).toList().forEach(this::abandon);
    }

    private void abandon(Association association) {
        SetUp.erase(association.state());
        forget(association);
    }

    private void forget(Association association) {
        drop(association);
        context.out.add(new Effect.Unbound(association.own));
    }

    private void drop(Association association) {
        all.remove(association);
        FollowUps.cancel(context, association, children);
        association.outstanding.ifPresent(asked -> {
            asked.further().ifPresent(further -> further.before().erase());
            asked.child().ifPresent(offer -> children.release(offer.own()));
        });
        association.place.ifPresent(HalfOpens.Place::free);
        Spi child = firstChildren.remove(association);
        if (child != null) {
            children.release(child);
        }
        for (Timer.Kind kind : List.of(Timer.Kind.RETRANSMIT, Timer.Kind.HALF_OPEN, Timer.Kind.IKE_REKEY, Timer.Kind.IKE_EXPIRE,
                Timer.Kind.LIVENESS, Timer.Kind.REPLACED)) {
            context.out.disarm(kind, association.id);
        }
    }

    List<IkeStatus.Ike> status() {
        return all.stream().map(a -> {
            NatDetection.Found nat = a.established() ? a.sa().nat() : NatDetection.Found.NOTHING;
            return new IkeStatus.Ike(a.initiatorSpi(), a.responderSpi(), a.established(), a.initiator,
                    a.established() ? a.sa().proposal().toString() : "", a.path(), nat.localNat(), nat.remoteNat(), a.peer());
        }).toList();
    }
}
