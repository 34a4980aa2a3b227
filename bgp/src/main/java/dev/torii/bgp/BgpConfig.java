package dev.torii.bgp;

import dev.torii.bgp.policy.PolicyLists;
import dev.torii.bgp.policy.PrefixList;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.rib.DecisionProcess;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A {@code router bgp} block and the lists it refers to.
 *
 * @param localAs            1 to 2^32-1
 * @param routerId           must be present before a {@link Speaker} is made: see {@link #withRouterId}
 * @param ebgpRequiresPolicy RFC 8212; false for {@code no bgp ebgp-requires-policy}
 * @param networkImportCheck whether a {@code network} is announced only while there is a route to it. The driver sees to it: {@link Speaker#localRoute}
 * @param distances          of what is learnt, for the driver's table
 * @param families           what is said per address family
 * @param multipathRelax     {@code bgp bestpath as-path multipath-relax}: equal length suffices
 * @param gracefulShutdown {@code bgp graceful-shutdown}: neighbours are to avoid us (RFC 8326), and we them
 * @param defaultLocalPreference of routes that came without one
 */
public record BgpConfig(long localAs, Optional<Inet4Address> routerId, List<PeerConfig> peers, List<Network> networks,
        PolicyLists lists, boolean ebgpRequiresPolicy, boolean networkImportCheck, Distances distances,
        Map<AddressFamily, Family> families, boolean multipathRelax, DecisionProcess.BestPath bestPath, boolean gracefulShutdown,
        long defaultLocalPreference) {
    private static final int MULTIPATH = 256;           // Debian's FRR is built with --enable-multipath=256

    /**
     * An {@code address-family} block, but for its neighbours and networks.
     *
     * @param maximumPaths     equal external paths used at once; FRR's default is as many as it was compiled for
     * @param maximumPathsIbgp the same for internal paths
     * @param redistributions  which routes of the host's table are announced
     */
    public record Family(int maximumPaths, int maximumPathsIbgp, Map<Redistributed, Redistribution> redistributions, List<Aggregate> aggregates) {
        /** Nothing was said. */
        public static final Family STANDARD = new Family(MULTIPATH, MULTIPATH, Map.of(), List.of());

        public Family {
            redistributions = Map.copyOf(redistributions);
            aggregates = List.copyOf(aggregates);
        }

        private Family withPaths(int external, int internal) { return new Family(external, internal, redistributions, aggregates); }

        private Family with(Aggregate aggregate) {
            var all = new ArrayList<>(aggregates);
            all.add(aggregate);
            return new Family(maximumPaths, maximumPathsIbgp, redistributions, all);
        }

        private Family with(Redistributed from, Redistribution how) {
            var all = new HashMap<>(redistributions);
            all.put(from, how);
            return new Family(maximumPaths, maximumPathsIbgp, all, aggregates);
        }
    }

    /** Where redistributed routes come from. */
    public enum Redistributed { STATIC, CONNECTED, KERNEL }

    /** {@code distance bgp}: administrative distances, 1 to 255 (not to be used), of routes from external and from internal peers. */
    public record Distances(int external, int internal) {
        public static final Distances DEFAULT = new Distances(20, 200);
    }

    /** {@code redistribute ... [metric N] [route-map NAME]}: without a metric, that of the route. */
    public record Redistribution(OptionalLong metric, Optional<String> routeMap) {}

    /**
     * {@code aggregate-address PREFIX ...}.
     *
     * @param asSet       with the AS numbers and communities of the routes inside
     * @param summaryOnly the routes inside are not announced
     * @param origin      in place of the worst of the routes inside
     */
    public record Aggregate(Prefix prefix, boolean asSet, boolean summaryOnly, Optional<String> routeMap, Optional<PathAttribute.Origin> origin) {}

    /** {@code network PREFIX [route-map NAME]}. */
    public record Network(Prefix prefix, Optional<String> routeMap) {
        public Network(Prefix prefix) { this(prefix, Optional.empty()); }
    }

    public BgpConfig {
        peers = List.copyOf(peers);
        networks = List.copyOf(networks);
        families = Map.copyOf(families);
        if (localAs < 1 || localAs > 0xFFFF_FFFFL) throw new IllegalArgumentException("local AS " + localAs);
    }

    /** The same with the router id the driver chose: FRR takes the highest address of the host. */
    public BgpConfig withRouterId(Inet4Address id) {
        return new BgpConfig(localAs, Optional.of(id), peers, networks, lists, ebgpRequiresPolicy, networkImportCheck, distances,
                families, multipathRelax, bestPath, gracefulShutdown, defaultLocalPreference);
    }

    /** What is said of that family. */
    public Family family(AddressFamily family) { return families.getOrDefault(family, Family.STANDARD); }

    public static Builder builder(long localAs) { return new Builder(localAs); }

    /** FRR's traditional defaults. */
    public static final class Builder {
        private final long localAs;
        private Optional<Inet4Address> routerId = Optional.empty();
        private final List<PeerConfig> peers = new ArrayList<>();
        private final List<Network> networks = new ArrayList<>();
        private PolicyLists.Builder lists = new PolicyLists.Builder();
        private boolean ebgpRequiresPolicy = true;
        private boolean networkImportCheck = true;
        private Distances distances = Distances.DEFAULT;
        private final Map<AddressFamily, Family> families = new HashMap<>();
        private boolean multipathRelax;
        private DecisionProcess.BestPath bestPath = DecisionProcess.BestPath.STANDARD;
        private boolean gracefulShutdown;
        private long defaultLocalPreference = 100;

        private Builder(long localAs) { this.localAs = localAs; }

        public Builder routerId(Inet4Address id) { routerId = Optional.of(id); return this; }

        public Builder peer(PeerConfig peer) { peers.add(peer); return this; }

        public Builder network(Prefix prefix) { networks.add(new Network(prefix)); return this; }

        public Builder network(Network network) { networks.add(network); return this; }

        /** The lists to add to; those of {@link #prefixList} and {@link #routeMap} are among them. */
        public Builder lists(PolicyLists.Builder all) { lists = all; return this; }

        public Builder prefixList(PrefixList list) { lists.prefixList(list); return this; }

        public Builder routeMap(RouteMap map) { lists.routeMap(map); return this; }

        public Builder ebgpRequiresPolicy(boolean value) { ebgpRequiresPolicy = value; return this; }

        public Builder networkImportCheck(boolean value) { networkImportCheck = value; return this; }

        public Builder distances(Distances value) { distances = value; return this; }

        public Builder maximumPaths(AddressFamily family, int external, int internal) {
            families.put(family, families.getOrDefault(family, Family.STANDARD).withPaths(external, internal));
            return this;
        }

        public Builder multipathRelax(boolean value) { multipathRelax = value; return this; }

        public Builder bestPath(DecisionProcess.BestPath options) { bestPath = options; return this; }

        public Builder aggregate(Aggregate aggregate) {
            var family = aggregate.prefix().family();
            families.put(family, families.getOrDefault(family, Family.STANDARD).with(aggregate));
            return this;
        }

        public Builder redistribute(AddressFamily family, Redistributed from, Redistribution how) {
            families.put(family, families.getOrDefault(family, Family.STANDARD).with(from, how));
            return this;
        }

        public Builder gracefulShutdown(boolean value) { gracefulShutdown = value; return this; }

        public Builder defaultLocalPreference(long value) { defaultLocalPreference = value; return this; }

        public BgpConfig build() {
            return new BgpConfig(localAs, routerId, peers, networks, lists.build(), ebgpRequiresPolicy, networkImportCheck, distances,
                    families, multipathRelax, bestPath, gracefulShutdown, defaultLocalPreference);
        }
    }
}
