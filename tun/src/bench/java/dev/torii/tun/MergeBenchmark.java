package dev.torii.tun;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One packet of a batch that becomes a super-packet: looked at, verified, copied. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MergeBenchmark {
    /** Of a segment's payload, in bytes. */
    @Param({"64", "1348"})
    private int size = 64;

    private final PacketMerger merger = new PacketMerger(Runs.SEGMENTS, true, true);
    private final ByteBuffer out = ByteBuffer.allocateDirect(66_000);
    private ByteBuffer[] packets = new ByteBuffer[0];

    /** Once the parameters are set. */
    @Setup public void prepare() {
        packets = Runs.packets(size);
        if (merger.plan(packets, 0, packets.length) != 1) throw new AssertionError("not one run");
    }

    /** All packets of one. */
    @Benchmark
    @OperationsPerInvocation(Runs.SEGMENTS)
    public int merge() {
        merger.plan(packets, 0, packets.length);
        return merger.layOut(0, packets, 0, out);
    }
}
