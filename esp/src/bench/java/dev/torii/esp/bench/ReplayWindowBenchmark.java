package dev.torii.esp.bench;

import dev.torii.esp.ReplayWindow;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One sequence number looked at and marked. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-XX:+UseSerialGC")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReplayWindowBenchmark {
    private static final int PATTERN = 4096;

    /** In packets. */
    @Param({"64", "1024", "1048576"})
    private int size = 1024;

    private final int[] late = new int[PATTERN];
    private ReplayWindow window = new ReplayWindow(size);
    private long sequence;

    /** Once the parameters are set: how late each packet is, up to half a window. */
    @Setup public void prepare() {
        window = new ReplayWindow(size);
        sequence = size;
        var random = new Random(1);
        for (int i = 0; i < PATTERN; i++) late[i] = random.nextInt(Math.min(size / 2, PATTERN));
    }

    /** Packets in order: all new. */
    @Benchmark public boolean inOrder() {
        boolean fresh = window.check(++sequence);
        window.mark(sequence);
        return fresh;
    }

    /** Packets out of order: some come twice. */
    @Benchmark public boolean outOfOrder() {
        long number = ++sequence - late[(int) sequence & PATTERN - 1];
        boolean fresh = window.check(number);
        if (fresh) window.mark(number);
        return fresh;
    }
}
