package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.Prefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * A BGP speaker: drives one state machine per connection and owns the routing tables. Single-threaded, without sockets
 * and timers of its own; no method throws on what a peer sends. The driver calls the inputs on one thread; they act
 * through the ports before they return.
 */
public final class Speaker {
    private final BgpConfig config;
    private final Context context;
    private final Map<InetAddress, Peer> peers = new LinkedHashMap<>();

    /**
     * @param config   with a router id
     * @param jitter   gives factors from 0.75 to 1.0 for the timers (RFC 4271 section 10)
     * @param nowNanos for the Up/Down column only
     */
    public Speaker(BgpConfig config, Transport transport, RouteSink routes, EventSink events, DoubleSupplier jitter, LongSupplier nowNanos) {
        if (config.routerId().isEmpty()) throw new IllegalArgumentException("no router id");
        this.config = config;
        this.context = new Context(config, transport, routes, events, jitter, nowNanos);
        for (PeerConfig peer : config.peers())
            if (peers.put(peer.address(), new Peer(context, peer)) != null) throw new IllegalArgumentException("peer twice: " + peer.address());
    }

    /** Starts every peer that is not {@code shutdown}; those not {@link #peerReachable reachable} wait. Peers are reachable until said otherwise. */
    public void start() {
        peers.values().forEach(Peer::start);
        flush();
    }

    /** Sends Cease/Administrative Shutdown with these words to every peer, closes all connections, takes all routes back. */
    public void stop(String communication) {
        var cease = NotificationMessage.cease(Iana.CEASE_SHUTDOWN, communication);
        for (Peer peer : peers.values()) peer.stop(cease, "shutting down");
        flush();
    }

    /**
     * Whether a connection from that address is to be handed in: that of a configured peer, reachable, and none accepted already; or of one that is shut down,
     * which is told so. Else close it.
     */
    public boolean accepts(InetAddress peer) {
        var known = peers.get(peer);
        return known != null && known.connections().accepts();
    }

    /** An id for a connection the driver accepted. */
    public ConnectionId newConnectionId() { return context.newConnectionId(); }

    /**
     * A TCP connection is there: one that {@link Transport#connect} asked for, or an accepted one.
     *
     * @param local our addresses there: the next hops of what we announce
     */
    public void connected(InetAddress peer, ConnectionId connection, boolean outgoing, LocalAddresses local) {
        var known = peers.get(peer);
        if (known == null) context.close(connection);
        else known.connections().connected(connection, outgoing, local);
        flush();
    }

    /** Dialling failed. */
    public void connectFailed(ConnectionId connection, String cause) { lost(connection, new Reason.ConnectFailed(cause)); }

    /** Bytes from the peer, in any cut; all of {@code bytes} is consumed. */
    public void received(ConnectionId connection, ByteBuffer bytes) {
        var peer = context.owner(connection);
        if (peer == null) bytes.position(bytes.limit());
        else peer.connections().received(connection, bytes);
        flush();
    }

    /** The peer closed or reset the connection. */
    public void closed(ConnectionId connection) { lost(connection, new Reason.ConnectionClosed()); }

    private void lost(ConnectionId connection, Reason reason) {
        var peer = context.owner(connection);
        if (peer != null) peer.connections().lost(connection, reason);
        flush();
    }

    /** After {@link Transport#send} returned false: there is room again. */
    public void writable(ConnectionId connection) {
        var peer = context.owner(connection);
        if (peer != null) peer.writable(connection);
        flush();
    }

    /**
     * What was sent waits in the transport because the peer does not take it (RFC 9687). To be called when that begins, each time some of it has left,
     * and when all of it has.
     *
     * @param waits false: nothing waits any more
     */
    public void sendingWaits(ConnectionId connection, boolean waits) {
        var peer = context.owner(connection);
        if (peer != null) peer.connections().sendingWaits(connection, waits);
        flush();
    }

    /** A timer is over. The driver must not call this for a timer that was disarmed or armed again meanwhile. */
    public void expired(Timer timer) {
        var peer = peers.get(timer.peer());
        if (peer != null) peer.expired(timer.side(), timer.name());
        flush();
    }

    /** A non-BGP route to that prefix exists with that metric, so that a {@code network} of the same prefix is announced. */
    public void localRoute(Prefix prefix, long metric) {
        context.tables(prefix.family()).localRoute(prefix, metric);
        flush();
    }

    /** That route is gone. */
    public void localRouteGone(Prefix prefix) {
        context.tables(prefix.family()).localRouteGone(prefix);
        flush();
    }

    /** The host's own table uses that route now; whether it is announced is configured ({@code redistribute}). */
    public void redistribute(Prefix prefix, BgpConfig.Redistributed from, long metric, Optional<InetAddress> gateway) {
        context.tables(prefix.family()).redistribute(prefix, from, metric, gateway);
        flush();
    }

    /** It does not use that route any more. */
    public void redistributedGone(Prefix prefix) {
        context.tables(prefix.family()).redistributedGone(prefix);
        flush();
    }

    /**
     * Next-hop tracking: whether routes with this BGP next hop may be used. {@link RouteSink#cost} is asked about those never mentioned.
     *
     * @param cost the interior cost to it; empty: unreachable, its routes stay in the table but are not chosen
     */
    public void nextHop(InetAddress address, OptionalLong cost) {
        tablesOf(address).nextHop(address, cost);
        flush();
    }

    /** The next hops whose cost has been asked for or told: when the driver's table changes, it says what has become of them. */
    public Set<InetAddress> nextHops() {
        var known = new HashSet<InetAddress>();
        context.allTables().forEach(tables -> known.addAll(tables.nextHops().known()));
        return known;
    }

    /** The next hops that cannot be reached, and how many paths lead there. */
    public Map<InetAddress, Integer> unreachable() {
        var all = new LinkedHashMap<InetAddress, Integer>();
        context.allTables().forEach(tables -> all.putAll(Views.unreachable(tables.locRib(), tables.nextHops().unreachable())));
        return all;
    }

    /** Fate sharing: a next hop that may be dead; routes over it are used only while their prefix has no other. Its session goes on. */
    public void nextHopDoubtful(InetAddress address, boolean doubtful) {
        tablesOf(address).doubt(address, doubtful);
        flush();
    }

    private Tables tablesOf(InetAddress nextHop) {
        return context.tables(nextHop instanceof Inet4Address ? AddressFamily.IPV4_UNICAST : AddressFamily.IPV6_UNICAST);
    }

    /** Fate sharing: false ends the session at once and takes its routes away, true lets it dial at once. */
    public void peerReachable(InetAddress peer, boolean reachable) {
        var known = peers.get(peer);
        if (known != null) known.reachable(reachable);
        flush();
    }

    /** {@code clear bgp PEER}: Cease/Administrative Reset, then dial again. */
    public void clear(InetAddress peer) {
        var known = peers.get(peer);
        if (known != null) known.clear();
        flush();
    }

    /** {@code clear bgp PEER soft in}: policy is applied anew to what the peer has sent or sends again. False: there is no session with that family, or no way to do it. */
    public boolean softIn(InetAddress peer, AddressFamily family) {
        var known = peers.get(peer);
        boolean done = known != null && known.softIn(family);
        flush();
        return done;
    }

    /** {@code clear bgp PEER soft out}: everything is announced anew. False: there is no session with that family. */
    public boolean softOut(InetAddress peer, AddressFamily family) {
        var known = peers.get(peer);
        boolean done = known != null && known.softOut(family);
        flush();
        return done;
    }

    /** Kernel first, then the peers: nobody is drawn here by a route that is not there yet. */
    private void flush() {
        context.allTables().forEach(Tables::flush);
        peers.values().forEach(Peer::flush);
    }

    /** For {@code show bgp ipv4|ipv6 summary}. */
    public Summary summary(AddressFamily family) {
        var rows = neighbors().stream().flatMap(neighbor -> Optional.ofNullable(neighbor.families().get(family)).stream()).toList();
        var rib = context.tables(family).locRib();
        return new Summary(family, config.routerId().orElseThrow(), config.localAs(), rib.version(), Views.nodes(rib), rows);
    }

    /** For {@code show bgp ipv4|ipv6 unicast}: every path, prefixes in order, the best path of each where FRR has it. */
    public List<RibRow> table(AddressFamily family) { return Views.locRib(context.tables(family)); }

    /** What a peer sent, before policy; empty without {@code soft-reconfiguration inbound}, or if there is no such peer. */
    public List<RibRow> receivedRoutes(InetAddress peer, AddressFamily family) {
        return tables(peer, family).filter(tables -> tables.in.beforePolicy()).map(tables -> Views.adjRib(tables, tables.in::forEach)).orElse(List.of());
    }

    /** Those of {@link #receivedRoutes} that policy refuses. */
    public List<RibRow> filteredRoutes(InetAddress peer, AddressFamily family) {
        return tables(peer, family).filter(tables -> tables.in.beforePolicy()).map(tables -> Views.adjRib(tables, action -> tables.in.forEach((prefix, received) -> {
            if (context.tables(family).filtered(tables, prefix, received)) action.accept(prefix, received);
        }))).orElse(List.of());
    }

    /** What is or will be announced to a peer, as FRR shows it: without our own AS, and 0.0.0.0 or :: where our own address will be the next hop. */
    public List<RibRow> advertisedRoutes(InetAddress peer, AddressFamily family) {
        return tables(peer, family).map(tables -> Views.advertised(tables, context.tables(family).locRib(), context.policy().ownAsNumbers(tables.config))).orElse(List.of());
    }

    /** For {@code show bgp ipv4|ipv6 unicast PREFIX}; empty if there is no path to exactly that prefix. */
    public Optional<PrefixDetail> prefix(Prefix prefix) {
        var tables = context.tables(prefix.family());
        return tables.locRib().routes(prefix).map(selection -> Views.detail(prefix, selection, tables, config.routerId().orElseThrow()));
    }

    /** The configuration it runs with. */
    public BgpConfig config() { return config; }

    private Optional<PeerTables> tables(InetAddress peer, AddressFamily family) {
        return Optional.ofNullable(peers.get(peer)).flatMap(known -> Optional.ofNullable(known.tables(family)));
    }

    /** For {@code show bgp neighbors}. */
    public List<NeighborView> neighbors() {
        return peers.values().stream().sorted(Comparator.comparing(peer -> Prefix.of(peer.config().address(), peer.config().address().getAddress().length * 8)))
                .map(Peer::view).toList();
    }

    /** One of {@link #neighbors}. */
    public Optional<NeighborView> neighbor(InetAddress peer) { return Optional.ofNullable(peers.get(peer)).map(Peer::view); }
}
