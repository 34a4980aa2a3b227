package dev.torii.bgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.AttributeOutcome;
import dev.torii.bgp.wire.BgpCodec;
import dev.torii.bgp.wire.BgpDecodeException;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Capability;
import dev.torii.bgp.wire.DecodeContext;
import dev.torii.bgp.wire.MessageSplitter;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** One speaker whose peers are played by the test, message for message; time stands still but for {@link #fire} and what the test sets. */
final class Played implements Transport, RouteSink, EventSink {
    final Map<Prefix, LearntRoute> kernel = new TreeMap<>();
    final List<PeerEvent> events = new ArrayList<>();
    final Map<Timer, Duration> timers = new HashMap<>();
    final Set<InetAddress> unreachable = new HashSet<>();
    final Speaker speaker;
    private final Map<ConnectionId, Peer> byConnection = new HashMap<>();
    private final long localAs;
    private long nextConnection = 1000;
    long nowNanos;
    int kernelCalls;
    private final boolean takesRoutes;

    Played(BgpConfig config) { this(config, true); }

    Played(BgpConfig config, boolean takesRoutes) {
        this.takesRoutes = takesRoutes;
        localAs = config.localAs();
        speaker = new Speaker(config, this, this, this, () -> 1.0, () -> nowNanos);
        speaker.start();
    }

    /** A neighbour. */
    final class Peer {
        final InetAddress address;
        final DecodeContext context;
        final ConnectionId connection;
        final List<BgpMessage> sent = new ArrayList<>();
        boolean closed;

        private Peer(InetAddress address, DecodeContext context) {
            this.address = address;
            this.context = context;
            this.connection = new ConnectionId(nextConnection++);
            byConnection.put(connection, this);
        }

        void say(BgpMessage message) { speaker.received(connection, BgpCodec.encode(message, context)); }

        void say(ByteBuffer bytes) { speaker.received(connection, bytes); }

        void announce(String prefix, PathAttribute... attributes) { say(new UpdateMessage(List.of(), List.of(attributes), List.of(Prefix.parse(prefix)))); }

        boolean established() { return speaker.neighbor(address).orElseThrow().summary().established(); }

        /** What was said of that prefix last; empty: withdrawn, or never announced. */
        Optional<List<PathAttribute>> told(String prefix) {
            var wanted = Prefix.parse(prefix);
            Optional<List<PathAttribute>> told = Optional.empty();
            for (BgpMessage message : sent) {
                if (!(message instanceof UpdateMessage update)) continue;
                if (update.withdrawn().contains(wanted)) told = Optional.empty();
                if (update.nlri().contains(wanted)) told = Optional.of(update.attributes());
                for (PathAttribute attribute : update.attributes()) {
                    if (attribute instanceof PathAttribute.MpUnreach gone && gone.withdrawn().contains(wanted)) told = Optional.empty();
                    if (attribute instanceof PathAttribute.MpReach reach && reach.nlri().contains(wanted)) told = Optional.of(update.attributes());
                }
            }
            return told;
        }

        /** One attribute of what was said of that prefix last. */
        <A extends PathAttribute> Optional<A> told(String prefix, Class<A> type) {
            return told(prefix).orElseThrow(() -> new AssertionError(prefix + " was not announced: " + sent)).stream().filter(type::isInstance).map(type::cast).findFirst();
        }

        AsPath toldPath(String prefix) { return told(prefix, PathAttribute.AsPathAttribute.class).orElseThrow().path(); }

        NotificationMessage notification() {
            return sent.stream().filter(NotificationMessage.class::isInstance).map(NotificationMessage.class::cast).findFirst().orElseThrow(() -> new AssertionError("none: " + sent));
        }
    }

    /** Connects and brings the session up, with four-octet AS numbers and route refresh. */
    Peer establish(InetAddress address, InetAddress local, long as, Capability... more) { return establish(address, LocalAddresses.of(local), as, more); }

    Peer establish(InetAddress address, LocalAddresses local, long as, Capability... more) {
        var peer = connect(address, local, as);
        var capabilities = new ArrayList<Capability>(List.of(new Capability.FourOctetAs(as), new Capability.RouteRefresh()));
        capabilities.addAll(List.of(more));
        peer.say(new OpenMessage(4, as > 0xFFFF ? 23456 : (int) as, 90, ByteBuffer.wrap(address.getAddress()).getInt(address.getAddress().length - 4), capabilities));
        peer.say(new BgpMessage.Keepalive());
        assertTrue(peer.established(), peer.sent::toString);
        return peer;
    }

    Peer connect(InetAddress address, InetAddress local, long as) { return connect(address, LocalAddresses.of(local), as); }

    Peer connect(InetAddress address, LocalAddresses local, long as) {
        var peer = new Peer(address, new DecodeContext(true, as != localAs));
        assertTrue(speaker.accepts(address), "not accepted");
        speaker.connected(address, peer.connection, false, local);
        return peer;
    }

    /** That timer is over. */
    void fire(Timer timer) {
        assertTrue(timers.remove(timer) != null, () -> timer + " does not run: " + timers);
        speaker.expired(timer);
    }

    /** The text of every path of that prefix: status codes, next hop, path, origin. */
    List<RibRow> rows(String prefix) { return speaker.table(Prefix.parse(prefix).family()).stream().filter(row -> row.prefix().equals(Prefix.parse(prefix))).toList(); }

    @Override public void connect(InetAddress peer, ConnectionId connection) { }

    @Override public boolean send(ConnectionId connection, ByteBuffer messages) {
        var peer = byConnection.get(connection);
        if (peer == null) return true;
        try {
            var splitter = new MessageSplitter();
            for (var message = splitter.next(messages); message != null; message = splitter.next(messages)) {
                var decoded = BgpCodec.decode(message, peer.context);
                assertEquals(AttributeOutcome.OK, decoded.outcome());
                peer.sent.add(decoded.message());
            }
        } catch (BgpDecodeException e) {
            throw new AssertionError("we sent nonsense", e);
        }
        return true;
    }

    @Override public void close(ConnectionId connection) {
        var peer = byConnection.remove(connection);
        if (peer != null) peer.closed = true;
    }

    @Override public void arm(Timer timer, Duration after) { timers.put(timer, after); }

    @Override public void disarm(Timer timer) { timers.remove(timer); }

    @Override public OptionalLong cost(InetAddress nextHop) { return unreachable.contains(nextHop) ? OptionalLong.empty() : OptionalLong.of(0); }

    @Override public boolean takesRoutes() { return takesRoutes; }

    @Override public void best(LearntRoute route) { kernel.put(route.prefix(), route); kernelCalls++; }

    @Override public void withdrawn(Prefix prefix) { kernel.remove(prefix); kernelCalls++; }

    @Override public void event(PeerEvent event) { events.add(event); }
}
