package dev.torii.tun;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The kernel's routing table, as seen by one owning thread.
 *
 * <p>The kernel knows a route by prefix, metric and table, not by its owner. {@link #replace} therefore overwrites a foreign route with the same
 * {@linkplain Route#sameKey key}: a caller that must leave foreign routes alone makes new routes with {@link #add} and replaces only what is its own,
 * or looks in {@link #list()} first.
 */
public interface Routes {
    /** The main table, IPv4 and IPv6, whoever made the routes ({@link Route#isOurs()} tells). */
    List<Route> list() throws IOException;

    /** Makes the route, or puts it in the place of the one with the same key, in one step: no packet finds neither. */
    void replace(Route route) throws IOException;

    /**
     * Makes the route where none with the same key exists.
     *
     * @throws RouteExistsException if one does, ours or foreign; nothing was changed
     */
    void add(Route route) throws IOException;

    /**
     * Makes many routes, each as {@link #add} would, whatever becomes of the others; routes that are equal count once.
     *
     * @return why those that were not made were not: {@link RouteExistsException} or what the kernel said
     * @throws IOException if it could not even be asked: any number of them may have been made
     */
    default Map<Route, IOException> addAll(Collection<Route> routes) throws IOException {
        var failures = new HashMap<Route, IOException>();
        for (Route route : routes) {
            try {
                add(route);
            } catch (IOException refused) {
                failures.put(route, refused);
            }
        }
        return failures;
    }

    /**
     * Removes exactly this route: another type, protocol or other next hops do not match.
     *
     * @return false if there was no such route
     */
    boolean remove(Route route) throws IOException;

    /**
     * Removes many routes, each as {@link #remove} would, whatever becomes of the others.
     *
     * @return why those that are still there are, and of those that were not there an exception, too
     * @throws IOException if the kernel could not even be asked: any number of them may be gone
     */
    default Map<Route, IOException> removeAll(Collection<Route> routes) throws IOException {
        var failures = new HashMap<Route, IOException>();
        for (Route route : routes) {
            try {
                if (!remove(route)) failures.put(route, new IOException("there is no route " + route));
            } catch (IOException refused) {
                failures.put(route, refused);
            }
        }
        return failures;
    }
}
