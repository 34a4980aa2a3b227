package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.config.TrafficLimits;
import dev.torii.esp.InboundSa;
import dev.torii.esp.OutboundSa;
import dev.torii.esp.SaDatabase;
import dev.torii.esp.SaParameters;
import dev.torii.esp.Selector;
import dev.torii.esp.Selectors;
import dev.torii.esp.Suite;
import dev.torii.esp.Verdict;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Spi;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChildLimitsTest {
    private static final int PACKET = 100;
    private static final Spi IN = new Spi(0x1000);
    private static final IkeStatus.Child CHILD = new IkeStatus.Child(IN, new Spi(0x2000), "", "", "", true, true, true);

    private final SaDatabase sad = new SaDatabase();
    private final OutboundSa out = new OutboundSa(parameters(0x2000));
    private final OutboundSa peers = new OutboundSa(parameters(0x1000));
    private final InboundSa in = new InboundSa(parameters(0x1000));
    private long now;

    private static SaParameters parameters(int spi) {
        var any = Selector.ofPrefix(InetAddress.getLoopbackAddress(), 0);
        return new SaParameters(spi, Suite.AES_128_GCM_16, new byte[Suite.AES_128_GCM_16.keyMaterialBytes()], List.of(new Selectors(any, any)), 64);
    }

    private ChildLimits limits(long bytes, long packets) {
        sad.installInbound(0, in);
        sad.installOutbound(0, out, (datagrams, count, trafficClass) -> { });
        return new ChildLimits(sad, 0, new TrafficLimits(bytes, packets), () -> now);
    }

    private static ByteBuffer seal(OutboundSa sa) {
        var packet = ByteBuffer.allocate(PACKET + OutboundSa.TRAILER).put(0, (byte) 0x45).putShort(2, (short) PACKET).limit(PACKET);
        var datagram = ByteBuffer.allocate(PACKET + OutboundSa.OVERHEAD);
        assertEquals(Verdict.SEALED, sa.seal(packet, datagram));
        return datagram.flip();
    }

    @AfterEach void close() {
        sad.close();
    }

    @Test void aChildIsDueAtThreeQuartersOfItsPackets() {
        var limits = limits(Long.MAX_VALUE, 40);
        for (int i = 0; i < 29; i++) seal(out);
        assertEquals(List.of(), limits.due(List.of(CHILD)));
        seal(out);
        assertEquals(List.of(IN), limits.due(List.of(CHILD)));
    }

    @Test void whatIsReceivedCountsToo() {
        var limits = limits(10 * PACKET, Long.MAX_VALUE);
        for (int i = 0; i < 8; i++) {
            assertEquals(List.of(), limits.due(List.of(CHILD)).stream().filter(spi -> in.counters().bytes() < 7.5 * PACKET).toList());
            assertEquals(Verdict.OPENED, in.open(seal(peers), ByteBuffer.allocate(PACKET + OutboundSa.OVERHEAD)));
        }
        assertEquals(List.of(IN), limits.due(List.of(CHILD)));
    }

    @Test void itIsAskedForAgainAfterAWhileAndNotForOneThatIsReplaced() {
        var limits = limits(PACKET, Long.MAX_VALUE);
        seal(out);
        assertEquals(List.of(IN), limits.due(List.of(CHILD)));
        now += Duration.ofSeconds(9).toNanos();
        assertEquals(List.of(), limits.due(List.of(CHILD)));
        now += Duration.ofSeconds(1).toNanos();
        assertEquals(List.of(IN), limits.due(List.of(CHILD)));
        now += Duration.ofSeconds(20).toNanos();
        assertEquals(List.of(), limits.due(List.of(new IkeStatus.Child(IN, CHILD.outbound(), "", "", "", true, true, false))));
    }

    @Test void withoutLimitsOnlyTheKeysOwnOnesCount() {
        var limits = limits(Long.MAX_VALUE, Long.MAX_VALUE);
        for (int i = 0; i < 100; i++) seal(out);
        assertEquals(List.of(), limits.due(List.of(CHILD)));
        assertEquals(1L << 39, out.bytesPerKey());
    }

    @Test void twoSidesOfOneLimitBeginAtDifferentTimes() {
        assertEquals(0.75, ChildLimits.part(new Spi(0x1200)));
        assertTrue(ChildLimits.part(new Spi(0x12FF)) > 0.625 && ChildLimits.part(new Spi(0x12FF)) < 0.626);
    }
}
