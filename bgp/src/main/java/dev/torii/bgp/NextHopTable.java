package dev.torii.bgp;

import dev.torii.bgp.rib.NextHops;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** What the driver said of next hops; one it said nothing of is reachable at no cost. */
final class NextHopTable implements NextHops {
    private final Map<InetAddress, OptionalLong> costs = new HashMap<>();

    /** Returns whether that is news. */
    boolean set(InetAddress address, OptionalLong cost) { return !cost.equals(costs.put(address, cost)); }

    @Override public OptionalLong cost(InetAddress nextHop) { return costs.getOrDefault(nextHop, OptionalLong.of(0)); }
}
