package dev.torii.bgp;

import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Where learnt routes go: the kernel's table, in the daemon. Never told of routes this speaker originates itself. */
public interface RouteSink {
    /**
     * The next hops now in use for a prefix.
     *
     * @param nextHops none: an aggregate of ours, which drops what no route inside it takes. The best path's first; more than one if paths are equal (multipath), each once
     * @param external learnt over eBGP (FRR's distance 20) or iBGP (200)
     */
    record LearntRoute(Prefix prefix, List<NextHop> nextHops, boolean external) {
        public LearntRoute { nextHops = List.copyOf(nextHops); }
    }

    /**
     * The BGP next hop of one path and the peer it came from.
     *
     * @param linkLocal the same router's address on the link with the peer, which is used if the peer is on a link (RFC 2545 section 3)
     */
    record NextHop(InetAddress address, Optional<InetAddress> linkLocal, InetAddress peer) {}

    /** Asked when a next hop is seen for the first time: the interior cost to it; empty: unreachable. What changes later, {@link Speaker#nextHop} is told. */
    default OptionalLong cost(InetAddress nextHop) { return OptionalLong.of(0); }

    /** Whether it takes routes at all: if not, the speaker does not even work out what there would be to tell. Always the same. */
    default boolean takesRoutes() { return true; }

    /** Replaces whatever was said before of this prefix. Only called when something changed. */
    void best(LearntRoute route);

    /** There is no learnt route to this prefix any more. */
    void withdrawn(Prefix prefix);
}
