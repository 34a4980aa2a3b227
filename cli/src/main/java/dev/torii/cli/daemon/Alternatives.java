package dev.torii.cli.daemon;

import dev.torii.bgp.PeerConfig;
import dev.torii.cli.config.StaticRoute;
import dev.torii.cli.config.TunnelConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which tunnels can stand in for which, as far as the files say: they lead to a common subnet, by themselves or by static routes, or both have a BGP neighbour
 * behind them. Tunnels go by their place in the list.
 */
final class Alternatives {
    private static final Object WHATEVER_BGP_LEARNS = new Object();

    private final List<List<List<Integer>>> groups;

    private Alternatives(List<List<List<Integer>>> groups) {
        this.groups = groups;
    }

    static Alternatives of(List<TunnelConfig> tunnels, List<StaticRoute> routes, List<PeerConfig> peers) {
        Map<Object, List<Integer>> byDestination = new LinkedHashMap<>();
        var groups = new ArrayList<List<List<Integer>>>();
        for (int tunnel = 0; tunnel < tunnels.size(); tunnel++) {
            var own = new ArrayList<List<Integer>>();
            for (Object destination : destinations(tunnels.get(tunnel), routes, peers)) {
                var group = byDestination.computeIfAbsent(destination, first -> new ArrayList<>());
                group.add(tunnel);
                own.add(group);
            }
            groups.add(own);
        }
        return new Alternatives(groups);
    }

    private static Set<Object> destinations(TunnelConfig tunnel, List<StaticRoute> routes, List<PeerConfig> peers) {
        var destinations = new HashSet<Object>();
        tunnel.remoteSubnets().stream().filter(subnet -> subnet.length() > 0).forEach(destinations::add);
        for (StaticRoute route : routes) {
            boolean over = route.interfaceName().filter(tunnel.interfaceName()::equals).isPresent() || route.gateway().filter(tunnel::reaches).isPresent();
            if (over) destinations.add(route.prefix());
        }
        if (peers.stream().anyMatch(peer -> tunnel.reaches(peer.address()))) destinations.add(WHATEVER_BGP_LEARNS);
        return destinations;
    }

    /** Those that can stand in for a tunnel; one may be named more than once. */
    Stream<Integer> of(int tunnel) {
        return groups.get(tunnel).stream().flatMap(List::stream).filter(other -> other != tunnel);
    }

    /** Whether no tunnel has one. */
    boolean isEmpty() {
        return IntStream.range(0, groups.size()).allMatch(tunnel -> of(tunnel).findAny().isEmpty());
    }
}
