package dev.torii.ike.v1;

import dev.torii.ike.Cookie;
import dev.torii.ike.Effect;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Timer;
import dev.torii.ike.session.Candidates;
import dev.torii.ike.session.HalfOpens;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All phase 1 exchanges and IKE SAs of one session. */
final class IkeSas {
    /** Initiators' cookies of which a late message 1 is recognised although the exchange is elsewhere now. */
    private static final int HANDED_OVER = 32;

    private final Context context;
    private final Candidates candidates;
    private final Owner owner;
    private final List<Phase1> all = new ArrayList<>();         // in the order of their beginning
    private final List<Phase1> established = new ArrayList<>(); // in the order of their completion

    private final Set<Cookie> handedOver = Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Cookie, Boolean> eldest) {
            return size() > HANDED_OVER;
        }
    });

    IkeSas(Context context, Candidates candidates, Owner owner) {
        this.context = context;
        this.candidates = candidates;
        this.owner = owner;
    }

    /** Who decides what happens next. */
    interface Owner {
        void established(Phase1 phase1);

        void failed(Phase1 phase1, Reason reason);
    }

    /** The newest established one: what is sent, is sent under it. */
    Optional<Phase1> current() {
        return established.isEmpty() ? Optional.empty() : Optional.of(established.get(established.size() - 1));
    }

    boolean isCurrent(Phase1 phase1) {
        return current().filter(newest -> newest == phase1).isPresent();
    }

    List<Phase1> established() {
        return List.copyOf(established);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Whether a Main Mode that we began is under way. */
    boolean negotiating() {
        return all.stream().anyMatch(p -> p.initiator && !p.established());
    }

    /** Begins Main Mode. */
    void begin(Path path) {
        Cookie own = context.cookie();
        var machine = new MainModeInitiator(context.config, context.crypto, own);
        var phase1 = new Phase1(context.nextId(), own, true, null, path, machine, new Delivery(context.config.fragmentation()));
        all.add(phase1);
        context.out.add(new Effect.Bound(own));
        run(phase1, new Input.Begin(path));
    }

    /** The established IKE SA or exchange that a header names. */
    Optional<Phase1> find(IkeHeader header) {
        return all.stream().filter(p -> p.owns(header)).findFirst();
    }

    /** A Main Mode message. */
    void received(Path path, IkeHeader header, Octets message, boolean childless) {
        var arrived = new Input.Arrived(path, header, message, childless && all.size() == 1);
        if (header.messageId() != 0) {
            context.out.dropped("Main Mode with a message id");
        } else if (header.initiator().equals(Cookie.NONE)) {
            context.out.dropped("no initiator cookie");
        } else if (!header.responder().equals(Cookie.NONE)) {
            find(header).ifPresentOrElse(phase1 -> run(phase1, arrived), () -> context.out.dropped("unknown cookies"));
        } else if (all.stream().anyMatch(p -> p.own.equals(header.initiator()))) {
            context.out.dropped("our own message 1");
        } else if (handedOver.contains(header.initiator())) {
            context.out.dropped("duplicate of a message 1 whose exchange is another connection's now");
        } else {
            all.stream().filter(p -> !p.initiator && p.peerCookie().equals(header.initiator())).findFirst()
                    .ifPresentOrElse(duplicate -> run(duplicate, arrived), () -> answer(arrived));
        }
    }

    private void answer(Input.Arrived mm1) {
        Optional<HalfOpens.Place> place = context.places.take(mm1.path().remote().getAddress(), false);
        if (place.isEmpty()) {
            context.out.dropped("too many half-open exchanges with this address: message 1 waits");
            return;
        }
        Cookie own = context.cookie();
        var phase1 = new Phase1(context.nextId(), own, false, mm1.header().initiator(), mm1.path(),
                new MainModeResponder(context.config, context.crypto, own, candidates.at(mm1.path())), new Delivery(context.config.fragmentation()));
        phase1.place = place;
        all.add(phase1);
        context.out.add(new Effect.Bound(own));
        stay(phase1);
        run(phase1, mm1);
    }

    /** An exchange that is another session's, as the peer's identity says. */
    private void handOver(Phase1 phase1, Input input, Output.HandOver to) {
        if (phase1.state() instanceof MainMode.State.KeAnswered state && input instanceof Input.Arrived request) {
            var handover = new MainModeHandover(phase1.own, state, request, phase1.place);
            phase1.place = Optional.empty();
            handedOver.add(phase1.peerCookie());
            forget(phase1);
            context.out.add(new Effect.HandOver(to.connection(), to.peer(), handover));
        }
    }

    /** Goes on with a Main Mode that another session has begun to answer. */
    void takeOver(MainModeHandover handover) {
        Input.Arrived request = handover.request();
        var phase1 = new Phase1(context.nextId(), handover.own(), false, request.header().initiator(), handover.state().path(),
                new MainModeResponder(context.config, context.crypto, handover.own(), List.of()), new Delivery(context.config.fragmentation()));
        handover.place().ifPresent(place -> place.moveTo(context.places));
        phase1.place = handover.place();
        phase1.delivery.understood(handover.state().terms().fragmentation());
        phase1.state(handover.state());
        all.add(phase1);
        context.out.add(new Effect.Bound(phase1.own));
        if (stay(phase1)) {
            run(phase1, request);
        } else {
            abandon(phase1);
        }
    }

    /** Whether a peer that began may take longer to go on. */
    private boolean stay(Phase1 phase1) {
        boolean wentOn = phase1.state() instanceof MainMode.State.KeAnswered;
        Optional<Duration> time = phase1.place.flatMap(place -> place.stay(context.config.retransmission().total(), wentOn));
        time.ifPresent(patience -> context.out.arm(Timer.Kind.HALF_OPEN, phase1.id, patience));
        return time.isPresent();
    }

    /** A timer of one of ours; others are ignored. */
    void expired(Timer timer) {
        Optional<Phase1> found = all.stream().filter(p -> p.id == timer.id()).findFirst();
        if (found.isEmpty()) {
            return;
        }
        if (timer.kind() == Timer.Kind.RETRANSMIT) {
            run(found.get(), new Input.RetransmitDue());
        } else if (timer.kind() == Timer.Kind.HALF_OPEN && !stay(found.get())) {
            abandon(found.get());
            owner.failed(found.get(), new Reason.Failed("the peer began and did not finish"));
        }
    }

    private void run(Phase1 phase1, Input input) {
        MainMode.State before = phase1.state();
        Step<MainMode.State> step = phase1.machine.step(before, input);
        phase1.state(step.next());
        for (Output output : step.outputs()) {
            execute(phase1, input, output);
        }
        if (step.next() instanceof MainMode.State.Established done && !phase1.established()) {
            establish(phase1, done.sa());
        } else if (step.next() instanceof MainMode.State.Dead dead) {
            erase(before);
            forget(phase1);
            owner.failed(phase1, dead.reason());
        }
    }

    private void execute(Phase1 phase1, Input input, Output output) {
        // a responder answers along the path a message came by, even if the message is not good enough to move the exchange there
        Path path = !phase1.initiator && input instanceof Input.Arrived arrived ? arrived.path() : phase1.path();
        switch (output) {
            case Output.Transmit transmit -> phase1.send(context.out, path, transmit.message());
            case Output.AwaitAnswer await -> context.out.arm(Timer.Kind.RETRANSMIT, phase1.id, context.spread(await.after()));
            case Output.Answered answered -> context.out.disarm(Timer.Kind.RETRANSMIT, phase1.id);
            case Output.Drop drop -> context.out.dropped(drop.cause());
            case Output.Warn warn -> context.failure(warn.text());
            case Output.HandOver to -> handOver(phase1, input, to);
            case Output.Tell tell -> context.out.add(new Effect.Send(path, Informational.seal(context.crypto, tell.sa(),
                    phase1.freshMessageId(context), List.of(Informational.error(tell.notifyType(), tell.spi())))));
            case Output.InstallInbound none -> { }      // Main Mode makes no child SAs
            case Output.InstallOutbound none -> { }
        }
    }

    private void establish(Phase1 phase1, Phase1Sa sa) {
        phase1.establish(sa, context.nextId());
        established.add(phase1);
        phase1.place.ifPresent(HalfOpens.Place::free);
        context.out.disarm(Timer.Kind.HALF_OPEN, phase1.id);
        armLifetime(phase1, sa.lifetime());
        context.out.add(new Effect.IkeUp(phase1.outside()));
        owner.established(phase1);
    }

    /** It lives from now on for that long. */
    void armLifetime(Phase1 phase1, Duration lifetime) {
        context.armRenewal(Timer.Kind.IKE_REKEY, phase1.id, lifetime, phase1.initiator || phase1.sa().nat().localNat());   // who can reach the other goes first
        context.out.arm(Timer.Kind.IKE_EXPIRE, phase1.id, lifetime);
    }

    /**
     * A notification that nothing protects moves nothing; but it is the best hint there is if the exchange fails. One that is
     * protected by keys that came from the pre-shared key ends an exchange which waits for message 6.
     */
    void notified(Phase1 halfOpen, IkeHeader header, Octets message) {
        try {
            if (halfOpen.state() instanceof MainMode.State.AuthSent s && header.encrypted()) {
                IvChain iv = IvChain.phase2(context.crypto, s.terms().proposal(), s.iv().iv(), header.messageId());
                Message opened = new Protection(context.crypto, s.terms().proposal(), s.secrets().keys())
                        .openHashed(header, iv, Octets.EMPTY, message).message();
                for (Payload.Notify notify : opened.all(Payload.Notify.class)) {
                    if (notify.notifyType() <= NotifyType.LAST_ERROR) {
                        erase(s);
                        forget(halfOpen);
                        owner.failed(halfOpen, new Reason.Failed("the peer says " + NotifyType.name(notify.notifyType())));
                        return;
                    }
                }
            }
            context.out.dropped("encrypted notification before authentication");
        } catch (IkeException stranger) {
            context.out.dropped("notification before authentication: " + stranger.getMessage());
            if (halfOpen.state() instanceof MainMode.State.AuthSent) {
                context.failure("the peer answers message 5 with a notification that cannot be verified: probable pre-shared key mismatch");
            }
        }
    }

    /** Ends an established IKE SA. The caller tells the peer, if it is to be told. */
    void remove(Phase1 phase1, Reason reason) {
        if (!established.remove(phase1)) {
            return;
        }
        forget(phase1);
        phase1.sa().keys().erase();
        context.out.add(new Effect.IkeDown(phase1.outside(), reason));
    }

    /** Gives up the Main Modes that we began. */
    void abandonOwn() {
        all.stream().filter(p -> p.initiator && !p.established()).toList().forEach(this::abandon);
    }

    /** Gives up everything half-open. */
    void abandonHalfOpen() {
        all.stream().filter(p -> !p.established()).toList().forEach(this::abandon);
    }

    private void abandon(Phase1 phase1) {
        erase(phase1.state());
        forget(phase1);
    }

    private void forget(Phase1 phase1) {
        all.remove(phase1);
        phase1.place.ifPresent(HalfOpens.Place::free);
        for (Timer.Kind kind : List.of(Timer.Kind.RETRANSMIT, Timer.Kind.HALF_OPEN, Timer.Kind.IKE_REKEY, Timer.Kind.IKE_EXPIRE,
                Timer.Kind.REPLACED)) {
            context.out.disarm(kind, phase1.id);
        }
        context.out.add(new Effect.Unbound(phase1.own));
    }

    private static void erase(MainMode.State state) {
        switch (state) {
            case MainMode.State.AuthSent s -> s.secrets().keys().erase();
            case MainMode.State.KeAnswered s -> s.secrets().keys().erase();
            case MainMode.State.Idle s -> { }
            case MainMode.State.SaSent s -> { }
            case MainMode.State.KeSent s -> { }
            case MainMode.State.SaAnswered s -> { }
            case MainMode.State.Established s -> { }
            case MainMode.State.Dead s -> { }
        }
    }

    List<IkeStatus.Ike> status() {
        var rows = new ArrayList<IkeStatus.Ike>();
        for (Phase1 p : all) {
            String proposal = p.established() ? p.sa().proposal().toString() : "";
            NatDetection.Found nat = p.established() ? p.sa().nat() : NatDetection.Found.NOTHING;
            rows.add(new IkeStatus.Ike(p.initiator ? p.own : p.peerCookie(), p.initiator ? p.peerCookie() : p.own, p.established(),
                    p.initiator, proposal, p.path(), nat.localNat(), nat.remoteNat(),
                    p.established() ? Optional.of(new IkeStatus.Peer(p.sa().peer(), "pre-shared key")) : Optional.empty()));
        }
        return List.copyOf(rows);
    }
}
