package dev.torii.bgp;

import dev.torii.bgp.rib.DecisionProcess;
import dev.torii.bgp.rib.IdMap;
import dev.torii.bgp.rib.IdQueue;
import dev.torii.bgp.rib.LocRib;
import dev.torii.bgp.rib.Pool;
import dev.torii.bgp.rib.PrefixIndex;
import dev.torii.bgp.rib.Route;
import dev.torii.bgp.rib.RouteAttributes;
import dev.torii.bgp.rib.RouteSource;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AttributeOutcome;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Of one address family the Loc-RIB between the sessions' Adj-RIBs and the kernel: routes come in, changes go out to whom they concern. */
final class Tables {
    private final AddressFamily family;
    private final Prefix defaultPrefix;
    private final Policy policy;
    private final RouteSink sink;
    private final boolean told;
    private final NextHopTable nextHops;
    private final LocRib locRib;
    private final Aggregates aggregates;
    private final Map<Prefix, BgpConfig.Network> networks = new LinkedHashMap<>();
    private final Map<InetAddress, PeerTables> sessions = new LinkedHashMap<>();
    private final PrefixIndex index = new PrefixIndex();
    private final IdQueue changed = new IdQueue(index);
    private final IdMap<Paths> installed = new IdMap<>();           // each holds its id
    private final Pool<Paths> paths = new Pool<>();

    /** What the sink was told of a prefix: one object for all with the same next hops. */
    private record Paths(List<RouteSink.NextHop> nextHops, boolean external) {}

    Tables(AddressFamily family, BgpConfig config, Policy policy, RouteSink sink) {
        this.family = family;
        this.defaultPrefix = new Prefix(family.ipv6(), 0, 0, 0);
        this.policy = policy;
        this.sink = sink;
        this.told = sink.takesRoutes();
        this.nextHops = new NextHopTable(sink);
        var said = config.family(family);
        this.locRib = new LocRib(new DecisionProcess(config.defaultLocalPreference(), said.maximumPaths(), said.maximumPathsIbgp(),
                config.multipathRelax(), config.bestPath(), nextHops), index);
        this.aggregates = new Aggregates(locRib, policy, said.aggregates());
        for (BgpConfig.Network network : config.networks()) if (network.prefix().family().equals(family)) networks.put(network.prefix(), network);
    }

    PrefixIndex index() { return index; }

    LocRib locRib() { return locRib; }

    NextHopTable nextHops() { return nextHops; }

    /** A session came up: it gets the whole table. */
    void up(PeerTables peer) {
        sessions.put(peer.config.address(), peer);
        locRib.forEachId(peer.out::touch);              // in the order they came: packed by attributes, mostly
        if (peer.familyConfig.defaultOriginate().isPresent()) peer.out.touch(defaultPrefix);
    }

    /** A session is gone: so are its routes. */
    void down(PeerTables peer) {
        sessions.remove(peer.config.address());
        peer.in.clear(id -> {
            index.hold(id);
            note(id, locRib.remove(id, peer.source));
            index.release(id);
        });
        peer.out.clear();
    }

    /** A session is gone, but the peer will be back: its routes are used on until then. */
    void keep(PeerTables peer) {
        sessions.remove(peer.config.address());
        peer.out.clear();
        withdrawStale(peer);                            // not again since its last restart
        markStale(peer);
    }

    /** The peer has to announce again all it has announced. */
    void markStale(PeerTables peer) {
        var prefixes = new ArrayList<Prefix>();
        peer.in.forEachPrefix(prefixes::add);
        peer.stale.mark(family, prefixes);
    }

    /** It has had the time: what it has not announced again is withdrawn. Returns how many prefixes that are. */
    int withdrawStale(PeerTables peer) {
        var gone = peer.stale.end(family);
        for (Prefix prefix : gone) withdraw(peer, prefix);
        return gone.size();
    }

    /** What of the message is of this family. */
    void update(PeerTables peer, UpdateMessage update, AttributeOutcome outcome) {
        if (!family.ipv6()) for (Prefix prefix : update.withdrawn()) withdraw(peer, prefix);
        boolean usable = !(outcome instanceof AttributeOutcome.TreatAsWithdraw);
        for (PathAttribute attribute : update.attributes())
            switch (attribute) {
                case PathAttribute.MpUnreach unreach -> {
                    if (family.equals(unreach.family())) unreach.withdrawn().forEach(prefix -> withdraw(peer, prefix));
                }
                case PathAttribute.MpReach reach -> {
                    if (family.equals(reach.family())) announce(peer, reach.nlri(), update.attributes(), Optional.of(reach), usable);
                }
                default -> { }                          // the others describe the routes: RouteAttributes takes them
            }
        if (!update.nlri().isEmpty() && !family.ipv6())
            announce(peer, update.nlri(), update.attributes(), Optional.empty(), usable);
    }

    private void announce(PeerTables peer, List<Prefix> prefixes, List<PathAttribute> attributes, Optional<PathAttribute.MpReach> reach, boolean usable) {
        var received = usable ? RouteAttributes.from(attributes, reach).map(policy::shared) : Optional.<RouteAttributes>empty();
        if (received.isEmpty()) {
            for (Prefix prefix : prefixes) withdraw(peer, prefix);
            return;
        }
        Optional<Route> route = Optional.empty();
        for (int i = 0; i < prefixes.size(); i++) {
            if (i == 0 || peer.inPerPrefix) route = policy.imported(peer, prefixes.get(i), received.get());
            announce(peer, prefixes.get(i), received.get(), route);
        }
    }

    private void announce(PeerTables peer, Prefix prefix, RouteAttributes received, Optional<Route> route) {
        if (multicast(prefix)) return;                  // RFC 4271 section 6.3: semantically incorrect, ignored
        peer.stale.heard(family, prefix);
        int id = index.hold(prefix);
        boolean before = peer.in.announced(id, received, route.isPresent());
        if (route.isPresent()) note(id, locRib.put(id, route.get()));
        else if (before) note(id, locRib.remove(id, peer.source));
        index.release(id);
    }

    private void withdraw(PeerTables peer, Prefix prefix) {
        peer.stale.heard(family, prefix);
        int id = index.find(prefix);
        if (id == PrefixIndex.NONE) return;
        index.hold(id);
        if (peer.in.withdrawn(id)) note(id, locRib.remove(id, peer.source));
        index.release(id);
    }

    private static boolean multicast(Prefix prefix) {
        int firstOctet = (int) (prefix.high() >>> 56);
        return prefix.length() > 0 && (prefix.ipv6() ? firstOctet == 0xFF : firstOctet >= 224 && firstOctet < 240);
    }

    void localRoute(Prefix prefix, long metric) {
        var network = networks.get(prefix);
        if (network != null) ours(prefix, RouteSource.LOCAL, policy.originated(network, metric));
    }

    void localRouteGone(Prefix prefix) {
        if (networks.containsKey(prefix)) ours(prefix, RouteSource.LOCAL, Optional.empty());
    }

    void redistribute(Prefix prefix, BgpConfig.Redistributed from, long metric, Optional<InetAddress> gateway) {
        ours(prefix, RouteSource.REDISTRIBUTED, policy.redistributed(prefix, from, metric, gateway));
    }

    void redistributedGone(Prefix prefix) { ours(prefix, RouteSource.REDISTRIBUTED, Optional.empty()); }

    private void ours(Prefix prefix, RouteSource source, Optional<Route> route) {
        int id = index.hold(prefix);
        note(id, route.isPresent() ? locRib.put(id, route.get()) : locRib.remove(id, source));
        index.release(id);
    }

    void nextHop(InetAddress address, OptionalLong cost) {
        if (nextHops.set(address, cost)) reconsider(address);
    }

    void doubt(InetAddress address, boolean now) {
        if (nextHops.doubt(address, now)) reconsider(address);
    }

    private void reconsider(InetAddress address) {
        locRib.through(address).forEach(id -> note(id, locRib.reconsider(id)));
    }

    /** {@code soft in}: what the peer sent is looked at again, without asking it. */
    void softIn(PeerTables peer) {
        peer.in.forEach((prefix, received) -> announce(peer, prefix, received, policy.imported(peer, prefix, received)));
    }

    /** Whether policy refuses what the peer sent. */
    boolean filtered(PeerTables peer, Prefix prefix, RouteAttributes received) { return policy.imported(peer, prefix, received).isEmpty(); }

    /** The peers that have been told of it. */
    List<InetAddress> toldOf(Prefix prefix) {
        return sessions.values().stream().filter(session -> session.out.contains(prefix)).map(session -> session.config.address()).toList();
    }

    /** What the peer is to be told of the prefix of that id; null: nothing. */
    @Nullable RouteAttributes wanted(PeerTables peer, int id) {
        if (peer.familyConfig.defaultOriginate().isPresent() && index.prefix(id).equals(defaultPrefix))
            return defaultRoute(peer, peer.familyConfig.defaultOriginate().get()).orElse(null);
        var best = locRib.best(id);
        if (best == null || !aggregates.isEmpty() && aggregates.suppressed(index.prefix(id), best)) return null;
        if (best != peer.exportedFrom || peer.outPerPrefix) {
            peer.exported = policy.exported(peer, index.prefix(id), best).orElse(null);
            peer.exportedFrom = best;
        }
        return peer.exported;
    }

    /** FRR's {@code default-originate}: in place of any default route there may be. */
    private Optional<RouteAttributes> defaultRoute(PeerTables peer, FamilyConfig.DefaultOriginate wanted) {
        if (wanted.routeMap().isEmpty()) return policy.defaultRoute(peer, Optional.empty());
        return locRib.firstBest((prefix, best) -> policy.conditionOfDefault(defaultPrefix, wanted.routeMap().get(), prefix, best))
                .flatMap(found -> policy.defaultRoute(peer, Optional.of(found)));
    }

    /** Whether the peers are not told of it because of an aggregate. */
    boolean suppressed(Prefix prefix, Route route) { return aggregates.suppressed(prefix, route); }

    private void note(int id, LocRib.Change change) {
        if (!aggregates.isEmpty()) aggregates.touch(index.prefix(id));
        switch (change) {
            case NONE -> { }
            case MULTIPATH_ONLY -> tell(id);
            case BEST -> {
                tell(id);
                for (PeerTables session : sessions.values()) {
                    session.out.touch(id);
                    if (session.defaultOnCondition) session.out.touch(defaultPrefix);
                }
            }
        }
    }

    private void tell(int id) {
        if (told) changed.add(id);
    }

    /** Tells the sink what the inputs since the last time have changed. */
    void flush() {
        aggregates.refresh((prefix, route) -> ours(prefix, RouteSource.AGGREGATE, route));
        while (!changed.isEmpty()) {
            int id = changed.poll();
            var selected = locRib.selected(id);
            if (selected.isEmpty() || selected.getFirst().local() && !selected.getFirst().source().equals(RouteSource.AGGREGATE)) {
                if (installed.remove(id) != null) {
                    sink.withdrawn(index.prefix(id));
                    index.release(id);
                }
            } else {
                var now = paths(selected);
                var before = installed.put(id, now);
                if (before == null) index.hold(id);
                if (!now.equals(before)) sink.best(new RouteSink.LearntRoute(index.prefix(id), now.nextHops(), now.external()));
            }
            index.release(id);
        }
    }

    private Paths paths(List<Route> selected) {
        if (selected.getFirst().local()) return paths.shared(new Paths(List.of(), false));              // an aggregate
        var byAddress = new LinkedHashMap<Object, RouteSink.NextHop>();
        for (Route route : selected) {
            var hop = new RouteSink.NextHop(route.attributes().nextHop(), route.attributes().linkLocal(), route.source().peer().orElseThrow());
            byAddress.putIfAbsent(hop.address().isLinkLocalAddress() ? hop : hop.address(), hop);     // link-local: on another link it is another router
        }
        return paths.shared(new Paths(List.copyOf(byAddress.values()), selected.getFirst().external()));
    }
}
