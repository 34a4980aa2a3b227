package dev.torii.cli.daemon;

import java.time.Duration;

/** Waiting for a thread to end, where an interrupt must not keep the rest from being stopped. */
final class Threads {
    private Threads() {}

    /** Waits at most so long; an interrupt ends the wait and stays noticed. */
    static void join(Thread thread, Duration atMost) {
        try {
            thread.join(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
