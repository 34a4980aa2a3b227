package dev.torii.ike;

import java.time.Duration;
import java.util.Optional;

/** When a message that got no answer is sent again: the wait doubles each time, up to three seconds, until the total is used up. */
public final class Retransmission {
    private static final Duration LONGEST = Duration.ofSeconds(3);

    private Retransmission() {
    }

    /**
     * The rule.
     *
     * @param first wait after the first transmission, positive
     * @param total from the first transmission to giving up, not shorter than {@code first}
     */
    public record Policy(Duration first, Duration total) {
        /** As Libreswan does it: half a second, doubling, a minute in all. Unlike there no wait is long, so that a peer which returns is found at once. */
        public static final Policy STANDARD = new Policy(Duration.ofMillis(500), Duration.ofSeconds(60));

        /** Checks the ranges. */
        public Policy {
            if (first.isNegative() || first.isZero() || total.compareTo(first) < 0) {
                throw new IllegalArgumentException("retransmission after " + first + ", total " + total);
            }
        }

        /** How long to wait after the {@code sent}-th transmission (from 1); empty when the total has passed by then. */
        public Optional<Duration> after(int sent) {
            Duration waited = Duration.ZERO;
            Duration wait = first;
            for (int i = 1; i < sent; i++) {
                waited = waited.plus(wait);
                if (waited.compareTo(total) >= 0) {
                    return Optional.empty();
                }
                wait = longer(wait);
            }
            Duration left = total.minus(waited);
            return Optional.of(wait.compareTo(left) < 0 ? wait : left);
        }

        private static Duration longer(Duration wait) {
            Duration twice = wait.multipliedBy(2);
            return twice.compareTo(LONGEST) < 0 ? twice : wait.compareTo(LONGEST) < 0 ? LONGEST : wait;
        }

        /** The same rule with a total of at least {@code limit}. */
        public Policy atLeast(Duration limit) {
            return total.compareTo(limit) >= 0 ? this : new Policy(first, limit);
        }

        /** The same rule with a total of at most {@code limit}, which is positive. */
        public Policy within(Duration limit) {
            return total.compareTo(limit) <= 0 ? this : new Policy(first.compareTo(limit) < 0 ? first : limit, limit);
        }
    }
}
