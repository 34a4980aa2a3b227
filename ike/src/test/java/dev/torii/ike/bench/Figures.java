package dev.torii.ike.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
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
    private final double compilingBefore;
    private long[] latencies = new long[1024];
    private int done;

    /** From now on. */
    Figures(long pid) throws IOException {
        this.pid = pid;
        this.cpuBefore = cpuSeconds(Path.of("/proc/" + pid + "/stat"));
        this.compilingBefore = compilingSeconds();
    }

    /** What a JVM spends on translating its code, which it does in its first minutes only. */
    private double compilingSeconds() throws IOException {
        double sum = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                if (Files.readString(thread.resolve("comm")).matches("C[12] Compiler[^$]*\\s")) {
                    sum += cpuSeconds(thread.resolve("stat"));
                }
            }
        }
        return sum;
    }

    /** User and system time of a thread, or of all threads of a process, also of those that have ended. */
    private static double cpuSeconds(Path file) throws IOException {
        String stat = Files.readString(file);
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
        double cpu = cpuSeconds(Path.of("/proc/" + pid + "/stat")) - cpuBefore;
        double compiling = Math.max(0, compilingSeconds() - compilingBefore);
        long[] sorted = Arrays.copyOf(latencies, done);
        Arrays.sort(sorted);
        return done == 0 ? what + ": no set-up"
                : String.format("%s: %.0f set-ups/s, %.3f ms CPU each (%.3f of it compiling), %.0f/s a core, median %.1f ms, 99 %% %.1f ms, %d given up", what,
                done / seconds, 1000 * cpu / done, 1000 * compiling / done, done / cpu, sorted[done / 2] / 1e6, sorted[(int) (done * 0.99)] / 1e6, repeated);
    }
}
