package dev.torii.bgp;

import dev.torii.bgp.rib.DecisionProcess;
import dev.torii.bgp.rib.RouteAttributes;
import dev.torii.bgp.wire.Prefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * One prefix as {@code show bgp ipv4 unicast PREFIX} needs it.
 *
 * @param paths        those in use first
 * @param reason       why the first is the best; empty if none is
 * @param advertisedTo the peers that were told of it
 */
public record PrefixDetail(Prefix prefix, List<Path> paths, Optional<DecisionProcess.Step> reason, List<InetAddress> advertisedTo) {
    /**
     * One path.
     *
     * @param routerId      of the peer, ours for a route of our own
     * @param attributes    all of them
     * @param redistributed from the host's own table
     * @param aggregate     of an {@code aggregate-address}
     */
    public record Path(RibRow row, Inet4Address routerId, RouteAttributes attributes, boolean redistributed, boolean aggregate) {}

    public PrefixDetail {
        paths = List.copyOf(paths);
        advertisedTo = List.copyOf(advertisedTo);
    }
}
