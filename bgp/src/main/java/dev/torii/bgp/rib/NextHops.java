package dev.torii.bgp.rib;

import java.net.InetAddress;
import java.util.OptionalLong;

/** What the decision process asks about a next hop: how far it is, RFC 4271 section 9.1.2.1. */
@FunctionalInterface
public interface NextHops {
    /** Every next hop is one hop away. */
    NextHops ALL_REACHABLE = address -> OptionalLong.of(0);

    /** The interior cost; empty if it cannot be reached. */
    OptionalLong cost(InetAddress nextHop);

    /** Whether it may be dead: a route over it is used only while there is no other. */
    default boolean doubtful(InetAddress nextHop) { return false; }
}
