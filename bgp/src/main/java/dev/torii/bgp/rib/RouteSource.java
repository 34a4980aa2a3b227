package dev.torii.bgp.rib;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a route came from: a session, or this speaker itself. One instance per session.
 *
 * @param peer       empty for a route of our own
 * @param identifier the peer's BGP identifier
 */
public record RouteSource(Kind kind, Optional<InetAddress> peer, long remoteAs, int identifier) {
    /** How it was learnt. */
    public enum Kind { LOCAL, EXTERNAL, INTERNAL }

    public static final RouteSource LOCAL = new RouteSource(Kind.LOCAL, Optional.empty(), 0, 0);

    /** Routes that come to this speaker from the host's own table. */
    public static final RouteSource REDISTRIBUTED = new RouteSource(Kind.LOCAL, Optional.empty(), 0, 1);

    /** {@code aggregate-address}. */
    public static final RouteSource AGGREGATE = new RouteSource(Kind.LOCAL, Optional.empty(), 0, 2);

    public static RouteSource session(InetAddress peer, long remoteAs, int identifier, boolean external) {
        return new RouteSource(external ? Kind.EXTERNAL : Kind.INTERNAL, Optional.of(peer), remoteAs, identifier);
    }
}
