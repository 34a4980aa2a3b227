package dev.torii.ike.bench;

import dev.torii.ike.Effect;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Event;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeSession;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Timer;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.sim.Configs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One of the peers of {@link SetUpLoad}: an address with sockets, and one session after the other. */
final class Peer {
    private final SetUpLoad load;
    private final InetAddress local;
    private final InetAddress remote;
    private final IkeConfig config;
    private final IkeCrypto crypto;
    private final Map<Integer, Socket> sockets = new HashMap<>();
    private final Map<Timer, Alarm> armed = new HashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(65536);
    private IkeSession session;
    private long generation;
    private long begunNanos;
    private boolean up;

    /** Something to do later: a timer of the session, or to give the whole set-up up. */
    record Alarm(long atNanos, Peer peer, long generation, Optional<Timer> timer) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            return Long.compare(atNanos, other.atNanos);
        }
    }

    /** One port. */
    record Socket(Peer peer, DatagramChannel channel, boolean marked) {
        void read() throws IOException {
            peer.read(this);
        }
    }

    Peer(SetUpLoad load, IkeVersion version, IkeProposal ike, EspProposal esp, InetAddress local, InetAddress remote, TrafficSelector localTraffic,
            TrafficSelector remoteTraffic, IkeCrypto crypto)
            throws IOException {
        this.load = load;
        this.local = local;
        this.remote = remote;
        this.crypto = crypto;
        this.config = Configs.left().version(version).ike(ike).esp(esp).local(Identity.ofAddress(local)).remote(Identity.ofAddress(remote))
                .secret("only-for-this-benchmark")
                .localSelectors(localTraffic).remoteSelectors(remoteTraffic).build();
        this.session = new IkeSession(config, crypto);
        for (int port : SetUpLoad.ports()) {
            DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(local, port));
            channel.configureBlocking(false);
            var socket = new Socket(this, channel, port == Path.NAT_T_PORT);
            channel.register(load.selector(), SelectionKey.OP_READ, socket);
            sockets.put(port, socket);
        }
    }

    /** Starts afresh; the result names this attempt. */
    long begin() throws IOException {
        session = new IkeSession(config, crypto);
        armed.clear();
        up = false;
        begunNanos = System.nanoTime();
        generation++;
        step(new Event.Start(local, remote));
        return generation;
    }

    private void read(Socket from) throws IOException {
        while (from.channel().receive(buffer.clear()) instanceof InetSocketAddress sender) {
            buffer.flip();
            if (!from.marked() || buffer.remaining() >= 4 && buffer.getInt() == 0) {
                step(new Event.Received(new Path((InetSocketAddress) from.channel().getLocalAddress(), sender), Octets.rest(buffer)));
            }
        }
    }

    /** Whether this attempt has failed. */
    boolean expired(Alarm alarm) throws IOException {
        if (alarm.generation() != generation || up) {
            return false;
        }
        if (alarm.timer().isPresent() && armed.remove(alarm.timer().get(), alarm)) {
            step(new Event.Expired(alarm.timer().get()));
        }
        return alarm.timer().isEmpty();
    }

    private void step(Event event) throws IOException {
        boolean came = false;
        for (Effect effect : session.step(event)) {
            switch (effect) {
                case Effect.Send(Path path, Octets message) -> send(path, message);
                case Effect.Arm(Timer timer, Duration after) -> {
                    var alarm = new Alarm(System.nanoTime() + after.toNanos(), this, generation, Optional.of(timer));
                    armed.put(timer, alarm);
                    if (after.compareTo(Duration.ofSeconds(5)) < 0) {
                        load.arm(alarm);                        // a set-up does not live longer
                    }
                }
                case Effect.Disarm(Timer timer) -> armed.remove(timer);
                case Effect.TunnelUp tunnelUp -> came = true;
                default -> { }                                  // no ESP here
            }
        }
        if (came && !up) {
            up = true;
            long nanos = System.nanoTime() - begunNanos;
            step(new Event.Stop());
            load.done(this, nanos);
        }
    }

    private void send(Path path, Octets message) throws IOException {
        Socket socket = sockets.get(path.local().getPort());
        var datagram = ByteBuffer.allocate(message.length() + 4);
        if (socket.marked()) {
            datagram.putInt(0);
        }
        message.writeTo(datagram);
        socket.channel().send(datagram.flip(), path.remote());
    }
}
