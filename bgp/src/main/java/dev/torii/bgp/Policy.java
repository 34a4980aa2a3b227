package dev.torii.bgp;

import dev.torii.bgp.policy.RouteMaps;
import dev.torii.bgp.rib.Pool;
import dev.torii.bgp.rib.Route;
import dev.torii.bgp.rib.RouteAttributes;
import dev.torii.bgp.rib.RouteSource;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What comes in from a peer and what goes out to it, RFC 4271 sections 5.1, 9.1.1 and 9.1.3, RFC 8212, and the configured lists. */
final class Policy {
    private static final int NO_EXPORT = 0xFFFF_FF01, NO_ADVERTISE = 0xFFFF_FF02, NO_EXPORT_SUBCONFED = 0xFFFF_FF03;   // RFC 1997
    private static final int GRACEFUL_SHUTDOWN = 0xFFFF_0000;

    private final BgpConfig config;
    private final int routerId;
    private final RouteMaps maps;
    private final Pool<RouteAttributes> attributePool = new Pool<>();
    private final Pool<InetAddress> addressPool = new Pool<>();
    private final Pool<Route> routePool = new Pool<>();

    Policy(BgpConfig config) {
        this.config = config;
        this.routerId = ByteBuffer.wrap(config.routerId().orElseThrow().getAddress()).getInt();
        this.maps = new RouteMaps(config.lists());
    }

    /** RFC 8212: an external peer without any inbound policy. */
    boolean missingIn(PeerConfig peer, AddressFamily family) { return required(peer) && peer.family(family).in().isEmpty(); }

    /** RFC 8212: an external peer without any outbound policy. */
    boolean missingOut(PeerConfig peer, AddressFamily family) { return required(peer) && peer.family(family).out().isEmpty(); }

    private boolean required(PeerConfig peer) { return config.ebgpRequiresPolicy() && peer.remoteAs() != config.localAs(); }

    /** Whether these judge a route by its prefix, too. */
    boolean perPrefix(FamilyConfig.Filters filters) {
        return filters.distributeList().isPresent() || filters.prefixList().isPresent() || filters.routeMap().filter(maps::perPrefix).isPresent();
    }

    RouteAttributes shared(RouteAttributes attributes) { return attributePool.shared(attributes.sharing(addressPool)); }

    /** The route that enters the Loc-RIB; empty: refused. */
    Optional<Route> imported(PeerTables peer, Prefix prefix, RouteAttributes received) {
        var family = peer.familyConfig;
        if (loops(peer, family, received.asPath())) return Optional.empty();
        if (peer.isOurs(received.nextHop())) return Optional.empty();                          // section 5.1.3: ourselves
        if (received.originatorId().isPresent() && received.originatorId().getAsInt() == routerId) return Optional.empty();   // RFC 4456 section 8
        if (missingIn(peer.config, peer.family)) return Optional.empty();
        var attributes = peer.config.localAs().filter(own -> !own.noPrepend())
                .map(own -> received.withAsPath(received.asPath().prepend(List.of(own.as())))).orElse(received);
        if (!passes(family.in(), prefix, attributes)) return Optional.empty();
        var subject = new RouteMaps.Subject(prefix, attributes, family.weight(), peer.source.peer());
        var accepted = family.in().routeMap().isPresent() ? maps.apply(family.in().routeMap().get(), subject) : Optional.of(subject);
        return accepted.map(result -> {
            boolean fromPeer = result.nextHop() == RouteMaps.NextHopChoice.PEER_ADDRESS && peer.config.address() instanceof Inet6Address == prefix.ipv6();
            var changed = fromPeer ? result.attributes().withNextHop(peer.config.address()) : result.attributes();
            if (peer.external) changed = asShuttingDown(changed);
            if (peer.external && changed.hasCommunity(GRACEFUL_SHUTDOWN)) changed = changed.withLocalPref(0);      // RFC 8326 section 4: whatever policy said
            return routePool.shared(new Route(peer.source, shared(changed), result.weight()));
        });
    }

    /** {@code bgp graceful-shutdown}: everybody is to avoid it, ourselves included. */
    private RouteAttributes asShuttingDown(RouteAttributes attributes) {
        if (!config.gracefulShutdown()) return attributes;
        return attributes.withLocalPref(0).withCommunities(attributes.communities(CommunityKind.STANDARD).plus(CommunitySet.GRACEFUL_SHUTDOWN));
    }

    /** Section 9.1.2, and what {@code allowas-in} and {@code local-as} make of it in FRR. */
    private boolean loops(PeerTables peer, FamilyConfig family, AsPath path) {
        if (peer.config.localAs().isPresent()) {
            var own = peer.config.localAs().get();
            int allowed = family.allowAsIn() > 0 ? family.allowAsIn() : own.noPrepend() ? 0 : 1;
            if (path.count(own.as()) > allowed) return true;
        }
        if (family.allowAsInOrigin() && path.last() == config.localAs()) return false;
        return path.count(config.localAs()) > family.allowAsIn();
    }

    private boolean passes(FamilyConfig.Filters filters, Prefix prefix, RouteAttributes attributes) {
        return filters.distributeList().map(name -> maps.distributes(name, prefix)).orElse(true)
                && filters.prefixList().map(name -> maps.permits(name, prefix)).orElse(true)
                && filters.filterList().map(name -> maps.permitsPath(name, attributes)).orElse(true);
    }

    /** What the peer is to be told of the best route; empty: nothing. */
    Optional<RouteAttributes> exported(PeerTables peer, Prefix prefix, Route best) {
        if (best.source().peer().isPresent() && best.source().peer().equals(peer.source.peer())) return Optional.empty();
        if (best.internal() && !peer.external) return Optional.empty();                              // section 9.2.1: no reflection here
        var attributes = best.attributes();
        if (attributes.hasCommunity(NO_ADVERTISE)) return Optional.empty();
        if (peer.external && (attributes.hasCommunity(NO_EXPORT) || attributes.hasCommunity(NO_EXPORT_SUBCONFED))) return Optional.empty();
        if (missingOut(peer.config, peer.family)) return Optional.empty();
        var family = peer.familyConfig;
        if (!passes(family.out(), prefix, attributes)) return Optional.empty();

        if (!peer.external) {
            if (attributes.localPref().isEmpty()) attributes = attributes.withLocalPref(config.defaultLocalPreference());   // section 5.1.5
        } else if (!best.local()) {
            attributes = attributes.withoutMed().without(Iana.ATTR_ORIGINATOR_ID).without(Iana.ATTR_CLUSTER_LIST);   // section 5.1.4, RFC 4456
        }
        var subject = new RouteMaps.Subject(prefix, attributes, best.weight(), peer.source.peer());
        if (family.out().routeMap().isPresent()) {
            var accepted = maps.apply(family.out().routeMap().get(), subject);
            if (accepted.isEmpty()) return Optional.empty();
            subject = accepted.get();
            attributes = subject.attributes();
        }
        boolean self = switch (subject.nextHop()) {
            case NOT_SET -> peer.external || family.nextHopSelf() || attributes.nextHop().isAnyLocalAddress();    // to an internal peer, a redistributed route keeps its gateway
            case PEER_ADDRESS -> true;                                                               // outbound, FRR's word for our own
            case UNCHANGED -> attributes.nextHop().isAnyLocalAddress();
            case SET -> false;
        };
        if (self) {
            var own = peer.local.nextHop(peer.family);
            if (own.isEmpty()) return Optional.empty();                                              // no address of that family on the session's interface
            attributes = attributes.withNextHop(own.get(), best.local() || peer.external ? peer.linkLocal() : Optional.empty());
        } else if (attributes.linkLocal().isPresent()) {
            attributes = attributes.withNextHop(attributes.nextHop());                               // RFC 2545 section 3: of the link it came from
        }
        if (peer.external) attributes = attributes.withAsPath(externalPath(peer, family, attributes.asPath())).withoutLocalPref();
        if (config.gracefulShutdown()) attributes = peer.external ? asShuttingDown(attributes).withoutLocalPref() : attributes.withLocalPref(0);   // also what policy has changed, or what came from inside
        for (CommunityKind kind : CommunityKind.values())
            if (!family.sendCommunity().contains(kind)) attributes = attributes.without(kind.attributeType());
        if (peer.external) attributes = attributes.transitiveCommunities();
        return Optional.of(shared(attributes));
    }

    /** How many AS numbers of our own are put before a path that is sent to that peer. */
    int ownAsNumbers(PeerConfig peer) { return peer.localAs().filter(own -> !own.replaceAs()).isPresent() ? 2 : 1; }

    /** Section 5.1.2 b, with FRR's {@code as-override} and {@code local-as}. */
    private AsPath externalPath(PeerTables peer, FamilyConfig family, AsPath path) {
        var shown = family.asOverride() ? path.replace(peer.config.remoteAs(), config.localAs()) : path;
        if (peer.config.localAs().isEmpty()) return shown.prepend(List.of(config.localAs()));
        var own = peer.config.localAs().get();
        return shown.prepend(own.replaceAs() ? List.of(own.as()) : List.of(own.as(), config.localAs()));
    }

    /** What a {@code default-originate route-map} makes of a plain default route because of this one; empty: nothing. */
    Optional<RouteAttributes> conditionOfDefault(Prefix defaultPrefix, String routeMap, Prefix prefix, Route best) {
        var subject = new RouteMaps.Subject(prefix, best.attributes(), best.weight(), best.source().peer());
        return maps.apply(routeMap, subject, defaultAttributes(defaultPrefix)).map(RouteMaps.Subject::attributes);
    }

    private static RouteAttributes defaultAttributes(Prefix prefix) { return RouteAttributes.of(PathAttribute.Origin.IGP, AsPath.EMPTY, unspecified(prefix)).withMed(0); }

    /** The next hop of a route of our own. */
    private static InetAddress unspecified(Prefix prefix) { return new Prefix(prefix.ipv6(), 0, 0, 0).address(); }

    /** The default route for one peer; not subject to its lists, as in FRR. Empty: we have no address to be its next hop. */
    Optional<RouteAttributes> defaultRoute(PeerTables peer, Optional<RouteAttributes> conditional) {
        return peer.local.nextHop(peer.family)
                .map(own -> defaultRoute(peer, conditional.orElseGet(() -> defaultAttributes(new Prefix(peer.family.ipv6(), 0, 0, 0))).withNextHop(own, peer.linkLocal())));
    }

    private RouteAttributes defaultRoute(PeerTables peer, RouteAttributes attributes) {
        if (!peer.external) return shared(attributes.localPref().isPresent() ? attributes : attributes.withLocalPref(config.defaultLocalPreference()));
        return shared(attributes.withAsPath(externalPath(peer, peer.familyConfig, attributes.asPath())).withoutLocalPref());
    }

    /** The route of a {@code network} statement, with the metric of the route that is there; empty: its route map denies it. */
    Optional<Route> originated(BgpConfig.Network network, long metric) {
        var attributes = RouteAttributes.of(PathAttribute.Origin.IGP, AsPath.EMPTY, unspecified(network.prefix())).withMed(metric);
        var subject = new RouteMaps.Subject(network.prefix(), attributes, Route.LOCAL_WEIGHT, Optional.empty());
        var accepted = network.routeMap().isPresent() ? maps.apply(network.routeMap().get(), subject) : Optional.of(subject);
        return accepted.map(result -> routePool.shared(new Route(RouteSource.LOCAL, shared(asShuttingDown(result.attributes())), result.weight())));
    }

    /**
     * An aggregate; empty: its route map denies it.
     *
     * @param atomic whether AS numbers of the routes inside are left out
     */
    Optional<Route> aggregated(BgpConfig.Aggregate aggregate, PathAttribute.Origin origin, AsPath path, Collection<CommunitySet> communities, boolean atomic) {
        var attributes = RouteAttributes.of(origin, path, unspecified(aggregate.prefix())).withMed(0).withOther(new PathAttribute.Aggregator(config.localAs(), routerId, false));
        if (atomic) attributes = attributes.withOther(new PathAttribute.AtomicAggregate());
        for (CommunitySet set : communities) attributes = attributes.withCommunities(set);
        if (attributes.hasCommunity(GRACEFUL_SHUTDOWN))                                              // of one of the routes, not of the aggregate
            attributes = attributes.withCommunities(attributes.communities(CommunityKind.STANDARD).minus(CommunitySet.GRACEFUL_SHUTDOWN));
        var subject = new RouteMaps.Subject(aggregate.prefix(), attributes, Route.LOCAL_WEIGHT, Optional.empty());
        var accepted = aggregate.routeMap().isPresent() ? maps.apply(aggregate.routeMap().get(), subject) : Optional.of(subject);
        return accepted.map(result -> routePool.shared(new Route(RouteSource.AGGREGATE, shared(asShuttingDown(result.attributes())), result.weight())));
    }

    /** A route of the host's own table; empty: not to be redistributed, or its route map denies it. Its next hop is shown, and ours is announced. */
    Optional<Route> redistributed(Prefix prefix, BgpConfig.Redistributed from, long metric, Optional<InetAddress> gateway) {
        var how = config.family(prefix.family()).redistributions().get(from);
        if (how == null) return Optional.empty();
        var attributes = RouteAttributes.of(PathAttribute.Origin.INCOMPLETE, AsPath.EMPTY, gateway.orElse(unspecified(prefix))).withMed(how.metric().orElse(metric));
        var subject = new RouteMaps.Subject(prefix, attributes, Route.LOCAL_WEIGHT, Optional.empty());
        var accepted = how.routeMap().isPresent() ? maps.apply(how.routeMap().get(), subject) : Optional.of(subject);
        return accepted.map(result -> routePool.shared(new Route(RouteSource.REDISTRIBUTED, shared(asShuttingDown(result.attributes())), result.weight())));
    }
}
