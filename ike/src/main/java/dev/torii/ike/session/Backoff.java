package dev.torii.ike.session;

import dev.torii.ike.Reason;
import java.time.Duration;

/**
 * How long a connection that is wanted waits before it begins again: half a second, doubling to 32 seconds while the peer refuses, and
 * the half second again after silence: then the attempt itself was the wait, and the peer may be back at any moment.
 */
public final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final int DOUBLINGS = 6;

    private final SessionContext context;
    private int restarts;

    /** Of one session. */
    public Backoff(SessionContext context) {
        this.context = context;
    }

    /** The wait before the next attempt, spread so that tunnels which fell together do not begin together. */
    public Duration next() {
        return context.spread(FIRST.multipliedBy(1L << Math.min(restarts++, DOUBLINGS)));
    }

    /** Why there is to be another attempt. */
    public void because(Reason reason) {
        if (reason instanceof Reason.NoAnswer || reason instanceof Reason.PeerDead) {
            restarts = 0;
        }
    }

    /** All is well, or nothing is wanted. */
    public void forget() {
        restarts = 0;
    }

    /** Attempts in a row that ended without a tunnel that lasts, silence not counted. */
    public int restarts() {
        return restarts;
    }
}
