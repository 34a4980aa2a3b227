package dev.torii.tun;

import static dev.torii.tun.Ip.ip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@NeedsNamespace
class LinuxTunTest {
    private static final int PATIENCE = 5000;

    @Test
    void theKernelAnswersAnEchoRequestWrittenToTheTun() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var tun = up(netlink, "vti1"); var poller = new TunPoller(List.of(tun))) {
                var request = Ip.echoRequest(ip("10.99.0.2"), ip("10.99.0.1"), 1);
                tun.write(new ByteBuffer[] {request}, 1);
                assertEquals(28, request.remaining(), "the caller's buffer is as it was");
                assertEquals(1, poller.await(PATIENCE));
                assertTrue(poller.readable(0));
                ByteBuffer[] packets = buffers(4, 1500);
                packets[0].position(17).limit(20);      // whatever state it is in
                assertEquals(1, tun.read(packets));
                ByteBuffer reply = packets[0];
                assertEquals(0, reply.position());
                assertEquals(28, reply.remaining());
                assertEquals(0, reply.get(20), "an echo reply");
                assertEquals(77, reply.getShort(24));
                assertEquals(0, tun.read(packets), "nothing is left");
                assertEquals(new TunCounters(1, 28, 0, 0, 1, 28, 0), tun.counters());
            }
        });
    }

    @Test
    void aBatchIsReadUpToTheArraysLengthInOrder() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var tun = up(netlink, "vti1"); var socket = new DatagramSocket()) {
                for (int i = 0; i < 10; i++) socket.send(new DatagramPacket(new byte[] {(byte) i}, 1, ip("10.99.0.2"), 9));
                ByteBuffer[] packets = buffers(7, 1500);
                assertEquals(7, tun.read(packets));
                for (int i = 0; i < 7; i++) assertEquals(i, packets[i].get(28));
                assertEquals(3, tun.read(packets));
                for (int i = 0; i < 3; i++) assertEquals(i + 7, packets[i].get(28));
            }
        });
    }

    @Test
    void aPacketThatDoesNotFitTheBufferIsCountedAndTheNextOneRead() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var tun = up(netlink, "vti1"); var socket = new DatagramSocket()) {
                socket.send(new DatagramPacket(new byte[1000], 1000, ip("10.99.0.2"), 9));
                socket.send(new DatagramPacket(new byte[4], 4, ip("10.99.0.2"), 9));
                ByteBuffer[] packets = buffers(2, 500);
                assertEquals(1, tun.read(packets));
                assertEquals(32, packets[0].remaining());
                assertEquals(1, tun.counters().readOversize());
            }
        });
    }

    @Test
    void whatTheKernelRefusesIsCounted() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var tun = up(netlink, "vti1")) {
                ByteBuffer echo = Ip.echoRequest(ip("10.99.0.2"), ip("10.99.0.1"), 1);
                ByteBuffer noIpVersion = ByteBuffer.wrap(new byte[40]);
                tun.write(new ByteBuffer[] {noIpVersion, echo, ByteBuffer.allocate(0), ByteBuffer.allocate(70_000)}, 4);
                assertEquals(1, tun.counters().writtenPackets());
                assertEquals(3, tun.counters().writeErrors());
                new LinuxLinks(netlink).setUp(tun.index(), false);
                tun.write(new ByteBuffer[] {echo}, 1);      // EIO
                assertEquals(4, tun.counters().writeErrors());
            }
        });
    }

    @Test
    void theInterfaceIsGoneAfterClose() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open()) {
                var tun = up(netlink, "vti1");
                assertTrue(new LinuxLinks(netlink).byName("vti1").isPresent());
                tun.close();
                tun.close();
                assertEquals(Optional.empty(), new LinuxLinks(netlink).byName("vti1"));
                assertEquals(0, tun.read(buffers(1, 1500)));
            }
        });
    }

    @Test
    void aForeignInterfaceOfThatNameIsRefused() throws Exception {
        Namespace.run(() -> {
            try (var first = LinuxTun.open("vti1", 1400)) {
                var held = assertThrows(InterfaceExistsException.class, () -> LinuxTun.open("vti1", 1400));
                assertTrue(String.valueOf(held.getMessage()).contains("vti1 exists already"), held.getMessage());
                assertThrows(InterfaceExistsException.class, () -> LinuxTun.open("lo", 1400), first.name());
            }
            Ip.run("tuntap", "add", "dev", "vti1", "mode", "tun");
            assertThrows(InterfaceExistsException.class, () -> LinuxTun.open("vti1", 1400), "an idle persistent TUN is foreign too");
        });
    }

    @Test
    void impossibleNamesAndMtusAreRefused() {
        for (String name : List.of("", "sixteen-letters!", "a/b", "a b", "torii%d", "a:1", ".", "..", "größe"))
            assertThrows(IllegalArgumentException.class, () -> LinuxTun.open(name, 1400), name);
        assertThrows(IllegalArgumentException.class, () -> LinuxTun.open("vti1", 67));
        assertThrows(IllegalArgumentException.class, () -> LinuxTun.open("vti1", 65536));
    }

    @Test
    void iproute2SeesATunWithoutPacketInformationAndNotPersistent() throws Exception {
        Namespace.run(() -> {
            try (var tun = LinuxTun.open("vti1", 1407)) {
                String shown = Ip.run("-d", "link", "show", tun.name());
                assertTrue(shown.contains("mtu 1407"), shown);
                assertTrue(shown.contains("qlen 2000"), shown);
                assertTrue(shown.contains("tun type tun pi off vnet_hdr on persist off"), shown);
                assertTrue(shown.startsWith(tun.index() + ": vti1:"), shown);
            }
        });
    }

    @Test
    void thePollerTellsWhichTunIsReadable() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var one = LinuxTun.open("vti1", 1400); var two = up(netlink, "vti2");
                    var poller = new TunPoller(List.of(one, two)); var socket = new DatagramSocket()) {
                assertEquals(0, poller.await(0));
                socket.send(new DatagramPacket(new byte[4], 4, ip("10.99.0.2"), 9));
                assertEquals(1, poller.await(PATIENCE));
                assertFalse(poller.readable(0));
                assertTrue(poller.readable(1));
                two.read(buffers(1, 1500));
                assertEquals(0, poller.await(0));
                assertFalse(poller.readable(1));
            }
        });
    }

    @Test
    void aWakeEndsTheWaitOnce() throws Exception {
        Namespace.run(() -> {
            try (var tun = LinuxTun.open("vti1", 1400); var poller = new TunPoller(List.of(tun))) {
                Thread.ofPlatform().start(poller::wake);
                assertEquals(0, poller.await(-1));      // would hang without the wake
                assertEquals(0, poller.await(0));
            }
        });
    }

    @Test
    void aTunThatIsSwitchedOffIsNotLost() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var tun = up(netlink, "vti1"); var poller = new TunPoller(List.of(tun));
                    var socket = new DatagramSocket()) {
                var links = new LinuxLinks(netlink);
                links.setUp(tun.index(), false);
                assertEquals(0, poller.await(0));
                assertFalse(poller.lost(0));
                links.setUp(tun.index(), true);
                socket.send(new DatagramPacket(new byte[4], 4, ip("10.99.0.2"), 9));
                assertEquals(1, poller.await(PATIENCE));
            }
        });
    }

    @Test
    void aTunWhoseInterfaceWasDeletedIsLostAndNotPolledForEver() throws Exception {
        Namespace.run(() -> {
            try (var tun = LinuxTun.open("vti1", 1400); var poller = new TunPoller(List.of(tun))) {
                Ip.run("link", "del", "vti1");
                assertEquals(0, poller.await(PATIENCE));
                assertTrue(poller.lost(0));
                assertFalse(poller.readable(0));
                assertEquals(0, tun.read(buffers(1, 1500)));
                assertEquals(1, tun.counters().readErrors());
                long start = System.nanoTime();
                assertEquals(0, poller.await(30));
                assertTrue(System.nanoTime() - start >= 25_000_000, "it waits again");
            }
        });
    }

    @Test
    void thePacketPathAllocatesNothing() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var tun = up(netlink, "vti1"); var poller = new TunPoller(List.of(tun))) {
                int socket = LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
                var sender = new UdpSender(socket);
                var to = new InetSocketAddress(ip("10.99.0.3"), 9);
                ByteBuffer[] echoes = {Ip.echoRequest(ip("10.99.0.2"), ip("10.99.0.1"), 1), Ip.echoRequest(ip("10.99.0.2"), ip("10.99.0.1"), 2)};
                ByteBuffer[] packets = buffers(8, 1500);
                var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
                long before = 0;
                int read = 0;
                for (int i = 0; i < 4000; i++) {
                    if (i == 2000) {        // classes are loaded and methods linked by now
                        before = threads.getCurrentThreadAllocatedBytes();
                        read = 0;
                    }
                    tun.write(echoes, 2);
                    sender.send(echoes, 2, to, 0);
                    poller.await(0);
                    read += tun.read(packets);
                }
                long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                LibC.close(socket);
                assertEquals(8000, read, "two replies and two datagrams a round");
                assertTrue(allocated < 2000, allocated + " octets for 16000 packets");
            }
        });
    }

    static ByteBuffer[] buffers(int count, int capacity) {
        var buffers = new ByteBuffer[count];
        for (int i = 0; i < count; i++) buffers[i] = ByteBuffer.allocate(capacity);
        return buffers;
    }

    /** A TUN that is up, 10.99.0.1/24, without IPv6 chatter. */
    static LinuxTun up(NetlinkSocket netlink, String name) throws Exception {
        var links = new LinuxLinks(netlink);
        var tun = LinuxTun.open(name, 1400);
        links.disableLinkLocal(tun.index());
        links.setUp(tun.index(), true);
        links.addAddress(InterfaceAddress.of(tun.index(), ip("10.99.0.1"), 24));
        return tun;
    }
}
