package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FragmentsTest {
    private final Fragments fragments = new Fragments();

    private List<ByteBuffer> cut(ByteBuffer packet, int mtu) {
        var all = new ArrayList<ByteBuffer>();
        fragments.begin(packet, packet.remaining(), mtu);
        while (fragments.hasNext()) {
            var fragment = ByteBuffer.allocate(9216);
            fragments.next(fragment);
            all.add(fragment);
        }
        return all;
    }

    private static int headerBytes(ByteBuffer packet) {
        return (packet.get(packet.position()) & 0xF) * 4;
    }

    /** Puts them together again as a receiver does. */
    private static byte[] payload(List<ByteBuffer> fragments) {
        var whole = ByteBuffer.allocate(65536);
        int end = 0;
        for (var fragment : fragments) {
            int offset = (fragment.getShort(6) & 0x1FFF) * 8;
            int header = headerBytes(fragment);
            whole.put(offset, fragment, header, fragment.limit() - header);
            end = Math.max(end, offset + fragment.limit() - header);
        }
        return Packets.bytes(whole.limit(end));
    }

    @Test void anyPacketIsTheSameAgainWhenPutTogether() {
        for (long seed = 1; seed <= 3000; seed++) {
            var random = new Random(seed);
            int mtu = 68 + random.nextInt(1500);
            var packet = Packets.ipv4(mtu + 1 + random.nextInt(5000)).putShort(4, (short) random.nextInt()).put(1, (byte) 0xBA);
            var all = cut(packet, mtu);
            assertArrayEquals(Packets.bytes(packet.duplicate().position(20)), payload(all), "seed " + seed);
            for (int i = 0; i < all.size(); i++) {
                var fragment = all.get(i);
                assertTrue(fragment.limit() <= mtu);
                assertEquals(fragment.limit(), fragment.getShort(2) & 0xFFFF);
                assertEquals(0, Checksum.finish(Checksum.sum(fragment, 0, headerBytes(fragment))), "checksum");
                assertEquals(packet.getShort(4), fragment.getShort(4), "identification");
                assertEquals((byte) 0xBA, fragment.get(1), "type of service");
                assertEquals(i < all.size() - 1, (fragment.getShort(6) & 0x2000) != 0, "more fragments");
            }
            assertTrue(all.size() <= (packet.limit() - 20 + 7) / ((mtu - 20) / 8 * 8) + 1, "no more than needed");
        }
    }

    @Test void aFragmentIsCutIntoFragmentsOfTheWhole() {
        var middle = Packets.ipv4(1480 + 20).putShort(6, (short) (0x2000 | 185));
        var all = cut(middle, 1000);
        assertEquals(List.of(0x2000 | 185, 0x2000 | 185 + 122), all.stream().map(f -> (int) f.getShort(6)).toList());
        var last = cut(Packets.ipv4(1480 + 20).putShort(6, (short) 185), 1000);
        assertEquals(List.of(0x2000 | 185, 185 + 122), last.stream().map(f -> (int) f.getShort(6)).toList());
    }

    /** Record route (7) stays with the first fragment, loose source route (131) goes with all: RFC 791, section 3.1. */
    @Test void laterFragmentsHaveTheOptionsThatAreCopied() {
        byte[] options = HexFormat.of().parseHex("0707040000000001" + "8307040a000001" + "00");
        var plain = Packets.ipv4(1000);
        var packet = ByteBuffer.allocate(1016 + OutboundSa.TRAILER).put(0, plain, 0, 20).put(20, options).put(36, plain, 20, 980)
                .put(0, (byte) 0x49).putShort(2, (short) 1016).limit(1016);
        var all = cut(packet, 576);
        assertEquals(36, headerBytes(all.get(0)));
        assertEquals(28, headerBytes(all.get(1)));
        assertEquals("8307040a00000100", HexFormat.of().formatHex(all.get(1).array(), 20, 28));
        assertArrayEquals(Packets.bytes(packet.duplicate().position(36)), payload(all));
    }

    @Test void brokenOptionsDoNotLeadAstray() {
        for (long seed = 1; seed <= 2000; seed++) {
            var random = new Random(seed);
            int header = 24 + 4 * random.nextInt(10);
            var packet = Packets.ipv4(1000).put(0, (byte) (0x40 | header / 4));
            for (int i = 20; i < header; i++) packet.put(i, (byte) random.nextInt(256));
            assertArrayEquals(Packets.bytes(packet.duplicate().position(header)), payload(cut(packet, 200)), "seed " + seed);
        }
    }
}
