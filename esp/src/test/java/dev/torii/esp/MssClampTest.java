package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MssClampTest {
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;

    /** A TCP segment with these options, padded to 4 octets, and a right checksum. */
    private static ByteBuffer tcp(int version, int flags, String options, int payload) {
        byte[] list = HexFormat.of().parseHex(options.replace(" ", ""));
        int header = 20 + (list.length + 3) / 4 * 4;
        int ip = version == 4 ? 20 : 40;
        var packet = version == 4 ? Packets.ipv4(Packets.HERE, Packets.THERE, Packets.TCP, 1000, 80, ip + header + payload)
                : Packets.ipv6("2001:db8::1", "2001:db8::2", Packets.TCP, 1000, 80, ip + header + payload);
        for (int i = 20; i < header; i++) packet.put(ip + i, (byte) 0);
        packet.put(ip + 12, (byte) (header / 4 << 4)).put(ip + 13, (byte) flags).put(ip + 20, list);
        return withChecksum(packet);
    }

    private static ByteBuffer withChecksum(ByteBuffer packet) {
        int ip = packet.get(0) >>> 4 == 4 ? 20 : 40;
        packet.putShort(ip + 16, (short) 0);
        return packet.putShort(ip + 16, Checksum.finish(sum(packet)));
    }

    /** Over the pseudo-header and the segment. */
    private static long sum(ByteBuffer packet) {
        boolean v4 = packet.get(0) >>> 4 == 4;
        int ip = v4 ? 20 : 40;
        return Checksum.sum(packet, v4 ? 12 : 8, ip) + Packets.TCP + packet.limit() - ip + Checksum.sum(packet, ip, packet.limit());
    }

    private static boolean applied(ByteBuffer packet, int mtu) {
        boolean changed = MssClamp.apply(packet, Packets.header(packet), mtu);
        assertEquals(0, Checksum.finish(sum(packet)), "checksum");
        return changed;
    }

    @Test void aSynAndItsAnswerAreClampedToTheMtuWithoutHeaders() {
        for (int flags : new int[] {SYN, SYN | ACK, SYN | 0xC0}) {
            var packet = tcp(4, flags, "020405b4 0101 0402", 0);
            assertTrue(applied(packet, 1438));
            assertEquals(1398, packet.getShort(42));
            packet = tcp(6, flags, "020405a0 0101 0402", 0);
            assertTrue(applied(packet, 1438));
            assertEquals(1378, packet.getShort(62));
        }
    }

    @Test void whatFitsStaysAsItIs() {
        var packet = tcp(4, SYN, "02040576", 0);
        assertEquals(1398, packet.getShort(42));
        byte[] before = Packets.bytes(packet);
        assertFalse(applied(packet, 1438));
        assertArrayEquals(before, Packets.bytes(packet));
        assertTrue(applied(packet, 1437));
    }

    @Test void segmentsOfAnOpenConnectionAreNotTouched() {
        assertFalse(applied(tcp(4, ACK, "020405b4", 100), 1000));
        assertFalse(applied(tcp(6, ACK | 1, "020405b4", 100), 1000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"01 02040fff", "010101 02040fff", "0402 0101 02040fff", "03030a 02040fff",
            "080a0000000100000002 01 02040fff", "fd05aabbcc 02040fff"})
    void theOptionIsFoundBehindOthersAtOddOffsetsToo(String options) {
        for (int version : new int[] {4, 6}) {
            var packet = tcp(version, SYN, options, 7);
            int at = (version == 4 ? 40 : 60) + options.replace(" ", "").length() / 2 - 2;
            assertTrue(applied(packet, 1438));
            assertEquals(version == 4 ? 1398 : 1378, packet.getShort(at));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"00 02040fff", "0200 0fff", "0201 0fff", "02030fff", "02050fff00", "fd00 02040fff", "fdff 02040fff", "010102", "01010104"})
    void brokenOptionsAreLeftAlone(String options) {
        var packet = tcp(4, SYN, options, 0);
        byte[] before = Packets.bytes(packet);
        assertFalse(applied(packet, 576));
        assertArrayEquals(before, Packets.bytes(packet));
    }

    @Test void aHeaderThatReachesBeyondThePacketIsLeftAlone() {
        var packet = tcp(4, SYN, "02040fff", 0);
        packet.put(32, (byte) 0xF0);
        assertFalse(MssClamp.apply(packet, Packets.header(packet), 576));
        packet.put(32, (byte) 0x40);
        assertFalse(MssClamp.apply(packet, Packets.header(packet), 576));
        var cut = tcp(4, SYN, "02040fff", 0).putShort(2, (short) 38);
        assertFalse(MssClamp.apply(cut, Packets.header(cut), 576));
    }

    @Test void aLaterFragmentIsLeftAlone() {
        var packet = tcp(4, SYN, "02040fff", 0).putShort(6, (short) 100);
        assertFalse(MssClamp.apply(packet, Packets.header(packet), 576));
    }

    @Test void behindIpOptionsAndExtensionHeadersItIsFoundToo() {
        var plain = tcp(4, SYN, "02040fff", 0);
        var options = ByteBuffer.allocate(48 + OutboundSa.TRAILER).put(0, plain, 0, 20).put(24, plain, 20, 24).put(0, (byte) 0x46)
                .putShort(2, (short) 48).limit(48);
        assertTrue(MssClamp.apply(options, Packets.header(options), 1438));
        assertEquals(1398, options.getShort(46));

        plain = tcp(6, SYN, "02040fff", 0);
        var extended = ByteBuffer.allocate(72 + OutboundSa.TRAILER).put(0, plain, 0, 40).put(48, plain, 40, 24).put(6, (byte) 60).put(40, (byte) 6)
                .putShort(4, (short) 32).limit(72);
        assertTrue(MssClamp.apply(extended, Packets.header(extended), 1438));
        assertEquals(1378, extended.getShort(70));
    }

    /** Whatever comes in, nothing outside the packet is read or changed, and a right checksum stays right. */
    @Test void anyOptionsAtAllAreSafe() {
        for (long seed = 1; seed <= 20_000; seed++) {
            var random = new Random(seed);
            var options = new byte[random.nextInt(41)];
            random.nextBytes(options);
            for (int i = 0; i < options.length; i++) if (random.nextBoolean()) options[i] = (byte) (random.nextBoolean() ? random.nextInt(5) : 2);
            var packet = tcp(random.nextBoolean() ? 4 : 6, SYN, HexFormat.of().formatHex(options), random.nextInt(5));
            var behind = packet.duplicate().position(packet.limit()).limit(packet.capacity());
            byte[] rest = Packets.bytes(behind);
            applied(packet, 576 + random.nextInt(1000));
            assertArrayEquals(rest, Packets.bytes(behind), "seed " + seed);
        }
    }
}
