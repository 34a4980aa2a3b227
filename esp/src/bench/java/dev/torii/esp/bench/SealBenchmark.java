package dev.torii.esp.bench;

import dev.torii.esp.OutboundSa;
import dev.torii.esp.SaParameters;
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

/** One packet sealed: sequence number, padding, IV, cipher, counters. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-XX:+UseSerialGC")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SealBenchmark {
    @Param({"AES_256_GCM_16", "AES_128_GCM_16", "CHACHA20_POLY1305", "AES_256_CBC_HMAC_SHA2_256_128", "AES_128_CBC_HMAC_SHA1_96"})
    private Suite suite = Suite.AES_256_GCM_16;

    /** Of the inner packet, in bytes. */
    @Param({"64", "1400", "9000"})
    private int size = 64;

    private OutboundSa sa = new OutboundSa(Sas.parameters(suite, SaParameters.DEFAULT_REPLAY_WINDOW));
    private ByteBuffer packet = Sas.packet(size);
    private ByteBuffer datagram = ByteBuffer.allocate(0);

    /** Once the parameters are set. */
    @Setup public void prepare() {
        sa = new OutboundSa(Sas.parameters(suite, SaParameters.DEFAULT_REPLAY_WINDOW));
        packet = Sas.packet(size);
        datagram = ByteBuffer.allocate(size + OutboundSa.OVERHEAD);
    }

    /** One packet. */
    @Benchmark public Verdict seal() {
        return sa.seal(packet.position(0).limit(size), datagram.clear());
    }
}
