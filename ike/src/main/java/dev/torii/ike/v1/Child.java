package dev.torii.ike.v1;

import dev.torii.ike.ChildSa;
import dev.torii.ike.session.Traffic;
import java.time.Duration;
import java.util.Optional;

/** One child SA of a session. Bookkeeping only. */
final class Child {
    final long id;
    final ChildSa sa;
    /** What it was made under. */
    final Phase1 under;
    /** One selector a side, one pair of the connection's. */
    final Traffic pair;
    /**
     * Whether we made it under an older IKE SA than this one, which was begun before it: a peer that gives a new IKE SA the children that are there
     * (strongSwan does, at its establishment) may leave this one with the old IKE SA, and drop it together with that.
     */
    boolean besides(Phase1 newer) {
        return sa.initiator() && under != newer && id > newer.id;
    }

    /** Works both ways. */
    boolean usable;
    /** What was agreed, until the responder says after the exchange that it is less: then nothing more is believed. Once it is usable. */
    Optional<Duration> agreed = Optional.empty();
    /** What it replaces still sends in its place: the peer may not have it yet. */
    boolean held;
    /** A successor is wanted as soon as there is an IKE SA to negotiate it under. */
    boolean renewalDue;

    Child(long id, Phase1 under, ChildSa sa) {
        this.id = id;
        this.under = under;
        this.sa = sa;
        this.pair = Traffic.of(sa);
    }
}
