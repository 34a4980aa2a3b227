package dev.torii.cli.lab;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something another process does, with a deadline. */
public final class Await {
    private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private Await() {}

    /** Looks until {@code condition} holds; whether it did before {@code limit} passed. */
    public static boolean holds(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) return false;
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }

    /** As {@link #holds}, but fails with {@code what} and the evidence when the deadline passes. */
    public static void until(String what, Duration limit, BooleanSupplier condition, Supplier<String> evidence) {
        if (holds(limit, condition)) return;
        var seen = evidence.get().strip();
        throw new LabFailure("not within " + limit.toSeconds() + " s: " + what + (seen.isEmpty() ? "" : System.lineSeparator() + seen));
    }
}
