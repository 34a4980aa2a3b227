package dev.torii.bgp.rib;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decision process of RFC 4271 section 9.1 in FRR's order. Pure: the same routes give the same answer.
 *
 * @param defaultLocalPreference taken for a route without LOCAL_PREF
 * @param options                what else is configured
 * @param multipathRelax         paths of different neighbouring ASes may be equal
 */
public record DecisionProcess(long defaultLocalPreference, int maximumPaths, int maximumPathsIbgp, boolean multipathRelax, BestPath options, NextHops nextHops) {
    private static final long WORST_MED = 0xFFFF_FFFFL;

    /** FRR's {@code bgp bestpath} options and {@code bgp always-compare-med}; none is on unless configured. */
    public record BestPath(boolean alwaysCompareMed, boolean missingMedIsWorst, boolean compareRouterId, boolean ignoreAsPath) {
        public static final BestPath STANDARD = new BestPath(false, false, false, false);
    }

    public DecisionProcess(long defaultLocalPreference, int maximumPaths, int maximumPathsIbgp, boolean multipathRelax, NextHops nextHops) {
        this(defaultLocalPreference, maximumPaths, maximumPathsIbgp, multipathRelax, BestPath.STANDARD, nextHops);
    }

    /** What decided between two routes; the first that differs. */
    public enum Step {
        /** The tunnel to the other one's next hop is suspect. */
        NEXT_HOP_IN_DOUBT("Next hop suspect"),
        WEIGHT("Weight"), LOCAL_PREFERENCE("Local Pref"), LOCALLY_ORIGINATED("Local Route"), AS_PATH_LENGTH("AS Path"), ORIGIN("Origin"), MULTI_EXIT_DISC("MED"),
        EXTERNAL_OVER_INTERNAL("Peer Type"), INTERIOR_COST("IGP Metric"), ALREADY_SELECTED("Older Path"), BGP_IDENTIFIER("Router ID"),
        CLUSTER_LIST_LENGTH("Cluster length"), PEER_ADDRESS("Neighbor IP"), NONE("Nothing left to compare"),
        /** There is no other route to compare it with. */
        ONLY_ONE("First path received");

        private final String text;

        Step(String text) { this.text = text; }

        /** FRR's words. */
        public String text() { return text; }
    }

    /**
     * The routes in use first, then the others.
     *
     * @param selected how many are in use: 0 if no next hop can be reached, 1, or more with multipath; the best one is first
     */
    public record Selection(List<Route> routes, int selected) {}

    /** A comparison: {@code sign < 0} if the first route is better. */
    public record Comparison(int sign, Step step) {}

    /**
     * Chooses among the routes to one prefix.
     *
     * @param current the best one so far: between external paths that tie, it stays (FRR's step 11, against flapping)
     */
    public Selection select(List<Route> routes, @Nullable Route current) {
        var usable = new ArrayList<Route>();
        var rest = new ArrayList<Route>();
        for (Route route : routes) (usable(route) ? usable : rest).add(route);
        if (usable.isEmpty()) return new Selection(List.copyOf(routes), 0);
        if (usable.size() > 1) setDoubtfulAside(usable, rest);
        Route best = best(usable, current);
        var chosen = new ArrayList<Route>(List.of(best));
        int most = best.internal() ? maximumPathsIbgp : maximumPaths;
        for (Route route : usable) {
            if (route == best) continue;
            boolean used = chosen.size() < most && equalPaths(best, route);
            (used ? chosen : rest).add(route);
        }
        int selected = chosen.size();
        chosen.addAll(rest);
        return new Selection(chosen, selected);
    }

    /** Why the first of these routes is the best: the step that decided against its closest rival. */
    public Step reason(Selection selection) {
        Step last = Step.ONLY_ONE;
        var best = selection.routes().getFirst();
        for (Route route : selection.routes().subList(1, selection.routes().size())) {
            if (!usable(route)) continue;
            var step = doubtful(route) && !doubtful(best) ? Step.NEXT_HOP_IN_DOUBT : compare(best, route, best).step();
            if (last == Step.ONLY_ONE || step.compareTo(last) > 0) last = step;
        }
        return last;
    }

    private void setDoubtfulAside(List<Route> usable, List<Route> rest) {
        var doubtful = usable.stream().filter(this::doubtful).toList();
        if (doubtful.isEmpty() || doubtful.size() == usable.size()) return;
        usable.removeAll(doubtful);
        rest.addAll(doubtful);
    }

    private boolean doubtful(Route route) { return !route.local() && nextHops.doubtful(route.attributes().nextHop()); }

    /** Whether it may be chosen: its next hop can be reached. */
    boolean usable(Route route) { return route.local() || nextHops.cost(route.attributes().nextHop()).isPresent(); }

    /** MED makes the order intransitive: the best of each neighbouring AS first, then the best of those. */
    private Route best(List<Route> usable, @Nullable Route current) {
        if (usable.size() == 1) return usable.getFirst();
        Map<Long, Route> bestOfAs = new LinkedHashMap<>();
        for (Route route : usable) bestOfAs.merge(options.alwaysCompareMed() ? 0L : route.attributes().asPath().first(), route, (a, b) -> compare(a, b, current).sign() <= 0 ? a : b);
        Route best = null;
        for (Route route : bestOfAs.values()) if (best == null || compare(route, best, current).sign() < 0) best = route;
        return best == null ? usable.getFirst() : best;
    }

    /** Compares two usable routes to one prefix. */
    public Comparison compare(Route a, Route b, @Nullable Route current) {
        int sign;
        if ((sign = Long.compare(b.weight(), a.weight())) != 0) return new Comparison(sign, Step.WEIGHT);
        var byPath = comparePreference(a, b);
        if (byPath.sign() != 0) return byPath;
        if (!options.compareRouterId() && a.external() && b.external() && (a == current || b == current)) return new Comparison(a == current ? -1 : 1, Step.ALREADY_SELECTED);
        if ((sign = Integer.compareUnsigned(identifier(a), identifier(b))) != 0) return new Comparison(sign, Step.BGP_IDENTIFIER);
        if ((sign = Integer.compare(a.attributes().clusterListLength(), b.attributes().clusterListLength())) != 0)                  // RFC 4456 section 9
            return new Comparison(sign, Step.CLUSTER_LIST_LENGTH);
        if ((sign = compareAddresses(a, b)) != 0) return new Comparison(sign, Step.PEER_ADDRESS);
        return new Comparison(0, Step.NONE);
    }

    /** The steps that must tie for paths to be equal, weight aside. */
    private Comparison comparePreference(Route a, Route b) {
        var x = a.attributes();
        var y = b.attributes();
        int sign;
        if ((sign = Long.compare(y.localPref().orElse(defaultLocalPreference), x.localPref().orElse(defaultLocalPreference))) != 0)
            return new Comparison(sign, Step.LOCAL_PREFERENCE);
        if ((sign = Boolean.compare(b.local(), a.local())) != 0) return new Comparison(sign, Step.LOCALLY_ORIGINATED);
        if (!options.ignoreAsPath() && (sign = Integer.compare(x.asPathLength(), y.asPathLength())) != 0) return new Comparison(sign, Step.AS_PATH_LENGTH);    // 9.1.2.2 a
        if ((sign = x.origin().compareTo(y.origin())) != 0) return new Comparison(sign, Step.ORIGIN);                               // b
        boolean comparable = options.alwaysCompareMed() || x.asPath().first() == y.asPath().first();
        if (comparable && (sign = Long.compare(med(x), med(y))) != 0) return new Comparison(sign, Step.MULTI_EXIT_DISC);   // c
        if ((sign = Boolean.compare(a.internal(), b.internal())) != 0) return new Comparison(sign, Step.EXTERNAL_OVER_INTERNAL);    // d
        if ((sign = Long.compare(cost(a), cost(b))) != 0) return new Comparison(sign, Step.INTERIOR_COST);                          // e
        return new Comparison(0, Step.NONE);
    }

    private long med(RouteAttributes attributes) { return attributes.med().orElse(options.missingMedIsWorst() ? WORST_MED : 0); }

    /** RFC 4456 section 9: a reflected route is its originator's. */
    private static int identifier(Route route) { return route.attributes().originatorId().orElse(route.source().identifier()); }

    private long cost(Route route) { return route.local() ? 0 : nextHops.cost(route.attributes().nextHop()).orElse(Long.MAX_VALUE); }

    /** FRR: external paths need the same peer AS, internal ones the same AS_PATH; with multipath-relax the same length suffices. */
    private boolean equalPaths(Route best, Route route) {
        if (best.local() || route.local() || best.weight() != route.weight() || comparePreference(best, route).sign() != 0) return false;
        if (multipathRelax) return true;
        return best.internal() ? best.attributes().asPath().equals(route.attributes().asPath()) : best.source().remoteAs() == route.source().remoteAs();
    }

    private static int compareAddresses(Route a, Route b) {
        return Arrays.compareUnsigned(a.source().peer().map(InetAddress::getAddress).orElse(new byte[0]),
                b.source().peer().map(InetAddress::getAddress).orElse(new byte[0]));
    }
}
