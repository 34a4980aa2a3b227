package dev.torii.bgp;

import dev.torii.bgp.policy.PolicyLists;
import dev.torii.bgp.policy.PrefixList;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.rib.DecisionProcess;
import dev.torii.bgp.wire.Prefix;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.EnumMap;
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
 * @param maximumPaths       equal external paths used at once; FRR's default is as many as it was compiled for
 * @param maximumPathsIbgp   the same for internal paths
 * @param multipathRelax     {@code bgp bestpath as-path multipath-relax}: equal length suffices
 * @param redistributions which routes of the host's table are announced
 * @param gracefulShutdown {@code bgp graceful-shutdown}: neighbours are to avoid us (RFC 8326), and we them
 * @param defaultLocalPreference of routes that came without one
 */
public record BgpConfig(long localAs, Optional<Inet4Address> routerId, List<PeerConfig> peers, List<Network> networks,
        PolicyLists lists, boolean ebgpRequiresPolicy, boolean networkImportCheck, Distances distances,
        int maximumPaths, int maximumPathsIbgp, boolean multipathRelax, DecisionProcess.BestPath bestPath, Map<Redistributed, Redistribution> redistributions,
        boolean gracefulShutdown, long defaultLocalPreference) {

    /** Where redistributed routes come from. */
    public enum Redistributed { STATIC, CONNECTED, KERNEL }

    /** {@code distance bgp}: administrative distances, 1 to 255 (not to be used), of routes from external and from internal peers. */
    public record Distances(int external, int internal) {
        public static final Distances DEFAULT = new Distances(20, 200);
    }

    /** {@code redistribute ... [metric N] [route-map NAME]}: without a metric, that of the route. */
    public record Redistribution(OptionalLong metric, Optional<String> routeMap) {}

    /** {@code network PREFIX [route-map NAME]}. */
    public record Network(Prefix prefix, Optional<String> routeMap) {
        public Network(Prefix prefix) { this(prefix, Optional.empty()); }
    }

    public BgpConfig {
        peers = List.copyOf(peers);
        networks = List.copyOf(networks);
        redistributions = Map.copyOf(redistributions);
        if (localAs < 1 || localAs > 0xFFFF_FFFFL) throw new IllegalArgumentException("local AS " + localAs);
    }

    /** The same with the router id the driver chose: FRR takes the highest address of the host. */
    public BgpConfig withRouterId(Inet4Address id) {
        return new BgpConfig(localAs, Optional.of(id), peers, networks, lists, ebgpRequiresPolicy, networkImportCheck, distances,
                maximumPaths, maximumPathsIbgp, multipathRelax, bestPath, redistributions, gracefulShutdown, defaultLocalPreference);
    }

    public static Builder builder(long localAs) { return new Builder(localAs); }

    /** FRR's traditional defaults. */
    public static final class Builder {
        private static final int MULTIPATH = 256;       // Debian's FRR is built with --enable-multipath=256

        private final long localAs;
        private Optional<Inet4Address> routerId = Optional.empty();
        private final List<PeerConfig> peers = new ArrayList<>();
        private final List<Network> networks = new ArrayList<>();
        private PolicyLists.Builder lists = new PolicyLists.Builder();
        private boolean ebgpRequiresPolicy = true;
        private boolean networkImportCheck = true;
        private Distances distances = Distances.DEFAULT;
        private int maximumPaths = MULTIPATH;
        private int maximumPathsIbgp = MULTIPATH;
        private boolean multipathRelax;
        private DecisionProcess.BestPath bestPath = DecisionProcess.BestPath.STANDARD;
        private final Map<Redistributed, Redistribution> redistributions = new EnumMap<>(Redistributed.class);
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

        public Builder maximumPaths(int external, int internal) { maximumPaths = external; maximumPathsIbgp = internal; return this; }

        public Builder multipathRelax(boolean value) { multipathRelax = value; return this; }

        public Builder bestPath(DecisionProcess.BestPath options) { bestPath = options; return this; }

        public Builder redistribute(Redistributed from, Redistribution how) { redistributions.put(from, how); return this; }

        public Builder gracefulShutdown(boolean value) { gracefulShutdown = value; return this; }

        public Builder defaultLocalPreference(long value) { defaultLocalPreference = value; return this; }

        public BgpConfig build() {
            return new BgpConfig(localAs, routerId, peers, networks, lists.build(), ebgpRequiresPolicy, networkImportCheck, distances,
                    maximumPaths, maximumPathsIbgp, multipathRelax, bestPath, redistributions, gracefulShutdown, defaultLocalPreference);
        }
    }
}
