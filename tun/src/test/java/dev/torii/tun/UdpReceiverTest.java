package dev.torii.tun;

import static dev.torii.tun.Ip.ip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpReceiverTest {
    private static final int DEADLINE_MILLIS = 5000;

    private final List<byte[]> received = new ArrayList<>();
    private final List<Integer> classes = new ArrayList<>();
    private final List<InetSocketAddress> senders = new ArrayList<>();
    private final List<Integer> descriptors = new ArrayList<>();

    @AfterEach
    void close() {
        descriptors.forEach(LibC::close);
    }

    private int socket(String address) {
        boolean v6 = address.contains(":");
        int fd = LibC.socket(v6 ? LibC.AF_INET6 : LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        assertTrue(fd >= 0);
        descriptors.add(fd);
        var name = new Scratch(v6 ? 28 : 16);
        name.bytes.putShort(0, (short) (v6 ? LibC.AF_INET6 : LibC.AF_INET));
        name.bytes.put(v6 ? 8 : 4, ip(address).getAddress());
        assertEquals(0, LibC.bind(fd, name.address, name.bytes.capacity()));
        return fd;
    }

    private static InetSocketAddress name(int fd, String address) {
        var name = new Scratch(32);
        name.bytes.putInt(28, 28);
        assertEquals(0, Namespace.Natives.getsockname(fd, name.address, name.address + 28));
        return new InetSocketAddress(ip(address), Short.toUnsignedInt(name.bytes.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(2)));
    }

    private UdpReceiver receiver(int fd) throws Exception {
        var self = new UdpReceiver[1];
        self[0] = new UdpReceiver(fd, true, (payload, trafficClass) -> {
            byte[] octets = new byte[payload.remaining()];
            payload.get(octets);
            received.add(octets);
            classes.add(trafficClass);
            senders.add(self[0].sender());
        });
        return self[0];
    }

    private void await(UdpReceiver receiver, int count) {
        var poll = new Scratch(8);
        while (received.size() < count) {
            poll.bytes.putInt(0, receiver.descriptor()).putShort(4, LibC.POLLIN).putShort(6, (short) 0);
            assertEquals(1, LibC.poll(poll.address, 1, DEADLINE_MILLIS), received.size() + " of " + count + " arrived");
            while (receiver.receive()) continue;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void theTrafficClassArrivesAsItWasSentBesideSegmentation(String address) throws Exception {
        int from = socket(address);
        int to = socket(address);
        var sender = new UdpSender(from);
        try (var receiver = receiver(to)) {
            assertTrue(receiver.merging());
            int count = 0;
            for (int trafficClass : new int[] {0, 0xB8, 3, 1, 0, 2, 0xFF}) {
                var datagrams = new ByteBuffer[20];
                for (int i = 0; i < datagrams.length; i++) datagrams[i] = ByteBuffer.allocate(i == 10 ? 1001 : 1000).put(0, (byte) count++);
                sender.send(datagrams, datagrams.length, name(to, address), trafficClass);
                await(receiver, count);
                for (int i = 0; i < datagrams.length; i++) {
                    int at = count - datagrams.length + i;
                    assertEquals((byte) at, received.get(at)[0]);
                    assertEquals(trafficClass, classes.get(at));
                    assertEquals(name(from, address), senders.get(at));
                }
            }
            assertEquals(count, sender.counters().sent());
        }
    }

    @Test
    void anyMixtureOfLengthsIsTakenApartAsItWasSent() throws Exception {
        var random = new Random(4500);
        int from = socket("127.0.0.1");
        int to = socket("127.0.0.1");
        var sender = new UdpSender(from);
        var sent = new ArrayList<byte[]>();
        try (var receiver = receiver(to)) {
            for (int round = 0; round < 100; round++) {
                var datagrams = new ByteBuffer[1 + random.nextInt(60)];
                int length = 1 + random.nextInt(1500);
                for (int i = 0; i < datagrams.length; i++) {
                    if (random.nextInt(8) == 0) length = random.nextInt(1500);      // 0 too: an empty datagram is one
                    byte[] octets = new byte[length];
                    random.nextBytes(octets);
                    sent.add(octets);
                    datagrams[i] = ByteBuffer.wrap(octets);
                }
                sender.send(datagrams, datagrams.length, name(to, "127.0.0.1"), random.nextInt(256));
                await(receiver, sent.size());
            }
            for (int i = 0; i < sent.size(); i++) assertArrayEquals(sent.get(i), received.get(i), "datagram " + i);
        }
    }

    @Test
    void withNothingThereItDoesNotWait() throws Exception {
        try (var receiver = receiver(socket("127.0.0.1"))) {
            assertEquals(false, receiver.receive());
        }
        assertEquals(List.of(), received);
    }
}
