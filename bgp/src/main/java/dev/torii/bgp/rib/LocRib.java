package dev.torii.bgp.rib;

import dev.torii.bgp.wire.Prefix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * All accepted routes by prefix with the choice among them, RFC 4271 section 3.2. Incremental: a change to one route
 * looks at the routes of its prefix only.
 */
public final class LocRib {
    private final DecisionProcess decision;
    private final PrefixMap<Destination> destinations = new PrefixMap<>();
    private long version;

    public LocRib(DecisionProcess decision) { this.decision = decision; }

    /** The routes to one prefix. */
    static final class Destination {
        private Route[] routes = {};                    // those in use first
        private int selected;

        private @Nullable Route best() { return selected == 0 ? null : routes[0]; }
    }

    /** What a change of one route did to its prefix. */
    public enum Change { NONE, MULTIPATH_ONLY, BEST }

    /** Rises by one with each change of a best route. */
    public long version() { return version; }

    public int size() { return destinations.size(); }

    /** Adds the route of its source to this prefix, in place of that source's former one. */
    public Change put(Prefix prefix, Route route) {
        var destination = destinations.get(prefix);
        if (destination == null) destinations.put(prefix, destination = new Destination());
        var routes = without(destination, route.source());
        routes.addFirst(route);                         // FRR puts the newest in front, too
        return decide(destination, routes);
    }

    /** Takes the route of that source away. */
    public Change remove(Prefix prefix, RouteSource source) {
        var destination = destinations.get(prefix);
        if (destination == null) return Change.NONE;
        var change = decide(destination, without(destination, source));
        if (destination.routes.length == 0) destinations.remove(prefix);
        return change;
    }

    /** Decides again, after {@link NextHops} has changed. */
    public Change reconsider(Prefix prefix) {
        var destination = destinations.get(prefix);
        return destination == null ? Change.NONE : decide(destination, new ArrayList<>(Arrays.asList(destination.routes)));
    }

    /** Whether there is a route of that source to this prefix. */
    public boolean contains(Prefix prefix, RouteSource source) {
        var destination = destinations.get(prefix);
        if (destination == null) return false;
        for (Route route : destination.routes) if (route.source().equals(source)) return true;
        return false;
    }

    private static List<Route> without(Destination destination, RouteSource source) {
        var routes = new ArrayList<Route>(destination.routes.length + 1);
        for (Route route : destination.routes) if (!route.source().equals(source)) routes.add(route);
        return routes;
    }

    private Change decide(Destination destination, List<Route> routes) {
        var before = Arrays.copyOf(destination.routes, destination.selected);
        var selection = decision.select(routes, destination.best());
        destination.routes = selection.routes().toArray(Route[]::new);
        destination.selected = selection.selected();
        var after = Arrays.copyOf(destination.routes, destination.selected);
        if (Arrays.equals(before, after)) return Change.NONE;
        if (before.length > 0 && after.length > 0 && before[0].equals(after[0])) return Change.MULTIPATH_ONLY;
        version++;
        return Change.BEST;
    }

    public Optional<Route> best(Prefix prefix) {
        var destination = destinations.get(prefix);
        return destination == null ? Optional.empty() : Optional.ofNullable(destination.best());
    }

    /** The routes in use, the best first; empty if there is none. */
    public List<Route> selected(Prefix prefix) {
        var destination = destinations.get(prefix);
        return destination == null ? List.of() : List.of(Arrays.copyOf(destination.routes, destination.selected));
    }

    /** All routes of that prefix, those in use first; empty if there is none. */
    public Optional<DecisionProcess.Selection> routes(Prefix prefix) {
        return Optional.ofNullable(destinations.get(prefix)).map(destination -> new DecisionProcess.Selection(List.of(destination.routes), destination.selected));
    }

    /** Why the best route of that prefix is the best; empty if none is. */
    public Optional<DecisionProcess.Step> reason(Prefix prefix) { return routes(prefix).filter(selection -> selection.selected() > 0).map(decision::reason); }

    /** What the condition makes of the best route of some prefix, the first that it makes something of; empty: of none. */
    public <T> Optional<T> firstBest(BiFunction<Prefix, Route, Optional<T>> condition) {
        return destinations.first((prefix, destination) -> Optional.ofNullable(destination.best()).flatMap(best -> condition.apply(prefix, best)));
    }

    /** All routes of every prefix, in no order; {@link DecisionProcess.Selection} says which are in use. */
    public void forEach(BiConsumer<Prefix, DecisionProcess.Selection> action) {
        destinations.forEach((prefix, destination) ->
                action.accept(prefix, new DecisionProcess.Selection(List.of(destination.routes), destination.selected)));
    }
}
