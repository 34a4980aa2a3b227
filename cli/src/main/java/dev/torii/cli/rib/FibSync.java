package dev.torii.cli.rib;

import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.rib.OwnedRoutes.Destination;
import dev.torii.tun.NextHop;
import dev.torii.tun.Route;
import dev.torii.tun.RouteExistsException;
import dev.torii.tun.Routes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * Keeps the kernel's routing table as the {@link RouteTable} decided, touching nothing that somebody else made. What would outlive the process is written to
 * {@link OwnedRoutes} first. A route that the kernel refuses is reported and tried again with the next change.
 */
public final class FibSync implements AutoCloseable {
    /** Our routes' metric, FRR's: a route that an administrator adds by hand is preferred. */
    public static final long METRIC = 20;

    private final Routes kernel;
    private final OwnedRoutes owned;
    private final Predicate<String> diesWithUs;
    private final BiConsumer<String, String> report;
    private final Map<Prefix, Route> installed = new HashMap<>();
    private final Map<Prefix, Wish> refused = new HashMap<>();
    private final Set<Prefix> recorded = new HashSet<>();

    /** A route to make, and whether the kernel would keep it when the process is gone. */
    private record Wish(Route route, boolean outlivesUs) {}

    /**
     * @param diesWithUs whether an interface is a TUN of ours, with which the kernel drops its routes
     * @param report     takes a prefix and a line about it
     */
    public FibSync(Routes kernel, OwnedRoutes owned, Predicate<String> diesWithUs, BiConsumer<String, String> report) {
        this.kernel = kernel;
        this.owned = owned;
        this.diesWithUs = diesWithUs;
        this.report = report;
    }

    /** Removes from the kernel what a killed daemon recorded, and nothing else; then begins the record anew. Returns what was removed. */
    public static List<Route> removeLeftovers(Routes kernel, OwnedRoutes owned) throws IOException {
        var left = owned.left();
        var stale = left.isEmpty() ? List.<Route>of() : kernel.list().stream()
                .filter(route -> route.isOurs() && route.metric() == METRIC && left.contains(new Destination(route.destination(), route.prefixLength())))
                .toList();
        for (Route route : stale) kernel.remove(route);
        owned.clear();
        return stale;
    }

    /** Whether a route found in the kernel is one of those made here. */
    public boolean isOurs(Route route) {
        var ours = installed.get(Prefix.of(route.destination(), route.prefixLength()));
        return route.isOurs() && ours != null && ours.sameKey(route);
    }

    /** Carries out what changed. */
    public void apply(RouteTable.Changes changes) {
        var leaving = new ArrayList<Prefix>();
        var wishes = new LinkedHashMap<Prefix, Wish>();
        for (RibEntry gone : changes.gone()) leaving.add(gone.prefix());
        for (RibEntry entry : changes.selected()) {
            if (entry.source().installed()) wishes.put(entry.prefix(), wish(entry));
            else leaving.add(entry.prefix());
        }
        remove(leaving);
        write(wishes);
    }

    /** Puts back what the kernel has lost (an interface that went down takes its routes along) and tries again what it refused. */
    public void repair(HostNetwork host) {
        var again = Map.copyOf(refused);
        try {
            if (!damaged(host.routes()).isEmpty()) damaged(kernel.list()).forEach(this::putBack);        // what host says may be old
        } catch (IOException e) {
            report.accept("routes", "cannot read the kernel's: " + e.getMessage());
        }
        write(again);
    }

    /** Those of ours that are not in {@code routes} as they were made: the value tells whether anything is left of them. */
    private Map<Prefix, Boolean> damaged(List<Route> routes) {
        var damaged = new HashMap<Prefix, Boolean>();
        for (Prefix prefix : installed.keySet()) damaged.put(prefix, false);
        for (Route found : routes) {
            if (!isOurs(found)) continue;
            var prefix = Prefix.of(found.destination(), found.prefixLength());
            if (found.nextHops().size() < installed.get(prefix).nextHops().size()) damaged.put(prefix, true);
            else damaged.remove(prefix);
        }
        return damaged;
    }

    private void putBack(Prefix prefix, boolean partlyThere) {
        var route = installed.get(prefix);
        if (!partlyThere) installed.remove(prefix);                     // somebody else may have the prefix now: it is not ours to replace
        write(Map.of(prefix, new Wish(route, recorded.contains(prefix))));
    }

    private Wish wish(RibEntry entry) {
        Prefix prefix = entry.prefix();
        boolean named = prefix.ipv6() && entry.hops().size() > 1;            // the kernel wants gateways there
        var hops = entry.hops().stream()
                .map(hop -> hop.gateway().or(() -> named ? Optional.of(NextHop.TUN_GATEWAY_V6) : Optional.empty())
                        .map(gateway -> NextHop.via(gateway, hop.interfaceIndex())).orElseGet(() -> NextHop.device(hop.interfaceIndex())))
                .toList();
        var route = (hops.isEmpty() ? Route.blackhole(prefix.address(), prefix.length()) : Route.to(prefix.address(), prefix.length(), hops))
                .withMetric(METRIC);
        return new Wish(route, entry.hops().isEmpty() || entry.hops().stream().anyMatch(hop -> !diesWithUs.test(hop.interfaceName())));
    }

    private void write(Map<Prefix, Wish> wishes) {
        record(wishes.entrySet().stream().filter(wish -> wish.getValue().outlivesUs() && recorded.add(wish.getKey())).map(Map.Entry::getKey).toList(), true);
        var fresh = wishes.entrySet().stream().filter(wish -> !installed.containsKey(wish.getKey())).map(wish -> wish.getValue().route()).toList();
        var failures = fresh.isEmpty() ? Map.<Route, IOException>of() : add(fresh);
        wishes.forEach((prefix, wish) -> {
            if (installed.containsKey(prefix)) replace(prefix, wish);
            else written(prefix, wish, Optional.ofNullable(failures.get(wish.route())));
        });
    }

    private Map<Route, IOException> add(List<Route> routes) {
        try {
            return kernel.addAll(routes);
        } catch (IOException e) {
            var failures = new HashMap<Route, IOException>();
            for (Route route : routes) failures.put(route, e);
            return failures;
        }
    }

    private void replace(Prefix prefix, Wish wish) {
        try {
            kernel.replace(wish.route());
            written(prefix, wish, Optional.empty());
        } catch (IOException e) {
            written(prefix, wish, Optional.of(e));
        }
    }

    private void written(Prefix prefix, Wish wish, Optional<IOException> failure) {
        if (failure.isEmpty()) {
            installed.put(prefix, wish.route());
            refused.remove(prefix);
        } else if (failure.get() instanceof RouteExistsException) {
            if (recorded.remove(prefix)) record(List.of(prefix), false);    // what is there must outlive us
            if (!wish.equals(refused.put(prefix, wish))) {
                report.accept(prefix.toString(), "somebody else's route to this prefix is left alone; ours is not installed");
            }
        } else {
            removeFromKernel(List.of(prefix));                              // an earlier one leads where we do not want it any more
            if (!wish.equals(refused.put(prefix, wish))) report.accept(prefix.toString(), "the kernel refused the route: " + failure.get().getMessage());
        }
    }

    private void remove(List<Prefix> prefixes) {
        prefixes.forEach(refused::remove);
        removeFromKernel(prefixes);
        record(prefixes.stream().filter(recorded::remove).toList(), false);
    }

    private void removeFromKernel(List<Prefix> prefixes) {
        var routes = new LinkedHashMap<Prefix, Route>();
        for (Prefix prefix : prefixes) {
            var route = installed.remove(prefix);
            if (route != null) routes.put(prefix, route);
        }
        if (routes.isEmpty()) return;
        try {
            var failures = kernel.removeAll(routes.values());
            if (!failures.isEmpty()) removeByKey(failures.keySet());
        } catch (IOException e) {
            report.accept(prefixes.getFirst() + (prefixes.size() > 1 ? " and others" : ""), "cannot remove the route: " + e.getMessage());
        }
    }

    /** The kernel may have taken next hops out of our route by itself; what is left of it is still ours. */
    private void removeByKey(Set<Route> routes) throws IOException {
        var byDestination = new HashMap<Destination, Route>();
        for (Route route : routes) byDestination.put(new Destination(route.destination(), route.prefixLength()), route);
        for (Route left : kernel.list()) {
            var route = byDestination.get(new Destination(left.destination(), left.prefixLength()));
            if (route != null && left.isOurs() && left.sameKey(route)) kernel.remove(left);
        }
    }

    private void record(List<Prefix> prefixes, boolean adding) {
        if (prefixes.isEmpty()) return;
        var destinations = prefixes.stream().map(prefix -> new Destination(prefix.address(), prefix.length())).toList();
        try {
            if (adding) owned.adding(destinations);
            else owned.removed(destinations);
        } catch (IOException e) {
            report.accept(prefixes.getFirst() + (prefixes.size() > 1 ? " and others" : ""),
                    "cannot write the record of routes in the run directory: " + e.getMessage());
        }
    }

    /** Takes everything out of the kernel that was put in. */
    @Override public void close() {
        remove(List.copyOf(installed.keySet()));
        remove(List.copyOf(recorded));
    }
}
