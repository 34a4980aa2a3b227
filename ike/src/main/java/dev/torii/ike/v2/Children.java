package dev.torii.ike.v2;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Effect;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.Reason;
import dev.torii.ike.Spi;
import dev.torii.ike.Timer;
import dev.torii.ike.session.SessionContext;
import dev.torii.ike.session.Traffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All child SAs of one session. Each belongs to one IKE SA and ends with it. */
final class Children {
    private static final int RESERVED_SPIS = 256;
    private static final Duration RETRY_RENEWAL = Duration.ofSeconds(10);
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final SessionContext context;
    private final Owner owner;
    private final List<Child> all = new ArrayList<>();      // usable ones in the order in which they became usable
    private final Set<Spi> reserved = new HashSet<>();

    Children(SessionContext context, Owner owner) {
        this.context = context;
        this.owner = owner;
    }

    /** Who decides what happens next. */
    interface Owner {
        /** @param first whether there was no usable child before */
        void usable(Child child, boolean first);

        /** The last usable child is gone. */
        void lastGone(Reason reason);

        /** One is gone, but not the last. */
        void gone(Reason reason);
    }

    /** An SPI for a child to come. */
    Spi reserve() {
        Spi fresh;
        do {
            fresh = new Spi(context.number());
        } while (Integer.compareUnsigned(fresh.value(), RESERVED_SPIS) < 0 || reserved.contains(fresh) || inbound(fresh).isPresent());
        reserved.add(fresh);
        return fresh;
    }

    /** The child did not come. */
    void release(Spi spi) {
        reserved.remove(spi);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Whether there is one that works and is to stay. */
    boolean anyAlive() {
        return all.stream().anyMatch(c -> !c.gone && !c.closing);
    }

    /** Whether one that works and is to stay carries some of this. */
    boolean carried(Traffic traffic) {
        return all.stream().anyMatch(c -> !c.gone && !c.closing && Traffic.of(c.sa).overlaps(traffic));
    }

    private boolean anyUsable() {
        return all.stream().anyMatch(c -> c.usable);
    }

    List<Child> of(Association under) {
        return all.stream().filter(c -> c.under == under).toList();
    }

    Optional<Child> inbound(Spi spi) {
        return all.stream().filter(c -> c.sa.inbound().equals(spi)).findFirst();
    }

    /** By the peer's SPI, which is what we send with. */
    Optional<Child> outbound(Association under, Octets spi) {
        return all.stream().filter(c -> c.under == under && !c.gone && c.sa.outbound().octets().equals(spi)).findFirst();
    }

    Optional<Child> named(Timer timer) {
        return all.stream().filter(c -> c.id == timer.id()).findFirst();
    }

    /** What is sent, is sent with it. */
    Optional<Child> current() {
        return all.stream().filter(c -> c.usable && !c.gone).reduce((older, newer) -> newer);
    }

    /**
     * A new one that can receive.
     *
     * @param sendNow {@code true}: send with it from now on. {@code false}: the peer began it and does not know its keys yet, so the one that it
     *     replaces goes on until the peer's next request shows that it has our answer (RFC 7296, section 2.8). A peer that says nothing more
     *     has it, or is gone, by the time that it would give up
     */
    Child add(Association under, ChildSa sa, @Nullable Child replaces, boolean sendNow) {
        reserved.remove(sa.inbound());
        var child = new Child(context.nextId(), sa, under, replaces);
        all.add(child);
        context.out.add(new Effect.InstallInbound(sa));
        context.armRenewal(Timer.Kind.CHILD_REKEY, child.id, context.config.childLifetime(), sa.initiator());
        context.out.arm(Timer.Kind.CHILD_EXPIRE, child.id, context.config.childLifetime());
        if (replaces != null) {
            replaced(replaces);
        }
        if (sendNow) {
            use(child);
        } else {
            context.out.arm(Timer.Kind.CHILD_SWITCH, child.id, context.config.retransmission().total());
        }
        return child;
    }

    /** What the peer began under an IKE SA, without having shown yet that it has our answer. */
    List<Child> unproved(Association under) {
        return all.stream().filter(c -> c.under == under && waits(c)).toList();
    }

    /** The peer has asked the next thing: with one request at a time, it has the answer to the one before. */
    void proved(Child child) {
        if (waits(child)) {
            use(child);
        }
    }

    private boolean waits(Child child) {
        return context.out.isArmed(Timer.Kind.CHILD_SWITCH, child.id);
    }

    /** Sends with it from now on. */
    void use(Child child) {
        context.out.disarm(Timer.Kind.CHILD_SWITCH, child.id);
        if (child.usable || child.closing || !all.remove(child)) {
            return;
        }
        boolean first = !anyUsable();
        all.add(child);
        child.usable = true;
        context.out.add(new Effect.InstallOutbound(child.sa));
        owner.usable(child, first);
    }

    /** Its successor does not need it to be renewed. */
    void replaced(Child child) {
        child.replaced = true;
        context.out.disarm(Timer.Kind.CHILD_REKEY, child.id);
    }

    /** A collision's redundant one: never sent with, and its initiator deletes it. */
    void redundant(Child child) {
        replaced(child);
        context.out.disarm(Timer.Kind.CHILD_SWITCH, child.id);
    }

    /** Deleted by either side: what replaces it takes over; if there is such a one, packets in flight may still come in. */
    void deleted(Child child, Reason reason) {
        List.copyOf(all).stream().filter(c -> c.replaces == child && !c.replaced).forEach(this::use);
        if (child.replaced && child.usable) {
            child.gone = true;
            context.out.disarm(Timer.Kind.CHILD_EXPIRE, child.id);
            context.out.arm(Timer.Kind.REPLACED, child.id, LINGER);
        } else {
            remove(child, reason);
        }
    }

    void remove(Child child, Reason reason) {
        boolean before = anyUsable();
        if (!all.remove(child)) {
            return;
        }
        for (Timer.Kind kind : List.of(Timer.Kind.CHILD_REKEY, Timer.Kind.CHILD_EXPIRE, Timer.Kind.CHILD_SWITCH, Timer.Kind.REPLACED)) {
            context.out.disarm(kind, child.id);
        }
        context.out.add(new Effect.Remove(child.sa));
        child.sa.erase();
        if (child.replaces != null && all.stream().noneMatch(c -> c.replaces == child.replaces)) {
            servesAgain(child.replaces);
        }
        if (before && !anyUsable()) {
            owner.lastGone(reason);
        } else if (before) {
            owner.gone(reason);
        }
    }

    /** Its successor is gone before it. */
    private void servesAgain(Child old) {
        if (all.contains(old) && !old.closing && !old.gone) {
            old.replaced = false;
            context.out.arm(Timer.Kind.CHILD_REKEY, old.id, RETRY_RENEWAL);
        }
    }

    List<IkeStatus.Child> status() {
        return all.stream().map(c -> new IkeStatus.Child(c.sa.inbound(), c.sa.outbound(), c.sa.suite().suite(),
                Traffic.text(c.sa.local()), Traffic.text(c.sa.remote()), c.sa.udpEncapsulated(), c.usable, isCurrent(c))).toList();
    }

    /** Whether there is no newer one that carries as much. */
    private boolean isCurrent(Child child) {
        return child.usable && !child.gone && all.stream().skip(all.indexOf(child) + 1L)
                .noneMatch(newer -> newer.usable && !newer.gone && Traffic.of(newer.sa).contains(Traffic.of(child.sa)));
    }
}
