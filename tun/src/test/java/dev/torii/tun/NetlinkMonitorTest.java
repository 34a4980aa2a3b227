package dev.torii.tun;

import static dev.torii.tun.Ip.ip;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@NeedsNamespace
class NetlinkMonitorTest {
    @Test
    void everyChangeIsToldInOrder() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var monitor = NetlinkMonitor.open()) {
                var tun = LinuxTun.open("vti1", 1400);
                var links = new LinuxLinks(netlink);
                var routes = new LinuxRoutes(netlink);
                var address = InterfaceAddress.of(tun.index(), ip("10.99.0.1"), 24);
                var address6 = InterfaceAddress.of(tun.index(), ip("2001:db8::1"), 64);
                Route route = Route.to(ip("192.168.3.0"), 24, NextHop.device(tun.index()));
                Route route6 = Route.to(ip("2001:db8:3::"), 48, NextHop.device(tun.index()));
                links.disableLinkLocal(tun.index());
                links.setUp(tun.index(), true);
                await(monitor, event -> event instanceof NetlinkEvent.LinkChanged(Link link) && link.name().equals("vti1") && link.up());
                links.addAddress(address);
                await(monitor, event -> event.equals(new NetlinkEvent.AddressAdded(address)));
                links.addAddress(address6);
                await(monitor, event -> event.equals(new NetlinkEvent.AddressAdded(address6)));
                for (Route each : List.of(route, route6)) {
                    routes.add(each);
                    await(monitor, event -> event.equals(new NetlinkEvent.RouteChanged(each)));
                    routes.remove(each);
                    await(monitor, event -> event.equals(new NetlinkEvent.RouteRemoved(each)));
                }
                links.removeAddress(address);
                await(monitor, event -> event.equals(new NetlinkEvent.AddressRemoved(address)));
                tun.close();
                await(monitor, event -> event instanceof NetlinkEvent.LinkRemoved(Link link) && link.name().equals("vti1"));
            }
        });
    }

    @Test
    void aChangeMadeByIproute2IsToldToo() throws Exception {
        Namespace.run(() -> {
            try (var monitor = NetlinkMonitor.open(); var tun = LinuxTun.open("vti1", 1400)) {
                Ip.run("link", "set", "vti1", "up");
                Ip.run("route", "add", "default", "dev", "vti1", "metric", "100");
                Route expected = Route.to(ip("0.0.0.0"), 0, NextHop.device(tun.index())).withMetric(100).withProtocol(3);
                await(monitor, event -> event.equals(new NetlinkEvent.RouteChanged(expected)));
            }
        });
    }

    @Test
    void closeFromAnotherThreadEndsTheWait() throws Exception {
        Namespace.run(() -> {
            var monitor = NetlinkMonitor.open();
            var waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    Optional<NetlinkEvent> event;
                    do {
                        event = monitor.next();
                    } while (event.isPresent());
                    return "ended";
                } catch (IOException e) {
                    return e.toString();
                }
            });
            monitor.close();
            assertEquals("ended", waiting.get(5, TimeUnit.SECONDS));
            monitor.close();
            assertEquals(Optional.empty(), monitor.next());
        });
    }

    @Test
    void missedEventsAreReportedAsAResync() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var monitor = NetlinkMonitor.open(4096); var tun = LinuxTun.open("vti1", 1400)) {
                new LinuxLinks(netlink).setUp(tun.index(), true);
                var routes = new LinuxRoutes(netlink);
                for (int i = 0; i < 200; i++) routes.add(Route.to(ip("10.0." + i + ".0"), 24, NextHop.device(tun.index())));
                await(monitor, event -> event.equals(new NetlinkEvent.Resync()));
                Route after = Route.to(ip("10.1.0.0"), 24, NextHop.device(tun.index()));
                routes.add(after);
                assertEquals(new NetlinkEvent.RouteChanged(after), nextOfIpv4Routes(monitor), "from the resync on nothing is missed");
            }
        });
    }

    /** The kernel gives the interface an IPv6 address and routes of its own whenever it likes. */
    private static NetlinkEvent nextOfIpv4Routes(NetlinkMonitor monitor) throws Exception {
        while (true) {
            NetlinkEvent event = monitor.next().orElseThrow();
            if (event instanceof NetlinkEvent.RouteChanged(Route route) && route.destination() instanceof Inet4Address) return event;
        }
    }

    private interface Wanted {
        boolean is(NetlinkEvent event);
    }

    /** Reads on to such an event; {@link Namespace#run} gives up for us if none comes. */
    private static void await(NetlinkMonitor monitor, Wanted wanted) throws Exception {
        while (!wanted.is(monitor.next().orElseThrow())) Thread.onSpinWait();
    }
}
