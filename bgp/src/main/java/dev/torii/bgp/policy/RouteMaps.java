package dev.torii.bgp.policy;

import dev.torii.bgp.rib.RouteAttributes;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Applies lists and route maps by name, with FRR's answers for names that are not there: denied. */
public final class RouteMaps {
    private static final long GREATEST = 0xFFFF_FFFFL;
    /** FRR's limit: maps that call each other in a circle deny the route. */
    private static final int DEEPEST_CALL = 10;

    private final PolicyLists lists;

    public RouteMaps(PolicyLists lists) { this.lists = lists; }

    /** What became of the next hop. */
    public enum NextHopChoice { NOT_SET, SET, PEER_ADDRESS, UNCHANGED }

    /**
     * A route on its way through a map.
     *
     * @param peer whom it comes from or goes to; empty for a route of our own
     */
    public record Subject(Prefix prefix, RouteAttributes attributes, long weight, Optional<InetAddress> peer, NextHopChoice nextHop) {
        public Subject(Prefix prefix, RouteAttributes attributes, long weight, Optional<InetAddress> peer) {
            this(prefix, attributes, weight, peer, NextHopChoice.NOT_SET);
        }

        private Subject with(RouteAttributes changed) { return new Subject(prefix, changed, weight, peer, nextHop); }

        private Subject with(RouteAttributes changed, NextHopChoice choice) { return new Subject(prefix, changed, weight, peer, choice); }
    }

    /** {@code neighbor X prefix-list NAME}. */
    public boolean permits(String prefixList, Prefix prefix) { return permits((prefix.ipv6() ? lists.ipv6PrefixLists() : lists.prefixLists()).get(prefixList), prefix); }

    /** {@code neighbor X distribute-list NAME}. */
    public boolean distributes(String accessList, Prefix prefix) { return permits((prefix.ipv6() ? lists.ipv6AccessLists() : lists.accessLists()).get(accessList), prefix); }

    /** {@code neighbor X filter-list NAME}. */
    public boolean permitsPath(String asPathList, RouteAttributes attributes) {
        var list = lists.asPathLists().get(asPathList);
        return list != null && list.permits(attributes.asPath());
    }

    private static boolean permits(@Nullable PrefixList list, Prefix prefix) { return list != null && list.permits(prefix); }

    private static boolean permits(@Nullable AccessList list, Prefix prefix) { return list != null && list.permits(prefix); }

    /** Whether the map, or one that it calls, asks for a route's prefix: otherwise its answer is the same for all prefixes with the same attributes. */
    public boolean perPrefix(String routeMap) {
        var map = lists.routeMaps().get(routeMap);
        return map != null && map.entries().stream().anyMatch(entry -> entry.call().isPresent() || entry.matches().stream().anyMatch(match -> switch (match) {
            case RouteMap.Match.PrefixListName list -> true;
            case RouteMap.Match.Ipv6PrefixListName list -> true;
            case RouteMap.Match.AccessListName list -> true;
            case RouteMap.Match.Ipv6AccessListName list -> true;
            case RouteMap.Match.PrefixLength length -> true;
            default -> false;                                               // of the attributes, the peer, or the route's origin
        }));
    }

    /** What the map makes of it; empty: denied. */
    public Optional<Subject> apply(String routeMap, Subject subject) { return apply(routeMap, subject, subject, 0); }

    /** {@code default-originate route-map}: matches are for {@code subject}, sets change the attributes of another route. */
    public Optional<Subject> apply(String routeMap, Subject subject, RouteAttributes toChange) {
        return apply(routeMap, subject, subject.with(toChange), 0);
    }

    /** Matches see what sets have changed, unless it is another route that they change. */
    private Optional<Subject> apply(String routeMap, Subject subject, Subject toChange, int depth) {
        var map = lists.routeMaps().get(routeMap);
        if (map == null || depth > DEEPEST_CALL) return Optional.empty();
        var changed = toChange;
        boolean same = subject == toChange;
        boolean permitted = false;
        int goTo = 0;
        for (RouteMap.Entry entry : map.entries()) {
            if (entry.seq() < goTo) continue;
            var seen = same ? changed : subject;
            if (!entry.matches().stream().allMatch(match -> matches(match, seen))) {
                permitted = false;                                          // FRR: after on-match, an entry that does not match denies
                continue;
            }
            if (entry.action() == Action.DENY) return Optional.empty();
            permitted = true;
            for (RouteMap.SetAction set : entry.sets()) changed = apply(set, changed);
            if (entry.call().isPresent() && lists.routeMaps().containsKey(entry.call().get())) {
                var called = apply(entry.call().get(), same ? changed : subject, changed, depth + 1);
                if (called.isEmpty()) return Optional.empty();
                changed = called.get();
            }
            switch (entry.exit()) {
                case RouteMap.Exit.End end -> { return Optional.of(changed); }
                case RouteMap.Exit.Next next -> { }
                case RouteMap.Exit.Goto to -> goTo = to.seq();
            }
        }
        return permitted ? Optional.of(changed) : Optional.empty();
    }

    private boolean matches(RouteMap.Match match, Subject subject) {
        var prefix = subject.prefix();
        var attributes = subject.attributes();
        return switch (match) {
            case RouteMap.Match.PrefixListName list -> !prefix.ipv6() && permits(list.name(), prefix);
            case RouteMap.Match.Ipv6PrefixListName list -> prefix.ipv6() && permits(list.name(), prefix);
            case RouteMap.Match.AccessListName list -> !prefix.ipv6() && distributes(list.name(), prefix);
            case RouteMap.Match.Ipv6AccessListName list -> prefix.ipv6() && distributes(list.name(), prefix);
            case RouteMap.Match.PrefixLength wanted -> prefix.ipv6() == wanted.ipv6() && prefix.length() == wanted.length();
            case RouteMap.Match.NextHopPrefixList list -> attributes.nextHop() instanceof Inet4Address && permits(list.name(), host(attributes.nextHop()));
            case RouteMap.Match.NextHopAccessList list -> attributes.nextHop() instanceof Inet4Address && distributes(list.name(), host(attributes.nextHop()));
            case RouteMap.Match.NextHop wanted -> attributes.nextHop().equals(wanted.address());
            case RouteMap.Match.AsPathListName list -> permitsPath(list.name(), attributes);
            case RouteMap.Match.Communities wanted ->
                lists.communityList(wanted.kind(), wanted.name()).filter(list -> list.matches(attributes.communities(wanted.kind()), wanted.exactly())).isPresent();
            case RouteMap.Match.Origin origin -> attributes.origin().ordinal() == origin.code();
            case RouteMap.Match.Metric metric -> attributes.medOrZero() == metric.value();
            case RouteMap.Match.LocalPreference pref -> attributes.localPref().orElse(0) == pref.value();
            case RouteMap.Match.Peer peer -> subject.peer().filter(peer.address()::equals).isPresent();
            case RouteMap.Match.LocalPeer local -> subject.peer().isEmpty();
        };
    }

    private static Prefix host(InetAddress address) { return Prefix.of(address, address.getAddress().length * 8); }

    private Subject apply(RouteMap.SetAction set, Subject s) {
        var attributes = s.attributes();
        return switch (set) {
            case RouteMap.SetAction.LocalPreference pref -> s.with(attributes.withLocalPref(pref.value()));
            case RouteMap.SetAction.LocalPreferenceChange change ->
                s.with(attributes.withLocalPref(Math.clamp(attributes.localPref().orElse(0) + change.delta(), 0, GREATEST)));
            case RouteMap.SetAction.Metric metric -> s.with(attributes.withMed(metric.value()));
            case RouteMap.SetAction.MetricChange change -> s.with(attributes.withMed(Math.clamp(attributes.medOrZero() + change.delta(), 0, GREATEST)));
            case RouteMap.SetAction.Weight weight -> new Subject(s.prefix(), attributes, weight.value(), s.peer(), s.nextHop());
            case RouteMap.SetAction.AsPathPrepend prepend -> s.with(attributes.withAsPath(attributes.asPath().prepend(prepend.asNumbers())));
            case RouteMap.SetAction.AsPathPrependLast prepend -> {
                long neighbour = attributes.asPath().first();
                yield neighbour == 0 ? s : s.with(attributes.withAsPath(attributes.asPath().prepend(Collections.nCopies(prepend.times(), neighbour))));
            }
            case RouteMap.SetAction.AsPathExclude exclude -> s.with(attributes.withAsPath(attributes.asPath().exclude(exclude.asNumbers())));
            case RouteMap.SetAction.Communities communities -> s.with(attributes.withCommunities(communities.additive()
                    ? attributes.communities(communities.values().kind()).plus(communities.values()) : communities.values()));
            case RouteMap.SetAction.DeleteCommunities delete -> lists.communityList(delete.kind(), delete.name())
                    .map(list -> s.with(attributes.withCommunities(list.delete(attributes.communities(delete.kind()))))).orElse(s);
            case RouteMap.SetAction.AtomicAggregate atomic -> s.with(attributes.withOther(new PathAttribute.AtomicAggregate()));
            case RouteMap.SetAction.Aggregator by -> s.with(attributes.withOther(
                    new PathAttribute.Aggregator(by.as(), ByteBuffer.wrap(by.address().getAddress()).getInt(), false)));
            case RouteMap.SetAction.NextHop nextHop ->
                s.prefix().ipv6() == nextHop.address() instanceof Inet6Address ? s.with(attributes.withNextHop(nextHop.address()), NextHopChoice.SET) : s;
            case RouteMap.SetAction.NextHopPeerAddress peer -> s.prefix().ipv6() == peer.ipv6() ? s.with(attributes, NextHopChoice.PEER_ADDRESS) : s;
            case RouteMap.SetAction.NextHopPreferGlobal prefer -> s.with(attributes.withNextHop(attributes.nextHop()));
            case RouteMap.SetAction.NextHopUnchanged unchanged -> s.with(attributes, NextHopChoice.UNCHANGED);
            case RouteMap.SetAction.Origin origin -> s.with(attributes.withOrigin(PathAttribute.Origin.values()[origin.code()]));
        };
    }
}
