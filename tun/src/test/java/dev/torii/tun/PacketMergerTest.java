package dev.torii.tun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PacketMergerTest {
    private static final int BATCH = 256;
    /** Three segments of 100 octets and one of 50, IPv4, timestamps. */
    private static final Segments RUN = new Segments(false, false, new byte[12], 350, 100, Segments.ACK, 7, 1000, 1);

    private final ByteBuffer memory = ByteBuffer.allocateDirect(66_000).order(ByteOrder.nativeOrder());
    private final ByteBuffer out = memory.duplicate().order(ByteOrder.BIG_ENDIAN);
    private final SuperPacket apart = new SuperPacket(memory);

    @Test
    void whatTheKernelHandedOverAndWasTakenApartIsPutTogetherAgain() {
        var random = new Random(2302);
        int merged = 0;
        for (int round = 0; round < 1500; round++) {
            var segments = Segments.random(random).plain();
            List<byte[]> packets = segments.packets();
            int frames = frames(merger(), packets).size();
            assertEquals(segments.udp() ? (packets.size() + 63) / 64 : 1, frames, segments::toString);
            if (packets.size() > 1) merged++;
            assertArrayEquals(packets.toArray(), throughKernel(merger(), packets).toArray(), segments::toString);
        }
        assertTrue(merged > 1000, merged + " runs of several");
    }

    @Test
    void theHeaderTellsTheKernelWhatToDo() {
        for (boolean v6 : new boolean[] {false, true}) {
            for (boolean udp : new boolean[] {false, true}) {
                var run = new Segments(v6, udp, new byte[udp ? 0 : 12], 350, 100, Segments.ACK | Segments.PSH, 7, 1000, 1);
                byte[] expected = run.frame();
                expected[ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 2 : 3] = (byte) ((v6 ? 40 : 20) + (udp ? 8 : 32));     // hdr_len
                var merger = merger();
                ByteBuffer[] packets = buffers(run.packets());
                assertEquals(1, merger.plan(packets, 0, packets.length));
                assertEquals(4, merger.members(0));
                assertEquals(run.packets().stream().mapToInt(packet -> packet.length).sum(), merger.octets(0));
                byte[] frame = new byte[merger.layOut(0, packets, 0, out)];
                out.get(0, frame);
                assertArrayEquals(expected, frame, run::toString);
            }
        }
    }

    @Test
    void whateverTheBatchThePacketsAreTheSameAndEachFlowKeepsItsOrder() {
        var random = new Random(793);
        int together = 0;
        for (int round = 0; round < 1000; round++) {
            List<byte[]> batch = mixed(random);
            List<byte[]> through = throughKernel(merger(), batch);
            together += batch.size() - frames(merger(), batch).size();
            int seed = round;
            assertEquals(batch.size(), through.size(), () -> "round " + seed);
            for (int flow = 0; flow < 8; flow++) {
                assertArrayEquals(of(flow, batch), of(flow, through), "round " + seed + ", flow " + flow);
            }
        }
        assertTrue(together > 5_000, together + " packets spared");
    }

    /** Segments of up to 8 flows in a random order of flows; some damaged, some lost, some swapped. */
    private static List<byte[]> mixed(Random random) {
        var flows = new ArrayList<List<byte[]>>();
        for (int flow = 0; flow < 1 + random.nextInt(8); flow++) {
            var segments = Segments.random(random);
            List<byte[]> packets = new ArrayList<>(segments.packets().subList(0, Math.min(30, segments.packets().size())));
            int port = flow;
            packets.replaceAll(packet -> withPort(packet, segments, port));
            for (int i = random.nextInt(4); i > 0; i--) damage(packets.get(random.nextInt(packets.size())), segments.transport(), random);
            if (random.nextInt(3) == 0) packets.remove(random.nextInt(packets.size()));
            if (random.nextInt(3) == 0 && packets.size() > 1) packets.add(packets.size() - 2, packets.remove(packets.size() - 1));
            flows.add(packets);
        }
        var batch = new ArrayList<byte[]>();
        while (batch.size() < BATCH && flows.stream().anyMatch(flow -> !flow.isEmpty())) {
            var flow = flows.get(random.nextInt(flows.size()));
            for (int i = 1 + random.nextInt(5); i > 0 && !flow.isEmpty() && batch.size() < BATCH; i--) batch.add(flow.remove(0));
        }
        return batch;
    }

    /** Anywhere but in what says which flow it is, which would make it another's. */
    private static void damage(byte[] packet, int transport, Random random) {
        int at = switch (random.nextInt(3)) {
            case 0 -> 1 + random.nextInt(5);
            case 1 -> transport + 4 + random.nextInt(4);
            default -> Math.max(transport + 4, packet.length - 2);
        };
        packet[at] ^= (byte) (1 << random.nextInt(8));
    }

    /** The flow's number as last octet of the payload, which no damage hits, and checksums that are right again. */
    private static byte[] withPort(byte[] packet, Segments segments, int flow) {
        var bytes = ByteBuffer.wrap(packet);
        packet[packet.length - 1] = (byte) flow;
        int transport = segments.transport();
        bytes.putShort(transport, (short) (40_000 + flow));
        segments.sealChecksum(bytes);
        return packet;
    }

    private static Object[] of(int flow, List<byte[]> batch) {
        return batch.stream().filter(packet -> packet[packet.length - 1] == flow).toArray();
    }

    @Test
    void segmentsThatDifferInMoreThanARunMayAreNotPutTogether() {
        var changes = new ArrayList<Consumer<ByteBuffer>>();
        changes.add(packet -> packet.put(1, (byte) 0x2B));                      // congestion experienced
        changes.add(packet -> packet.putShort(4, (short) 99));                  // id
        changes.add(packet -> packet.putShort(6, (short) 0));                   // DF
        changes.add(packet -> packet.put(8, (byte) 63));                        // time to live
        changes.add(packet -> packet.putInt(12, 0x0A630002));                   // source
        changes.add(packet -> packet.putInt(16, 0xC0A80204));                   // destination
        changes.add(packet -> packet.putShort(20, (short) 1));                  // ports
        changes.add(packet -> packet.putShort(22, (short) 1));
        changes.add(packet -> packet.putInt(24, 999));                          // sequence
        changes.add(packet -> packet.putInt(28, 78));                           // acknowledgement
        for (int flag : new int[] {0x80, 0x40, 0x20, 0x10, 4, 2}) changes.add(packet -> packet.put(33, (byte) (packet.get(33) ^ flag)));
        changes.add(packet -> packet.put(32, (byte) (packet.get(32) | 1)));     // accurate ECN
        changes.add(packet -> packet.putShort(34, (short) 513));                // window
        changes.add(packet -> packet.putShort(38, (short) 1));                  // urgent pointer
        changes.add(packet -> packet.putInt(48, 5));                            // timestamp
        for (int i = 0; i < changes.size(); i++) {
            List<byte[]> packets = RUN.packets();
            var odd = ByteBuffer.wrap(packets.get(1));
            changes.get(i).accept(odd);
            RUN.sealChecksum(odd);
            assertTrue(frames(merger(), packets.subList(0, 2)).size() == 2, "change " + i);
            assertArrayEquals(packets.toArray(), throughKernel(merger(), packets).toArray(), "change " + i);
        }
    }

    @Test
    void aDamagedSegmentStaysAloneAndAsItIs() {
        for (int damaged = 0; damaged < 4; damaged++) {
            for (int at : new int[] {10, 36, 60}) {
                List<byte[]> packets = RUN.packets();
                packets.get(damaged)[at] ^= 0x10;
                List<byte[]> frames = frames(merger(), packets);
                byte[] bad = packets.get(damaged);
                assertEquals(1, frames.stream().filter(frame -> Arrays.equals(frame, alone(bad))).count(), damaged + ", " + at);
                assertArrayEquals(packets.toArray(), throughKernel(merger(), packets).toArray());
            }
        }
    }

    @Test
    void aFragmentEndsWhatItMightBelongTo() {
        List<byte[]> packets = RUN.packets();
        var fragment = ByteBuffer.wrap(packets.get(0).clone()).putShort(6, (short) 0x2000);
        RUN.sealChecksum(fragment);
        packets.add(2, fragment.array());
        assertEquals(3, frames(merger(), packets).size());
        assertArrayEquals(packets.toArray(), throughKernel(merger(), packets).toArray());
    }

    @Test
    void pushAndFinEndARunAndCongestionWindowReducedBeginsOne() {
        for (int flag : new int[] {Segments.PSH, Segments.FIN}) {
            List<byte[]> packets = RUN.packets();
            var ends = ByteBuffer.wrap(packets.get(1));
            ends.put(33, (byte) (Segments.ACK | flag));
            RUN.sealChecksum(ends);
            assertEquals(2, frames(merger(), packets).size());
            assertArrayEquals(packets.toArray(), throughKernel(merger(), packets).toArray());
        }
        List<byte[]> packets = RUN.packets();
        var begins = ByteBuffer.wrap(packets.get(1));
        begins.put(33, (byte) (Segments.ACK | Segments.CWR));
        RUN.sealChecksum(begins);
        List<byte[]> frames = frames(merger(), packets);
        assertEquals(2, frames.size());
        assertEquals(SuperPacket.TCP_V4 | SuperPacket.ECN, frames.get(1)[1] & 0xFF);
        assertArrayEquals(packets.toArray(), throughKernel(merger(), packets).toArray());
    }

    @Test
    void idsThatMeanNothingMayStandStillButOnlyWithoutFragmentation() {
        for (boolean fragmentable : new boolean[] {false, true}) {
            List<byte[]> packets = RUN.packets();
            for (byte[] packet : packets) {
                var bytes = ByteBuffer.wrap(packet).putShort(4, (short) 0).putShort(6, (short) (fragmentable ? 0 : 0x4000));
                RUN.sealChecksum(bytes);
            }
            assertEquals(fragmentable ? 4 : 1, frames(merger(), packets).size());
        }
    }

    @Test
    void aSuperPacketIsNoLongerThanIpCanSay() {
        for (boolean v6 : new boolean[] {false, true}) {
            var run = new Segments(v6, false, new byte[12], 100_000, 1000, Segments.ACK, 7, 1000, 1);
            List<byte[]> frames = frames(merger(), run.packets());
            assertEquals(2, frames.size());
            assertTrue(frames.get(0).length <= 10 + (v6 ? 40 : 0) + 65535 && frames.get(0).length > 64_500, frames.get(0).length + " octets");
            assertArrayEquals(run.packets().toArray(), throughKernel(merger(), run.packets()).toArray());
        }
    }

    @Test
    void withoutTheKernelsHelpPacketsStaySingle() {
        List<byte[]> tcp = RUN.packets();
        List<byte[]> udp = new Segments(false, true, new byte[0], 350, 100, 0, 7, 0, 1).packets();
        assertEquals(4, frames(new PacketMerger(BATCH, false, false), tcp).size());
        assertEquals(4, frames(new PacketMerger(BATCH, true, false), udp).size());
        assertEquals(1, frames(new PacketMerger(BATCH, true, false), tcp).size());
    }

    @Test
    void noiseIsPassedOnAsItIs() {
        var random = new Random(13);
        for (int round = 0; round < 2000; round++) {
            var batch = new ArrayList<byte[]>();
            byte[] good = RUN.packets().get(random.nextInt(4));
            for (int i = 0; i < 20; i++) {
                byte[] noise = Arrays.copyOf(good, 1 + random.nextInt(good.length));
                for (int j = 0; j < 3; j++) noise[random.nextInt(Math.min(60, noise.length))] = (byte) random.nextInt();
                batch.add(noise);
            }
            var expected = batch.stream().map(Arrays::toString).sorted().toList();
            assertEquals(expected, throughKernel(merger(), batch).stream().map(Arrays::toString).sorted().toList(), "round " + round);
        }
    }

    private static PacketMerger merger() {
        return new PacketMerger(BATCH, true, true);
    }

    private static byte[] alone(byte[] packet) {
        byte[] frame = new byte[SuperPacket.HEADER + packet.length];
        System.arraycopy(packet, 0, frame, SuperPacket.HEADER, packet.length);
        return frame;
    }

    /** Each packet in the middle of a larger buffer. */
    private static ByteBuffer[] buffers(List<byte[]> packets) {
        var buffers = new ByteBuffer[packets.size()];
        for (int i = 0; i < buffers.length; i++) {
            byte[] packet = packets.get(i);
            buffers[i] = ByteBuffer.allocate(packet.length + 20).position(7).put(packet).flip().position(7);
        }
        return buffers;
    }

    private List<byte[]> frames(PacketMerger merger, List<byte[]> packets) {
        var frames = new ArrayList<byte[]>();
        for (int from = 0; from < packets.size(); from += BATCH) {
            ByteBuffer[] batch = buffers(packets);
            int count = merger.plan(batch, from, Math.min(BATCH, packets.size() - from));
            for (int i = 0; i < count; i++) {
                byte[] frame = new byte[merger.layOut(i, batch, from, out)];
                out.get(0, frame);
                frames.add(frame);
            }
        }
        return frames;
    }

    /** As if the kernel segmented what it is given, in the order it is given it. */
    private List<byte[]> throughKernel(PacketMerger merger, List<byte[]> packets) {
        var through = new ArrayList<byte[]>();
        var packet = ByteBuffer.allocate(66_000);
        for (byte[] frame : frames(merger, packets)) {
            memory.put(0, frame);
            assertTrue(apart.begin(frame.length));
            while (apart.hasNext()) {
                assertTrue(apart.next(packet));
                through.add(Arrays.copyOf(packet.array(), packet.limit()));
            }
        }
        return through;
    }
}
