package dev.torii.esp;

import java.util.OptionalInt;

/**
 * Searches the longest inner packet that gets through a tunnel whose path does not tell (RFC 8899): sends probes that the peer answers and draws conclusions.
 * A pure machine: time comes in, in nanoseconds. At most a probe a second while it searches, one a minute when it has found.
 *
 * <p>A probe that is lost proves nothing by itself: only where a short one is answered and a long one, sent three times, is not, the path is narrower. A peer
 * that answers none leaves the MTU at what the kernel says.
 */
public final class PathSearch {
    /** MAX_PROBES of RFC 8899, section 5.1.2. */
    static final int TRIES = 3;
    /** So near the result is good enough: what is left cannot be told from the cipher's alignment. */
    static final int NEAR = 8;
    /** BASE_PLPMTU: a path that carries less is not searched. */
    static final int BASE = 1000;
    private static final long SECOND = 1_000_000_000L;
    private static final long ANSWER_WITHIN = SECOND;
    /** CONFIRMATION_TIMER: a path may become narrower in silence. */
    private static final long CONFIRM_AFTER = 60 * SECOND;
    /** PMTU_RAISE_TIMER of RFC 8899, section 5.1.1. */
    private static final long RAISE_AFTER = 600 * SECOND;

    private enum Phase {
        /** Is what is used still carried? The first look too, at what the kernel says. */
        CONFIRMING,
        /** It is not, or nobody answers: is anything? */
        ASKING,
        /** Between what is carried and what is not. */
        NARROWING,
        /** Is what the kernel says carried again? */
        RAISING,
        /** Found. */
        RESTING
    }

    private Phase phase = Phase.CONFIRMING;
    private int ceiling;                    // what the kernel says
    private int mtu;                        // what is used
    private int carried;                    // the longest that was answered in this search
    private int lost;                       // the shortest that was not
    private int size;                       // of the probe under way
    private int tries;
    private int sequence;                   // another for every size
    private long next;                      // when something is to be done
    private long raiseAt;

    /** What the kernel says fits, in bytes; if that is new, everything begins anew from there. */
    public void ceiling(int bytes, long now) {
        if (bytes == ceiling) return;
        ceiling = bytes;
        mtu = bytes;
        raiseAt = now + RAISE_AFTER;
        probe(Phase.CONFIRMING, bytes, now);
    }

    /** What fits, as far as is known. */
    public int mtu() {
        return mtu;
    }

    /** The number that a probe sent now carries. */
    public int sequence() {
        return sequence;
    }

    /** To be called regularly: the length of a probe to be sent now, if one is. */
    public OptionalInt due(long now) {
        if (ceiling <= BASE || now - next < 0) return OptionalInt.empty();
        if (phase == Phase.RESTING) {
            if (mtu < ceiling && now - raiseAt >= 0) probe(Phase.RAISING, ceiling, now);
            else probe(Phase.CONFIRMING, mtu, now);
        } else if (tries == TRIES) {
            unanswered(now);
        }
        if (phase == Phase.RESTING) return OptionalInt.empty();
        tries++;
        next = now + ANSWER_WITHIN;
        return OptionalInt.of(size);
    }

    /** The peer has answered the probe of this number. */
    public void answered(int number, long now) {
        if (number != sequence || phase == Phase.RESTING) return;
        switch (phase) {
            case CONFIRMING, RAISING -> {
                mtu = size;
                rest(now);
            }
            case ASKING, NARROWING -> {
                carried = size;
                mtu = size;
                narrow(now);
            }
            case RESTING -> { }                                     // nothing is under way
        }
    }

    private void unanswered(long now) {
        switch (phase) {
            case CONFIRMING -> {
                lost = size;
                raiseAt = now + RAISE_AFTER;
                if (size <= BASE + NEAR) rest(now);
                else probe(Phase.ASKING, BASE, now);
            }
            case ASKING -> rest(now);                               // nothing is answered, so nothing is proved
            case NARROWING -> {
                lost = size;
                narrow(now);
            }
            case RAISING -> {
                carried = mtu;
                lost = size;
                raiseAt = now + RAISE_AFTER;
                narrow(now);
            }
            case RESTING -> { }
        }
    }

    private void narrow(long now) {
        if (lost - carried <= NEAR) rest(now);
        else probe(Phase.NARROWING, (carried + lost) / 2 & ~3, now);
    }

    private void rest(long now) {
        if (mtu == ceiling) raiseAt = now + RAISE_AFTER;
        phase = Phase.RESTING;
        sequence = sequence + 1 & 0xFFFF;
        next = now + CONFIRM_AFTER;
    }

    private void probe(Phase of, int bytes, long now) {
        phase = of;
        size = bytes;
        tries = 0;
        sequence = sequence + 1 & 0xFFFF;
        next = now;
    }
}
