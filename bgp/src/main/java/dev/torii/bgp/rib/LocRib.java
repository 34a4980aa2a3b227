package dev.torii.bgp.rib;

import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All accepted routes by prefix with the choice among them, RFC 4271 section 3.2. Incremental: a change to one route
 * looks at the routes of its prefix only. A prefix with one route, which is in use, costs a reference.
 */
public final class LocRib {
    private final DecisionProcess decision;
    private final PrefixIndex index;
    private final IdMap<Object> destinations = new IdMap<>();       // a Route in use that is alone, or a Destination; each holds its id
    private long version;

    public LocRib(DecisionProcess decision, PrefixIndex index) {
        this.decision = decision;
        this.index = index;
    }

    /** The routes to one prefix. */
    private static final class Destination {
        private Route[] routes = {};                    // those in use first
        private int selected;
    }

    /** What a change of one route did to its prefix. */
    public enum Change { NONE, MULTIPATH_ONLY, BEST }

    /** Rises by one with each change of a best route. */
    public long version() { return version; }

    public int size() { return destinations.size(); }

    /** Adds the route of its source to the prefix of that id, in place of that source's former one. */
    public Change put(int id, Route route) {
        var known = destinations.get(id);
        if (known == null) {
            index.hold(id);
            if (decision.usable(route)) return alone(id, route);
        } else if (known instanceof Route old && old.source().equals(route.source()) && decision.usable(route)) {
            return old.equals(route) ? Change.NONE : alone(id, route);
        }
        var routes = without(known, route.source());
        routes.addFirst(route);                         // FRR puts the newest in front, too
        return decide(id, known, routes);
    }

    /** Takes the route of that source away. */
    public Change remove(int id, RouteSource source) {
        var known = destinations.get(id);
        if (known == null) return Change.NONE;
        var routes = without(known, source);
        if (routes.size() == routes(known).length) return Change.NONE;
        if (routes.isEmpty()) {
            boolean used = selected(known) > 0;
            destinations.remove(id);
            index.release(id);
            if (!used) return Change.NONE;
            version++;
            return Change.BEST;
        }
        return decide(id, known, routes);
    }

    /** Decides again, after {@link NextHops} has changed. */
    public Change reconsider(int id) {
        var known = destinations.get(id);
        return known == null ? Change.NONE : decide(id, known, new ArrayList<>(Arrays.asList(routes(known))));
    }

    private Change alone(int id, Route route) {
        destinations.put(id, route);
        version++;
        return Change.BEST;
    }

    private static Route[] routes(@Nullable Object known) {
        return switch (known) {
            case null -> new Route[0];
            case Destination destination -> destination.routes;
            default -> new Route[] {(Route) known};     // there is nothing else in the map
        };
    }

    private static int selected(@Nullable Object known) { return known == null ? 0 : known instanceof Destination destination ? destination.selected : 1; }

    private static @Nullable Route best(@Nullable Object known) {
        if (known instanceof Destination destination) return destination.selected == 0 ? null : destination.routes[0];
        return (Route) known;
    }

    private static List<Route> without(@Nullable Object known, RouteSource source) {
        var before = routes(known);
        var routes = new ArrayList<Route>(before.length + 1);
        for (Route route : before) if (!route.source().equals(source)) routes.add(route);
        return routes;
    }

    private Change decide(int id, @Nullable Object known, List<Route> routes) {
        var before = Arrays.copyOf(routes(known), selected(known));
        var selection = decision.select(routes, best(known));
        var after = selection.routes().subList(0, selection.selected());
        if (selection.selected() == 1 && selection.routes().size() == 1) {
            destinations.put(id, selection.routes().getFirst());
        } else {
            var destination = known instanceof Destination same ? same : new Destination();
            destination.routes = selection.routes().toArray(Route[]::new);
            destination.selected = selection.selected();
            if (destination != known) destinations.put(id, destination);
        }
        if (Arrays.asList(before).equals(after)) return Change.NONE;
        if (before.length > 0 && !after.isEmpty() && before[0].equals(after.getFirst())) return Change.MULTIPATH_ONLY;
        version++;
        return Change.BEST;
    }

    /** The best route to the prefix of that id; null if there is none. */
    public @Nullable Route best(int id) { return best(destinations.get(id)); }

    /** The routes in use, the best first; empty if there is none. */
    public List<Route> selected(int id) {
        var known = destinations.get(id);
        return known instanceof Route route ? List.of(route) : List.of(Arrays.copyOf(routes(known), selected(known)));
    }

    public Optional<Route> best(Prefix prefix) {
        int id = index.find(prefix);
        return id == PrefixIndex.NONE ? Optional.empty() : Optional.ofNullable(best(id));
    }

    /** All routes of that prefix, those in use first; empty if there is none. */
    public Optional<DecisionProcess.Selection> routes(Prefix prefix) {
        int id = index.find(prefix);
        return id == PrefixIndex.NONE ? Optional.empty() : Optional.ofNullable(destinations.get(id)).map(LocRib::selection);
    }

    private static DecisionProcess.Selection selection(Object known) { return new DecisionProcess.Selection(List.of(routes(known)), selected(known)); }

    /** Why the best route of that prefix is the best; empty if none is. */
    public Optional<DecisionProcess.Step> reason(Prefix prefix) { return routes(prefix).filter(selection -> selection.selected() > 0).map(decision::reason); }

    /** What the condition makes of the best route of some prefix, the first that it makes something of; empty: of none. */
    public <T> Optional<T> firstBest(BiFunction<Prefix, Route, Optional<T>> condition) {
        return destinations.first((id, known) -> Optional.ofNullable(best(known)).flatMap(best -> condition.apply(index.prefix(id), best)));
    }

    /** All routes of every prefix, in no order; {@link DecisionProcess.Selection} says which are in use. */
    public void forEach(BiConsumer<Prefix, DecisionProcess.Selection> action) {
        destinations.forEach((id, known) -> action.accept(index.prefix(id), selection(known)));
    }

    /** The ids of the prefixes that have a route with that next hop. */
    public IdSet through(InetAddress nextHop) {
        var through = new IdSet();
        destinations.forEach((id, known) -> {
            for (Route route : routes(known)) if (route.attributes().nextHop().equals(nextHop)) through.add(id);
        });
        return through;
    }

    /** The ids of all prefixes, in their order. */
    public void forEachId(IntConsumer action) { destinations.forEach((id, known) -> action.accept(id)); }
}
