package dev.torii.bgp;

import dev.torii.bgp.rib.DecisionProcess;
import dev.torii.bgp.rib.LocRib;
import dev.torii.bgp.rib.PrefixMap;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The Loc-RIB between the sessions' Adj-RIBs and the kernel: routes come in, changes go out to whom they concern. */
final class Tables {
    private static final Prefix DEFAULT = Prefix.ipv4(0, 0);

    private final Policy policy;
    private final RouteSink sink;
    private final NextHopTable nextHops = new NextHopTable();
    private final LocRib locRib;
    private final Map<Prefix, BgpConfig.Network> networks = new LinkedHashMap<>();
    private final Map<InetAddress, PeerTables> sessions = new LinkedHashMap<>();
    private final Set<Prefix> changed = new LinkedHashSet<>();
    private final PrefixMap<RouteSink.LearntRoute> installed = new PrefixMap<>();

    Tables(BgpConfig config, Policy policy, RouteSink sink) {
        this.policy = policy;
        this.sink = sink;
        this.locRib = new LocRib(new DecisionProcess(config.defaultLocalPreference(), config.maximumPaths(), config.maximumPathsIbgp(),
                config.multipathRelax(), config.bestPath(), nextHops));
        for (BgpConfig.Network network : config.networks()) networks.put(network.prefix(), network);
    }

    LocRib locRib() { return locRib; }

    NextHopTable nextHops() { return nextHops; }

    /** A session came up: it gets the whole table. */
    void up(PeerTables peer) {
        sessions.put(peer.config.address(), peer);
        var prefixes = new ArrayList<Prefix>(locRib.size());
        locRib.forEach((prefix, selection) -> prefixes.add(prefix));
        prefixes.sort(null);
        prefixes.forEach(peer.out::touch);
        if (peer.config.ipv4Unicast().defaultOriginate().isPresent()) peer.out.touch(DEFAULT);
    }

    /** A session is gone: so are its routes. */
    void down(PeerTables peer) {
        sessions.remove(peer.config.address());
        for (Prefix prefix : peer.in.clear()) note(prefix, locRib.remove(prefix, peer.source));
    }

    /** A session is gone, but the peer will be back: its routes of these families are used on until then. */
    void keep(PeerTables peer, Set<AddressFamily> families) {
        sessions.remove(peer.config.address());
        for (AddressFamily family : peer.stale.families()) withdrawStale(peer, family);     // not again since its last restart
        for (AddressFamily family : peer.negotiated.families()) {
            markStale(peer, family);
            if (!families.contains(family)) withdrawStale(peer, family);
        }
    }

    /** The peer has to announce again all it has announced of that family. */
    void markStale(PeerTables peer, AddressFamily family) {
        var prefixes = new ArrayList<Prefix>();
        peer.in.forEach((prefix, attributes) -> {
            if (family(prefix).equals(family)) prefixes.add(prefix);
        });
        peer.stale.mark(family, prefixes);
    }

    /** It has had the time: what it has not announced again is withdrawn. Returns how many prefixes that are. */
    int withdrawStale(PeerTables peer, AddressFamily family) {
        var gone = peer.stale.end(family);
        for (Prefix prefix : gone) withdraw(peer, prefix);
        return gone.size();
    }

    private static AddressFamily family(Prefix prefix) { return prefix.ipv6() ? AddressFamily.IPV6_UNICAST : AddressFamily.IPV4_UNICAST; }

    void update(PeerTables peer, UpdateMessage update, AttributeOutcome outcome) {
        for (Prefix prefix : update.withdrawn()) withdraw(peer, prefix);
        boolean usable = !(outcome instanceof AttributeOutcome.TreatAsWithdraw);
        for (PathAttribute attribute : update.attributes())
            switch (attribute) {
                case PathAttribute.MpUnreach unreach -> {
                    if (peer.negotiated.families().contains(unreach.family())) unreach.withdrawn().forEach(prefix -> withdraw(peer, prefix));
                }
                case PathAttribute.MpReach reach -> {
                    if (peer.negotiated.families().contains(reach.family())) announce(peer, reach.nlri(), update.attributes(), Optional.of(reach.nextHop()), usable);
                }
                default -> { }                          // the others describe the routes: RouteAttributes takes them
            }
        if (!update.nlri().isEmpty() && peer.negotiated.families().contains(AddressFamily.IPV4_UNICAST))
            announce(peer, update.nlri(), update.attributes(), Optional.empty(), usable);
    }

    private void announce(PeerTables peer, List<Prefix> prefixes, List<PathAttribute> attributes, Optional<InetAddress> nextHop, boolean usable) {
        var received = usable ? RouteAttributes.from(attributes, nextHop).map(policy::shared) : Optional.<RouteAttributes>empty();
        for (Prefix prefix : prefixes)
            if (received.isPresent()) announce(peer, prefix, received.get());
            else withdraw(peer, prefix);
    }

    private void announce(PeerTables peer, Prefix prefix, RouteAttributes received) {
        if (multicast(prefix)) return;                  // RFC 4271 section 6.3: semantically incorrect, ignored
        peer.stale.heard(family(prefix), prefix);
        var route = policy.imported(peer, prefix, received);
        boolean before = locRib.contains(prefix, peer.source);
        peer.in.announced(prefix, received, route.map(Route::attributes).orElse(null), before);
        if (route.isPresent()) note(prefix, locRib.put(prefix, route.get()));
        else if (before) note(prefix, locRib.remove(prefix, peer.source));
    }

    private void withdraw(PeerTables peer, Prefix prefix) {
        peer.stale.heard(family(prefix), prefix);
        boolean before = locRib.contains(prefix, peer.source);
        peer.in.withdrawn(prefix, before);
        if (before) note(prefix, locRib.remove(prefix, peer.source));
    }

    private static boolean multicast(Prefix prefix) {
        int firstOctet = (int) (prefix.high() >>> 56);
        return prefix.length() > 0 && (prefix.ipv6() ? firstOctet == 0xFF : firstOctet >= 224 && firstOctet < 240);
    }

    void localRoute(Prefix prefix, long metric) {
        var network = networks.get(prefix);
        if (network == null) return;
        var route = policy.originated(network, metric);
        note(prefix, route.isPresent() ? locRib.put(prefix, route.get()) : locRib.remove(prefix, RouteSource.LOCAL));
    }

    void localRouteGone(Prefix prefix) {
        if (networks.containsKey(prefix)) note(prefix, locRib.remove(prefix, RouteSource.LOCAL));
    }

    void redistribute(Prefix prefix, BgpConfig.Redistributed from, long metric, Optional<InetAddress> gateway) {
        var route = policy.redistributed(prefix, from, metric, gateway);
        note(prefix, route.isPresent() ? locRib.put(prefix, route.get()) : locRib.remove(prefix, RouteSource.REDISTRIBUTED));
    }

    void redistributedGone(Prefix prefix) { note(prefix, locRib.remove(prefix, RouteSource.REDISTRIBUTED)); }

    void nextHop(InetAddress address, OptionalLong cost) {
        if (!nextHops.set(address, cost)) return;
        var affected = new ArrayList<Prefix>();
        locRib.forEach((prefix, selection) -> {
            if (selection.routes().stream().anyMatch(route -> route.attributes().nextHop().equals(address))) affected.add(prefix);
        });
        for (Prefix prefix : affected) note(prefix, locRib.reconsider(prefix));
    }

    /** {@code soft in}: what the peer sent is looked at again, without asking it. */
    void softIn(PeerTables peer) {
        var kept = new LinkedHashMap<Prefix, RouteAttributes>();
        peer.in.forEach(kept::put);
        kept.forEach((prefix, received) -> announce(peer, prefix, received));
    }

    /** Whether policy refuses what the peer sent. */
    boolean filtered(PeerTables peer, Prefix prefix, RouteAttributes received) { return policy.imported(peer, prefix, received).isEmpty(); }

    /** The peers that have been told of it. */
    List<InetAddress> toldOf(Prefix prefix) {
        return sessions.values().stream().filter(session -> session.out.contains(prefix)).map(session -> session.config.address()).toList();
    }

    /** What the peer is to be told of a prefix. */
    Optional<RouteAttributes> wanted(PeerTables peer, Prefix prefix) {
        if (prefix.length() == 0 && peer.config.ipv4Unicast().defaultOriginate().isPresent()) return defaultRoute(peer, peer.config.ipv4Unicast().defaultOriginate().get());
        return locRib.best(prefix).flatMap(best -> policy.exported(peer, prefix, best));
    }

    /** FRR's {@code default-originate}: in place of any default route there may be. */
    private Optional<RouteAttributes> defaultRoute(PeerTables peer, FamilyConfig.DefaultOriginate wanted) {
        if (wanted.routeMap().isEmpty()) return Optional.of(policy.defaultRoute(peer, Optional.empty()));
        return locRib.firstBest((prefix, best) -> policy.conditionOfDefault(wanted.routeMap().get(), prefix, best))
                .map(found -> policy.defaultRoute(peer, Optional.of(found)));
    }

    private void note(Prefix prefix, LocRib.Change change) {
        switch (change) {
            case NONE -> { }
            case MULTIPATH_ONLY -> changed.add(prefix);
            case BEST -> {
                changed.add(prefix);
                for (PeerTables session : sessions.values()) {
                    session.out.touch(prefix);
                    if (session.config.ipv4Unicast().defaultOriginate().flatMap(FamilyConfig.DefaultOriginate::routeMap).isPresent()) session.out.touch(DEFAULT);
                }
            }
        }
    }

    /** Tells the sink what the inputs since the last time have changed. */
    void flush() {
        for (Prefix prefix : changed) {
            var selected = locRib.selected(prefix);
            if (selected.isEmpty() || selected.getFirst().local()) {
                if (installed.remove(prefix) != null) sink.withdrawn(prefix);
            } else {
                var route = learnt(prefix, selected);
                if (!route.equals(installed.put(prefix, route))) sink.best(route);
            }
        }
        changed.clear();
    }

    private static RouteSink.LearntRoute learnt(Prefix prefix, List<Route> selected) {
        var byAddress = new LinkedHashMap<InetAddress, RouteSink.NextHop>();
        for (Route route : selected) {
            var address = route.attributes().nextHop();
            byAddress.putIfAbsent(address, new RouteSink.NextHop(address, route.source().peer().orElseThrow()));
        }
        return new RouteSink.LearntRoute(prefix, List.copyOf(byAddress.values()), selected.getFirst().external());
    }
}
