package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DataplaneTest {
    /** A source that yields what was put into it, at most a batch at a time. */
    private static final class Tun implements PacketSource, PacketSink {
        final Queue<ByteBuffer> toRead = new ArrayDeque<>();
        final List<List<Integer>> written = new ArrayList<>();              // total lengths, batch by batch

        @Override public int read(ByteBuffer[] packets) {
            int n = 0;
            while (n < packets.length && !toRead.isEmpty()) packets[n++].put(toRead.remove()).flip();
            return n;
        }

        @Override public void write(ByteBuffer[] packets, int count) {
            var lengths = new ArrayList<Integer>();
            for (int i = 0; i < count; i++) {
                assertEquals(packets[i].remaining(), packets[i].getShort(packets[i].position() + 2));
                lengths.add(packets[i].remaining());
            }
            written.add(lengths);
        }
    }

    /** A wire that keeps copies, call by call. */
    private static final class Wire implements DatagramSink {
        final List<List<ByteBuffer>> sent = new ArrayList<>();

        @Override public void send(ByteBuffer[] datagrams, int count, int trafficClass) {
            var call = new ArrayList<ByteBuffer>();
            for (int i = 0; i < count; i++) call.add(ByteBuffer.wrap(Packets.bytes(datagrams[i])));
            sent.add(call);
        }

        List<ByteBuffer> all() {
            return sent.stream().flatMap(List::stream).toList();
        }
    }

    private static final int BATCH = 8;

    private final SaDatabase ours = new SaDatabase();
    private final SaDatabase theirs = new SaDatabase();
    private final Tun tun = new Tun();
    private final Wire wire = new Wire();
    private final DropCounters outboundDrops = new DropCounters();
    private final DropCounters inboundDrops = new DropCounters();
    private final Map<Integer, Tun> peerTuns = new HashMap<>();
    private long now = 1;
    private final OutboundLoop out = Loops.outbound(new Dataplane(ours, BATCH, 1500, () -> now), 0, tun, outboundDrops, new OutboundBuffers(BATCH, 1500));
    private final InboundLoop in = Loops.inbound(new Dataplane(theirs, BATCH, 1500, () -> now), peerTuns::get, inboundDrops);

    private void connect(int tunnel, int spi, Selectors selectors) {
        ours.installOutbound(0, Sas.outbound(spi, selectors), wire);
        theirs.installInbound(tunnel, Sas.inbound(spi, new Selectors(selectors.remote(), selectors.local())));
        peerTuns.computeIfAbsent(tunnel, t -> new Tun());
    }

    private void transfer() {
        while (out.poll() > 0) continue;
        wire.all().forEach(d -> in.receive(d, 0));
        in.flush();
    }

    private static ByteBuffer to(String destination, int size) {
        return Packets.ipv4(Packets.HERE, destination, Packets.UDP, 1, 2, size);
    }

    @Test void packetsCrossInOrder() {
        connect(0, 0x1001, Sas.ALL4);
        var sizes = new ArrayList<Integer>();
        for (int i = 0; i < 20; i++) {
            sizes.add(1500 - 7 * i);
            tun.toRead.add(Packets.ipv4(1500 - 7 * i));
        }
        transfer();
        assertEquals(List.of(8, 8, 4), wire.sent.stream().map(List::size).toList());
        assertEquals(sizes, peerTuns.get(0).written.stream().flatMap(List::stream).toList());
        assertEquals(List.of(8, 8, 4), peerTuns.get(0).written.stream().map(List::size).toList());
        assertEquals(0, outboundDrops.total() + inboundDrops.total());
    }

    @Test void aBatchIsGroupedBySaAndKeepsItsOrderWithinEach() {
        connect(0, 0x1001, Sas.between("192.168.2.0", 24, "10.1.0.0", 16));
        connect(0, 0x1002, Sas.between("192.168.2.0", 24, "10.2.0.0", 16));
        for (int i = 0; i < 6; i++) tun.toRead.add(to(i % 2 == 0 ? "10.2.0.1" : "10.1.0.1", 100 + i));
        assertEquals(6, out.poll());
        assertEquals(List.of(3, 3), wire.sent.stream().map(List::size).toList());
        assertEquals(List.of(0x1002, 0x1002, 0x1002, 0x1001, 0x1001, 0x1001), wire.all().stream().map(d -> d.getInt(0)).toList());
        assertEquals(List.of(1, 2, 3, 1, 2, 3), wire.all().stream().map(d -> d.getInt(4)).toList());
        assertEquals(0, out.poll());
        assertEquals(2, wire.sent.size());
    }

    @Test void twoTunnelsInOneBatchAreWrittenEachToItsOwnTun() {
        connect(4, 0x1001, Sas.between("192.168.2.0", 24, "10.1.0.0", 16));
        connect(7, 0x1002, Sas.between("192.168.2.0", 24, "10.2.0.0", 16));
        for (int i = 0; i < 4; i++) tun.toRead.add(to(i % 2 == 0 ? "10.2.0.1" : "10.1.0.1", 100 + i));
        while (out.poll() > 0) continue;
        var mixed = wire.all();
        for (int i : new int[] {0, 2, 1, 3}) in.receive(mixed.get(i), 0);
        in.flush();
        assertEquals(List.of(List.of(101, 103)), peerTuns.get(4).written);
        assertEquals(List.of(List.of(100, 102)), peerTuns.get(7).written);
    }

    @Test void whoGoesOnSendingWithAnSaThatIsGoneIsNoticedAndStragglersAreNot() {
        connect(3, 0x1001, Sas.ALL4);
        connect(4, 0x1002, Sas.between("192.168.2.0", 24, "10.1.0.0", 16));
        theirs.removeInbound(0x1001);
        theirs.removeInbound(0x1002);
        sendTo("8.8.8.8", "10.1.0.1");
        assertEquals(List.of(), theirs.orphans(3), "a packet that was under way");
        sendTo("8.8.8.8");
        assertEquals(List.of(0x1001), theirs.orphans(3));
        assertEquals(List.of(), theirs.orphans(3), "nothing since");
        assertEquals(List.of(), theirs.orphans(4), "none but the straggler");
        assertEquals(List.of(), theirs.orphans(4));
        sendTo("10.1.0.1");
        assertEquals(List.of(), theirs.orphans(4), "nothing between: a straggler again");
        sendTo("10.1.0.1");
        assertEquals(List.of(0x1002), theirs.orphans(4));
        for (int spi = 0x2000; spi < 0x2000 + 256; spi++) {
            theirs.installInbound(5, Sas.inbound(spi, Sas.ALL4));
            theirs.removeInbound(spi);
        }
        for (int look = 0; look < 3; look++) {
            sendTo("8.8.8.8");
            assertEquals(List.of(), theirs.orphans(3), "forgotten for newer ones");
        }
    }

    private void sendTo(String... destinations) {
        wire.sent.clear();
        for (var destination : destinations) tun.toRead.add(to(destination, 100));
        transfer();
    }

    @Test void anSaInstalledInTheMiddleOfABatchIsFound() {
        connect(0, 0x1001, Sas.ALL4);
        tun.toRead.add(Packets.ipv4(100));
        out.poll();
        wire.all().forEach(d -> in.receive(d, 0));
        wire.sent.clear();
        connect(0, 0x1002, Sas.ALL4);
        tun.toRead.add(Packets.ipv4(101));
        out.poll();
        assertEquals(0x1002, wire.all().getFirst().getInt(0));
        wire.all().forEach(d -> in.receive(d, 0));
        in.flush();
        assertEquals(Map.of(), inboundDrops.seen());
        assertEquals(List.of(List.of(100, 101)), peerTuns.get(0).written);
    }

    @Test void withoutACoveringChildNothingLeavesAndItIsCounted() {
        tun.toRead.add(Packets.ipv4(100));
        assertEquals(1, out.poll());
        connect(0, 0x1001, Sas.between("192.168.2.0", 24, "10.1.0.0", 16));
        tun.toRead.add(to("10.2.0.1", 100));
        tun.toRead.add(Packets.ipv4("192.168.3.1", "10.1.0.1", Packets.UDP, 1, 2, 100));
        tun.toRead.add(Packets.ipv6("::1", "::2", Packets.UDP, 1, 2, 100));
        assertEquals(3, out.poll());
        assertTrue(wire.sent.isEmpty());
        assertEquals(Map.of(Verdict.NO_SA, 4L), outboundDrops.seen());
    }

    @Test void aTrapCountsOnlyPacketsOfItsTrafficAndOnlyWithoutAnSa() {
        assertEquals(0, ours.trapped(0));
        ours.trap(0, List.of(Sas.between("192.168.2.0", 24, "10.1.0.0", 16), Sas.between("192.168.2.0", 24, "10.2.0.0", 16)));
        for (String to : List.of("10.1.0.1", "10.2.0.1", "224.0.0.251")) tun.toRead.add(to(to, 100));
        out.poll();
        assertEquals(2, ours.trapped(0));
        connect(0, 0x1001, Sas.between("192.168.2.0", 24, "10.1.0.0", 16));
        for (String to : List.of("10.1.0.1", "10.2.0.1")) tun.toRead.add(to(to, 100));
        out.poll();
        assertEquals(3, ours.trapped(0));
        assertEquals(Map.of(Verdict.NO_SA, 4L), outboundDrops.seen());
    }

    @Test void whatTheKernelTellsItsNeighboursOnAnInterfaceAsksForNoTunnel() {
        ours.trap(0, List.of(Sas.between("::", 0, "::", 0)));
        for (String to : List.of("ff02::16", "ff01::1", "ff05::2", "2001:db8::1")) tun.toRead.add(Packets.ipv6("fd00::1", to, Packets.UDP, 1, 2, 100));
        out.poll();
        assertEquals(2, ours.trapped(0));
    }

    @Test void dropsInTheMiddleOfABatchDoNotDisturbTheRest() {
        connect(0, 0x1001, Sas.between("192.168.2.0", 24, "10.1.0.0", 16));
        tun.toRead.add(to("10.1.0.1", 100));
        tun.toRead.add(to("10.9.0.1", 101));
        tun.toRead.add(to("10.1.0.1", 102).put(0, (byte) 0));
        tun.toRead.add(to("10.1.0.1", 103).putShort(2, (short) 104));
        tun.toRead.add(to("10.1.0.1", 104));
        transfer();
        assertEquals(List.of(List.of(100, 104)), peerTuns.get(0).written);
        assertEquals(Map.of(Verdict.NO_SA, 1L, Verdict.MALFORMED_PACKET, 2L), outboundDrops.seen());
    }

    @Test void anExhaustedSaSendsNothing() {
        ours.installOutbound(0, new OutboundSa(Sas.parameters(0x1001, Sas.ALL4), OutboundSa.LAST_SEQUENCE - 1), wire);
        for (int i = 0; i < 3; i++) tun.toRead.add(Packets.ipv4(100));
        out.poll();
        assertEquals(1, wire.all().size());
        assertEquals(2, outboundDrops.of(Verdict.SEQUENCE_EXHAUSTED));
    }

    @Test void aPacketThatFillsItsBufferIsTooBig() {
        connect(0, 0x1001, Sas.ALL4);
        tun.toRead.add(Packets.ipv4(1500));
        tun.toRead.add(Packets.ipv4(1500 + OutboundSa.TRAILER));
        transfer();
        assertEquals(List.of(List.of(1500)), peerTuns.get(0).written);
        assertEquals(Map.of(Verdict.TOO_BIG, 1L), outboundDrops.seen());
    }

    @Test void duringARekeyBothInboundSasAccept() {
        connect(0, 0x1001, Sas.ALL4);
        tun.toRead.add(Packets.ipv4(100));
        out.poll();
        connect(0, 0x1002, Sas.ALL4);
        tun.toRead.add(Packets.ipv4(101));
        transfer();
        assertEquals(List.of(0x1001, 0x1002), wire.all().stream().map(d -> d.getInt(0)).toList());
        assertEquals(List.of(List.of(100, 101)), peerTuns.get(0).written);
        theirs.removeInbound(0x1001);
        wire.all().forEach(d -> in.receive(d.rewind(), 0));
        assertEquals(Map.of(Verdict.UNKNOWN_SPI, 1L, Verdict.REPLAYED, 1L), inboundDrops.seen());
    }

    @Test void aTunnelsTotalsOutliveItsSas() {
        connect(0, 0x1001, Sas.ALL4);
        tun.toRead.add(Packets.ipv4(100));
        transfer();
        wire.all().forEach(d -> in.receive(d.rewind(), 0));
        in.flush();
        ours.removeOutbound(0, sa -> sa.spi() == 0x1001);
        theirs.removeInbound(0x1001);
        wire.sent.clear();
        now = 2;
        connect(0, 0x1002, Sas.ALL4);
        tun.toRead.add(Packets.ipv4(150));
        transfer();
        assertEquals(List.of(2L, 250L), List.of(ours.totalOut(0).packets(), ours.totalOut(0).bytes()));
        assertEquals(List.of(2L, 250L), List.of(theirs.totalIn(0).packets(), theirs.totalIn(0).bytes()));
        assertEquals(Map.of(Verdict.REPLAYED, 1L), theirs.totalIn(0).drops().seen());
        assertEquals(1, theirs.inbound(0).getFirst().counters().packets());
        assertEquals(0, theirs.totalIn(1).packets());
    }

    @Test void anSaKnowsTheBatchInWhichItLastCarriedAPacket() {
        connect(0, 0x1001, Sas.ALL4);
        assertEquals(OptionalLong.empty(), theirs.inbound(0).getFirst().counters().lastUse());
        now = 42;
        tun.toRead.add(Packets.ipv4(100));
        transfer();
        now = 43;
        wire.all().forEach(d -> in.receive(d.rewind(), 0));
        in.flush();
        assertEquals(OptionalLong.of(42), ours.outbound(0).getFirst().counters().lastUse());
        assertEquals(OptionalLong.of(42), theirs.inbound(0).getFirst().counters().lastUse(), "what is replayed does not use it");
        assertEquals(OptionalLong.of(42), theirs.totalIn(0).lastUse());
    }

    @Test void aCaptureSentAgainIsDeliveredOnce() {
        connect(0, 0x1001, Sas.ALL4);
        for (int i = 0; i < 30; i++) tun.toRead.add(Packets.ipv4(100 + i));
        transfer();
        wire.all().forEach(d -> in.receive(d.rewind(), 0));
        in.flush();
        assertEquals(30, peerTuns.get(0).written.stream().mapToInt(List::size).sum());
        assertEquals(Map.of(Verdict.REPLAYED, 30L), inboundDrops.seen());
    }

    @Test void directAndReadOnlyDatagramsAreOpenedToo() {
        connect(0, 0x1001, Sas.ALL4);
        tun.toRead.add(Packets.ipv4(100));
        tun.toRead.add(Packets.ipv4(1500));
        out.poll();
        var first = wire.all().get(0);
        assertEquals(Verdict.OPENED, in.receive(ByteBuffer.allocateDirect(first.remaining()).put(first).flip(), 0));
        assertEquals(Verdict.OPENED, in.receive(wire.all().get(1).asReadOnlyBuffer(), 0));
        in.flush();
        assertEquals(List.of(List.of(100, 1500)), peerTuns.get(0).written);
    }

    @Test void garbageIsCountedByReason() {
        connect(0, 0x1001, Sas.ALL4);
        var random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            var garbage = ByteBuffer.allocate(random.nextInt(80));
            random.nextBytes(garbage.array());
            if (garbage.capacity() >= 4 && i % 2 == 0) garbage.putInt(0, 0x1001);
            assertTrue(in.receive(garbage, 0).dropped());
        }
        assertEquals(1000, inboundDrops.total());
        assertEquals(java.util.Set.of(Verdict.RUNT, Verdict.UNKNOWN_SPI, Verdict.BAD_ICV), inboundDrops.seen().keySet());
    }

    @Test void aBrokenSinkOrSourceLosesPacketsAndThrowsNothing() {
        ours.installOutbound(0, Sas.outbound(0x1001, Sas.ALL4), (datagrams, count, trafficClass) -> {
            throw new IllegalStateException("no such socket");
        });
        tun.toRead.add(Packets.ipv4(100));
        tun.toRead.add(Packets.ipv4(100));
        assertEquals(2, out.poll());
        assertEquals(Map.of(Verdict.FAILED, 2L), outboundDrops.seen());

        var broken = Loops.outbound(new Dataplane(ours, 1, 1500, () -> 0), 0, packets -> {
            throw new IllegalStateException("no such TUN");
        }, outboundDrops, new OutboundBuffers(1, 1500));
        assertEquals(0, broken.poll());
        assertEquals(Map.of(Verdict.FAILED, 3L), outboundDrops.seen());

        theirs.installInbound(9, Sas.inbound(0x1009, Sas.ALL4));
        in.receive(Sas.seal(Sas.outbound(0x1009, Sas.ALL4), Packets.ipv4(100)), 0);
        in.flush();
        assertEquals(Map.of(Verdict.FAILED, 1L), inboundDrops.seen());
    }

    @Test void nonsenseDimensionsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Dataplane(ours, 0, 1500, () -> 0));
        assertThrows(IllegalArgumentException.class, () -> new Dataplane(ours, 8, 65536, () -> 0));
    }
}
