package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static final int BATCH = 32;
    private static final int BATCHES = 3200;
    /** SunJCE sets up its engine, its tables and its buffers for every packet, and copies key and IV. Measured on JDK 25: 1110 bytes. */
    private static final long CIPHER_GARBAGE_BYTES = 1300;
    /** The same. Measured on JDK 25: 2200 bytes. */
    private static final long CHACHA20_GARBAGE_BYTES = 2500;
    /** The digest's own. Measured on JDK 25: 48 bytes. */
    private static final long HASH_GARBAGE_BYTES = 80;

    private static final com.sun.management.ThreadMXBean THREADS = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final SaDatabase sad = new SaDatabase();
    private final DropCounters drops = new DropCounters();
    private final Dataplane dataplane = new Dataplane(sad, BATCH, 1500, () -> 0);
    private final ByteBuffer packet = Packets.ipv4(1400);
    private final OutboundLoop out = Loops.outbound(dataplane, 0, this::fill, drops, dataplane.outboundBuffers());
    private long received;
    private final InboundLoop in = Loops.inbound(dataplane, tunnel -> this::receive, drops);

    private int fill(ByteBuffer[] packets) {
        for (var each : packets) each.put(packet.array(), 0, packet.limit()).flip();
        return packets.length;
    }

    private void receive(ByteBuffer[] packets, int count) {
        received += count;
    }

    /** From TUN to datagram to TUN, all on this thread. */
    private void connect(PacketCipher sealing, PacketCipher opening) {
        var parameters = Sas.parameters(Sas.SPI, Sas.ALL4);
        sad.installInbound(0, new InboundSa(parameters, opening));
        sad.installOutbound(0, new OutboundSa(parameters, sealing, 0), (datagrams, count, trafficClass) -> {
            for (int i = 0; i < count; i++) in.receive(datagrams[i], 0);
            in.flush();
        });
    }

    @Test void ourOwnPathAllocatesNothing() {
        connect(new CopyingCipher(), new CopyingCipher());
        assertEquals(0, bytesPerPacket());
        assertEquals(0, drops.total(), drops.toString());
        assertTrue(received > 0);
    }

    @Test void theJdksCipherAllocatesNoMoreThanIsKnown() {
        connect(Sas.parameters(Sas.SPI, Sas.ALL4).cipher(AeadProvider.JDK), Sas.parameters(Sas.SPI, Sas.ALL4).cipher(AeadProvider.JDK));
        long bytes = bytesPerPacket();
        assertTrue(bytes <= 2 * CIPHER_GARBAGE_BYTES, bytes + " bytes for a packet sealed and opened");
        assertEquals(0, drops.total(), drops.toString());
        assertTrue(received > 0);
    }

    @Test void chaCha20AllocatesNoMoreThanIsKnown() {
        connect(Sas.parameters(Sas.SPI, Suite.CHACHA20_POLY1305, Sas.ALL4).cipher(AeadProvider.JDK),
                Sas.parameters(Sas.SPI, Suite.CHACHA20_POLY1305, Sas.ALL4).cipher(AeadProvider.JDK));
        long bytes = bytesPerPacket();
        assertTrue(bytes <= 2 * CHACHA20_GARBAGE_BYTES, bytes + " bytes for a packet sealed and opened");
        assertEquals(0, drops.total(), drops.toString());
    }

    /** Measured: a hash and a copy of it a packet; the cipher itself allocates nothing, since it is never set up anew. */
    @Test void cbcWithHmacAllocatesTheHashesOnly() {
        connect(Sas.parameters(Sas.SPI, Suite.AES_256_CBC_HMAC_SHA2_256_128, Sas.ALL4).cipher(AeadProvider.JDK),
                Sas.parameters(Sas.SPI, Suite.AES_256_CBC_HMAC_SHA2_256_128, Sas.ALL4).cipher(AeadProvider.JDK));
        long bytes = bytesPerPacket();
        assertTrue(bytes <= 2 * HASH_GARBAGE_BYTES, bytes + " bytes for a packet sealed and opened");
        assertEquals(0, drops.total(), drops.toString());
        assertTrue(received > 0);
    }

    @Test void droppingForWantOfAnSaAllocatesNothing() {
        sad.installOutbound(0, Sas.outbound(Sas.SPI, Sas.between("192.168.2.0", 24, "10.9.0.0", 16)), (datagrams, count, trafficClass) -> { });
        assertEquals(0, bytesPerPacket());
        assertTrue(drops.of(Verdict.NO_SA) > 0);
    }

    @Test void droppingAnAttackersDatagramsAllocatesNothing() {
        connect(new CopyingCipher(), new CopyingCipher());
        out.poll();
        var replayed = Sas.seal(Sas.outbound(Sas.SPI, Sas.ALL4), Packets.ipv4(100));
        var unknown = Sas.seal(Sas.outbound(Sas.SPI + 1, Sas.ALL4), Packets.ipv4(100));
        long before = allocated();
        for (int i = 0; i < 5000; i++) {
            in.receive(replayed.position(0), 0);
            in.receive(unknown.position(0), 0);
        }
        assertEquals(0, (allocated() - before) / 10_000);
        assertEquals(5000, drops.of(Verdict.REPLAYED));
        assertEquals(5000, drops.of(Verdict.UNKNOWN_SPI));
    }

    /** After a warm-up, the mean over 100 000 packets: a stray object does not count. */
    private long bytesPerPacket() {
        for (int i = 0; i < 500; i++) out.poll();
        long before = allocated();
        long packets = 0;
        for (int i = 0; i < BATCHES; i++) packets += out.poll();
        return (allocated() - before) / packets;
    }

    private static long allocated() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId());
    }

    /** A cipher that only copies, with the sizes of AES-GCM, and needs no memory for it. */
    private static final class CopyingCipher implements PacketCipher {
        @Override public int ivBytes() {
            return 8;
        }

        @Override public int icvBytes() {
            return 16;
        }

        @Override public int blockBytes() {
            return 4;
        }

        @Override public void seal(int spi, long sequence, ByteBuffer plain, ByteBuffer out) {
            out.putLong(sequence).put(plain).putLong(0).putLong(0);
        }

        @Override public boolean open(int spi, long sequence, ByteBuffer sealed, ByteBuffer plain) {
            int bytes = sealed.limit() - icvBytes() - (sealed.position() + ivBytes());
            plain.put(plain.position(), sealed, sealed.position() + ivBytes(), bytes).position(plain.position() + bytes);
            return true;
        }

        @Override public void erase() {}
    }
}
