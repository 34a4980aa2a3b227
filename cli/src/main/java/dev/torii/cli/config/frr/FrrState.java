package dev.torii.cli.config.frr;

import dev.torii.bgp.BgpConfig;
import dev.torii.bgp.policy.PrefixList;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Position;
import dev.torii.cli.config.StaticRoute;
import dev.torii.cli.config.Warning;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the lines of FRR's files have said so far. */
final class FrrState {
    private static final Neighbor.Timers TRADITIONAL = new Neighbor.Timers(Duration.ofSeconds(60), Duration.ofSeconds(180));
    private static final Neighbor.Timers DATACENTER = new Neighbor.Timers(Duration.ofSeconds(3), Duration.ofSeconds(9));

    final Map<String, InetAddress> interfaces;
    final List<StaticRoute> staticRoutes = new ArrayList<>();
    final Map<String, PrefixList.Builder> prefixLists = new LinkedHashMap<>();
    final Map<String, Map<Integer, RouteMapEntry>> routeMaps = new LinkedHashMap<>();
    Optional<String> hostname = Optional.empty();
    Optional<Inet4Address> zebraRouterId = Optional.empty();
    Optional<Bgp> bgp = Optional.empty();
    private final Diagnostics diagnostics;
    private boolean datacenter;

    FrrState(Map<String, InetAddress> interfaces, Diagnostics diagnostics) {
        this.interfaces = interfaces;
        this.diagnostics = diagnostics;
    }

    /** {@code router bgp} while its lines are read. */
    static final class Bgp {
        final long as;
        final Position at;
        final Map<InetAddress, Neighbor> neighbors = new LinkedHashMap<>();
        final Map<Prefix, Optional<Neighbor.Reference>> networks = new LinkedHashMap<>();
        Optional<Inet4Address> routerId = Optional.empty();
        Optional<Neighbor.Timers> timers = Optional.empty();
        Optional<Boolean> ebgpRequiresPolicy = Optional.empty();
        Optional<Integer> maximumPaths = Optional.empty();
        Optional<Integer> maximumPathsIbgp = Optional.empty();
        boolean activateIpv4Unicast = true;
        boolean multipathRelax;
        long localPreference = 100;

        Bgp(long as, Position at) {
            this.as = as;
            this.at = at;
        }
    }

    /** FRR's set of defaults: "traditional" or "datacenter". */
    void profile(String name) { datacenter = name.equals("datacenter"); }

    /** Of the {@code router bgp} line. */
    Position bgpAt() { return bgp.orElseThrow().at; }

    Routing finish() { return new Routing(staticRoutes, bgp.map(this::config), hostname); }

    private BgpConfig config(Bgp router) {
        var builder = BgpConfig.builder(router.as);
        router.routerId.or(() -> zebraRouterId).ifPresent(builder::routerId);
        boolean policyRequired = router.ebgpRequiresPolicy.orElse(!datacenter);
        builder.ebgpRequiresPolicy(policyRequired).multipathRelax(router.multipathRelax).defaultLocalPreference(router.localPreference);
        if (router.maximumPaths.isPresent() || router.maximumPathsIbgp.isPresent()) {
            var standard = BgpConfig.builder(router.as).build();
            builder.maximumPaths(router.maximumPaths.orElse(standard.maximumPaths()), router.maximumPathsIbgp.orElse(standard.maximumPathsIbgp()));
        }
        var timers = router.timers.orElse(datacenter ? DATACENTER : TRADITIONAL);
        var connectRetry = Duration.ofSeconds(datacenter ? 10 : 120);
        for (Neighbor neighbor : router.neighbors.values()) {
            builder.peer(neighbor.build(timers, connectRetry, router.activateIpv4Unicast));
            checkPolicies(neighbor, policyRequired && neighbor.remoteAs != router.as && neighbor.activate.orElse(router.activateIpv4Unicast));
        }
        router.networks.forEach((prefix, map) -> {
            builder.network(new BgpConfig.Network(prefix, map.map(Neighbor.Reference::name)));
            map.ifPresent(reference -> checkDefined(reference, true));
        });
        prefixLists.values().forEach(list -> builder.prefixList(list.build()));
        routeMaps.forEach((name, entries) -> {
            builder.routeMap(new RouteMap(name, entries.values().stream().map(RouteMapEntry::build).toList()));
            for (RouteMapEntry entry : entries.values()) entry.prefixList.ifPresent(this::checkMatched);
        });
        return builder.build();
    }

    private void checkPolicies(Neighbor neighbor, boolean policyRequired) {
        neighbor.policies.forEach((policy, reference) -> checkDefined(reference, policy.routeMap()));
        if (!policyRequired) return;
        for (boolean in : new boolean[] {true, false}) {
            if (neighbor.policies.keySet().stream().anyMatch(policy -> policy.in() == in)) continue;
            diagnostics.warn(Warning.Kind.BGP, neighbor.at, "no routes will be " + (in ? "accepted from " : "sent to ") + neighbor.address.getHostAddress()
                    + ": an external neighbor needs a policy (RFC 8212; FRR shows \"(Policy)\")",
                    "add neighbor " + neighbor.address.getHostAddress() + " route-map NAME " + (in ? "in" : "out") + ", or no bgp ebgp-requires-policy");
        }
    }

    private void checkDefined(Neighbor.Reference reference, boolean routeMap) {
        boolean defined = routeMap ? routeMaps.containsKey(reference.name()) : prefixLists.containsKey(reference.name());
        if (defined) return;
        String what = routeMap ? "route-map " : "prefix-list ";
        diagnostics.warn(Warning.Kind.UNDEFINED_NAME, reference.at(), what + reference.name() + " is defined nowhere: every route is denied here", "define it: "
                + (routeMap ? "route-map " + reference.name() + " permit 10" : "ip prefix-list " + reference.name() + " permit PREFIX"));
    }

    private void checkMatched(Neighbor.Reference reference) {
        if (prefixLists.containsKey(reference.name())) return;
        diagnostics.warn(Warning.Kind.UNDEFINED_NAME, reference.at(), "prefix-list " + reference.name() + " is defined nowhere: nothing matches it",
                "define it: ip prefix-list " + reference.name() + " permit PREFIX");
    }
}
