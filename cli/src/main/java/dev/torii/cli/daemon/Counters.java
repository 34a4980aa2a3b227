package dev.torii.cli.daemon;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What strangers and peers sent that we did not use, by cause. Any thread counts, any thread reads. */
public final class Counters {
    private final Map<Cause, LongAdder> counts = new EnumMap<>(Cause.class);

    /** Why something was not used. */
    public enum Cause {
        /** Shorter than any message on its port. */
        UDP_RUNT,
        /** A NAT keepalive: expected, ignored. */
        UDP_KEEPALIVE,
        /** An IKE message while too many were waiting for the control loop. */
        IKE_QUEUE_FULL,
        /** Not an ISAKMP header. */
        IKE_MALFORMED,
        /** From an address that no connection names. */
        IKE_UNKNOWN_PEER,
        /** Belongs to no IKE SA of ours. */
        IKE_UNKNOWN_COOKIE,
        /** An exchange that is not spoken here, such as Aggressive Mode. */
        IKE_EXCHANGE_REFUSED,
        /** A version of IKE that no connection speaks. */
        IKE_VERSION,
        /** Dropped by a connection's machine; the log has the cause. */
        IKE_DROPPED,
        /** A TCP connection to port 179 from an address that is no neighbour. */
        BGP_UNKNOWN_NEIGHBOR,
        /** A TCP connection from a neighbour that is not wanted now: it has a session, made an error a moment ago, or its tunnel is down. */
        BGP_UNWANTED_CONNECTION
    }

    /** All zero. */
    public Counters() {
        for (Cause cause : Cause.values()) counts.put(cause, new LongAdder());
    }

    /** Counts one. */
    public void count(Cause cause) {
        counts.get(cause).increment();
    }

    /** How often {@code cause} occurred. */
    public long of(Cause cause) {
        return counts.get(cause).sum();
    }
}
