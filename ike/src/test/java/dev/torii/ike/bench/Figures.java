package dev.torii.ike.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a process has used so far, from /proc, and what became of the set-ups in between. */
final class Figures {
    private static final double TICKS_PER_SECOND = 100;         // USER_HZ is 100 on every Linux architecture
    private static final int UTIME = 11;
    private static final int STIME = 12;

    private final long pid;
    private final long startedNanos = System.nanoTime();
    private final double cpuBefore;
    private long[] latencies = new long[1024];
    private int done;

    /** From now on. */
    Figures(long pid) throws IOException {
        this.pid = pid;
        this.cpuBefore = cpuSeconds();
    }

    /** User and system time of all threads, also those that have ended. */
    private double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
    }

    void setUp(long nanos) {
        if (done == latencies.length) {
            latencies = Arrays.copyOf(latencies, 2 * done);
        }
        latencies[done++] = nanos;
    }

    /** One line: set-ups a second, the responder's CPU time for each and how many a core of its own would bear, latencies. */
    String line(String what, int repeated) throws IOException {
        double seconds = (System.nanoTime() - startedNanos) / 1e9;
        double cpu = cpuSeconds() - cpuBefore;
        long[] sorted = Arrays.copyOf(latencies, done);
        Arrays.sort(sorted);
        return done == 0 ? what + ": no set-up" : String.format("%s: %.0f set-ups/s, %.3f ms CPU each, %.0f/s a core, median %.1f ms, 99 %% %.1f ms, %d given up", what,
                done / seconds, 1000 * cpu / done, done / cpu, sorted[done / 2] / 1e6, sorted[(int) (done * 0.99)] / 1e6, repeated);
    }
}
