package dev.torii.bgp.policy;

import dev.torii.bgp.rib.RouteAttributes;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;

/** Applies prefix lists and route maps by name, with FRR's answers for names that are not there: denied. */
public final class RouteMaps {
    private static final long LARGEST_METRIC = 0xFFFF_FFFFL;

    private final Map<String, PrefixList> prefixLists;
    private final Map<String, RouteMap> routeMaps;

    public RouteMaps(Map<String, PrefixList> prefixLists, Map<String, RouteMap> routeMaps) {
        this.prefixLists = prefixLists;
        this.routeMaps = routeMaps;
    }

    /**
     * A route on its way through a map.
     *
     * @param peer       whom it comes from or goes to; empty for a route of our own
     * @param nextHopSet whether {@code set ip next-hop} named the next hop
     */
    public record Subject(Prefix prefix, RouteAttributes attributes, long weight, Optional<InetAddress> peer, boolean nextHopSet) {
        public Subject(Prefix prefix, RouteAttributes attributes, long weight, Optional<InetAddress> peer) {
            this(prefix, attributes, weight, peer, false);
        }

        private Subject with(RouteAttributes changed) { return new Subject(prefix, changed, weight, peer, nextHopSet); }
    }

    /** {@code neighbor X prefix-list NAME}. */
    public boolean permits(String prefixList, Prefix prefix) {
        var list = prefixLists.get(prefixList);
        return list != null && list.permits(prefix);
    }

    /** What the map makes of it; empty: denied. */
    public Optional<Subject> apply(String routeMap, Subject subject) {
        var map = routeMaps.get(routeMap);
        if (map == null) return Optional.empty();
        for (RouteMap.Entry entry : map.entries()) {
            if (!entry.matches().stream().allMatch(match -> matches(match, subject))) continue;
            if (entry.action() == Action.DENY) return Optional.empty();
            var changed = subject;
            for (RouteMap.SetAction set : entry.sets()) changed = apply(set, changed);
            return Optional.of(changed);
        }
        return Optional.empty();
    }

    private boolean matches(RouteMap.Match match, Subject subject) {
        return switch (match) {
            case RouteMap.Match.PrefixListName list -> permits(list.name(), subject.prefix());
            case RouteMap.Match.Metric metric -> subject.attributes().medOrZero() == metric.value();
            case RouteMap.Match.LocalPreference pref -> subject.attributes().localPref().orElse(0) == pref.value();
            case RouteMap.Match.Peer peer -> subject.peer().filter(peer.address()::equals).isPresent();
        };
    }

    private static Subject apply(RouteMap.SetAction set, Subject s) {
        var attributes = s.attributes();
        return switch (set) {
            case RouteMap.SetAction.LocalPreference pref -> s.with(attributes.withLocalPref(pref.value()));
            case RouteMap.SetAction.Metric metric -> s.with(attributes.withMed(metric.value()));
            case RouteMap.SetAction.MetricChange change ->
                s.with(attributes.withMed(Math.clamp(attributes.medOrZero() + change.delta(), 0, LARGEST_METRIC)));
            case RouteMap.SetAction.Weight weight -> new Subject(s.prefix(), attributes, weight.value(), s.peer(), s.nextHopSet());
            case RouteMap.SetAction.AsPathPrepend prepend -> s.with(attributes.withAsPath(attributes.asPath().prepend(prepend.asNumbers())));
            case RouteMap.SetAction.NextHop nextHop -> new Subject(s.prefix(), attributes.withNextHop(nextHop.address()), s.weight(), s.peer(), true);
            case RouteMap.SetAction.Origin origin -> s.with(attributes.withOrigin(PathAttribute.Origin.values()[origin.code()]));
        };
    }
}
