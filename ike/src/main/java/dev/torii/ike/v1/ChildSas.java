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
import java.util.List;
import java.util.Optional;

/**
 * All child SAs of one session: one for each pair of selectors, and while it is renewed, two; which of them sends, and when each is renewed and ends.
 * They live on when the IKE SA they were made under ends.
 */
final class ChildSas implements QuickModes.Owner {
    private static final Duration RETRY_RENEWAL = Duration.ofSeconds(10);
    private static final Duration LINGER = Duration.ofSeconds(15);      // six retransmissions of message 2 fit
    private static final Duration LONGEST_HOLD = Duration.ofSeconds(5); // if message 3 was lost, the responder has asked for it again by then
    private static final int HOLD_PART = 8;                             // of a short lifetime: the old child's end must be further away than that
    private static final Duration FORGOTTEN = Duration.ofSeconds(30);   // what the peer has replaced: longer than any peer keeps it for itself

    private final Context context;
    private final Owner owner;
    private final Gaps gaps;
    private final QuickModes quickModes;
    private final ChildTable children = new ChildTable();

    ChildSas(Context context, Owner owner) {
        this.context = context;
        this.owner = owner;
        this.gaps = new Gaps(context);
        this.quickModes = new QuickModes(context, this);
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
        return children.anyUsable();
    }

    boolean isEmpty() {
        return children.isEmpty();
    }

    /** Whether a Quick Mode that we began is under way. */
    boolean negotiating() {
        return quickModes.begun();
    }

    private List<Traffic> missing() {
        return gaps.pairs().stream().filter(pair -> children.current(pair).isEmpty() && !quickModes.offering(pair)).toList();
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
        if (!quickModes.justOffered()) {
            missing().stream().filter(pair -> !gaps.held(pair)).findFirst().ifPresent(pair -> quickModes.begin(under, pair, null));
        }
    }

    /** A Quick Mode message under an established IKE SA. Returns whether it was authentic and new. */
    boolean received(Phase1 under, Path path, IkeHeader header, Octets message) {
        return quickModes.received(under, path, header, message, gaps.pairs());
    }

    @Override
    public boolean taken(Spi inbound) {
        return children.receivingWith(inbound).isPresent();
    }

    /** The peer that began its successor deletes it, unless it has restarted meanwhile: then it is older than the IKE SA of this one. */
    private void forgottenByPeer(Child older) {
        context.out.disarm(Timer.Kind.CHILD_REKEY, older.id);
        if (!context.out.isArmed(Timer.Kind.REPLACED, older.id)) {
            context.out.arm(Timer.Kind.REPLACED, older.id, FORGOTTEN);
        }
    }

    /** The responder knows the old child only. */
    @Override
    public void lacksMessage3(Phase2 quickMode) {
        if (quickMode.child() != null && quickMode.child().held && quickMode.state() instanceof QuickMode.State.Done done) {
            hold(quickMode.child(), done.lifetime());
        }
        if (quickMode.replaces != null && context.out.isArmed(Timer.Kind.REPLACED, quickMode.replaces.id)) {
            context.out.arm(Timer.Kind.REPLACED, quickMode.replaces.id, context.config.retransmission().total());      // for as long as it may ask
        }
    }

    /** A responder has the new child only when message 3 has arrived and is worked through. Until then a renewal's initiator sends with the old one. */
    @Override
    public void outbound(Phase2 quickMode, ChildSa sa) {
        Child child = quickMode.child();
        boolean early = quickMode.initiator && quickMode.replaces != null && children.contains(quickMode.replaces);
        if (child != null && (early || children.overtakenBy(child).isPresent())) {
            child.held = true;
        } else {
            context.out.add(new Effect.InstallOutbound(sa));
        }
    }

    private void hold(Child child, Duration lifetime) {
        Duration part = lifetime.dividedBy(HOLD_PART);
        context.out.arm(Timer.Kind.CHILD_SWITCH, child.id, part.compareTo(LONGEST_HOLD) < 0 ? part : LONGEST_HOLD);
    }

    /** Sends with it from now on, unless a newer one sends already. */
    private void use(Child child) {
        if (child.held && children.sends(child)) {
            child.held = false;
            context.out.disarm(Timer.Kind.CHILD_SWITCH, child.id);
            context.out.add(new Effect.InstallOutbound(child.sa));
        }
    }

    @Override
    public void inbound(Phase2 quickMode, ChildSa sa) {
        var child = new Child(context.nextId(), quickMode.under, sa);
        quickMode.child(child);
        children.add(child);
        context.out.add(new Effect.InstallInbound(sa));
    }

    @Override
    public void done(Phase2 quickMode, Duration lifetime) {
        Child child = quickMode.child();
        if (child == null || !children.contains(child)) {
            return;
        }
        boolean first = !anyUsable();
        children.finished(child);
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
            children.usable().filter(older -> older.id < quickMode.under.id && older.pair.equals(child.pair)).forEach(this::forgottenByPeer);
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
        children.all().stream().filter(c -> c.sa.initiator() && (c.sa.outbound().octets().equals(spi) || c.sa.inbound().octets().equals(spi))).forEach(child ->
                child.agreed.ifPresent(agreed -> {
                    Duration lifetime = Lifetimes.shorter(agreed, attributes, Phase2Policy.LIFE_TYPE, Phase2Policy.LIFE_DURATION);
                    if (lifetime.compareTo(agreed) < 0) {
                        child.agreed = Optional.empty();
                        armLifetime(child, lifetime);
                    }
                }));
    }

    @Override
    public void failed(Phase2 quickMode, Reason reason, boolean answered) {
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
        gaps.pairs().stream().filter(pair -> quickMode.offers(pair) && children.current(pair).isEmpty()).forEach(pair -> gaps.failed(pair, reason));
        owner.failed(quickMode, reason, answered);
    }

    /** The peer refuses, under protection. It names our SPI, or nothing that we know while only one Quick Mode waits. */
    void refused(Octets spi, Reason reason) {
        quickModes.refused(spi, reason);
    }

    /**
     * Whether a Quick Mode is under way under it, for all that we know: with a message 3 that may have to be said again. Or data is sent with a child that
     * the peer may drop together with it.
     */
    boolean needs(Phase1 under) {
        return owner.newest().filter(newest -> children.usable().anyMatch(c -> c.under == under && c.besides(newest) && children.sends(c))).isPresent()
                || under.quickModesUnderWay() > 0 || under.quickModes.values().stream()
                .anyMatch(q -> q.initiator && q.replaces != null && context.out.isArmed(Timer.Kind.REPLACED, q.replaces.id));
    }

    /** Quick Modes cannot go on without their IKE SA. */
    void ended(Phase1 under, Reason reason) {
        quickModes.ended(under, reason);
    }

    /** A timer of one of ours; others are ignored. */
    void expired(Timer timer) {
        if (timer.kind() == Timer.Kind.GAP) {
            gaps.due(timer);
            return;
        }
        if (timer.kind() == Timer.Kind.RETRANSMIT) {
            quickModes.expired(timer);
            return;
        }
        children.find(timer.id()).ifPresent(child -> {
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
        children.receivingWith(inbound).filter(c -> c.usable).ifPresent(this::wantRenewal);
    }

    private void wantRenewal(Child child) {
        if (children.isCurrent(child)) {        // what has a successor needs no second one
            child.renewalDue = true;
            owner.renewalDue();
        }
    }

    /** What the peer may not count to the newest IKE SA is renewed under it. */
    void moveUnder(Phase1 newest) {
        List<Child> besides = children.usable().filter(c -> c.besides(newest) && children.isCurrent(c)).toList();
        besides.forEach(c -> c.renewalDue = true);
        if (!besides.isEmpty()) {
            renew(newest);
        }
    }

    /** Negotiates the successors that are wanted. */
    void renew(Phase1 under) {
        for (Child child : children.all()) {
            if (child.renewalDue && children.isCurrent(child) && !quickModes.replacing(child)) {
                child.renewalDue = false;
                quickModes.begin(under, child.pair, child);
            }
        }
    }

    /** The peer's SPI, which is what we send with. */
    void deletedByPeer(Octets spi) {
        children.sendingWith(spi).ifPresentOrElse(child -> remove(child, new Reason.PeerDeleted()), () -> context.out.dropped("delete of an unknown SPI"));
    }

    /** Everything goes, finished or not. Returns what the peer may be told. */
    List<Spi> removeAll(Reason reason) {
        List<Spi> gone = children.usable().map(c -> c.sa.inbound()).toList();
        quickModes.abandonAll();
        gaps.release();
        boolean wasUsable = anyUsable();
        children.all().forEach(child -> context.farewells.gone(child.sa.inbound()));      // who deletes an IKE SA may keep them
        children.all().forEach(this::uninstall);
        children.clear();
        if (wasUsable) {
            owner.lastGone(reason);
        }
        return gone;
    }

    /** What was there before something with this id began. */
    void removeOlderThan(long id, Reason reason) {
        children.all().stream().filter(c -> c.id < id).forEach(c -> remove(c, reason));
    }

    private void remove(Child child, Reason reason) {
        boolean wasUsable = anyUsable();
        quickModes.abandon(child);      // the peer deletes what it has not finished
        boolean wasCurrent = children.isCurrent(child);
        children.remove(child);
        children.nextToSend(child.pair).ifPresent(this::use);
        if (!(reason instanceof Reason.PeerDeleted)) {
            context.farewells.gone(child.sa.inbound());
        }
        uninstall(child);
        if (wasUsable && !anyUsable()) {
            gaps.release();
            owner.lastGone(reason);
        } else if (wasCurrent) {
            children.current(child.pair).ifPresentOrElse(this::servesAgain, () -> {
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
        return children.status();
    }
}
