package dev.torii.tun;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * The routes of the Linux kernel, over rtnetlink.
 *
 * <p>What the kernel compares when a route is removed: in IPv4 all that {@link Route} holds, but next hops only as far as the kernel's route has some;
 * in IPv6 prefix, metric, protocol and each next hop by itself, which it takes out of a route with more of them. Remove what was made, as it was made.
 */
public final class LinuxRoutes implements Routes {
    private final NetlinkSocket netlink;

    /** Uses the socket, which stays the caller's and may serve {@link LinuxLinks} too, from the same thread. */
    public LinuxRoutes(NetlinkSocket netlink) {
        this.netlink = netlink;
    }

    @Override
    public List<Route> list() throws IOException {
        return Stream.concat(list(LibC.AF_INET).stream(), list(LibC.AF_INET6).stream()).distinct().toList();
    }

    private List<Route> list(int family) throws IOException {
        return netlink.dump("list routes", NetlinkCodec.RTM_GETROUTE, out -> RouteCodec.encodeDump(family, out)).stream()
                .flatMap(event -> event instanceof NetlinkEvent.RouteChanged(Route route) ? Stream.of(route) : Stream.empty())
                .filter(route -> route.table() == Route.TABLE_MAIN)
                .toList();
    }

    @Override
    public void replace(Route route) throws IOException {
        make("replace route " + route, NetlinkCodec.NLM_F_CREATE | NetlinkCodec.NLM_F_REPLACE, route);
    }

    @Override
    public void add(Route route) throws IOException {
        try {
            make("add route " + route, NetlinkCodec.NLM_F_CREATE | NetlinkCodec.NLM_F_EXCL, route);
        } catch (ErrnoException refused) {
            if (refused.errno() == Errno.EEXIST) throw new RouteExistsException(route);
            throw refused;
        }
    }

    private void make(String operation, int flags, Route route) throws IOException {
        netlink.request(operation, NetlinkCodec.RTM_NEWROUTE, flags, out -> RouteCodec.encodeNew(route, out));
    }

    @Override
    public Map<Route, IOException> addAll(Collection<Route> routes) throws IOException {
        return all(routes, NetlinkCodec.RTM_NEWROUTE, NetlinkCodec.NLM_F_CREATE | NetlinkCodec.NLM_F_EXCL, RouteCodec::encodeNew,
                (route, errno) -> errno.errno() == Errno.EEXIST ? new RouteExistsException(route) : errno);
    }

    @Override
    public Map<Route, IOException> removeAll(Collection<Route> routes) throws IOException {
        return all(routes, NetlinkCodec.RTM_DELROUTE, 0, RouteCodec::encodeRemoval, (route, errno) -> errno);
    }

    private Map<Route, IOException> all(Collection<Route> routes, int type, int flags, BiConsumer<Route, ByteBuffer> encode,
            BiFunction<Route, ErrnoException, IOException> failure) throws IOException {
        var distinct = List.copyOf(new LinkedHashSet<>(routes));
        var failures = new HashMap<Route, IOException>();
        netlink.requestAll(i -> (type == NetlinkCodec.RTM_NEWROUTE ? "add route " : "remove route ") + distinct.get(i), type, flags, distinct.size(),
                (out, i) -> encode.accept(distinct.get(i), out))
                .forEach((i, errno) -> failures.put(distinct.get(i), failure.apply(distinct.get(i), errno)));
        return failures;
    }

    @Override
    public boolean remove(Route route) throws IOException {
        try {
            netlink.request("remove route " + route, NetlinkCodec.RTM_DELROUTE, 0, out -> RouteCodec.encodeRemoval(route, out));
            return true;
        } catch (ErrnoException refused) {
            // ENODEV: the interface went, and the route with it.
            if (refused.errno() == Errno.ESRCH || refused.errno() == Errno.ENODEV) return false;
            throw refused;
        }
    }
}
