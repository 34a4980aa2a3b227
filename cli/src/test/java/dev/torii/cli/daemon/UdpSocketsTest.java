package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.cli.rib.Hosts;
import dev.torii.tun.LinuxLinks;
import dev.torii.tun.Namespace;
import dev.torii.tun.NeedsNamespace;
import dev.torii.tun.NetlinkSocket;
import dev.torii.tun.UdpSender;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@NeedsNamespace
class UdpSocketsTest {
    private static final int DATAGRAMS = 500;

    @Test
    void whatTheKernelSegmentsAndMergesArrivesAsItWasSent() throws Exception {
        arrivesAsItWasSent(true);
    }

    @Test
    void whereTheKernelDoesNotMergeSeveralDatagramsAreReadACall() throws Exception {
        arrivesAsItWasSent(false);
    }

    private static void arrivesAsItWasSent(boolean merging) throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open()) {
                var links = new LinuxLinks(netlink);
                links.setUp(links.byName("lo").orElseThrow().index(), true);
            }
            BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
            var packets = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
            try (var from = bind(packets, "127.0.0.1", new LinkedBlockingQueue<>(), merging); var to = bind(packets, "127.0.0.2", received, merging)) {
                assertEquals(merging, to.mergesDatagrams());
                var sent = datagrams();
                new UdpSender(from.natTDescriptor()).send(sent, DATAGRAMS, new InetSocketAddress(to.address(), UdpSockets.NAT_T_PORT), 0);
                for (int i = 0; i < DATAGRAMS; i++) assertArrayEquals(sent[i].array(), received.poll(5, TimeUnit.SECONDS), "datagram " + i);
            } finally {
                packets.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
            }
        });
    }

    /** Runs of one length, with a shorter or longer one between: what a bulk transfer and its acknowledgements look like. */
    private static ByteBuffer[] datagrams() {
        var random = new Random(4500);
        var datagrams = new ByteBuffer[DATAGRAMS];
        for (int i = 0; i < DATAGRAMS; i++) {
            byte[] octets = new byte[random.nextInt(20) == 0 ? 8 + random.nextInt(9000) : 1452];
            random.nextBytes(octets);
            octets[0] = 1;      // an SPI, not the marker of IKE
            datagrams[i] = ByteBuffer.wrap(octets);
        }
        return datagrams;
    }

    private static UdpSockets bind(MultiThreadIoEventLoopGroup packets, String address, BlockingQueue<byte[]> received, boolean merging) throws Exception {
        return UdpSockets.bind(packets, Hosts.address(address), (local, remote, message, done) -> done.run(), new UdpSockets.EspReceiver() {
            @Override public void receive(ByteBuffer datagram, int trafficClass) {
                byte[] octets = new byte[datagram.remaining()];
                datagram.get(octets);
                received.add(octets);
            }

            @Override public void flush() {
                // every datagram is looked at by itself
            }
        }, new Counters(), merging);
    }
}
