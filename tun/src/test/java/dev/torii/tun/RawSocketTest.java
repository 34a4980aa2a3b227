package dev.torii.tun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the loopback interface of a namespace of its own. */
@NeedsNamespace
class RawSocketTest {
    private static final int LARGEST = 100;
    private static final int BUFFER = 1 << 20;
    private static final int TRAFFIC_CLASS = 0xB9;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static ByteBuffer[] buffers(int count) {
        var buffers = new ByteBuffer[count];
        for (int i = 0; i < count; i++) buffers[i] = ByteBuffer.allocate(LARGEST);
        return buffers;
    }

    /** What a UdpSender sends arrives without the IP header, in order and with its traffic class; what is longer than allowed does not. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void packetsArriveWithoutTheirHeaders(String literal) throws Exception {
        Namespace.run(() -> {
            loopbackUp();
            var address = InetAddress.getByName(literal);
            try (var socket = RawSocket.open(address, RawSocket.ESP, LARGEST, BUFFER)) {
                var received = buffers(8);
                assertEquals(0, socket.receive(received, new int[received.length]));
                var sender = new UdpSender(socket.descriptor());
                var packets = new ByteBuffer[] {ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), ByteBuffer.allocate(LARGEST + 1), ByteBuffer.allocate(LARGEST),
                        ByteBuffer.wrap(new byte[] {5, 6, 7, 8})};
                sender.send(packets, packets.length, new InetSocketAddress(address, 0), TRAFFIC_CLASS);
                assertEquals(4, sender.counters().sent(), () -> sender.counters().toString());
                assertFalse(sender.segmenting(), "there is nothing to segment by");
                var all = new ArrayList<byte[]>();
                collect(socket, received, all, 3);
                assertArrayEquals(new byte[] {1, 2, 3, 4}, all.get(0));
                assertEquals(LARGEST, all.get(1).length);
                assertArrayEquals(new byte[] {5, 6, 7, 8}, all.get(2));
                assertEquals(0, socket.receive(received, new int[received.length]));
            }
        });
    }

    @Test
    void moreThanThereAreBuffersForWaits() throws Exception {
        Namespace.run(() -> {
            loopbackUp();
            var address = InetAddress.getByName("127.0.0.1");
            try (var socket = RawSocket.open(address, RawSocket.ESP, LARGEST, BUFFER)) {
                var packets = new ByteBuffer[] {ByteBuffer.wrap(new byte[] {1}), ByteBuffer.wrap(new byte[] {2}), ByteBuffer.wrap(new byte[] {3})};
                new UdpSender(socket.descriptor()).send(packets, packets.length, new InetSocketAddress(address, 0), TRAFFIC_CLASS);
                var all = new ArrayList<byte[]>();
                collect(socket, buffers(2), all, 3);
                assertArrayEquals(new byte[] {3}, all.get(2));
            }
        });
    }

    @Test
    void anAddressThatTheHostDoesNotHaveIsRefused() throws Exception {
        Namespace.run(() -> {
            loopbackUp();
            var elsewhere = InetAddress.getByName("192.0.2.1");
            var refused = assertThrows(ErrnoException.class, () -> RawSocket.open(elsewhere, RawSocket.ESP, LARGEST, BUFFER));
            assertEquals(Errno.EADDRNOTAVAIL, refused.errno());
        });
    }

    /** Reads until so many have come: a busy machine may take a moment. */
    private static void collect(RawSocket socket, ByteBuffer[] buffers, List<byte[]> all, int wanted) {
        var classes = new int[buffers.length];
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (all.size() < wanted && System.nanoTime() < end) {
            int count = socket.receive(buffers, classes);
            assertTrue(count <= buffers.length);
            for (int i = 0; i < count; i++) {
                all.add(bytes(buffers[i]));
                assertEquals(TRAFFIC_CLASS, classes[i], "DSCP and ECN");
            }
            Thread.onSpinWait();
        }
        assertEquals(wanted, all.size());
    }

    private static void loopbackUp() throws IOException {
        try (var netlink = NetlinkSocket.open()) {
            new LinuxLinks(netlink).setUp(1, true);
        }
    }

    private static byte[] bytes(ByteBuffer packet) {
        var bytes = new byte[packet.remaining()];
        packet.get(0, bytes);
        return bytes;
    }
}
