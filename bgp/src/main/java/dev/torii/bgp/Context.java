package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What all peers of a speaker share. */
final class Context {
    private final BgpConfig config;
    private final Policy policy;
    private final Map<AddressFamily, Tables> tables = new LinkedHashMap<>();
    private final Transport transport;
    private final EventSink events;
    private final DoubleSupplier jitter;
    private final LongSupplier nowNanos;
    private final Map<ConnectionId, Peer> connections = new HashMap<>();
    private long lastId;

    Context(BgpConfig config, Transport transport, RouteSink routes, EventSink events, DoubleSupplier jitter, LongSupplier nowNanos) {
        this.config = config;
        this.policy = new Policy(config);
        for (AddressFamily family : AddressFamily.KNOWN) tables.put(family, new Tables(family, config, policy, routes));
        this.transport = transport;
        this.events = events;
        this.jitter = jitter;
        this.nowNanos = nowNanos;
    }

    BgpConfig config() { return config; }

    Policy policy() { return policy; }

    /** @param family a known one */
    Tables tables(AddressFamily family) { return Objects.requireNonNull(tables.get(family)); }

    Collection<Tables> allTables() { return tables.values(); }

    Transport transport() { return transport; }

    EventSink events() { return events; }

    long nowNanos() { return nowNanos.getAsLong(); }

    Duration jittered(Duration duration) { return Duration.ofNanos((long) (duration.toNanos() * jitter.getAsDouble())); }

    ConnectionId newConnectionId() { return new ConnectionId(++lastId); }

    void register(ConnectionId id, Peer peer) { connections.put(id, peer); }

    void unregister(ConnectionId id) { connections.remove(id); }

    @Nullable Peer owner(ConnectionId id) { return connections.get(id); }

    void close(ConnectionId id) { transport.close(id); }
}
