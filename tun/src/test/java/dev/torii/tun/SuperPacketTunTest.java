package dev.torii.tun;

import static dev.torii.tun.Ip.ip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Super-packets of this kernel. */
@NeedsNamespace
class SuperPacketTunTest {
    private static final int PATIENCE = 5000;

    @Test
    void whatDoesNotFitTheArrayWaitsAndThePollerKnows() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var tun = LinuxTunTest.up(netlink, "vti1"); var poller = new TunPoller(List.of(tun))) {
                assertEquals(TunOffload.TCP_AND_UDP, tun.offload());
                int socket = LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
                var datagrams = new ByteBuffer[50];
                for (int i = 0; i < 50; i++) {
                    byte[] octets = new byte[i == 49 ? 333 : 1001];
                    new Random(i).nextBytes(octets);
                    datagrams[i] = ByteBuffer.wrap(octets);
                }
                new UdpSender(socket).send(datagrams, 50, new InetSocketAddress(ip("10.99.0.2"), 9), 0);
                LibC.close(socket);
                ByteBuffer[] packets = LinuxTunTest.buffers(7, 1500);
                for (int at = 0; at < 50; ) {
                    assertEquals(1, poller.await(PATIENCE));
                    assertTrue(poller.readable(0));
                    int read = tun.read(packets);
                    assertEquals(Math.min(7, 50 - at), read);
                    for (int i = 0; i < read; i++, at++) {
                        byte[] payload = new byte[packets[i].remaining() - 28];
                        packets[i].get(28, payload);
                        assertArrayEquals(datagrams[at].array(), payload, "datagram " + at);
                        assertTrue(Segments.arrivesIntact(packets[i]), "datagram " + at);
                    }
                }
                assertEquals(0, poller.await(0));
                assertEquals(50, tun.counters().readPackets());
            }
        });
    }

    /** Whatever it refuses: the simulated kernel hands over, and takes, less than this one can. */
    @Test
    void theKernelForwardsAMergedRunAsThePacketsItWasMadeOf() throws Exception {
        for (var near : TunOffload.values()) {
            for (var far : TunOffload.values()) {
                Namespace.run(() -> {
                    for (int kind = 0; kind < 4; kind++) {
                        boolean udp = kind % 2 == 1;
                        var run = new Segments(kind > 1, udp, new byte[udp ? 0 : 12], 20_333, 500, Segments.ACK | Segments.PSH, 65_530, -3000, 2 * kind + 1);
                        assertArrayEquals(forwarded(run).toArray(), forward(near, far, run).toArray(), near + " to " + far + ": " + run);
                    }
                });
            }
        }
    }

    /** The packets after one hop. */
    private static List<ByteBuffer> forwarded(Segments run) {
        return run.packets().stream().map(ByteBuffer::wrap).peek(packet -> {
            int timeToLive = run.v6() ? 7 : 8;
            packet.put(timeToLive, (byte) (packet.get(timeToLive) - 1));
            run.sealChecksum(packet);
        }).toList();
    }

    private static List<ByteBuffer> forward(TunOffload near, TunOffload far, Segments run) throws Exception {
        Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
        Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/forwarding"), "1");
        try (var netlink = NetlinkSocket.open(); var in = LinuxTun.open("vti1", 1400, near); var out = LinuxTun.open("vti2", 1400, far);
                var poller = new TunPoller(List.of(out))) {
            assertEquals(near, in.offload());
            assertEquals(far, out.offload());
            var links = new LinuxLinks(netlink);
            for (var tun : List.of(in, out)) {
                links.disableLinkLocal(tun.index());
                links.setReversePathFilter(tun.index(), 0);
                links.setUp(tun.index(), true);
            }
            var routes = new LinuxRoutes(netlink);
            routes.replace(Route.to(ip("10.99.0.0"), 24, NextHop.device(in.index())));
            routes.replace(Route.to(ip("192.168.2.0"), 24, NextHop.device(out.index())));
            routes.replace(Route.to(ip("::"), 0, NextHop.device(out.index())));
            ByteBuffer[] packets = run.packets().stream().map(ByteBuffer::wrap).toArray(ByteBuffer[]::new);
            in.write(packets, packets.length);
            assertEquals(new TunCounters(0, 0, 0, 0, packets.length, run.packets().stream().mapToLong(packet -> packet.length).sum(), 0), in.counters());
            var read = new ArrayList<ByteBuffer>();
            while (read.size() < packets.length && poller.await(PATIENCE) > 0) {
                ByteBuffer[] batch = LinuxTunTest.buffers(64, 1500);
                int count = out.read(batch);
                for (int i = 0; i < count; i++) if (isOf(run, batch[i])) read.add(batch[i]);
            }
            return read;
        }
    }

    /** The kernel says something itself when an interface comes up. */
    private static boolean isOf(Segments run, ByteBuffer packet) {
        return packet.get(0) >> 4 == (run.v6() ? 6 : 4) && packet.get(run.v6() ? 6 : 9) == (run.udp() ? 17 : 6);
    }

    /** Host 10.98.1.1 in one namespace, 10.98.2.1 in another; packets are carried between their TUNs, and checked by the kernel that takes them. */
    @Test
    void aTcpStreamThroughTwoTunsArrivesWhole() throws Exception {
        Namespace.run(() -> {
            var near = routed("10.98.1.1", "10.98.2.0");
            var listening = new CompletableFuture<LinuxTun>();
            var received = new CompletableFuture<Long>();
            byte[] sent = new byte[20 << 20];
            new Random(98).nextBytes(sent);
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    Namespace.run(() -> {
                        var far = routed("10.98.2.1", "10.98.1.0");
                        try (var server = new ServerSocket(4000, 1, ip("10.98.2.1"))) {
                            listening.complete(far);
                            try (var connection = server.accept()) {
                                byte[] read = connection.getInputStream().readAllBytes();
                                assertArrayEquals(sent, read);
                                received.complete((long) read.length);
                            }
                        }
                    });
                } catch (Throwable failed) {
                    listening.completeExceptionally(failed);
                    received.completeExceptionally(failed);
                }
            });
            var far = listening.get();
            carry(near, far);
            carry(far, near);
            try (var socket = new Socket(ip("10.98.2.1"), 4000); OutputStream out = socket.getOutputStream()) {
                out.write(sent);
            }
            assertEquals(sent.length, received.get());
            assertTrue(near.counters().readPackets() > sent.length / 1400, near.counters().toString());
            assertEquals(0, near.counters().readErrors() + near.counters().readOversize() + far.counters().writeErrors());
        });
    }

    private static LinuxTun routed(String own, String others) throws Exception {
        try (var netlink = NetlinkSocket.open()) {
            var tun = LinuxTun.open("vti1", 1400);
            var links = new LinuxLinks(netlink);
            links.disableLinkLocal(tun.index());
            links.setUp(tun.index(), true);
            links.addAddress(InterfaceAddress.of(tun.index(), ip(own), 24));
            new LinuxRoutes(netlink).replace(Route.to(ip(others), 24, NextHop.device(tun.index())));
            return tun;
        }
    }

    /** Ends with the process: a daemon. */
    private static void carry(LinuxTun from, LinuxTun to) throws Exception {
        var poller = new TunPoller(List.of(from));
        Thread.ofPlatform().daemon().start(() -> {
            ByteBuffer[] packets = LinuxTunTest.buffers(64, 1500);
            while (!poller.lost(0)) {
                poller.await(-1);
                if (poller.readable(0)) to.write(packets, from.read(packets));
            }
        });
    }
}
