package dev.torii.tun;

import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A routing table in memory that answers as the kernel's does: one route a {@linkplain Route#sameKey key}. */
public final class MemoryRoutes implements Routes {
    private final List<Route> table = new ArrayList<>();

    /** As if another program had made the route. */
    public synchronized MemoryRoutes with(Route route) {
        table.add(route);
        return this;
    }

    @Override
    public synchronized List<Route> list() {
        return List.copyOf(table);
    }

    @Override
    public synchronized void replace(Route route) {
        find(route).ifPresent(table::remove);
        table.add(route);
    }

    @Override
    public synchronized void add(Route route) throws RouteExistsException {
        if (find(route).isPresent()) throw new RouteExistsException(route);
        table.add(route);
    }

    @Override
    public synchronized boolean remove(Route route) {
        return table.remove(route);
    }

    /** As if the interface had gone: an IPv4 route goes with any of its next hops, an IPv6 route with the last (seen on Linux 6.18). */
    public synchronized void interfaceGone(int index) {
        table.replaceAll(route -> route.destination() instanceof Inet6Address && !rest(route, index).isEmpty()
                ? route.withNextHops(rest(route, index))
                : route);
        table.removeIf(route -> rest(route, index).size() < route.nextHops().size());
    }

    private static List<NextHop> rest(Route route, int index) {
        return route.nextHops().stream().filter(hop -> hop.interfaceIndex() != index).toList();
    }

    private Optional<Route> find(Route like) {
        return table.stream().filter(route -> route.sameKey(like)).findFirst();
    }
}
