package dev.torii.cli.config;

import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code ip route PREFIX GATEWAY|INTERFACE|Null0 ...}. Several for one prefix are several next hops.
 *
 * @param gateway       and
 * @param interfaceName where it leads: a gateway, an interface, or both; neither drops ({@code Null0}, {@code blackhole}, {@code reject})
 * @param distance      administrative distance, 1 to 255; 1 if nothing is said
 * @param tag           1 to 2^32-1
 */
public record StaticRoute(Position at, Prefix prefix, Optional<InetAddress> gateway, Optional<String> interfaceName, int distance, OptionalLong tag) {
    /** Whether it drops what matches. */
    public boolean drops() { return gateway.isEmpty() && interfaceName.isEmpty(); }
}
