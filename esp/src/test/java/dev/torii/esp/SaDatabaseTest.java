package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SaDatabaseTest {
    private static final DatagramSink NOWHERE = (datagrams, count, trafficClass) -> { };

    private final SaDatabase sad = new SaDatabase();

    private static OutboundSa out(int spi, String remote, int length) {
        return Sas.outbound(spi, Sas.between("0.0.0.0", 0, remote, length));
    }

    private int spiFor(String destination) {
        var header = Packets.header(Packets.ipv4(Packets.HERE, destination, Packets.UDP, 1, 2, 40));
        var child = SaSnapshot.covering(sad.snapshot().outbound(1), header);
        return child == null ? 0 : child.sa().spi();
    }

    @Test void theMostSpecificCoveringChildIsTakenWhateverTheOrderOfArrival() {
        var sas = List.of(out(0x1000, "0.0.0.0", 0), out(0x1008, "10.0.0.0", 8), out(0x1016, "10.0.0.0", 16), out(0x1032, "10.0.1.1", 32));
        for (long seed = 1; seed <= 20; seed++) {
            sas.forEach(sa -> sad.removeOutbound(1, sa::equals));
            var shuffled = new ArrayList<>(sas);
            java.util.Collections.shuffle(shuffled, new Random(seed));
            shuffled.forEach(sa -> sad.installOutbound(1, sa, NOWHERE));
            assertEquals(List.of(0x1032, 0x1016, 0x1008, 0x1000),
                    List.of(spiFor("10.0.1.1"), spiFor("10.0.1.2"), spiFor("10.1.0.0"), spiFor("11.0.0.0")), "seed " + seed);
        }
    }

    @Test void theNewestOfEqualsIsTakenUntilItIsRemoved() {
        sad.installOutbound(1, out(0x1001, "10.0.0.0", 8), NOWHERE);
        sad.installOutbound(1, out(0x1002, "10.0.0.0", 8), NOWHERE);
        assertEquals(0x1002, spiFor("10.1.1.1"));
        sad.removeOutbound(1, sa -> sa.spi() == 0x1002);
        assertEquals(0x1001, spiFor("10.1.1.1"));
        sad.removeOutbound(1, sa -> sa.spi() == 0x1001);
        assertEquals(0, spiFor("10.1.1.1"));
    }

    @Test void anSaWithSeveralSelectorsCountsForEachOfThem() {
        var any = List.of(Sas.between("0.0.0.0", 0, "10.1.0.0", 16), Sas.between("0.0.0.0", 0, "10.2.0.0", 16));
        sad.installOutbound(1, Sas.outbound(0x1001, any.get(0), any.get(1)), NOWHERE);
        sad.installOutbound(1, out(0x1002, "10.0.0.0", 8), NOWHERE);
        sad.installOutbound(1, out(0x1003, "10.2.3.0", 24), NOWHERE);
        assertEquals(List.of(0x1001, 0x1001, 0x1003, 0x1002), List.of(spiFor("10.1.0.1"), spiFor("10.2.0.1"), spiFor("10.2.3.1"), spiFor("10.3.0.1")));
        sad.installOutbound(1, Sas.outbound(0x1004, any.get(1)), NOWHERE);
        assertEquals(List.of(0x1001, 0x1004), List.of(spiFor("10.1.0.1"), spiFor("10.2.0.1")), "the newest of equals, for one selector alone");
        assertEquals(4, sad.outbound(1).size());
        sad.removeOutbound(1, sa -> sa.spi() == 0x1001);
        assertEquals(List.of(0x1002, 0x1004), List.of(spiFor("10.1.0.1"), spiFor("10.2.0.1")));
        sad.moved(1, sa -> true, NOWHERE);
        assertEquals(3, sad.outbound(1).size());
    }

    @Test void whatComesInMustMatchOneOfTheSelectors() {
        var in = Sas.inbound(Sas.SPI, Sas.between("192.168.2.0", 24, "10.1.0.0", 16), Sas.between("192.168.2.0", 24, "10.2.0.0", 16));
        var peer = Sas.outbound(Sas.SPI, Sas.ALL4);
        for (String source : List.of("10.1.0.9", "10.2.0.9", "10.3.0.9")) {
            var packet = Packets.ipv4(source, "192.168.2.1", Packets.UDP, 1, 2, 40);
            assertEquals(source.startsWith("10.3") ? Verdict.OUT_OF_SELECTOR : Verdict.OPENED,
                    in.open(Sas.seal(peer, packet), ByteBuffer.allocate(200)), source);
        }
        assertEquals(1, in.counters().drops().of(Verdict.OUT_OF_SELECTOR));
    }

    @Test void tunnelsAreApart() {
        sad.installOutbound(3, out(0x1001, "0.0.0.0", 0), NOWHERE);
        sad.installOutbound(1, out(0x1001, "0.0.0.0", 0), NOWHERE);     // peers choose SPIs, so two may choose the same
        sad.removeOutbound(3, sa -> sa.spi() == 0x1001);
        assertEquals(0x1001, spiFor("10.1.1.1"));
        assertEquals(0, sad.outbound(3).size());
        assertEquals(0, sad.outbound(2).size());
        assertEquals(0, sad.outbound(99).size());
    }

    @Test void aMovedPeerGetsEverythingAtItsNewAddress() {
        sad.installOutbound(1, out(0x1001, "10.0.0.0", 8), NOWHERE);
        sad.installOutbound(1, out(0x1002, "0.0.0.0", 0), NOWHERE);
        DatagramSink there = (datagrams, count, trafficClass) -> { };
        sad.moved(1, sa -> true, there);
        for (var cover : sad.snapshot().outbound(1)) assertSame(there, cover.child().sink());
        assertEquals(2, sad.outbound(1).size());
    }

    @Test void inboundSasAreFoundBySpiAlone() {
        var model = new HashMap<Integer, InboundSa>();
        var spis = new Random(42).ints(60, 256, Integer.MAX_VALUE).toArray();
        for (long seed = 1; seed <= 400; seed++) {
            var random = new Random(seed);
            int spi = spis[random.nextInt(spis.length)];
            if (model.containsKey(spi) && random.nextBoolean()) {
                sad.removeInbound(spi);
                model.remove(spi);
            } else {
                var sa = Sas.inbound(spi, Sas.ALL4);
                sad.installInbound(spi & 3, sa);
                model.put(spi, sa);
            }
            for (int each : spis) {
                var found = sad.snapshot().inbound(each);
                assertSame(model.get(each), found == null ? null : found.sa(), "seed " + seed);
            }
        }
        assertNull(sad.snapshot().inbound(0));
        assertEquals(model.size(), sad.inbound(0).size() + sad.inbound(1).size() + sad.inbound(2).size() + sad.inbound(3).size());
    }

    @Test void removingWhatIsNotThereChangesNothing() {
        sad.removeInbound(0x1234);
        sad.removeOutbound(7, sa -> sa.spi() == 0x1234);
        sad.moved(7, sa -> true, NOWHERE);
        assertEquals(0, sad.outbound(7).size());
    }

    @Test void aRemovedSaIsErasedByItsOwnerAndNotBefore() {
        var sa = out(0x1001, "0.0.0.0", 0);
        var loop = Loops.outbound(new Dataplane(sad, 4, 1500, () -> 0), 1, packets -> 0, new DropCounters(), new OutboundBuffers(4, 1500));
        sad.installOutbound(1, sa, NOWHERE);
        sad.removeOutbound(1, sa::equals);
        assertEquals(Verdict.SEALED, sa.seal(Packets.ipv4(40), ByteBuffer.allocate(200)));      // the owner may still be in its batch
        loop.poll();
        assertEquals(Verdict.FAILED, sa.seal(Packets.ipv4(40), ByteBuffer.allocate(200)));
    }

    @Test void aReplacedInboundSaIsErasedByItsOwner() {
        var old = Sas.inbound(Sas.SPI, Sas.ALL4);
        var peer = Sas.outbound(Sas.SPI, Sas.ALL4);
        var loop = Loops.inbound(new Dataplane(sad, 4, 1500, () -> 0), tunnel -> null, new DropCounters());
        sad.installInbound(1, old);
        sad.installInbound(1, Sas.inbound(Sas.SPI, Sas.ALL4));
        assertEquals(Verdict.OPENED, old.open(Sas.seal(peer, Packets.reply(40)), ByteBuffer.allocate(200)));
        loop.receive(Sas.seal(peer, Packets.reply(40)), 0);
        assertEquals(Verdict.FAILED, old.open(Sas.seal(peer, Packets.reply(40)), ByteBuffer.allocate(200)));
    }

    @Test void closingErasesEverything() {
        var sa = out(0x1001, "0.0.0.0", 0);
        var in = Sas.inbound(Sas.SPI, Sas.ALL4);
        var datagram = Sas.seal(Sas.outbound(Sas.SPI, Sas.ALL4), Packets.reply(40));
        sad.installOutbound(1, sa, NOWHERE);
        sad.installInbound(1, in);
        sad.close();
        assertEquals(Verdict.FAILED, sa.seal(Packets.ipv4(40), ByteBuffer.allocate(200)));
        assertEquals(Verdict.FAILED, in.open(datagram, ByteBuffer.allocate(200)));
        assertEquals(0, sad.outbound(1).size());
    }

    /** One thread rekeys as fast as it can while another seals: every packet sealed opens under the SA whose SPI it bears, none is lost. */
    @Test void replacingTheSnapshotWhileAnotherThreadSealsTearsNothing() throws Exception {
        int rekeys = 400;
        var inbound = new SaDatabase();
        int[] spi = {0x10_0000};
        sad.installOutbound(1, Sas.outbound(spi[0], Sas.ALL4), NOWHERE);
        inbound.installInbound(1, Sas.inbound(spi[0], Sas.ALL4));
        var opened = new AtomicLong();
        var receiver = Loops.inbound(new Dataplane(inbound, 32, 1500, () -> 0), tunnel -> (packets, count) -> opened.addAndGet(count), new DropCounters());
        DatagramSink wire = (datagrams, count, trafficClass) -> {
            for (int i = 0; i < count; i++) receiver.receive(datagrams[i], 0);
            receiver.flush();
        };
        sad.moved(1, sa -> true, wire);

        var stop = new AtomicBoolean();
        var drops = new DropCounters();
        var read = new AtomicLong();
        var loop = Loops.outbound(new Dataplane(sad, 8, 1500, () -> 0), 1, packets -> {
            for (var packet : packets) packet.put(Packets.ipv4(60)).flip();
            return packets.length;
        }, drops, new OutboundBuffers(8, 1500));
        var sealing = CompletableFuture.runAsync(() -> {
            while (!stop.get()) read.addAndGet(loop.poll());
        });
        try {
            for (int i = 0; i < rekeys; i++) {
                long until = read.get() + 8;                            // traffic under every SA
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                while (read.get() < until && !sealing.isDone()) {
                    assertTrue(System.nanoTime() < deadline, "the sealing thread stands still");
                    Thread.onSpinWait();
                }
                int old = spi[0]++;
                inbound.installInbound(1, Sas.inbound(spi[0], Sas.ALL4));
                sad.installOutbound(1, Sas.outbound(spi[0], Sas.ALL4), wire);
                sad.removeOutbound(1, sa -> sa.spi() == old);
            }
        } finally {
            stop.set(true);
        }
        sealing.get(10, TimeUnit.SECONDS);
        assertEquals(0, drops.total(), drops.toString());
        assertEquals(read.get(), opened.get());
        assertTrue(read.get() >= 8L * rekeys);
    }
}
