package dev.torii.ike.v1;

import java.time.Duration;

/**
 * When to ask a silent peer and when to give it up: RFC 3706, section 5. Pure: the states are values, waiting is the owner's.
 *
 * @see Informational#deadPeerDetection
 */
final class DeadPeerDetection {
    private static final int TRIES_AFTER_FIRST = 4;

    private final Duration delay;
    private final Duration timeout;

    DeadPeerDetection(Duration delay, Duration timeout) {
        this.delay = delay;
        this.timeout = timeout;
    }

    /** Silence so far, and the sequence number of the next probe. */
    record State(Duration silent, int next) {
        static State heard(int nextSequence) {
            return new State(Duration.ZERO, nextSequence);
        }

        /** Whether an answer with this number can belong to one of our latest probes. */
        boolean asked(int sequence) {
            int age = next - sequence;
            return age > 0 && age <= TRIES_AFTER_FIRST + 1;
        }
    }

    /** What to do when the wait is over. */
    sealed interface Verdict {
        /** Send a probe with this number, then wait for {@code next}. */
        record Probe(State state, int sequence, Duration next) implements Verdict { }

        /** It is dead. */
        record Dead() implements Verdict { }
    }

    boolean enabled() {
        return !delay.isZero();
    }

    /** How long to wait after something was heard. */
    Duration idle() {
        return delay;
    }

    /** The wait is over and nothing was heard. */
    Verdict silence(State before) {
        boolean firstProbe = before.silent().isZero();
        Duration silent = firstProbe ? delay : before.silent().plus(retry());
        if (silent.compareTo(timeout) >= 0) {
            return new Verdict.Dead();
        }
        Duration left = timeout.minus(silent);
        Duration wait = retry().compareTo(left) < 0 ? retry() : left;
        return new Verdict.Probe(new State(silent, before.next() + 1), before.next(), wait);
    }

    /** Several probes fit between the first and the end: one lost datagram must not kill a tunnel. */
    private Duration retry() {
        Duration even = timeout.minus(delay).dividedBy(TRIES_AFTER_FIRST);
        Duration capped = even.compareTo(delay) < 0 ? even : delay;
        return capped.isZero() ? Duration.ofMillis(1) : capped;
    }
}
