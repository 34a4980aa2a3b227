package dev.torii.tun;

import java.io.IOException;

/** {@link Routes#add} found a route with the same prefix, metric and table. */
public final class RouteExistsException extends IOException {
    private static final long serialVersionUID = 1;

    public RouteExistsException(Route wanted) {
        super("a route with that prefix and metric exists already: " + wanted);
    }
}
