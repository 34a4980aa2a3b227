package dev.torii.cli.daemon;

import dev.torii.cli.rib.Hosts;
import dev.torii.esp.SaDatabase;
import dev.torii.ike.Cookie;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Two drivers that talk over UDP on 127.0.0.1 and 127.0.0.2, each on a control loop of its own. Ports 500 and 4500 need root, so each of the four sockets has a
 * port of the kernel's choice that stands for them.
 */
final class LoopbackPair implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    final BlockingQueue<Throwable> bugs = new LinkedBlockingQueue<>();
    final Side left;
    final Side right;
    private final Map<InetSocketAddress, InetSocketAddress> realOf = new HashMap<>();
    private final Map<InetSocketAddress, InetSocketAddress> nominalOf = new HashMap<>();

    /** Probes go after {@code dpdDelay} of silence. The first datagram of the left side is lost. */
    LoopbackPair(IkeVersion version, Duration dpdDelay) throws InterruptedException {
        InetAddress one = Hosts.address("127.0.0.1");
        InetAddress two = Hosts.address("127.0.0.2");
        left = new Side(Conns.between("left", version, one, two, true, dpdDelay), one, 1);
        right = new Side(Conns.between("right", version, two, one, false, dpdDelay), two, 0);
        left.bind();
        right.bind();
    }

    void start() {
        left.loop.run(() -> left.driver.start(left.address, right.address));
    }

    @Override public void close() {
        left.loop.close();
        right.loop.close();
    }

    /** One end: driver, loop, sockets, recording. */
    final class Side extends FakeSurroundings {
        final IkeConfig config;
        final Recording recording = new Recording();
        final SaDatabase sad = new SaDatabase();
        final ControlLoop loop = new ControlLoop(bugs::add);
        final IkeDriver driver;
        private final InetAddress address;
        private final BlockingQueue<String> states = new LinkedBlockingQueue<>();
        private final Map<Integer, Channel> sockets = new HashMap<>();
        private int toLose;

        Side(IkeConfig config, InetAddress address, int toLose) {
            this.config = config;
            this.address = address;
            this.toLose = toLose;
            this.driver = new IkeDriver(loop, config, () -> recording.machine(config),
                    new SaInstaller(sad, 0, 64, path -> (datagrams, count, trafficClass) -> {}), this);
        }

        private void bind() throws InterruptedException {
            for (int port : new int[] {UdpSockets.IKE_PORT, UdpSockets.NAT_T_PORT}) {
                var nominal = new InetSocketAddress(address, port);
                var bootstrap = new Bootstrap().group(loop.eventLoop()).channel(EpollDatagramChannel.class);
                var socket = bootstrap.handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                        driver.received(new Path(nominal, nominalOf.get(packet.sender())), Octets.of(ByteBufUtil.getBytes(packet.content())));
                    }
                }).bind(new InetSocketAddress(address, 0)).sync().channel();
                sockets.put(port, socket);
                realOf.put(nominal, (InetSocketAddress) socket.localAddress());
                nominalOf.put((InetSocketAddress) socket.localAddress(), nominal);
            }
        }

        @Override public void send(Path path, Octets message) {
            if (toLose-- > 0) return;
            sockets.get(path.local().getPort()).writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(message.toByteArray()), realOf.get(path.remote())));
        }

        @Override public void bind(Cookie cookie, IkeDriver driver) {
            // one driver a socket: nothing to tell apart
        }

        @Override public void tunnelUp() {
            states.add("up");
        }

        @Override public void tunnelDown(Reason reason) {
            states.add("down");
        }

        void await(String state) throws InterruptedException {
            String next = states.poll(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            if (!state.equals(next)) throw new AssertionError(config.name() + " should be " + state + ", is " + next + ": " + driver.status());
        }
    }
}
