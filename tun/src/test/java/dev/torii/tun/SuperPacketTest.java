package dev.torii.tun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SuperPacketTest {
    private final ByteBuffer memory = ByteBuffer.allocateDirect(66_000).order(ByteOrder.nativeOrder());
    private final SuperPacket frame = new SuperPacket(memory);

    @Test
    void theSumOfWideWordsIsThatOfShortOnes() {
        var random = new Random(1071);
        for (int i = 0; i < 2000; i++) {
            byte[] octets = new byte[random.nextInt(100) == 0 ? 65535 : random.nextInt(200)];
            random.nextBytes(octets);
            if (i % 10 == 0) Arrays.fill(octets, (byte) 0xFF);
            int from = octets.length == 0 ? 0 : random.nextInt(octets.length);
            assertEquals((short) ~Segments.fold(Segments.words(octets, from, octets.length)),
                    Checksum.finish(Checksum.sum(ByteBuffer.wrap(octets), from, octets.length)), "round " + i);
        }
    }

    @Test
    void anySuperPacketBecomesThePacketsItStandsFor() {
        var random = new Random(2301);
        for (int round = 0; round < 1500; round++) {
            var segments = Segments.random(random);
            List<byte[]> expected = segments.packets();
            List<byte[]> packets = split(segments.frame());
            assertEquals(expected.size(), packets.size(), segments::toString);
            for (int i = 0; i < expected.size(); i++) {
                int at = i;
                assertArrayEquals(expected.get(i), packets.get(i), () -> "round, packet " + at + " of " + segments);
            }
        }
    }

    @Test
    void aSinglePacketGetsTheChecksumTheKernelLeftOut() {
        for (int payload : new int[] {1, 2, 3, 1399}) {
            for (boolean v6 : new boolean[] {false, true}) {
                for (boolean udp : new boolean[] {false, true}) {
                    var single = new Segments(v6, udp, new byte[12 & (udp ? 0 : 12)], payload, payload, Segments.ACK | Segments.PSH, 9, 5, payload);
                    byte[] bytes = single.frame();
                    bytes[1] = 0;
                    assertArrayEquals(single.packets().get(0), split(bytes).get(0), single::toString);
                }
            }
        }
    }

    @Test
    void aPacketThatLacksNothingIsGivenOutAsItIs() {
        byte[] bytes = new byte[10 + 33];
        new Random(3).nextBytes(bytes);
        Arrays.fill(bytes, 0, 10, (byte) 0);
        assertArrayEquals(Arrays.copyOfRange(bytes, 10, 43), split(bytes).get(0));
    }

    @Test
    void aPacketLongerThanTheBufferIsPassedOverAndTheRestFollows() {
        var segments = new Segments(false, false, new byte[0], 250, 100, Segments.ACK, 1, 1, 1);
        begin(segments.frame());
        var small = ByteBuffer.allocate(139);
        assertFalse(frame.next(small));
        assertFalse(frame.next(small));
        assertTrue(frame.hasNext());
        assertTrue(frame.next(small));
        assertArrayEquals(segments.packets().get(2), Arrays.copyOf(small.array(), small.limit()));
        assertFalse(frame.hasNext());
    }

    @Test
    void framesThatContradictThemselvesHaveNoPackets() {
        var random = new Random(10);
        byte[] good = new Segments(false, false, new byte[0], 250, 100, Segments.ACK, 1, 1, 1).frame();
        byte[] noSize = good.clone();
        noSize[4] = noSize[5] = 0;
        byte[] unknownType = good.clone();
        unknownType[1] = 3;
        byte[] wrongVersion = good.clone();
        wrongVersion[1] = 4;
        for (byte[] bad : List.of(new byte[0], new byte[10], noSize, unknownType, wrongVersion)) {
            assertFalse(begin(bad));
            assertFalse(frame.hasNext());
        }
        for (int i = 0; i < 20_000; i++) {         // nothing is thrown, whatever the header says
            byte[] damaged = Arrays.copyOf(good, 1 + random.nextInt(good.length));
            for (int j = 0; j < 3; j++) damaged[random.nextInt(Math.min(damaged.length, 44))] = (byte) random.nextInt();
            split(damaged);
        }
    }

    private boolean begin(byte[] bytes) {
        memory.put(0, bytes);
        return frame.begin(bytes.length);
    }

    private List<byte[]> split(byte[] bytes) {
        var packets = new ArrayList<byte[]>();
        if (!begin(bytes)) return packets;
        var packet = ByteBuffer.allocate(66_000).order(ByteOrder.LITTLE_ENDIAN);
        while (frame.hasNext()) {
            assertTrue(frame.next(packet));
            packets.add(Arrays.copyOf(packet.array(), packet.limit()));
        }
        return packets;
    }
}
