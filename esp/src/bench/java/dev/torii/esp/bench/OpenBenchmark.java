package dev.torii.esp.bench;

import dev.torii.esp.InboundSa;
import dev.torii.esp.OutboundSa;
import dev.torii.esp.Suite;
import dev.torii.esp.Verdict;
import java.nio.ByteBuffer;
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

/** One packet checked, opened and inspected: the same one each time, so without a replay window; {@link ReplayWindowBenchmark} has that. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-XX:+UseSerialGC")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class OpenBenchmark {
    @Param({"AES_256_GCM_16", "AES_128_GCM_16", "CHACHA20_POLY1305", "AES_256_CBC_HMAC_SHA2_256_128", "AES_128_CBC_HMAC_SHA1_96"})
    private Suite suite = Suite.AES_256_GCM_16;

    /** Of the inner packet, in bytes. */
    @Param({"64", "1400", "9000"})
    private int size = 64;

    private InboundSa sa = new InboundSa(Sas.parameters(suite, 0));
    private ByteBuffer datagram = ByteBuffer.allocate(0);
    private ByteBuffer packet = ByteBuffer.allocate(0);

    /** Once the parameters are set. */
    @Setup public void prepare() {
        try (var parameters = Sas.parameters(suite, 0)) {
            sa = new InboundSa(parameters);
            datagram = ByteBuffer.allocate(size + OutboundSa.OVERHEAD);
            new OutboundSa(parameters).seal(Sas.packet(size), datagram);
        }
        datagram.flip();
        packet = ByteBuffer.allocate(datagram.remaining());
        if (open() != Verdict.OPENED) throw new IllegalStateException("not opened");
    }

    /** One packet. */
    @Benchmark public Verdict open() {
        return sa.open(datagram.position(0), packet.clear());
    }
}
