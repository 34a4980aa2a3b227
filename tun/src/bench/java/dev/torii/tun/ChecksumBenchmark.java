package dev.torii.tun;

import java.nio.ByteBuffer;
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

/** The sum over one packet. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChecksumBenchmark {
    /** In bytes. */
    @Param({"64", "1400", "9000"})
    private int size = 64;

    private ByteBuffer packet = ByteBuffer.allocate(0);

    /** Once the parameters are set. */
    @Setup public void prepare() {
        byte[] octets = new byte[size];
        new Random(1071).nextBytes(octets);
        packet = ByteBuffer.wrap(octets);
    }

    /** One packet. */
    @Benchmark public short sum() {
        return Checksum.finish(Checksum.sum(packet, 0, size));
    }
}
