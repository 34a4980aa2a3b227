package dev.torii.tun;

import static dev.torii.tun.Ip.ip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class UdpSenderTest {
    private static final int SO_SNDBUF = 7;
    private static final int SO_NO_CHECK = 11;
    private static final int IPPROTO_IP = 0;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_PMTUDISC_DO = 2;

    private int fd = -1;

    private UdpSender sender(int family) {
        fd = LibC.socket(family, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        assertTrue(fd >= 0);
        return new UdpSender(fd);
    }

    @AfterEach
    void close() {
        if (fd >= 0) LibC.close(fd);
    }

    @Test
    void aBatchArrivesInOrderAndTheBuffersStayAsTheyWere() throws Exception {
        try (var receiver = receiver("127.0.0.1")) {
            var sender = sender(LibC.AF_INET);
            ByteBuffer[] datagrams = datagrams(150);        // more than one sendmmsg takes
            datagrams[3] = ByteBuffer.wrap(new byte[] {9, 9, 3, 33, 9}).position(2).limit(4);
            sender.send(datagrams, 149, to(receiver), 0);
            for (int i = 0; i < 149; i++) {
                byte[] expected = i == 3 ? new byte[] {3, 33} : datagrams[i].array();
                assertArrayEquals(expected, receive(receiver), "datagram " + i);
            }
            assertEquals(2, datagrams[3].position());
            assertEquals(4, datagrams[3].limit());
            assertEquals(149, sender.counters().sent());
        }
    }

    @Test
    void theDestinationMayChangeFromBatchToBatch() throws Exception {
        try (var one = receiver("127.0.0.1"); var two = receiver("127.0.0.1")) {
            var sender = sender(LibC.AF_INET);
            for (DatagramSocket receiver : new DatagramSocket[] {one, two, one}) {
                sender.send(datagrams(2), 2, to(receiver), 0);
                assertArrayEquals(datagrams(2)[0].array(), receive(receiver));
                assertArrayEquals(datagrams(2)[1].array(), receive(receiver));
            }
            assertEquals(new UdpSender.Counters(6, 6 * 4, 0, 0, 0, 0), sender.counters());
        }
    }

    @Test
    void bigDatagramsAreSplitOverSeveralCalls() throws Exception {
        try (var receiver = receiver("127.0.0.1")) {
            receiver.setReceiveBufferSize(4 * 1024 * 1024);
            var sender = sender(LibC.AF_INET);
            byte[] big = new byte[65507];
            Arrays.fill(big, (byte) 7);
            for (int i = 0; i < 3; i++) {
                sender.send(new ByteBuffer[] {ByteBuffer.wrap(big), ByteBuffer.wrap(new byte[] {1}), ByteBuffer.wrap(big)}, 3, to(receiver), 0);
                assertArrayEquals(big, receive(receiver));
                assertArrayEquals(new byte[] {1}, receive(receiver));
                assertArrayEquals(big, receive(receiver));
            }
            sender.send(new ByteBuffer[] {ByteBuffer.wrap(new byte[65508])}, 1, to(receiver), 0);
            assertEquals(1, sender.counters().tooBig());
        }
    }

    @Test
    void aRunOfOneLengthWithAShorterLastIsOneMessage() throws Exception {
        try (var receiver = new MergingReceiver()) {
            var sender = sender(LibC.AF_INET);
            assertTrue(sender.segmenting());
            var datagrams = new ByteBuffer[73];
            for (int i = 0; i < datagrams.length; i++) datagrams[i] = filled(i == 70 ? 10 : 1000, i);
            datagrams[72] = filled(1001, 72);
            sender.send(datagrams, datagrams.length, receiver.address(), 0);
            assertArrayEquals(joined(datagrams, 0, 64), receiver.receive(), "the most the kernel takes");
            assertArrayEquals(joined(datagrams, 64, 71), receiver.receive(), "a shorter one ends the run");
            assertArrayEquals(joined(datagrams, 71, 72), receiver.receive());
            assertArrayEquals(joined(datagrams, 72, 73), receiver.receive(), "a longer one begins another");
            assertEquals(73, sender.counters().sent());
            assertEquals(71_000 + 10 + 1001, sender.counters().sentBytes());
        }
    }

    @Test
    void aMessageHoldsNoMoreThanTheLongestDatagram() throws Exception {
        try (var receiver = new MergingReceiver()) {
            var sender = sender(LibC.AF_INET);
            var datagrams = new ByteBuffer[8];
            for (int i = 0; i < datagrams.length; i++) datagrams[i] = filled(9000, i);
            sender.send(datagrams, datagrams.length, receiver.address(), 0);
            assertArrayEquals(joined(datagrams, 0, 7), receiver.receive());
            assertArrayEquals(joined(datagrams, 7, 8), receiver.receive());
        }
    }

    @Test
    void anyMixtureOfLengthsArrivesInOrderAndWhole() throws Exception {
        var random = new Random(20261123);
        try (var receiver = receiver("127.0.0.1")) {
            receiver.setReceiveBufferSize(4 * 1024 * 1024);
            var sender = sender(LibC.AF_INET);
            for (int round = 0; round < 60; round++) {
                var datagrams = new ByteBuffer[1 + random.nextInt(100)];
                int length = 1;
                for (int i = 0; i < datagrams.length; i++) {
                    if (random.nextInt(6) == 0) length = random.nextInt(1500);      // 0 too: an empty datagram is one
                    datagrams[i] = filled(length, random.nextInt());
                }
                sender.send(datagrams, datagrams.length, to(receiver), 0);
                for (int i = 0; i < datagrams.length; i++)
                    assertArrayEquals(datagrams[i].array(), receive(receiver), "round " + round + ", datagram " + i);
            }
        }
    }

    @Test
    void datagramsThatTheKernelWillNotSegmentGoOneByOne() throws Exception {
        try (var receiver = receiver("127.0.0.1")) {
            var sender = sender(LibC.AF_INET);
            option(LibC.SOL_SOCKET, SO_NO_CHECK, 1);        // EINVAL: a segmented datagram needs its checksum
            sender.send(datagrams(80), 80, to(receiver), 0);
            for (int i = 0; i < 80; i++) assertArrayEquals(datagrams(80)[i].array(), receive(receiver), "datagram " + i);
            assertEquals(new UdpSender.Counters(80, 320, 0, 0, 0, 0), sender.counters());
        }
    }

    @Test
    void aKernelWithoutSegmentationIsNoticedAtOnce() {
        assertFalse(new UdpSender(-1).segmenting());
    }

    @Test
    void anIcmpErrorAboutAnEarlierDatagramCostsNothing() throws Exception {
        try (var receiver = receiver("127.0.0.1")) {
            var sender = sender(LibC.AF_INET);
            InetSocketAddress nobody;
            try (var gone = receiver("127.0.0.1")) {
                nobody = to(gone);
            }
            var connect = new Scratch(16);
            connect.bytes.order(ByteOrder.nativeOrder()).putShort((short) LibC.AF_INET);
            connect.bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) nobody.getPort()).put(ip("127.0.0.1").getAddress());
            assertEquals(0, Namespace.Natives.connect(fd, connect.address, 16));
            sender.send(datagrams(1), 1, nobody, 0);
            sender.send(datagrams(2), 2, to(receiver), 0);
            assertArrayEquals(datagrams(2)[0].array(), receive(receiver));
            assertArrayEquals(datagrams(2)[1].array(), receive(receiver));
            assertEquals(new UdpSender.Counters(3, 12, 0, 0, 1, 0), sender.counters());
        }
    }

    @Test
    void aDescriptorThatIsNoSocketIsCountedNotThrown() {
        var sender = new UdpSender(-1);
        sender.send(datagrams(3), 3, new InetSocketAddress(ip("127.0.0.1"), 9), 0);
        assertEquals(new UdpSender.Counters(0, 0, 0, 0, 0, 3), sender.counters());
    }

    @Nested
    @NeedsNamespace
    class InANamespace {
        @Test
        void ipv6DestinationsAndIpv4OnesThroughAnIpv6Socket() throws Exception {
            Namespace.run(() -> {
                loopbackUp(65536);
                try (var six = receiver("::1"); var four = receiver("127.0.0.1")) {
                    var sender = sender(LibC.AF_INET6);
                    for (DatagramSocket receiver : new DatagramSocket[] {six, four, six}) {
                        sender.send(datagrams(2), 2, to(receiver), 0);
                        assertArrayEquals(datagrams(2)[0].array(), receive(receiver));
                        assertArrayEquals(datagrams(2)[1].array(), receive(receiver));
                    }
                    assertEquals(6, sender.counters().sent());
                }
            });
        }

        @Test
        void aDatagramBeyondThePathMtuIsDroppedAndTheOthersGo() throws Exception {
            Namespace.run(() -> {
                loopbackUp(1500);
                try (var receiver = receiver("127.0.0.1")) {
                    var sender = sender(LibC.AF_INET);
                    option(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
                    ByteBuffer[] datagrams = datagrams(3);
                    datagrams[1] = ByteBuffer.allocate(1473);       // with the one behind it a message that the kernel refuses
                    sender.send(datagrams, 3, to(receiver), 0);
                    assertArrayEquals(datagrams[0].array(), receive(receiver));
                    assertArrayEquals(datagrams[2].array(), receive(receiver));
                    assertEquals(new UdpSender.Counters(2, 8, 0, 1, 0, 0), sender.counters());
                    assertTrue(sender.segmenting(), "shorter ones can still be segmented");
                }
            });
        }

        @Test
        void datagramsWithoutARouteAreCountedAsErrors() throws Exception {
            Namespace.run(() -> {
                var sender = sender(LibC.AF_INET);
                sender.send(datagrams(3), 3, new InetSocketAddress(ip("192.0.2.1"), 9), 0);
                assertEquals(new UdpSender.Counters(0, 0, 0, 0, 0, 3), sender.counters());
            });
        }

        @Test
        void aFullSocketDropsTheRestAndCountsIt() throws Exception {
            Namespace.run(() -> {
                // A neighbour that never answers: datagrams wait for its address and fill the socket's buffer.
                Ip.run("link", "add", "v0", "type", "veth", "peer", "name", "v1");
                Ip.run("link", "set", "v0", "up");
                Ip.run("link", "set", "v1", "up");
                Ip.run("addr", "add", "10.7.0.1/24", "dev", "v0");
                var sender = sender(LibC.AF_INET);
                option(LibC.SOL_SOCKET, SO_SNDBUF, 4608);
                ByteBuffer[] datagrams = datagrams(50);
                for (int i = 0; i < 50; i++) datagrams[i] = ByteBuffer.allocate(1 + i);     // no two of them one message
                sender.send(datagrams, 50, new InetSocketAddress(ip("10.7.0.2"), 9), 0);
                UdpSender.Counters counters = sender.counters();
                assertTrue(counters.full() > 0, counters.toString());
                assertEquals(50, counters.sent() + counters.full(), counters.toString());
            });
        }
    }

    /** Takes a segmented message as a whole (UDP_GRO), as it was sent. */
    private static final class MergingReceiver implements AutoCloseable {
        private static final int UDP_GRO = 104;
        private static final int SO_RCVTIMEO = 20;

        private final int fd = LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        private final Scratch buffer = new Scratch(65536);

        MergingReceiver() throws Exception {
            var option = new Scratch(16);
            option.bytes.putInt(0, 1);
            assertEquals(0, LibC.setsockopt(fd, LibC.SOL_UDP, UDP_GRO, option.address, Integer.BYTES));
            option.bytes.putLong(0, 5);
            assertEquals(0, LibC.setsockopt(fd, LibC.SOL_SOCKET, SO_RCVTIMEO, option.address, 16));
            option.bytes.putLong(0, 0).putLong(8, 0).putShort(0, (short) LibC.AF_INET);
            option.bytes.put(4, ip("127.0.0.1").getAddress());
            assertEquals(0, LibC.bind(fd, option.address, 16));
        }

        InetSocketAddress address() {
            buffer.bytes.putInt(20, 16);
            assertEquals(0, Namespace.Natives.getsockname(fd, buffer.address, buffer.address + 20));
            return new InetSocketAddress(ip("127.0.0.1"), Short.toUnsignedInt(buffer.bytes.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(2)));
        }

        byte[] receive() {
            int length = (int) LibC.recv(fd, buffer.address, 65536, 0);
            assertTrue(length >= 0, "nothing arrived");
            byte[] received = new byte[length];
            buffer.bytes.get(0, received);
            return received;
        }

        @Override
        public void close() {
            LibC.close(fd);
        }
    }

    private static ByteBuffer filled(int length, int seed) {
        byte[] octets = new byte[length];
        new Random(seed).nextBytes(octets);
        return ByteBuffer.wrap(octets);
    }

    private static byte[] joined(ByteBuffer[] datagrams, int from, int to) {
        var all = new ByteArrayOutputStream();
        for (int i = from; i < to; i++) all.writeBytes(datagrams[i].array());
        return all.toByteArray();
    }

    private void option(int level, int name, int value) {
        var option = new Scratch(Integer.BYTES);
        option.bytes.putInt(0, value);
        assertEquals(0, LibC.setsockopt(fd, level, name, option.address, Integer.BYTES));
    }

    private static void loopbackUp(int mtu) throws Exception {
        try (var netlink = NetlinkSocket.open()) {
            var links = new LinuxLinks(netlink);
            int lo = links.byName("lo").orElseThrow().index();
            links.setMtu(lo, mtu);
            links.setUp(lo, true);
        }
    }

    private static DatagramSocket receiver(String address) throws Exception {
        var socket = new DatagramSocket(0, ip(address));
        socket.setSoTimeout(5000);
        return socket;
    }

    private static InetSocketAddress to(DatagramSocket receiver) {
        return new InetSocketAddress(receiver.getLocalAddress(), receiver.getLocalPort());
    }

    private static byte[] receive(DatagramSocket receiver) throws Exception {
        var packet = new DatagramPacket(new byte[65535], 65535);
        receiver.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static ByteBuffer[] datagrams(int count) {
        var datagrams = new ByteBuffer[count];
        for (int i = 0; i < count; i++) datagrams[i] = ByteBuffer.allocate(4).putInt(i).flip();
        return datagrams;
    }
}
