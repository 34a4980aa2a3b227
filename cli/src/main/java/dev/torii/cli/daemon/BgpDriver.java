package dev.torii.cli.daemon;

import dev.torii.bgp.ConnectionId;
import dev.torii.bgp.LocalAddresses;
import dev.torii.bgp.PeerConfig;
import dev.torii.bgp.Speaker;
import dev.torii.bgp.Timer;
import dev.torii.bgp.Transport;
import dev.torii.bgp.wire.AddressText;
import dev.torii.cli.daemon.Counters.Cause;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** TCP and timers for the {@link Speaker}: dials, listens on port 179 of each local address a neighbour is reached from, moves bytes. On the control loop. */
final class BgpDriver implements Transport {
    private static final int BGP_PORT = 179;
    private static final int DIAL_SECONDS = 10;
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final WriteBufferWaterMark SEND_BUFFER = new WriteBufferWaterMark(256 << 10, 1 << 20);
    private static final IntegerUnixChannelOption IP_TTL = new IntegerUnixChannelOption("IP_TTL", 0, 2);
    private static final IntegerUnixChannelOption IP_MINTTL = new IntegerUnixChannelOption("IP_MINTTL", 0, 21);
    private static final IntegerUnixChannelOption IPV6_UNICAST_HOPS = new IntegerUnixChannelOption("IPV6_UNICAST_HOPS", 41, 16);
    private static final IntegerUnixChannelOption IPV6_MINHOPCOUNT = new IntegerUnixChannelOption("IPV6_MINHOPCOUNT", 41, 73);
    private static final int GREATEST_TTL = 255;
    private static final int INBOX = 64 << 10;                              // Netty's largest read

    private final ControlLoop loop;
    private final Map<InetAddress, PeerConfig> peers = new HashMap<>();
    private final Function<PeerConfig, Optional<InetAddress>> localAddresses;
    private final BiFunction<InetAddress, InetAddress, LocalAddresses> onSession;
    private final long localAs;
    private final EventLog log;
    private final Counters counters;
    private final Map<ConnectionId, Channel> connections = new HashMap<>();
    private final Map<InetAddress, Channel> listeners = new HashMap<>();
    private final Set<Channel> lingering = new HashSet<>();
    private final ByteBuffer inbox = ByteBuffer.allocate(INBOX);           // on the heap, as all that the machine reads: one kind of buffer is compiled best
    private @Nullable Speaker speaker;
    private Runnable whenAllClosed = () -> {};

    /**
     * @param localAddresses our end of the session with a neighbour, as far as it is known now
     * @param onSession      our addresses for next hops, of a neighbour and of our end
     */
    BgpDriver(ControlLoop loop, List<PeerConfig> peers, long localAs, Function<PeerConfig, Optional<InetAddress>> localAddresses,
            BiFunction<InetAddress, InetAddress, LocalAddresses> onSession, EventLog log, Counters counters) {
        this.onSession = onSession;
        this.loop = loop;
        this.localAs = localAs;
        this.localAddresses = localAddresses;
        this.log = log;
        this.counters = counters;
        for (PeerConfig peer : peers) this.peers.put(peer.address(), peer);
    }

    /** The machine this drives; before anything else. */
    void drives(Speaker machine) {
        speaker = machine;
    }

    private Speaker speaker() {
        if (speaker == null) throw new IllegalStateException("no speaker yet");
        return speaker;
    }

    /** Listens where neighbours may dial now; to be called when the host's addresses change. */
    void listen() {
        var wanted = new HashSet<InetAddress>();
        for (PeerConfig peer : peers.values()) localAddresses.apply(peer).ifPresent(wanted::add);
        listeners.entrySet().removeIf(listener -> {
            boolean gone = !wanted.contains(listener.getKey());
            if (gone) listener.getValue().close();
            return gone;
        });
        for (InetAddress address : wanted) {
            if (!listeners.containsKey(address)) listen(address);
        }
    }

    private void listen(InetAddress address) {
        var binding = new ServerBootstrap()
                .group(loop.eventLoop(), loop.eventLoop())
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ttl(address), GREATEST_TTL)                         // of the SYN-ACK: the neighbour may ask for RFC 5082
                .option(EpollChannelOption.TCP_MD5SIG, keys(peers.values()))
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, SEND_BUFFER)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override protected void initChannel(Channel channel) {
                        accept((EpollSocketChannel) channel);
                    }
                })
                .bind(address, BGP_PORT);
        listeners.put(address, binding.channel());
        binding.addListener(bound -> {
            if (bound.isSuccess()) return;
            listeners.remove(address, binding.channel());
            log.warn("bgp", "cannot listen on " + AddressText.of(address) + " port 179: " + bound.cause().getMessage());
        });
    }

    private void accept(EpollSocketChannel channel) {
        var remote = channel.remoteAddress();
        var local = channel.localAddress();
        var peer = remote == null ? null : peers.get(remote.getAddress());
        if (peer == null || local == null || !speaker().accepts(peer.address())) {
            counters.count(peer == null ? Cause.BGP_UNKNOWN_NEIGHBOR : Cause.BGP_UNWANTED_CONNECTION);
            log.limited("bgp neighbour", "bgp", "connection refused from " + (remote == null ? "an unknown address" : AddressText.of(remote.getAddress()))
                    + (peer == null ? ", which is no neighbor" : ", not wanted now"));
            channel.close();
            return;
        }
        var connection = speaker().newConnectionId();
        attach(connection, channel);
        ttl(peer).forEach(channel.config()::setOption);
        loop.run(() -> {
            speaker().connected(peer.address(), connection, false, onSession.apply(peer.address(), local.getAddress()));
            channel.config().setAutoRead(true);
        });
    }

    @Override public void connect(InetAddress address, ConnectionId connection) {
        var peer = peers.get(address);
        if (peer == null) throw new IllegalArgumentException("no neighbor " + address);
        var bootstrap = new Bootstrap()
                .group(loop.eventLoop())
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) TimeUnit.SECONDS.toMillis(DIAL_SECONDS))
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, SEND_BUFFER)
                .handler(new ChannelInboundHandlerAdapter());
        ttl(peer).forEach(bootstrap::option);
        if (peer.password().isPresent()) bootstrap.option(EpollChannelOption.TCP_MD5SIG, keys(List.of(peer)));
        localAddresses.apply(peer).ifPresent(local -> bootstrap.localAddress(local, 0));
        ChannelFuture dialling = bootstrap.connect(address, BGP_PORT);
        attach(connection, dialling.channel());
        dialling.addListener(ended -> loop.run(() -> dialled(peer, connection, dialling)));
    }

    private void dialled(PeerConfig peer, ConnectionId connection, ChannelFuture dialling) {
        if (!connections.containsKey(connection)) return;                   // closed meanwhile
        var channel = (EpollSocketChannel) dialling.channel();
        if (!dialling.isSuccess()) {
            connections.remove(connection);
            speaker().connectFailed(connection, dialling.cause().getMessage());
            return;
        }
        speaker().connected(peer.address(), connection, true, onSession.apply(peer.address(), channel.localAddress().getAddress()));
        channel.config().setAutoRead(true);
    }

    private void attach(ConnectionId connection, Channel channel) {
        connections.put(connection, channel);
        channel.pipeline().addLast(new Connection(connection));
    }

    /** RFC 5082, or how far an external neighbour may be. */
    private Map<IntegerUnixChannelOption, Integer> ttl(PeerConfig peer) {
        var least = peer.address() instanceof Inet6Address ? IPV6_MINHOPCOUNT : IP_MINTTL;
        if (peer.ttlSecurityHops().isPresent()) return Map.of(ttl(peer.address()), GREATEST_TTL, least, GREATEST_TTL + 1 - peer.ttlSecurityHops().getAsInt());
        return external(peer) ? Map.of(ttl(peer.address()), peer.ebgpMultihop()) : Map.of();
    }

    private static IntegerUnixChannelOption ttl(InetAddress end) { return end instanceof Inet6Address ? IPV6_UNICAST_HOPS : IP_TTL; }

    /** RFC 2385: the kernel drops every segment of these neighbours that is not signed with its key. A listener needs all keys before the first SYN. */
    private static Map<InetAddress, byte[]> keys(Collection<PeerConfig> peers) {
        var keys = new HashMap<InetAddress, byte[]>();
        for (PeerConfig peer : peers) peer.password().ifPresent(key -> keys.put(peer.address(), key.toArray()));
        return keys;
    }

    private boolean external(PeerConfig peer) {
        return peer.remoteAs() != localAs;
    }

    @Override public boolean send(ConnectionId connection, ByteBuffer messages) {
        var channel = connections.get(connection);
        if (channel == null) return true;
        boolean waited = waits(channel);
        var written = channel.writeAndFlush(Unpooled.wrappedBuffer(messages));
        if (!waited && waits(channel)) loop.run(() -> report(connection, channel));
        if (!written.isDone()) written.addListener(left -> loop.run(() -> report(connection, channel)));
        return channel.isWritable();
    }

    private void report(ConnectionId connection, Channel channel) {
        if (connections.get(connection) == channel) speaker().sendingWaits(connection, waits(channel));
    }

    /** Whether something that was sent is still here, because the neighbour does not read. */
    private static boolean waits(Channel channel) {
        var buffer = channel.unsafe().outboundBuffer();
        return buffer != null && buffer.totalPendingWriteBytes() > 0;
    }

    /** Sends what waits, then a FIN, then waits for the peer's: closing at once could turn a NOTIFICATION into a reset. */
    @Override public void close(ConnectionId connection) {
        var channel = connections.remove(connection);
        if (channel == null) return;
        if (!channel.isActive()) {
            channel.close();
            return;
        }
        lingering.add(channel);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) flushed -> ((DuplexChannel) channel).shutdownOutput());
        channel.config().setAutoRead(true);
        loop.arm(channel, LINGER, channel::close);
        channel.closeFuture().addListener(closed -> loop.run(() -> {
            loop.disarm(channel);
            lingering.remove(channel);
            if (lingering.isEmpty()) whenAllClosed.run();
        }));
    }

    @Override public void arm(Timer timer, Duration after) {
        loop.arm(timer, after, () -> speaker().expired(timer));
    }

    @Override public void disarm(Timer timer) {
        loop.disarm(timer);
    }

    /** Tells every peer Cease, stops listening, and runs {@code then} when the peers have closed too, or have not in good time. */
    void stop(Runnable then) {
        for (Channel listener : listeners.values()) listener.close();
        listeners.clear();
        speaker().stop("the router stops");
        if (lingering.isEmpty()) {
            then.run();
            return;
        }
        whenAllClosed = () -> {
            whenAllClosed = () -> {};
            then.run();
        };
    }

    /** One TCP connection's bytes on their way to the machine. */
    private final class Connection extends ChannelInboundHandlerAdapter {
        private final ConnectionId id;

        Connection(ConnectionId id) {
            this.id = id;
        }

        @Override public void channelRead(ChannelHandlerContext context, Object message) {
            var bytes = (ByteBuf) message;
            try {
                while (bytes.isReadable() && connections.containsKey(id)) {
                    inbox.clear().limit(Math.min(bytes.readableBytes(), inbox.capacity()));
                    bytes.readBytes(inbox);
                    speaker().received(id, inbox.flip());
                }
            } finally {
                bytes.release();
            }
        }

        @Override public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (context.channel().isWritable() && connections.containsKey(id)) speaker().writable(id);
        }

        /** The peer's FIN: with half closure allowed this comes instead of an inactive channel. */
        @Override public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof io.netty.channel.socket.ChannelInputShutdownEvent) context.close();
            else context.fireUserEventTriggered(event);
        }

        @Override public void channelInactive(ChannelHandlerContext context) {
            if (connections.remove(id) != null) loop.run(() -> speaker().closed(id));
        }

        @Override public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof RuntimeException bug) log.bug("bgp", bug);
            context.close();                                                // a reset: channelInactive follows
        }
    }
}
