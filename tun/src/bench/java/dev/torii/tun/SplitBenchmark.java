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

/** One packet of a super-packet that the kernel handed over, with its headers and checksum. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SplitBenchmark {
    /** Of a segment's payload, in bytes. */
    @Param({"64", "1348"})
    private int size = 64;

    private SuperPacket apart = new SuperPacket(ByteBuffer.allocate(0));
    private int octets;
    private final ByteBuffer packet = ByteBuffer.allocate(2048);

    /** Once the parameters are set. */
    @Setup public void prepare() {
        ByteBuffer frame = Runs.frame(size);
        octets = frame.capacity();
        apart = new SuperPacket(frame);
    }

    /** All packets of one. */
    @Benchmark
    @OperationsPerInvocation(Runs.SEGMENTS)
    public int split() {
        int packets = 0;
        apart.begin(octets);
        while (apart.hasNext()) if (apart.next(packet)) packets++;
        return packets;
    }
}
