package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Packets that exceed the tunnel's MTU, from the TUN to the wire and back to their senders. */
class TooLongTest {
    private static final int MTU = 1400;
    private static final String HERE6 = "2001:db8:1::10";
    private static final String THERE6 = "2001:db8:2::20";

    private final SaDatabase sad = new SaDatabase();
    private final Queue<ByteBuffer> toRead = new ArrayDeque<>();
    private final List<byte[]> told = new ArrayList<>();
    private final List<Integer> arrived = new ArrayList<>();
    private final List<Integer> classes = new ArrayList<>();
    private final DropCounters drops = new DropCounters();
    private final TunnelPath path = new TunnelPath(true, false);
    private final InboundSa peer = new InboundSa(Sas.parameters(Sas.SPI, Sas.ALL4, Sas.ALL6));
    private long now;
    private final Dataplane dataplane = new Dataplane(sad, 8, 9000, () -> now);
    private final OutboundLoop loop = dataplane.outbound(0, this::read, drops, dataplane.outboundBuffers(), path, this::tell);

    TooLongTest() {
        path.mtu(MTU);
        sad.installOutbound(0, Sas.outbound(Sas.SPI, Sas.ALL4, Sas.ALL6), (datagrams, count, trafficClass) -> {
            for (int i = 0; i < count; i++) {
                var packet = ByteBuffer.allocate(9300);
                assertEquals(Verdict.OPENED, peer.open(datagrams[i], packet));
                arrived.add(packet.remaining());
                classes.add(trafficClass);
            }
        });
    }

    private int read(ByteBuffer[] packets) {
        int n = 0;
        while (n < packets.length && !toRead.isEmpty()) packets[n++].put(toRead.remove()).flip();
        return n;
    }

    private void tell(ByteBuffer[] packets, int count) {
        for (int i = 0; i < count; i++) told.add(Packets.bytes(packets[i]));
    }

    private void send(ByteBuffer... packets) {
        toRead.addAll(List.of(packets));
        while (loop.poll() > 0) continue;
    }

    private static ByteBuffer dontFragment(ByteBuffer packet) {
        return packet.putShort(6, (short) 0x4000);
    }

    @Test void whatFitsGoesThroughAndOneMoreOctetDoesNot() {
        send(dontFragment(Packets.ipv4(MTU)), Packets.ipv6(HERE6, THERE6, Packets.UDP, 1, 2, MTU));
        assertEquals(List.of(MTU, MTU), arrived);
        send(dontFragment(Packets.ipv4(MTU + 1)), Packets.ipv6(HERE6, THERE6, Packets.UDP, 1, 2, MTU + 1));
        assertEquals(2, arrived.size());
        assertEquals(2, told.size());
        assertEquals(Map.of(Verdict.EXCEEDS_MTU, 2L), drops.seen());
    }

    /** RFC 792 and RFC 1191, section 4, octet by octet. */
    @Test void theSenderOfIpv4IsToldFragmentationNeeded() {
        var packet = dontFragment(Packets.ipv4(1500));
        byte[] original = Packets.bytes(packet);
        send(packet);
        var icmp = ByteBuffer.wrap(told.getFirst());
        assertEquals(576, icmp.limit());
        assertEquals(576, icmp.getShort(2));
        assertEquals(1, icmp.get(9));
        assertEquals(packet.getInt(16), icmp.getInt(12), "from where the packet was going");
        assertEquals(packet.getInt(12), icmp.getInt(16), "to where it came from");
        assertEquals(0, Checksum.finish(Checksum.sum(icmp, 0, 20)));
        assertEquals(0x0304, icmp.getShort(20));
        assertEquals(0, icmp.getShort(24));
        assertEquals(MTU, icmp.getShort(26));
        assertEquals(0, Checksum.finish(Checksum.sum(icmp, 20, 576)));
        assertArrayEquals(java.util.Arrays.copyOf(original, 548), java.util.Arrays.copyOfRange(told.getFirst(), 28, 576));
    }

    /** RFC 4443, section 3.2. */
    @Test void theSenderOfIpv6IsToldPacketTooBig() {
        var packet = Packets.ipv6(HERE6, THERE6, Packets.TCP, 1, 2, 1500);
        byte[] original = Packets.bytes(packet);
        send(packet);
        var icmp = ByteBuffer.wrap(told.getFirst());
        assertEquals(1280, icmp.limit());
        assertEquals(1240, icmp.getShort(4));
        assertEquals(58, icmp.get(6));
        assertArrayEquals(Packets.address(THERE6).getAddress(), java.util.Arrays.copyOfRange(told.getFirst(), 8, 24));
        assertArrayEquals(Packets.address(HERE6).getAddress(), java.util.Arrays.copyOfRange(told.getFirst(), 24, 40));
        assertEquals(0x0200, icmp.getShort(40));
        assertEquals(MTU, icmp.getInt(44));
        assertEquals(0, Checksum.finish(Checksum.sum(icmp, 8, 1280) + 1240 + 58), "pseudo-header");
        assertArrayEquals(java.util.Arrays.copyOf(original, 1232), java.util.Arrays.copyOfRange(told.getFirst(), 48, 1280));
    }

    @Test void withoutDontFragmentItIsCutBeforeItIsSealed() {
        send(Packets.ipv4(3000).put(1, (byte) 0xB8));
        assertEquals(List.of(1396, 1396, 20 + 2980 - 2 * 1376), arrived);
        assertEquals(List.of(0xB8, 0xB8, 0xB8), classes);
        assertEquals(0, told.size() + drops.total());
    }

    /** Eight packets a batch become more datagrams than a batch has room for, and stay in order. */
    @Test void aBatchOfLongPacketsIsSentInOrder() {
        var expected = new ArrayList<Integer>();
        var packets = new ByteBuffer[8];
        for (int i = 0; i < 8; i++) {
            packets[i] = Packets.ipv4(8000 + 8 * i);
            for (int rest = 7980 + 8 * i; rest > 0; rest -= 1376) expected.add(20 + Math.min(rest, 1376));
        }
        send(packets);
        assertEquals(expected, arrived);
    }

    @Test void anIpv6PacketOf1280GetsThroughWhateverTheMtu() {
        path.mtu(1200);
        send(Packets.ipv6(HERE6, THERE6, Packets.UDP, 1, 2, 1280));
        assertEquals(List.of(1280), arrived);
        send(Packets.ipv6(HERE6, THERE6, Packets.UDP, 1, 2, 1281));
        assertEquals(1280, ByteBuffer.wrap(told.getFirst()).getInt(44));
    }

    /** RFC 1122, section 3.2.2. */
    @Test void nobodyIsToldAboutErrorsLaterFragmentsAndManyReceivers() {
        for (int type : new int[] {3, 4, 5, 11, 12}) send(dontFragment(Packets.ipv4(Packets.HERE, Packets.THERE, Packets.ICMP, type << 8, 0, 1500)));
        send(Packets.ipv4(1500).putShort(6, (short) 0x4001));
        for (String to : List.of("224.0.0.5", "255.255.255.255", "239.1.2.3")) send(dontFragment(Packets.ipv4(Packets.HERE, to, Packets.UDP, 1, 2, 1500)));
        for (String from : List.of("0.0.0.0", "127.0.0.1", "224.0.0.5")) send(dontFragment(Packets.ipv4(from, Packets.THERE, Packets.UDP, 1, 2, 1500)));
        for (int type = 1; type < 128; type += 42) send(Packets.ipv6(HERE6, THERE6, 58, type << 8, 0, 1500));
        send(Packets.ipv6(HERE6, "ff02::1", Packets.UDP, 1, 2, 1500), Packets.ipv6("::", THERE6, Packets.UDP, 1, 2, 1500),
                Packets.ipv6("::1", THERE6, Packets.UDP, 1, 2, 1500));
        assertEquals(0, told.size());
        assertTrue(drops.of(Verdict.EXCEEDS_MTU) > 15);
        send(dontFragment(Packets.ipv4(Packets.HERE, Packets.THERE, Packets.ICMP, 8 << 8, 0, 1500)), Packets.ipv6(HERE6, THERE6, 58, 128 << 8, 0, 1500));
        assertEquals(2, told.size(), "an echo request is no error");
    }

    @Test void aFloodIsAnsweredABoundedNumberOfTimesASecond() {
        for (int i = 0; i < 1000; i++) send(dontFragment(Packets.ipv4(1500)));
        assertEquals(TooBigAnswers.A_SECOND, told.size());
        now += 1_000_000_000L;
        for (int i = 0; i < 1000; i++) send(dontFragment(Packets.ipv4(1500)));
        assertEquals(2 * TooBigAnswers.A_SECOND, told.size());
        assertEquals(2000, drops.of(Verdict.EXCEEDS_MTU));
    }

    @Test void aBatchIsSentApartByTrafficClass() {
        var packets = new ByteBuffer[6];
        for (int i = 0; i < 6; i++) packets[i] = Packets.ipv4(100 + i).put(1, (byte) (i % 2 == 0 ? 0xB8 : 0x02));
        send(packets);
        assertEquals(List.of(100, 102, 104, 101, 103, 105), arrived);
        assertEquals(List.of(0xB8, 0xB8, 0xB8, 2, 2, 2), classes);
    }
}
