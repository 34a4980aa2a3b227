package dev.torii.bgp.rib;

/**
 * A path to whatever prefixes refer to it: the same for all prefixes that one peer announced with the same attributes.
 *
 * @param weight local to this speaker, 0 to 65535; 32768 for a route of our own
 */
public record Route(RouteSource source, RouteAttributes attributes, long weight) {
    public static final long LOCAL_WEIGHT = 32768;

    public boolean local() { return source.kind() == RouteSource.Kind.LOCAL; }

    public boolean external() { return source.kind() == RouteSource.Kind.EXTERNAL; }

    public boolean internal() { return source.kind() == RouteSource.Kind.INTERNAL; }
}
