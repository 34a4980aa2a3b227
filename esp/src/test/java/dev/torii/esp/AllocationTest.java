package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static final int BATCH = 32;
    /** SunJCE's init for every packet: engine objects, key and IV copies. Measured 996 bytes each way on JDK 25. */
    private static final long CIPHER_GARBAGE_BYTES = 1200;

    private static final com.sun.management.ThreadMXBean THREADS = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final SaDatabase sad = new SaDatabase();
    private final DropCounters drops = new DropCounters();

    @Test void theSteadyStateAllocatesOnlyWhatTheCipherDoes() {
        int[] received = {0};
        var dataplane = new Dataplane(sad, BATCH, 1500);
        var in = dataplane.inbound(tunnel -> (packets, count) -> received[0] += count, drops);
        var packet = Packets.ipv4(1400);
        var out = dataplane.outbound(0, packets -> fill(packets, packet), drops);
        sad.installInbound(0, Sas.inbound(Sas.SPI, Sas.ALL4));
        sad.installOutbound(0, Sas.outbound(Sas.SPI, Sas.ALL4), (datagrams, count) -> {
            for (int i = 0; i < count; i++) in.receive(datagrams[i]);
            in.flush();
        });

        long perPacket = bytesPerPacket(out);

        assertEquals(0, drops.total(), drops.toString());
        assertTrue(received[0] > 0);
        assertTrue(perPacket <= 2 * CIPHER_GARBAGE_BYTES, perPacket + " bytes for a packet sealed and opened");
    }

    @Test void packetsThatNeverReachTheCipherAllocateNothing() {
        var dataplane = new Dataplane(sad, BATCH, 1500);
        var packet = Packets.ipv4(1400);
        var out = dataplane.outbound(0, packets -> fill(packets, packet), drops);
        sad.installOutbound(0, Sas.outbound(Sas.SPI, Sas.between("192.168.2.0", 24, "10.9.0.0", 16)), (datagrams, count) -> { });

        long perPacket = bytesPerPacket(out);

        assertTrue(drops.of(Verdict.NO_SA) > 0);
        assertEquals(0, perPacket);
    }

    private static int fill(ByteBuffer[] packets, ByteBuffer packet) {
        for (var each : packets) each.put(packet.array(), 0, packet.limit()).flip();
        return packets.length;
    }

    /** After a warm-up, the mean over enough packets that one stray object does not count. */
    private static long bytesPerPacket(OutboundLoop out) {
        for (int i = 0; i < 500; i++) out.poll();
        long self = Thread.currentThread().threadId();
        long before = THREADS.getThreadAllocatedBytes(self);
        long packets = 0;
        for (int i = 0; i < 500; i++) packets += out.poll();
        return (THREADS.getThreadAllocatedBytes(self) - before) / packets;
    }
}
