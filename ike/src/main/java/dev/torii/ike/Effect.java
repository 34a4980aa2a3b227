package dev.torii.ike;

import java.time.Duration;

/** What a session asks of its driver, executed in order. */
public sealed interface Effect {
    /** Send a datagram; the driver puts the non-ESP marker before it on port 4500. */
    record Send(Path path, Octets message) implements Effect { }

    /** Send the one byte 0xFF (RFC 3948, section 2.3). */
    record NatKeepalive(Path path) implements Effect { }

    /** Let {@link Event.Expired} happen after a while; replaces an earlier time of the same timer. */
    record Arm(Timer timer, Duration after) implements Effect { }

    /** Forget a timer; harmless when it is not armed. */
    record Disarm(Timer timer) implements Effect { }

    /** Messages that bear this cookie of ours belong to this session. */
    record Bound(Cookie own) implements Effect { }

    /** They no longer do. */
    record Unbound(Cookie own) implements Effect { }

    /** An IKE SA is established. */
    record IkeUp(IkeSa sa) implements Effect { }

    /** An established IKE SA ended. */
    record IkeDown(IkeSa sa, Reason reason) implements Effect { }

    /** Accept packets of this SA from now on. */
    record InstallInbound(ChildSa child) implements Effect { }

    /** Send packets with this SA from now on: it is newer than all before it. */
    record InstallOutbound(ChildSa child) implements Effect { }

    /** Remove both directions, as far as they were installed. Its keys are erased already. */
    record Remove(ChildSa child) implements Effect { }

    /** The peer's address or port changed: for all children, and for what is sent from now on. */
    record PathChanged(Path path) implements Effect { }

    /** The first child SA can be used in both directions. */
    record TunnelUp() implements Effect { }

    /** No usable child SA is left. */
    record TunnelDown(Reason reason) implements Effect { }

    /** {@link Event.Ask} was done. */
    record Asked() implements Effect { }

    /** The first authenticated message since the peer was {@link Asked}, most often its answer. */
    record Answered() implements Effect { }

    /**
     * The exchange belongs to another connection: give it to that one's session as {@link Event.TakeOver}, or, if {@link Identity#open} says that the
     * connection is for several peers, to the session that is {@code peer}'s alone.
     *
     * @param peer who the peer says it is; not proved yet
     */
    record HandOver(String connection, Identity peer, Handover exchange) implements Effect { }

    /** A message was dropped: for a counter. */
    record Dropped(String cause) implements Effect { }

    /** One line for the log, never secret. The driver limits the rate. */
    record Report(String text) implements Effect { }
}
