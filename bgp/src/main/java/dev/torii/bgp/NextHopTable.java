package dev.torii.bgp;

import dev.torii.bgp.rib.NextHops;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** What the driver said of next hops: it is asked when one is seen first, and tells what changes. */
final class NextHopTable implements NextHops {
    private final RouteSink sink;
    private final Map<InetAddress, OptionalLong> costs = new HashMap<>();
    private final Set<InetAddress> doubtful = new HashSet<>();

    NextHopTable(RouteSink sink) { this.sink = sink; }

    /** Returns whether that is news. */
    boolean doubt(InetAddress address, boolean now) { return now ? doubtful.add(address) : doubtful.remove(address); }

    @Override public boolean doubtful(InetAddress nextHop) { return !doubtful.isEmpty() && doubtful.contains(nextHop); }

    /** Returns whether that is news. */
    boolean set(InetAddress address, OptionalLong cost) { return !cost.equals(costs.put(address, cost)); }

    /** Those that have been asked for or told of. */
    Set<InetAddress> known() { return Set.copyOf(costs.keySet()); }

    /** Those to which there is no route. */
    Set<InetAddress> unreachable() {
        var unreachable = new HashSet<InetAddress>();
        costs.forEach((address, cost) -> { if (cost.isEmpty()) unreachable.add(address); });
        return unreachable;
    }

    @Override public OptionalLong cost(InetAddress nextHop) {
        var known = costs.get(nextHop);
        if (known == null) costs.put(nextHop, known = sink.cost(nextHop));
        return known;
    }
}
