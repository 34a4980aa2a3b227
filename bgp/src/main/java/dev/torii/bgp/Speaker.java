package dev.torii.bgp;

import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * A BGP speaker: drives one state machine per connection and owns the routing tables. Single-threaded, without sockets
 * and timers of its own; no method throws on what a peer sends. The driver calls the inputs on one thread; they act
 * through the ports before they return.
 */
public final class Speaker {
    private final BgpConfig config;

    /**
     * @param config   with a router id
     * @param jitter   gives factors from 0.75 to 1.0 for the timers (RFC 4271 section 10)
     * @param nowNanos for the Up/Down column only
     */
    public Speaker(BgpConfig config, Transport transport, RouteSink routes, EventSink events, DoubleSupplier jitter, LongSupplier nowNanos) {
        if (config.routerId().isEmpty()) throw new IllegalArgumentException("no router id");
        this.config = config;
    }

    /** Starts every peer that is not {@code shutdown}; those not {@link #peerReachable reachable} wait. Peers are reachable until said otherwise. */
    public void start() { }

    /** Sends Cease/Administrative Shutdown to every peer, closes all connections, takes all routes back. */
    public void stop() { }

    /** Whether a connection from that address is welcome: a configured peer, not shut down, reachable, and none accepted already. Else close it. */
    public boolean accepts(InetAddress peer) { return false; }

    /** An id for a connection the driver accepted. */
    public ConnectionId newConnectionId() { return new ConnectionId(0); }

    /**
     * A TCP connection is there: one that {@link Transport#connect} asked for, or an accepted one.
     *
     * @param local our address on it: the next hop of what we announce
     */
    public void connected(InetAddress peer, ConnectionId connection, boolean outgoing, InetAddress local) { }

    /** Dialling failed. */
    public void connectFailed(ConnectionId connection, String cause) { }

    /** Bytes from the peer, in any cut; all of {@code bytes} is consumed. */
    public void received(ConnectionId connection, ByteBuffer bytes) { }

    /** The peer closed or reset the connection. */
    public void closed(ConnectionId connection) { }

    /** After {@link Transport#send} returned false: there is room again. */
    public void writable(ConnectionId connection) { }

    /** A timer is over. A late call for one that was disarmed meanwhile must not be made. */
    public void expired(Timer timer) { }

    /** A non-BGP route to that prefix exists with that metric, so that a {@code network} of the same prefix is announced. */
    public void localRoute(Prefix prefix, long metric) { }

    /** That route is gone. */
    public void localRouteGone(Prefix prefix) { }

    /** Fate sharing: false ends the session at once and takes its routes away, true lets it dial at once. */
    public void peerReachable(InetAddress peer, boolean reachable) { }

    /** {@code clear bgp PEER}: Cease/Administrative Reset, then dial again. */
    public void clear(InetAddress peer) { }

    /** For {@code show bgp summary}. */
    public Summary summary() { return new Summary(config.routerId().orElseThrow(), config.localAs(), 0, 0, List.of()); }

    /** For {@code show bgp ipv4 unicast}: every path, prefixes in order, the best path of each where FRR has it. */
    public List<RibRow> table() { return List.of(); }

    /** What a peer sent, before policy; empty without {@code soft-reconfiguration inbound}, or if there is no such peer. */
    public List<RibRow> receivedRoutes(InetAddress peer) { return List.of(); }

    /** What is or will be announced to a peer. */
    public List<RibRow> advertisedRoutes(InetAddress peer) { return List.of(); }

    /** For {@code show bgp neighbors}. */
    public List<NeighborView> neighbors() { return List.of(); }

    /** One of {@link #neighbors}. */
    public Optional<NeighborView> neighbor(InetAddress peer) { return Optional.empty(); }
}
