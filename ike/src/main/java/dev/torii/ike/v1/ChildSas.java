package dev.torii.ike.v1;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Effect;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Spi;
import dev.torii.ike.Timer;
import dev.torii.ike.session.Gaps;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.wire.Attribute;
import dev.torii.ike.wire.IkeHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All Quick Modes and child SAs of one session: one for each pair of selectors, and while it is renewed, two. Child SAs live on when the IKE SA
 * they were made under ends.
 */
final class ChildSas {
    private static final int MAX_UNDER_WAY = 16;
    private static final int RESERVED_SPIS = 256;
    private static final Duration RETRY_RENEWAL = Duration.ofSeconds(10);
    private static final Duration LINGER = Duration.ofSeconds(15);      // six retransmissions of message 2 fit
    private static final Duration LONGEST_HOLD = Duration.ofSeconds(5); // if message 3 was lost, the responder has asked for it again by then
    private static final int HOLD_PART = 8;                             // of a short lifetime: the old child's end must be further away than that
    private static final Duration FORGOTTEN = Duration.ofSeconds(30);   // what the peer has replaced: longer than any peer keeps it for itself

    private final Context context;
    private final Owner owner;
    private final Gaps gaps;
    private final List<Phase2> underWay = new ArrayList<>();
    private final List<Child> children = new ArrayList<>();     // usable ones in the order in which they became usable

    ChildSas(Context context, Owner owner) {
        this.context = context;
        this.owner = owner;
        this.gaps = new Gaps(context);
    }

    /** Who decides what happens next. */
    interface Owner {
        /** @param first whether there was no usable child before */
        void usable(boolean first);

        /** The last usable child is gone. */
        void lastGone(Reason reason);

        /** Whether the tunnel is to be there, so that what is missing is for us to negotiate. */
        boolean wanted();

        /** A pair of selectors has no child any more, while others have. */
        void gap();

        /** @param answered whether the peer said no; else it said nothing */
        void failed(Phase2 quickMode, Reason reason, boolean answered);

        /** The IKE SA that is used. */
        Optional<Phase1> newest();

        /** A child wants a successor. */
        void renewalDue();

        /** The peer is to be told. */
        void delete(List<Spi> inbound);
    }

    boolean anyUsable() {
        return children.stream().anyMatch(c -> c.usable);
    }

    boolean isEmpty() {
        return children.isEmpty();
    }

    /** Whether a Quick Mode that we began is under way. */
    boolean negotiating() {
        return underWay.stream().anyMatch(q -> q.initiator);
    }

    /** The newest usable child for two selectors: what is sent, is sent with it. */
    private Optional<Child> current(Traffic pair) {
        return children.stream().filter(c -> c.usable && c.pair.equals(pair)).reduce((older, newer) -> newer);
    }

    private boolean isCurrent(Child child) {
        return current(child.pair).filter(newest -> newest == child).isPresent();
    }

    private List<Traffic> missing() {
        return gaps.pairs().stream().filter(pair -> current(pair).isEmpty() && underWay.stream().noneMatch(q -> q.offers(pair))).toList();
    }

    /** Whether a pair of selectors is still to be tried, or being tried. */
    boolean moreToTry() {
        return negotiating() || missing().stream().anyMatch(pair -> !gaps.held(pair));
    }

    /** What has failed may be tried again at once. */
    void tryAll() {
        gaps.release();
    }

    /** The peer has begun, and what is missing may come by itself. */
    void peerGoesOn() {
        if (owner.wanted()) {
            missing().stream().filter(pair -> !gaps.held(pair)).forEach(gaps::peerGoesOn);
        }
    }

    /** Negotiates what is missing, one pair after the other: some peers do one Quick Mode at a time. One that is not answered holds up nothing. */
    void fill(Phase1 under) {
        if (anyUsable()) {
            gaps.retryWhileUp();
        }
        if (underWay.stream().noneMatch(Phase2::justOffered)) {
            missing().stream().filter(pair -> !gaps.held(pair)).findFirst().ifPresent(pair -> begin(under, pair, null));
        }
    }

    /** Begins Quick Mode under an established IKE SA. */
    private void begin(Phase1 under, Traffic pair, @Nullable Child replaces) {
        var quickMode = new Phase2(context.nextId(), under, setting(under, under.freshMessageId(context), List.of(pair)), true, replaces);
        underWay.add(quickMode);
        under.remember(quickMode);
        run(quickMode, new Input.Begin(under.path()));
    }

    /** A Quick Mode message under an established IKE SA. Returns whether it was authentic and new. */
    boolean received(Phase1 under, Path path, IkeHeader header, Octets message) {
        var arrived = new Input.Arrived(path, header, message, false);
        Phase2 known = under.quickModes.get(header.messageId());
        if (known != null) {
            return run(known, arrived);
        }
        if (header.messageId() == 0 || under.used(header.messageId())) {
            context.out.dropped("Quick Mode with a message id that was used");
            return false;
        }
        if (under.quickModesUnderWay() >= MAX_UNDER_WAY) {
            context.out.dropped("too many Quick Modes under way");
            return false;
        }
        var fresh = new Phase2(context.nextId(), under, setting(under, header.messageId(), gaps.pairs()), false, null);
        underWay.add(fresh);
        boolean authentic = run(fresh, arrived);
        if (authentic) {
            under.firstUse(header.messageId());
            if (!(fresh.state() instanceof QuickMode.State.Dead)) {
                under.remember(fresh);
            }
        } else {
            underWay.remove(fresh);
        }
        return authentic;
    }

    private QuickMode.Setting setting(Phase1 under, int messageId, List<Traffic> pairs) {
        return new QuickMode.Setting(context.config, context.crypto, under.sa(), under.path(), messageId, freshSpi(), pairs);
    }

    private Spi freshSpi() {
        Spi fresh;
        do {
            fresh = new Spi(context.number());
        } while (Integer.compareUnsigned(fresh.value(), RESERVED_SPIS) < 0 || taken(fresh));
        return fresh;
    }

    private boolean taken(Spi spi) {
        return children.stream().anyMatch(c -> c.sa.inbound().equals(spi)) || underWay.stream().anyMatch(q -> q.own.equals(spi));
    }

    private boolean run(Phase2 quickMode, Input input) {
        Step<QuickMode.State> step = quickMode.machine.step(quickMode.state(), input);
        quickMode.state(step.next());
        boolean authentic = true;
        for (Output output : step.outputs()) {
            authentic &= !(output instanceof Output.Drop);
            execute(quickMode, input, output);
        }
        if (!authentic && step.outputs().get(0) instanceof Output.Transmit) {
            lingerOn(quickMode);
        }
        switch (step.next()) {
            case QuickMode.State.Done done when underWay.remove(quickMode) -> usable(quickMode, done.lifetime());
            case QuickMode.State.Dead dead when underWay.contains(quickMode) ->
                    fail(quickMode, dead.reason(), input instanceof Input.Arrived);
            default -> { }      // nothing has ended: Idle, Offered, Answered, or known to have ended before
        }
        return authentic;
    }

    /** The peer that began its successor deletes it, unless it has restarted meanwhile: then it is older than the IKE SA of this one. */
    private void forgottenByPeer(Child older) {
        context.out.disarm(Timer.Kind.CHILD_REKEY, older.id);
        if (!context.out.isArmed(Timer.Kind.REPLACED, older.id)) {
            context.out.arm(Timer.Kind.REPLACED, older.id, FORGOTTEN);
        }
    }

    /** A duplicate of message 2: the responder has not got message 3, and knows the old child only. */
    private void lingerOn(Phase2 quickMode) {
        if (quickMode.child() != null && quickMode.child().held && quickMode.state() instanceof QuickMode.State.Done done) {
            hold(quickMode.child(), done.lifetime());
        }
        if (quickMode.replaces != null && context.out.isArmed(Timer.Kind.REPLACED, quickMode.replaces.id)) {
            context.out.arm(Timer.Kind.REPLACED, quickMode.replaces.id, context.config.retransmission().total());      // for as long as it may ask
        }
    }

    private void execute(Phase2 quickMode, Input input, Output output) {
        switch (output) {
            case Output.Transmit transmit -> quickMode.send(context.out,
                    !quickMode.initiator && input instanceof Input.Arrived arrived ? arrived.path() : quickMode.under.path(), transmit.message());
            case Output.AwaitAnswer await -> context.out.arm(Timer.Kind.RETRANSMIT, quickMode.id, await.after());
            case Output.Answered answered -> context.out.disarm(Timer.Kind.RETRANSMIT, quickMode.id);
            case Output.Drop drop -> context.out.dropped(drop.cause());
            case Output.Warn warn -> context.failure(warn.text());
            case Output.HandOver none -> { }        // only of Main Mode
            case Output.Tell tell -> context.inform(quickMode.under, Informational.error(tell.notifyType(), tell.spi()));
            case Output.InstallInbound install -> installInbound(quickMode, install.child());
            case Output.InstallOutbound install -> installOutbound(quickMode, install.child());
        }
    }

    /** A responder has the new child only when message 3 has arrived and is worked through. Until then a renewal's initiator sends with the old one. */
    private void installOutbound(Phase2 quickMode, ChildSa sa) {
        Child child = quickMode.child();
        boolean early = quickMode.initiator && quickMode.replaces != null && children.contains(quickMode.replaces);
        if (child != null && (early || overtaken(child).isPresent())) {
            child.held = true;
        } else {
            context.out.add(new Effect.InstallOutbound(sa));
        }
    }

    /** What the peer began after this one and we finished before it, because a message 3 was lost: the peer has replaced this one. */
    private Optional<Child> overtaken(Child child) {
        return children.stream().filter(newer -> newer.usable && newer.id > child.id && newer.pair.equals(child.pair)
                && !newer.sa.initiator() && !child.sa.initiator()).findFirst();
    }

    private void hold(Child child, Duration lifetime) {
        Duration part = lifetime.dividedBy(HOLD_PART);
        context.out.arm(Timer.Kind.CHILD_SWITCH, child.id, part.compareTo(LONGEST_HOLD) < 0 ? part : LONGEST_HOLD);
    }

    /** Sends with it from now on, unless the peer has made a newer one meanwhile. */
    private void use(Child child) {
        if (child.held && newestOfItsKind(child)) {
            child.held = false;
            context.out.disarm(Timer.Kind.CHILD_SWITCH, child.id);
            context.out.add(new Effect.InstallOutbound(child.sa));
        }
    }

    private boolean newestOfItsKind(Child child) {
        return current(child.pair).filter(newest -> newest == child).isPresent();
    }

    private void installInbound(Phase2 quickMode, ChildSa sa) {
        var child = new Child(context.nextId(), quickMode.under, sa);
        quickMode.child(child);
        children.add(child);
        context.out.add(new Effect.InstallInbound(sa));
    }

    private void usable(Phase2 quickMode, Duration lifetime) {
        Child child = quickMode.child();
        if (child == null || !children.remove(child)) {
            return;
        }
        boolean first = !anyUsable();
        children.add(overtaken(child).map(children::indexOf).orElse(children.size()), child);
        child.usable = true;
        child.agreed = Optional.of(lifetime);
        armLifetime(child, lifetime);
        if (child.held) {
            hold(child, lifetime);
        }
        if (quickMode.replaces != null && children.contains(quickMode.replaces)) {
            context.out.disarm(Timer.Kind.CHILD_REKEY, quickMode.replaces.id);
            context.out.arm(Timer.Kind.REPLACED, quickMode.replaces.id, LINGER);
        }
        if (!quickMode.initiator) {
            children.stream().filter(older -> older.usable && older.id < quickMode.under.id && older.pair.equals(child.pair))
                    .forEach(this::forgottenByPeer);
        }
        gaps.filled(child.pair);
        if (!quickMode.initiator) {
            peerGoesOn();
        }
        owner.usable(first);
        owner.newest().ifPresent(this::moveUnder);
    }

    private void armLifetime(Child child, Duration lifetime) {
        context.armRenewal(Timer.Kind.CHILD_REKEY, child.id, lifetime, child.sa.initiator());
        context.out.arm(Timer.Kind.CHILD_EXPIRE, child.id, lifetime);
    }

    /** RESPONDER-LIFETIME after the exchange. @param spi either side's */
    void shorten(Octets spi, List<Attribute> attributes) {
        children.stream().filter(c -> c.sa.initiator() && (c.sa.outbound().octets().equals(spi) || c.sa.inbound().octets().equals(spi))).forEach(child ->
                child.agreed.ifPresent(agreed -> {
                    Duration lifetime = Lifetimes.shorter(agreed, attributes, Phase2Policy.LIFE_TYPE, Phase2Policy.LIFE_DURATION);
                    if (lifetime.compareTo(agreed) < 0) {
                        child.agreed = Optional.empty();
                        armLifetime(child, lifetime);
                    }
                }));
    }

    private void fail(Phase2 quickMode, Reason reason, boolean answered) {
        underWay.remove(quickMode);
        quickMode.under.quickModes.remove(quickMode.messageId);
        context.out.disarm(Timer.Kind.RETRANSMIT, quickMode.id);
        if (quickMode.child() != null) {        // as responder; the initiator may have got our answer, and use it already
            children.remove(quickMode.child());
            context.out.add(new Effect.Remove(quickMode.child().sa));
            quickMode.child().sa.erase();
            context.farewells.gone(quickMode.own);
            owner.delete(List.of(quickMode.own));       // the initiator may believe that it is there
        }
        Child old = quickMode.replaces;
        if (old != null && children.contains(old)) {
            context.out.arm(Timer.Kind.CHILD_REKEY, old.id, RETRY_RENEWAL);
        }
        gaps.pairs().stream().filter(pair -> quickMode.offers(pair) && current(pair).isEmpty()).forEach(pair -> gaps.failed(pair, reason));
        owner.failed(quickMode, reason, answered);
    }

    /** The peer refuses, under protection. It names our SPI, or nothing that we know while only one Quick Mode waits. */
    void refused(Octets spi, Reason reason) {
        List<Phase2> ours = underWay.stream().filter(q -> q.initiator).toList();
        ours.stream().filter(q -> q.own.octets().equals(spi)).findFirst()
                .or(() -> ours.size() == 1 ? Optional.of(ours.get(0)) : Optional.empty())
                .ifPresent(quickMode -> fail(quickMode, reason, true));
    }

    /**
     * Whether a Quick Mode is under way under it, for all that we know: with a message 3 that may have to be said again. Or data is sent with a child that
     * the peer may drop together with it.
     */
    boolean needs(Phase1 under) {
        return owner.newest().filter(newest -> children.stream().anyMatch(c -> c.usable && c.under == under && c.besides(newest) && sends(c))).isPresent()
                || under.quickModesUnderWay() > 0 || under.quickModes.values().stream()
                .anyMatch(q -> q.initiator && q.replaces != null && context.out.isArmed(Timer.Kind.REPLACED, q.replaces.id));
    }

    private boolean sends(Child child) {
        return children.stream().noneMatch(newer -> newer.usable && !newer.held && newer.id > child.id && newer.pair.equals(child.pair));
    }

    /** Quick Modes cannot go on without their IKE SA. */
    void ended(Phase1 under, Reason reason) {
        underWay.stream().filter(q -> q.under == under).toList().forEach(q -> fail(q, reason, true));
    }

    /** A timer of one of ours; others are ignored. */
    void expired(Timer timer) {
        if (timer.kind() == Timer.Kind.GAP) {
            gaps.due(timer);
            return;
        }
        if (timer.kind() == Timer.Kind.RETRANSMIT) {
            underWay.stream().filter(q -> q.id == timer.id()).findFirst().ifPresent(q -> run(q, new Input.RetransmitDue()));
        }
        children.stream().filter(c -> c.id == timer.id()).findFirst().ifPresent(child -> {
            if (timer.kind() == Timer.Kind.CHILD_SWITCH) {
                use(child);
            } else if (timer.kind() == Timer.Kind.CHILD_REKEY) {
                wantRenewal(child);
            } else if (timer.kind() == Timer.Kind.CHILD_EXPIRE) {
                owner.delete(List.of(child.sa.inbound()));
                remove(child, new Reason.Expired());
            } else if (timer.kind() == Timer.Kind.REPLACED) {
                owner.delete(List.of(child.sa.inbound()));
                remove(child, new Reason.Replaced());
            }
        });
    }

    /** A successor is wanted now. */
    void wantRenewal(Spi inbound) {
        children.stream().filter(c -> c.usable && c.sa.inbound().equals(inbound)).findFirst().ifPresent(this::wantRenewal);
    }

    private void wantRenewal(Child child) {
        if (isCurrent(child)) {             // what has a successor needs no second one
            child.renewalDue = true;
            owner.renewalDue();
        }
    }

    /** What the peer may not count to the newest IKE SA is renewed under it. */
    void moveUnder(Phase1 newest) {
        List<Child> besides = children.stream().filter(c -> c.usable && c.besides(newest) && isCurrent(c)).toList();
        besides.forEach(c -> c.renewalDue = true);
        if (!besides.isEmpty()) {
            renew(newest);
        }
    }

    /** Negotiates the successors that are wanted. */
    void renew(Phase1 under) {
        for (Child child : List.copyOf(children)) {
            if (child.renewalDue && isCurrent(child) && underWay.stream().noneMatch(q -> q.replaces == child)) {
                child.renewalDue = false;
                begin(under, child.pair, child);
            }
        }
    }

    /** The peer's SPI, which is what we send with. */
    void deletedByPeer(Octets spi) {
        children.stream().filter(c -> c.sa.outbound().octets().equals(spi)).findFirst()
                .ifPresentOrElse(child -> remove(child, new Reason.PeerDeleted()), () -> context.out.dropped("delete of an unknown SPI"));
    }

    /** Everything goes, finished or not. Returns what the peer may be told. */
    List<Spi> removeAll(Reason reason) {
        List<Spi> gone = children.stream().filter(c -> c.usable).map(c -> c.sa.inbound()).toList();
        for (Phase2 quickMode : List.copyOf(underWay)) {
            underWay.remove(quickMode);
            quickMode.under.quickModes.remove(quickMode.messageId);
            context.out.disarm(Timer.Kind.RETRANSMIT, quickMode.id);
        }
        gaps.release();
        boolean wasUsable = anyUsable();
        children.forEach(child -> context.farewells.gone(child.sa.inbound()));      // who deletes an IKE SA may keep them
        children.forEach(this::uninstall);
        children.clear();
        if (wasUsable) {
            owner.lastGone(reason);
        }
        return gone;
    }

    /** What was there before something with this id began. */
    void removeOlderThan(long id, Reason reason) {
        children.stream().filter(c -> c.id < id).toList().forEach(c -> remove(c, reason));
    }

    private void remove(Child child, Reason reason) {
        boolean wasUsable = anyUsable();
        for (Phase2 quickMode : List.copyOf(underWay)) {
            if (quickMode.child() == child) {       // the peer deletes what it has not finished
                underWay.remove(quickMode);
                quickMode.under.quickModes.remove(quickMode.messageId);
                context.out.disarm(Timer.Kind.RETRANSMIT, quickMode.id);
            }
        }
        boolean wasCurrent = isCurrent(child);
        children.remove(child);
        children.stream().filter(c -> c.pair.equals(child.pair)).toList().forEach(this::use);       // it may have been what still sent
        if (!(reason instanceof Reason.PeerDeleted)) {
            context.farewells.gone(child.sa.inbound());
        }
        uninstall(child);
        if (wasUsable && !anyUsable()) {
            gaps.release();
            owner.lastGone(reason);
        } else if (wasCurrent) {
            current(child.pair).ifPresentOrElse(this::servesAgain, () -> {
                gaps.lost(child.pair, reason);
                owner.gap();
            });
        }
    }

    /** It lives on, and wants a successor. */
    private void servesAgain(Child older) {
        context.out.disarm(Timer.Kind.REPLACED, older.id);
        context.out.arm(Timer.Kind.CHILD_REKEY, older.id, RETRY_RENEWAL);
    }

    private void uninstall(Child child) {
        for (Timer.Kind kind : List.of(Timer.Kind.CHILD_REKEY, Timer.Kind.CHILD_EXPIRE, Timer.Kind.CHILD_SWITCH, Timer.Kind.REPLACED)) {
            context.out.disarm(kind, child.id);
        }
        context.out.add(new Effect.Remove(child.sa));
        child.sa.erase();
    }

    List<IkeStatus.Child> status() {
        return children.stream().map(c -> new IkeStatus.Child(c.sa.inbound(), c.sa.outbound(), c.sa.suite().suite(),
                Traffic.text(c.sa.local()), Traffic.text(c.sa.remote()), c.sa.udpEncapsulated(), c.usable, isCurrent(c))).toList();
    }
}
