package dev.torii.cli.config.frr;

import dev.torii.bgp.BgpConfig;
import dev.torii.bgp.PeerConfig;
import dev.torii.bgp.policy.AccessList;
import dev.torii.bgp.policy.AsPathList;
import dev.torii.bgp.policy.CommunityList;
import dev.torii.bgp.policy.PolicyLists;
import dev.torii.bgp.policy.PrefixList;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.rib.DecisionProcess;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.FrrVersion;
import dev.torii.cli.config.Position;
import dev.torii.cli.config.StaticRoute;
import dev.torii.cli.config.Warning;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** What the lines of FRR's files have said so far. */
final class FrrState {
    private static final Neighbor.Timers TRADITIONAL = new Neighbor.Timers(Duration.ofSeconds(60), Duration.ofSeconds(180));
    private static final Neighbor.Timers DATACENTER = new Neighbor.Timers(Duration.ofSeconds(3), Duration.ofSeconds(9));

    final Map<String, InetAddress> interfaces;
    final List<StaticRoute> staticRoutes = new ArrayList<>();
    final Map<String, PrefixList.Builder> prefixLists = new LinkedHashMap<>();
    final Map<String, PrefixList.Builder> ipv6PrefixLists = new LinkedHashMap<>();
    final Map<String, NumberedList<AccessList.Entry>> accessLists = new LinkedHashMap<>();
    final Map<String, NumberedList<AccessList.Entry>> ipv6AccessLists = new LinkedHashMap<>();
    final Map<String, NumberedList<AsPathList.Entry>> asPathLists = new LinkedHashMap<>();
    final Map<CommunityKind, Map<String, NumberedList<CommunityList.Entry>>> communityLists = new EnumMap<>(CommunityKind.class);
    final Map<String, Map<Integer, RouteMapEntry>> routeMaps = new LinkedHashMap<>();
    Optional<String> hostname = Optional.empty();
    Optional<FrrVersion> version = Optional.empty();
    Optional<Inet4Address> zebraRouterId = Optional.empty();
    Optional<Bgp> bgp = Optional.empty();
    private final Diagnostics diagnostics;
    private boolean datacenter;

    FrrState(Map<String, InetAddress> interfaces, Diagnostics diagnostics) {
        this.interfaces = interfaces;
        this.diagnostics = diagnostics;
    }

    /** {@code aggregate-address ...}. */
    record Aggregate(BgpConfig.Aggregate config, Optional<Reference> routeMap) {}

    /** {@code redistribute ...}. */
    record Redistribution(OptionalLong metric, Optional<Reference> routeMap) {}

    /** {@code router bgp} while its lines are read. */
    static final class Bgp {
        final long as;
        final Position at;
        final Map<InetAddress, Neighbor> neighbors = new LinkedHashMap<>();
        final Map<String, Neighbor> groups = new LinkedHashMap<>();
        final Map<Prefix, Optional<Reference>> networks = new LinkedHashMap<>();
        Optional<Inet4Address> routerId = Optional.empty();
        Optional<Neighbor.Timers> timers = Optional.empty();
        Optional<Boolean> ebgpRequiresPolicy = Optional.empty();
        Optional<Boolean> networkImportCheck = Optional.empty();
        Optional<BgpConfig.Distances> distances = Optional.empty();
        private final Map<AddressFamily, Family> families = new LinkedHashMap<>();
        boolean alwaysCompareMed;
        boolean missingMedIsWorst;
        boolean compareRouterId;
        boolean ignoreAsPath;
        boolean multipathRelax;
        long localPreference = 100;
        Optional<String> shutdown = Optional.empty();
        boolean gracefulShutdown;
        PeerConfig.GracefulRestart gracefulRestart = PeerConfig.GracefulRestart.STANDARD;

        Bgp(long as, Position at) {
            this.as = as;
            this.at = at;
            for (AddressFamily family : AddressFamily.KNOWN) families.put(family, new Family());
            family(AddressFamily.IPV4_UNICAST).activate = true;
        }

        /** @param family a known one */
        Family family(AddressFamily family) { return Objects.requireNonNull(families.get(family)); }
    }

    /** What an address family says of no neighbour in particular. */
    static final class Family {
        Optional<Integer> maximumPaths = Optional.empty();
        Optional<Integer> maximumPathsIbgp = Optional.empty();
        final Map<BgpConfig.Redistributed, Redistribution> redistributions = new EnumMap<>(BgpConfig.Redistributed.class);
        final Map<Prefix, Aggregate> aggregates = new LinkedHashMap<>();
        /** Whether neighbours have it unless they say otherwise. */
        boolean activate;
    }

    /** FRR's set of defaults: "traditional" or "datacenter". */
    void profile(String name) { datacenter = name.equals("datacenter"); }

    /** Of the {@code router bgp} line. */
    Position bgpAt() { return bgp.orElseThrow().at; }

    Routing finish() { return new Routing(staticRoutes, bgp.map(this::config), hostname, version); }

    private BgpConfig config(Bgp router) {
        var builder = BgpConfig.builder(router.as);
        router.routerId.or(() -> zebraRouterId).ifPresent(builder::routerId);
        boolean checks = version.map(written -> written.atLeast(FrrVersion.WITH_POLICY)).orElse(true);
        boolean policyRequired = router.ebgpRequiresPolicy.orElse(!datacenter && checks);
        builder.networkImportCheck(router.networkImportCheck.orElse(checks));
        router.distances.ifPresent(builder::distances);
        builder.ebgpRequiresPolicy(policyRequired).multipathRelax(router.multipathRelax).defaultLocalPreference(router.localPreference).gracefulShutdown(router.gracefulShutdown);
        var timers = router.timers.orElse(datacenter ? DATACENTER : TRADITIONAL);
        var connectRetry = Duration.ofSeconds(datacenter ? 10 : 120);
        router.neighbors.forEach((address, neighbor) -> {
            if (neighbor.as().isEmpty()) {
                diagnostics.error(neighbor.at, "neighbor " + neighbor.name + " has no AS", "write neighbor " + neighbor.name + " remote-as AS");
                return;
            }
            var peer = neighbor.build(address, timers, connectRetry, router);
            builder.peer(peer);
            if (peer.ttlSecurityHops().isPresent() && peer.ebgpMultihop() > 1)
                diagnostics.error(neighbor.at, "neighbor " + neighbor.name + " has both ebgp-multihop and ttl-security", "remove one of the two lines");
            for (Neighbor.Setting setting : neighbor.allSettings()) setting.reference().ifPresent(reference -> checkDefined(reference, "every route is denied here"));
            if (policyRequired && peer.remoteAs() != router.as) peer.activeFamilies().forEach(family -> checkPolicies(neighbor, peer, family));
        });
        router.networks.forEach((prefix, map) -> {
            builder.network(new BgpConfig.Network(prefix, map.map(Reference::name)));
            map.ifPresent(reference -> checkDefined(reference, "every route is denied here"));
        });
        builder.bestPath(new DecisionProcess.BestPath(router.alwaysCompareMed, router.missingMedIsWorst, router.compareRouterId, router.ignoreAsPath));
        router.families.forEach((family, said) -> {
            var standard = BgpConfig.Family.STANDARD;
            said.aggregates.values().forEach(aggregate -> {
                builder.aggregate(aggregate.config());
                aggregate.routeMap().ifPresent(reference -> checkDefined(reference, "every route is denied here"));
            });
            builder.maximumPaths(family, said.maximumPaths.orElse(standard.maximumPaths()), said.maximumPathsIbgp.orElse(standard.maximumPathsIbgp()));
        });
        router.families.forEach((family, said) -> said.redistributions.forEach((from, how) -> {
            builder.redistribute(family, from, new BgpConfig.Redistribution(how.metric(), how.routeMap().map(Reference::name)));
            how.routeMap().ifPresent(reference -> checkDefined(reference, "every route is denied here"));
        }));
        var lists = new PolicyLists.Builder();
        prefixLists.values().forEach(list -> lists.prefixList(list.build()));
        ipv6PrefixLists.values().forEach(list -> lists.ipv6PrefixList(list.build()));
        accessLists.forEach((name, list) -> lists.accessList(new AccessList(name, list.entries())));
        ipv6AccessLists.forEach((name, list) -> lists.ipv6AccessList(new AccessList(name, list.entries())));
        asPathLists.forEach((name, list) -> lists.asPathList(new AsPathList(name, list.entries())));
        communityLists.forEach((kind, byName) -> byName.forEach((name, list) -> lists.communityList(new CommunityList(kind, name, list.entries()))));
        routeMaps.forEach((name, entries) -> {
            lists.routeMap(new RouteMap(name, entries.values().stream().map(RouteMapEntry::build).toList()));
            for (RouteMapEntry entry : entries.values()) entry.references().forEach(reference -> checkDefined(reference, "nothing matches it"));
        });
        return builder.lists(lists).build();
    }

    private void checkPolicies(Neighbor neighbor, PeerConfig peer, AddressFamily family) {
        for (boolean in : new boolean[] {true, false}) {
            if (!(in ? peer.family(family).in() : peer.family(family).out()).isEmpty()) continue;
            diagnostics.warn(Warning.Kind.BGP, neighbor.at, "no " + (family.ipv6() ? "IPv6 " : "") + "routes will be " + (in ? "accepted from " : "sent to ") + neighbor.name
                    + ": an external neighbor needs a policy (RFC 8212; FRR shows \"(Policy)\")",
                    "add neighbor " + neighbor.name + " route-map NAME " + (in ? "in" : "out") + ", or no bgp ebgp-requires-policy");
        }
    }

    private void checkDefined(Reference reference, String otherwise) {
        if (isDefined(reference)) return;
        diagnostics.warn(Warning.Kind.UNDEFINED_NAME, reference.at(), reference.kind().word() + " " + reference.name() + " is defined nowhere: "
                + (reference.kind() == Reference.Kind.ROUTE_MAP && otherwise.equals("nothing matches it") ? "the call does nothing" : otherwise), "define it: " + reference.definition());
    }

    private boolean isDefined(Reference reference) {
        String name = reference.name();
        return switch (reference.kind()) {
            case ROUTE_MAP -> routeMaps.containsKey(name);
            case PREFIX_LIST -> prefixLists.containsKey(name);
            case IPV6_PREFIX_LIST -> ipv6PrefixLists.containsKey(name);
            case IPV6_ACCESS_LIST -> ipv6AccessLists.containsKey(name);
            case ACCESS_LIST -> accessLists.containsKey(name);
            case AS_PATH_LIST -> asPathLists.containsKey(name);
            case COMMUNITY_LIST -> isDefined(CommunityKind.STANDARD, name);
            case EXTENDED_COMMUNITY_LIST -> isDefined(CommunityKind.EXTENDED, name);
            case LARGE_COMMUNITY_LIST -> isDefined(CommunityKind.LARGE, name);
        };
    }

    private boolean isDefined(CommunityKind kind, String name) { return communityLists.getOrDefault(kind, Map.of()).containsKey(name); }
}
