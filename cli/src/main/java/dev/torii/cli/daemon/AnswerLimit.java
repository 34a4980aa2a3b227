package dev.torii.cli.daemon;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** How often strangers are answered: so seldom for each address that nobody can use us to flood a third party, and for few addresses a second. */
final class AnswerLimit {
    static final int A_SECOND = 10;
    static final int SOURCES = 256;

    private final LongSupplier nanoTime;
    private final Map<InetAddress, Integer> given = new HashMap<>();
    private long sinceNanos;

    AnswerLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether there is one more answer for this address in this second. */
    boolean allows(InetAddress source) {
        long now = nanoTime.getAsLong();
        if (now - sinceNanos > TimeUnit.SECONDS.toNanos(1)) {
            sinceNanos = now;
            given.clear();
        }
        if (given.size() == SOURCES && !given.containsKey(source)) return false;
        return given.merge(source, 1, Integer::sum) <= A_SECOND;
    }
}
