package dev.torii.cli.daemon;

import dev.torii.esp.UdpEncapsulation;
import dev.torii.ike.Octets;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * The UDP sockets of one local address: port 500 for IKE, port 4500 for IKE behind a marker, ESP and keepalives (RFC 3948). They are bound to the address, not
 * the wildcard, so that several daemons can share a host. All sockets share the inbound packet thread; IKE goes on to {@link IkeReceiver}.
 */
final class UdpSockets implements AutoCloseable {
    static final int IKE_PORT = 500;
    static final int NAT_T_PORT = 4500;

    private static final int LARGEST_DATAGRAM = 9216;       // a jumbo frame; an IKE message that arrived in fragments fits as well
    private static final int DATAGRAMS_A_READ = 32;
    /** A burst of one TCP window for each of many flows. The ordinary option ends at net.core.rmem_max, 208 KiB on most hosts: some 90 packets. */
    private static final int SOCKET_BUFFER = 8 << 20;
    private static final IntegerUnixChannelOption SO_SNDBUFFORCE = new IntegerUnixChannelOption("SO_SNDBUFFORCE", 1, 32);
    private static final IntegerUnixChannelOption SO_RCVBUFFORCE = new IntegerUnixChannelOption("SO_RCVBUFFORCE", 1, 33);
    private static final IntegerUnixChannelOption IP_MTU_DISCOVER = new IntegerUnixChannelOption("IP_MTU_DISCOVER", 0, 10);
    private static final IntegerUnixChannelOption IPV6_MTU_DISCOVER = new IntegerUnixChannelOption("IPV6_MTU_DISCOVER", 41, 23);
    private static final int IP_PMTUDISC_DONT = 0;
    private static final int IP_PMTUDISC_WANT = 1;
    private static final int IP_PMTUDISC_DO = 2;
    /** Every path carries so much (RFC 8200, section 5; in IPv4 every one worth the name). */
    private static final int FITS_ANY_PATH = 1200;

    private final InetAddress address;
    private final EpollDatagramChannel ike;
    private final EpollDatagramChannel natT;
    private final NatTReceiver.Reading reading;
    private volatile boolean natTIsFragmented;

    /** Takes IKE messages off the inbound packet thread; must not wait. */
    interface IkeReceiver {
        /** One message, without a marker; {@code done} must be run when it has been handled, which makes room for the next. */
        void received(InetSocketAddress local, InetSocketAddress remote, Octets message, Runnable done);
    }

    /** Opens ESP datagrams, on the inbound packet thread. */
    interface EspReceiver {
        /** One datagram from SPI to ICV, and the DSCP and ECN it came with. */
        void receive(ByteBuffer datagram, int trafficClass);

        /** No more for now: write out what was opened. */
        void flush();
    }

    private UdpSockets(InetAddress address, EpollDatagramChannel ike, EpollDatagramChannel natT, NatTReceiver.Reading reading) {
        this.address = address;
        this.ike = ike;
        this.natT = natT;
        this.reading = reading;
    }

    /** Binds both ports of {@code address} on {@code packets}, the loop of the inbound packet thread. */
    static UdpSockets bind(EventLoopGroup packets, InetAddress address, IkeReceiver ike, EspReceiver esp, Counters counters) throws IOException {
        return bind(packets, address, ike, esp, counters, true);
    }

    /** @param merging whether the kernel may merge what arrives, if it can */
    static UdpSockets bind(EventLoopGroup packets, InetAddress address, IkeReceiver ike, EspReceiver esp, Counters counters, boolean merging)
            throws IOException {
        var queue = new IkeQueue(ike, counters);
        var first = bind(packets, new InetSocketAddress(address, IKE_PORT), true, new Receiver(queue));
        mayBeFragmented(first);
        EpollDatagramChannel second = null;
        try {
            var local = new InetSocketAddress(address, NAT_T_PORT);
            second = bind(packets, local, false, new Quiet());
            pathMtuDiscovery(second, IP_PMTUDISC_DO);                       // WANT leaves DF out of what the kernel is to segment
            var reading = NatTReceiver.start((IoEventLoop) second.eventLoop(), second.fd().intValue(), merging, local, queue, esp, counters);
            return new UdpSockets(address, first, second, reading);
        } catch (IOException e) {
            first.close();
            if (second != null) second.close();
            throw e;
        }
    }

    private static EpollDatagramChannel bind(EventLoopGroup packets, InetSocketAddress local, boolean read, ChannelHandler receiver) throws IOException {
        var bound = new Bootstrap()
                .group(packets)
                .channel(EpollDatagramChannel.class)
                .option(ChannelOption.AUTO_READ, read)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
                .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LARGEST_DATAGRAM)
                .option(EpollChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LARGEST_DATAGRAM * DATAGRAMS_A_READ))
                .handler(receiver)
                .bind(local)
                .awaitUninterruptibly();
        if (bound.isSuccess()) {
            var channel = (EpollDatagramChannel) bound.channel();
            exceedHostLimits(channel);
            return channel;
        }
        throw new IOException("cannot listen on UDP " + local.getAddress().getHostAddress() + ":" + local.getPort() + ": " + bound.cause().getMessage()
                + " (is another IPsec daemon running?)", bound.cause());
    }

    private static void exceedHostLimits(EpollDatagramChannel channel) {
        try {
            channel.config().setOption(SO_RCVBUFFORCE, SOCKET_BUFFER);
            channel.config().setOption(SO_SNDBUFFORCE, SOCKET_BUFFER);
        } catch (ChannelException withoutNetAdmin) {
            // What the host's limits allow stays in force: slower under bursts, not wrong.
        }
    }

    /** A large first message has no other way through a narrow path than fragments of IP. */
    private static void mayBeFragmented(EpollDatagramChannel socket) {
        pathMtuDiscovery(socket, IP_PMTUDISC_DONT);
    }

    /** The values mean the same for both families. */
    private static void pathMtuDiscovery(EpollDatagramChannel socket, int value) {
        socket.config().setOption(socket.localAddress().getAddress() instanceof Inet6Address ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, value);
    }

    /** From now on ESP in UDP has no DF, whichever connection it is of. */
    void espMayBeFragmented() {
        mayBeFragmented(natT);
        natTIsFragmented = true;
    }

    InetAddress address() {
        return address;
    }

    /** The descriptor of the port 4500 socket, on which the outbound packet threads send ESP. Valid until {@link #close}. */
    int natTDescriptor() {
        return natT.fd().intValue();
    }

    /** Whether the kernel merges the datagrams that arrive on port 4500. */
    boolean mergesDatagrams() {
        return reading.merging();
    }

    /** Sends an IKE message from {@code localPort}: behind the marker from 4500, bare from 500. */
    void sendIke(int localPort, InetSocketAddress remote, Octets message) {
        var bytes = message.toByteArray();
        if (localPort == NAT_T_PORT) {
            var packet = new DatagramPacket(Unpooled.wrappedBuffer(new byte[UdpEncapsulation.NON_ESP_MARKER_BYTES], bytes), remote);
            if (bytes.length <= FITS_ANY_PATH || natTIsFragmented) natT.writeAndFlush(packet);
            else natT.eventLoop().execute(() -> sendInFragments(packet));
        } else {
            ike.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(bytes), remote));
        }
    }

    /** An IKE message that IKE does not fragment is left to IP; ESP of that moment has no DF either. */
    private void sendInFragments(DatagramPacket packet) {
        pathMtuDiscovery(natT, IP_PMTUDISC_WANT);
        natT.writeAndFlush(packet);
        if (!natTIsFragmented) pathMtuDiscovery(natT, IP_PMTUDISC_DO);
    }

    /** Sends the one byte that keeps a NAT's mapping alive. */
    void sendKeepalive(InetSocketAddress remote) {
        natT.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(new byte[] {UdpEncapsulation.KEEPALIVE}), remote));
    }

    @Override public void close() {
        reading.close();
        ike.close().awaitUninterruptibly();
        natT.close().awaitUninterruptibly();
    }

    private static class Quiet extends ChannelInboundHandlerAdapter {
        @Override public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // An ICMP error for an earlier send (connection refused and the like): retransmission and liveness deal with it.
        }
    }

    /** IKE on port 500. */
    private static final class Receiver extends Quiet {
        private final IkeQueue ike;
        private final ByteBuffer message = ByteBuffer.allocate(LARGEST_DATAGRAM);

        Receiver(IkeQueue ike) {
            this.ike = ike;
        }

        @Override public void channelRead(ChannelHandlerContext context, Object read) {
            var packet = (DatagramPacket) read;
            try {
                ByteBuf content = packet.content();
                message.clear().limit(Math.min(content.readableBytes(), LARGEST_DATAGRAM));
                content.getBytes(content.readerIndex(), message);
                ike.add(packet.recipient(), withoutScope(packet.sender()), message.flip());
            } finally {
                packet.release();
            }
        }

        /** Netty gives every IPv6 address a zone, 0 where it has none. */
        private static InetSocketAddress withoutScope(InetSocketAddress sender) {
            if (!(sender.getAddress() instanceof Inet6Address address)) return sender;
            try {
                return new InetSocketAddress(InetAddress.getByAddress(address.getAddress()), sender.getPort());
            } catch (UnknownHostException e) {
                throw new AssertionError("16 bytes are always an address", e);
            }
        }
    }
}
