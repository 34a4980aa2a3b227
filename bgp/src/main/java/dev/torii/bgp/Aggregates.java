package dev.torii.bgp;

import dev.torii.bgp.rib.DecisionProcess;
import dev.torii.bgp.rib.LocRib;
import dev.torii.bgp.rib.Route;
import dev.torii.bgp.rib.RouteAttributes;
import dev.torii.bgp.rib.RouteSource;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.AsPathAggregation;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.PathAttribute.Origin;
import dev.torii.bgp.wire.Prefix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code aggregate-address} in one family (RFC 4271 section 9.2.2.2) as FRR does it: an aggregate is there while a more specific route is, has the worst
 * origin of all their paths, and with {@code as-set} what their paths have in common and all their communities. Aggregates are not aggregated again.
 * What changed is looked at once a batch; only {@code as-set} looks at all routes inside.
 */
final class Aggregates {
    private final LocRib locRib;
    private final Policy policy;
    private final List<Aggregate> all;
    private final Set<Prefix> touched = new LinkedHashSet<>();

    private static final class Aggregate {
        final BgpConfig.Aggregate config;
        /** The routes inside, with the worst origin of the paths of each. */
        final Map<Prefix, Origin> inside = new HashMap<>();
        final int[] origins = new int[Origin.values().length];
        boolean changed;

        Aggregate(BgpConfig.Aggregate config) { this.config = config; }

        boolean contains(Prefix prefix) { return prefix.length() > config.prefix().length() && config.prefix().covers(prefix); }

        void set(Prefix prefix, @Nullable Origin worst) {
            var before = worst == null ? inside.remove(prefix) : inside.put(prefix, worst);
            if (before != null) origins[before.ordinal()]--;
            if (worst != null) origins[worst.ordinal()]++;
            changed = true;
        }

        Origin worst() {
            for (int origin = origins.length - 1; origin > 0; origin--) if (origins[origin] > 0) return Origin.values()[origin];
            return Origin.IGP;
        }
    }

    Aggregates(LocRib locRib, Policy policy, List<BgpConfig.Aggregate> configured) {
        this.locRib = locRib;
        this.policy = policy;
        this.all = configured.stream().map(Aggregate::new).toList();
    }

    boolean isEmpty() { return all.isEmpty(); }

    /** A path to that prefix came, went or changed. */
    void touch(Prefix prefix) {
        for (Aggregate aggregate : all) if (aggregate.contains(prefix)) touched.add(prefix);
    }

    /** {@code summary-only}: whether the peers are told of the aggregate instead. */
    boolean suppressed(Prefix prefix, Route route) {
        if (route.source().equals(RouteSource.AGGREGATE)) return false;
        for (Aggregate aggregate : all) if (aggregate.config.summaryOnly() && aggregate.contains(prefix)) return true;
        return false;
    }

    /** Decides anew which aggregates there are; {@code decided} is told of each that may have changed; empty: there is none. */
    void refresh(BiConsumer<Prefix, Optional<Route>> decided) {
        if (touched.isEmpty()) return;
        for (Prefix prefix : touched) {
            var worst = worstOrigin(prefix);
            for (Aggregate aggregate : all) if (aggregate.contains(prefix)) aggregate.set(prefix, worst);
        }
        touched.clear();
        for (Aggregate aggregate : all) {
            if (!aggregate.changed) continue;
            aggregate.changed = false;
            decided.accept(aggregate.config.prefix(), aggregate.inside.isEmpty() ? Optional.empty() : route(aggregate));
        }
    }

    private List<RouteAttributes> paths(Prefix prefix) {
        return locRib.routes(prefix).map(DecisionProcess.Selection::routes).orElse(List.of()).stream()
                .filter(route -> !route.source().equals(RouteSource.AGGREGATE)).map(Route::attributes).toList();
    }

    private @Nullable Origin worstOrigin(Prefix prefix) {
        Origin worst = null;
        for (RouteAttributes path : paths(prefix)) if (worst == null || path.origin().compareTo(worst) > 0) worst = path.origin();
        return worst;
    }

    private Optional<Route> route(Aggregate aggregate) {
        var origin = aggregate.config.origin().orElseGet(aggregate::worst);
        if (!aggregate.config.asSet()) return policy.aggregated(aggregate.config, origin, AsPath.EMPTY, List.of(), true);
        var paths = new ArrayList<RouteAttributes>();
        aggregate.inside.forEach((prefix, worst) -> paths.addAll(paths(prefix)));
        Map<CommunityKind, CommunitySet> communities = new EnumMap<>(CommunityKind.class);
        boolean atomic = false;
        AsPath path = null;
        for (RouteAttributes attributes : paths) {
            path = path == null ? attributes.asPath() : AsPathAggregation.of(path, attributes.asPath());
            for (CommunityKind kind : CommunityKind.values()) communities.merge(kind, attributes.communities(kind), CommunitySet::plus);
            atomic |= attributes.others().stream().anyMatch(PathAttribute.AtomicAggregate.class::isInstance);
        }
        return policy.aggregated(aggregate.config, origin, path == null ? AsPath.EMPTY : path, communities.values(), atomic);
    }
}
