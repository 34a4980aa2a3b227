package dev.torii.bgp;

import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Speakers joined by TCP-like connections under virtual time: ordered bytes, cut anywhere, delayed by a seeded link. */
final class VirtualNetwork {
    private record Due(long at, long order, Runnable action) {}

    private final PriorityQueue<Due> queue = new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
    private final Map<InetAddress, Node> nodes = new HashMap<>();
    private final Random random;
    final List<String> log = new ArrayList<>();
    private long nowNanos;
    private long order;

    VirtualNetwork(long seed) { random = new Random(seed); }

    /** One speaker and what its ports saw. */
    final class Node implements Transport, RouteSink, EventSink {
        final InetAddress address;
        final Speaker speaker;
        final Map<Prefix, LearntRoute> kernel = new TreeMap<>();
        final List<PeerEvent> events = new ArrayList<>();
        final Map<ConnectionId, Pipe> pipes = new LinkedHashMap<>();
        private final Map<Timer, Long> timers = new HashMap<>();
        boolean reading = true;
        int kernelCalls;

        Node(InetAddress address, BgpConfig config) {
            this.address = address;
            nodes.put(address, this);
            speaker = new Speaker(config, this, this, this, () -> 0.75 + random.nextDouble() / 4, () -> nowNanos);
        }

        @Override public void connect(InetAddress peer, ConnectionId connection) {
            var pipe = new Pipe(this, connection);
            pipes.put(connection, pipe);
            later(delay(), () -> {
                var other = nodes.get(peer);
                if (pipes.get(connection) != pipe) return;
                var from = nodes.entrySet().stream().filter(e -> e.getValue() == this).map(Map.Entry::getKey)
                        .filter(own -> other != null && other.speaker.neighbor(own).isPresent()).findFirst().orElse(address);
                if (other == null || !other.speaker.accepts(from)) {
                    pipes.remove(connection);
                    speaker.connectFailed(connection, "connection refused");
                    return;
                }
                var id = other.speaker.newConnectionId();
                var back = new Pipe(other, id);
                back.far = pipe;
                pipe.far = back;
                other.pipes.put(id, back);
                var accepting = delay();
                pipe.lastArrival = nowNanos + accepting.toNanos();          // no byte before accept
                later(accepting, () -> { if (other.pipes.get(id) == back) other.speaker.connected(from, id, false, LocalAddresses.of(peer)); });
                speaker.connected(peer, connection, true, LocalAddresses.of(from));
            });
        }

        @Override public boolean send(ConnectionId connection, ByteBuffer messages) {
            var pipe = pipes.get(connection);
            if (pipe == null) throw new IllegalStateException(address + " sends on closed " + connection);
            pipe.write(messages);
            return true;
        }

        @Override public void close(ConnectionId connection) {
            var pipe = pipes.remove(connection);
            if (pipe != null) pipe.shut();
        }

        @Override public void arm(Timer timer, Duration after) {
            long at = nowNanos + after.toNanos();
            timers.put(timer, at);
            later(after, () -> { if (timers.remove(timer, at)) speaker.expired(timer); });
        }

        @Override public void disarm(Timer timer) { timers.remove(timer); }

        @Override public void best(LearntRoute route) { kernel.put(route.prefix(), route); kernelCalls++; }

        @Override public void withdrawn(Prefix prefix) { kernel.remove(prefix); kernelCalls++; }

        @Override public void event(PeerEvent event) {
            events.add(event);
            log.add(Duration.ofNanos(nowNanos) + " " + address.getHostAddress() + " <- " + event.peer().getHostAddress() + ": " + event.text());
        }

        PeerSummary peer(InetAddress of) { return speaker.neighbor(of).orElseThrow().summary(); }

        boolean established(InetAddress of) { return peer(of).established(); }

        List<InetAddress> nextHops(String prefix) {
            var route = kernel.get(Prefix.parse(prefix));
            return route == null ? List.of() : route.nextHops().stream().map(NextHop::address).toList();
        }

        /** The host behind it is cut off: nothing goes in or out, nobody is told. */
        void cut() { reading = false; }
    }

    /** One end of a connection. */
    private final class Pipe {
        final Node owner;
        final ConnectionId id;
        @Nullable Pipe far;
        long lastArrival;

        Pipe(Node owner, ConnectionId id) {
            this.owner = owner;
            this.id = id;
        }

        void write(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                var piece = new byte[Math.min(bytes.remaining(), 1 + random.nextInt(3000))];
                bytes.get(piece);
                arrive(to -> { if (owner.reading && to.owner.reading && to.owner.pipes.get(to.id) == to) to.owner.speaker.received(to.id, ByteBuffer.wrap(piece)); });
            }
        }

        void shut() {
            arrive(to -> { if (owner.reading && to.owner.reading && to.owner.pipes.remove(to.id, to)) to.owner.speaker.closed(to.id); });
        }

        private void arrive(java.util.function.Consumer<Pipe> action) {
            var to = far;
            if (to == null) return;
            lastArrival = Math.max(lastArrival, nowNanos + delay().toNanos());
            later(Duration.ofNanos(lastArrival - nowNanos), () -> action.accept(to));
        }
    }

    private Duration delay() { return Duration.ofMillis(1 + random.nextInt(50)); }

    void later(Duration after, Runnable action) { queue.add(new Due(nowNanos + after.toNanos(), order++, action)); }

    /** A second address of a node. */
    void alias(InetAddress address, Node node) { nodes.put(address, node); }

    Node node(InetAddress address, BgpConfig config) { return new Node(address, config); }

    void run(Duration time) { runUntil(() -> false, time); }

    void runUntil(BooleanSupplier done, Duration atMost, String what) {
        if (!runUntil(done, atMost)) throw new AssertionError("not within " + atMost + ": " + what + "\n" + String.join("\n", log));
    }

    private boolean runUntil(BooleanSupplier done, Duration atMost) {
        long end = nowNanos + atMost.toNanos();
        while (!done.getAsBoolean()) {
            var next = queue.peek();
            if (next == null || next.at() > end) { nowNanos = end; return done.getAsBoolean(); }
            queue.remove();
            nowNanos = next.at();
            next.action().run();
        }
        return true;
    }
}
