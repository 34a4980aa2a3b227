package dev.torii.esp;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** How many packets were dropped, by reason. One thread counts, any thread may read while it does. */
public final class DropCounters {
    private static final Verdict[] REASONS = Verdict.values();

    private final AtomicLongArray counts = new AtomicLongArray(REASONS.length);

    /** Counts one packet. Only the owning thread may call this: it is a plain add, not an atomic one. */
    void count(Verdict reason) {
        count(reason, 1);
    }

    void count(Verdict reason, long packets) {
        int i = reason.ordinal();
        counts.setOpaque(i, counts.getPlain(i) + packets);
    }

    /** The packets dropped for this reason so far. */
    public long of(Verdict reason) {
        return counts.getOpaque(reason.ordinal());
    }

    /** The packets dropped for any reason so far. */
    public long total() {
        long sum = 0;
        for (Verdict reason : REASONS) if (reason.dropped()) sum += of(reason);
        return sum;
    }

    /** Every reason that has occurred, with its count. */
    public Map<Verdict, Long> seen() {
        var seen = new EnumMap<Verdict, Long>(Verdict.class);
        for (Verdict reason : REASONS) {
            long n = of(reason);
            if (n != 0 && reason.dropped()) seen.put(reason, n);
        }
        return seen;
    }

    @Override public String toString() {
        return seen().toString();
    }
}
