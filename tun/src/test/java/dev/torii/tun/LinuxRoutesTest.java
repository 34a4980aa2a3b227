package dev.torii.tun;

import static dev.torii.tun.Ip.ip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

@NeedsNamespace
class LinuxRoutesTest {
    /** What a test works with: two TUNs that are up. */
    private record Host(Routes routes, Links links, LinuxTun one, LinuxTun two) {
        List<Route> ours() throws Exception {
            return routes.list().stream().filter(Route::isOurs).toList();
        }

        NextHop hopOne() {
            return NextHop.device(one.index());
        }

        NextHop hopTwo() {
            return NextHop.device(two.index());
        }
    }

    private interface Body {
        void run(Host host) throws Exception;
    }

    private static void inside(Body test) throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var one = LinuxTun.open("vti1", 1400); var two = LinuxTun.open("vti2", 1400)) {
                var links = new LinuxLinks(netlink);
                for (LinuxTun tun : List.of(one, two)) {
                    links.disableLinkLocal(tun.index());
                    links.setUp(tun.index(), true);
                }
                test.run(new Host(new LinuxRoutes(netlink), links, one, two));
            }
        });
    }

    @Test
    void aNewNamespaceHasNoRoutes() throws Exception {
        inside(host -> assertEquals(List.of(), host.routes().list()));
    }

    @Test
    void oneNextHopBecomesTwoAndOneAgainInPlace() throws Exception {
        inside(host -> {
            Route single = Route.to(ip("192.168.3.0"), 24, host.hopOne());
            Route both = single.withNextHops(List.of(host.hopTwo(), host.hopOne()));
            host.routes().replace(single);
            assertEquals(List.of(single), host.ours());
            assertEquals("192.168.3.0/24 dev vti1 proto 116 scope link", Ip.run("route", "show"));
            host.routes().replace(both);
            assertEquals(List.of(both), host.ours());
            assertEquals("192.168.3.0/24 proto 116\nnexthop dev vti1 weight 1\nnexthop dev vti2 weight 1", Ip.run("route", "show"));
            Route other = single.withNextHops(List.of(host.hopTwo()));
            host.routes().replace(other);
            assertEquals(List.of(other), host.ours());
            assertTrue(host.routes().remove(other));
            assertEquals("", Ip.run("route", "show"));
            assertFalse(host.routes().remove(other));
        });
    }

    @Test
    void aMultipathRouteIsRemovedWhole() throws Exception {
        inside(host -> {
            Route both = Route.to(ip("192.168.3.0"), 24, host.hopOne(), host.hopTwo().withWeight(4)).withMetric(20);
            host.routes().add(both);
            assertEquals("192.168.3.0/24 proto 116 metric 20\nnexthop dev vti1 weight 1\nnexthop dev vti2 weight 4", Ip.run("route", "show"));
            assertTrue(host.routes().remove(both));
            assertEquals(List.of(), host.ours());
        });
    }

    @Test
    void whatIsNotTheSameRouteIsNotRemoved() throws Exception {
        inside(host -> {
            Route both = Route.to(ip("192.168.3.0"), 24, host.hopOne(), host.hopTwo());
            host.routes().add(both);
            assertFalse(host.routes().remove(both.withNextHops(List.of(host.hopOne()))), "one hop of two");
            assertFalse(host.routes().remove(both.withProtocol(4)), "another protocol");
            assertFalse(host.routes().remove(both.withMetric(1)), "another metric");
            assertFalse(host.routes().remove(Route.blackhole(ip("192.168.3.0"), 24)), "another type");
            assertEquals(List.of(both), host.ours());
        });
    }

    @Test
    void aForeignRouteKeepsAddAwayAndIsListedAsForeign() throws Exception {
        inside(host -> {
            Ip.run("route", "add", "192.168.3.0/24", "dev", "vti2", "proto", "static");
            Route wanted = Route.to(ip("192.168.3.0"), 24, host.hopOne());
            var refused = assertThrows(RouteExistsException.class, () -> host.routes().add(wanted));
            assertTrue(String.valueOf(refused.getMessage()).contains("192.168.3.0/24"), refused.getMessage());
            List<Route> listed = host.routes().list();
            assertEquals(List.of(wanted.withProtocol(4).withNextHops(List.of(host.hopTwo()))), listed);
            assertFalse(listed.get(0).isOurs());
            assertTrue(listed.get(0).sameKey(wanted));
            host.routes().add(wanted.withMetric(50));
            assertEquals(2, host.routes().list().size());
        });
    }

    @Test
    void manyRoutesAreMadeAndRemovedEachWhateverBecomesOfTheOthers() throws Exception {
        inside(host -> {
            var wanted = new ArrayList<Route>();
            for (int i = 0; i < 250; i++) wanted.add(Route.to(ip("10.1." + i + ".0"), 24, host.hopOne()));
            Ip.run("route", "add", "10.1.7.0/24", "dev", "vti2", "proto", "static");
            var nowhere = Route.to(ip("10.2.0.0"), 24, NextHop.device(9999));
            wanted.add(120, nowhere);
            var failed = host.routes().addAll(wanted);
            assertEquals(Set.of(wanted.get(7), nowhere), failed.keySet());
            assertTrue(failed.get(wanted.get(7)) instanceof RouteExistsException, () -> "" + failed.get(wanted.get(7)));
            assertFalse(failed.get(nowhere) instanceof RouteExistsException, () -> "" + failed.get(nowhere));
            assertEquals(249, host.ours().size());
            assertEquals(failed.keySet(), host.routes().removeAll(wanted).keySet());
            assertEquals(List.of(), host.ours());
            assertEquals("10.1.7.0/24 dev vti2 proto static scope link", Ip.run("route", "show"));
        });
    }

    @Test
    void gatewaysSourcesOnLinkAndBlackholesAreAsIproute2SeesThem() throws Exception {
        inside(host -> {
            host.links().addAddress(InterfaceAddress.of(host.one().index(), ip("192.168.254.2"), 30));
            Route gateway = Route.to(ip("0.0.0.0"), 0, NextHop.via(ip("192.168.254.1"), host.one().index())).withPreferredSource(ip("192.168.254.2"));
            Route onLink = Route.to(ip("203.0.113.9"), 32, NextHop.onLink(ip("172.31.0.1"), host.two().index())).withMetric(5);
            Route blackhole = Route.blackhole(ip("10.66.0.0"), 16);
            for (Route route : List.of(gateway, onLink, blackhole)) host.routes().replace(route);
            assertEquals(Set.of(gateway, onLink, blackhole), Set.copyOf(host.ours()));
            String shown = Ip.run("route", "show", "proto", "116");
            assertEquals("""
                    default via 192.168.254.1 dev vti1 src 192.168.254.2
                    blackhole 10.66.0.0/16
                    203.0.113.9 via 172.31.0.1 dev vti2 metric 5 onlink""", shown);
            for (Route route : List.of(gateway, onLink, blackhole)) assertTrue(host.routes().remove(route), route.toString());
            assertEquals(List.of(), host.ours());
        });
    }

    @Test
    void aGatewayAloneIsFoundOnItsLink() throws Exception {
        inside(host -> {
            host.links().addAddress(InterfaceAddress.of(host.one().index(), ip("192.168.254.2"), 30));
            host.routes().add(Route.to(ip("10.7.0.0"), 16, NextHop.via(ip("192.168.254.1"))));
            assertEquals(List.of(Route.to(ip("10.7.0.0"), 16, NextHop.via(ip("192.168.254.1"), host.one().index()))), host.ours());
            assertTrue(host.routes().remove(Route.to(ip("10.7.0.0"), 16, NextHop.via(ip("192.168.254.1")))));
        });
    }

    @Test
    void ipv6RoutesComeAndGo() throws Exception {
        inside(host -> {
            Route device = Route.to(ip("2001:db8:1::"), 48, host.hopOne());
            Route both = Route.to(ip("2001:db8:2::"), 48, NextHop.via(NextHop.TUN_GATEWAY_V6, host.one().index()),
                    NextHop.via(NextHop.TUN_GATEWAY_V6, host.two().index()));
            Route blackhole = Route.blackhole(ip("2001:db8:3::"), 48).withMetric(9);
            for (Route route : List.of(device, both, blackhole)) host.routes().add(route);
            assertEquals(List.of(device, both, blackhole), host.ours());
            assertThrows(RouteExistsException.class, () -> host.routes().add(both));
            String shown = Ip.run("-6", "route", "show", "proto", "116");
            assertTrue(shown.contains("2001:db8:2::/48 metric 1024 pref medium\nnexthop via fe80::1 dev vti1 weight 1\nnexthop via fe80::1 dev vti2"), shown);
            Route single = both.withNextHops(both.nextHops().subList(1, 2));
            host.routes().replace(single);
            assertEquals(List.of(device, single, blackhole), host.ours());
            host.routes().replace(both);
            for (Route route : List.of(device, both, blackhole)) assertTrue(host.routes().remove(route), route.toString());
            assertEquals(List.of(), host.ours());
            assertFalse(host.routes().remove(both));
        });
    }

    @Test
    void flowsAreSharedBetweenBothTunsAndFollowTheRoute() throws Exception {
        inside(host -> {
            host.links().addAddress(InterfaceAddress.of(host.one().index(), ip("10.1.0.1"), 32));
            host.links().addAddress(InterfaceAddress.of(host.one().index(), ip("2001:db8::1"), 128));
            Ip.run("link", "set", "lo", "up");
            for (Route route : List.of(
                    Route.to(ip("192.168.3.0"), 24, host.hopOne(), host.hopTwo()),
                    Route.to(ip("2001:db8:2::"), 48, NextHop.via(NextHop.TUN_GATEWAY_V6, host.one().index()),
                            NextHop.via(NextHop.TUN_GATEWAY_V6, host.two().index())))) {
                host.routes().replace(route);
                sendToManyHosts(route);
                int first = drain(host.one());
                int second = drain(host.two());
                assertTrue(first > 0 && second > 0, route + ": " + first + " and " + second);
                assertEquals(64, first + second);
                host.routes().replace(route.withNextHops(route.nextHops().subList(1, 2)));
                sendToManyHosts(route);
                assertEquals(0, drain(host.one()));
                assertEquals(64, drain(host.two()));
            }
        });
    }

    private static void sendToManyHosts(Route route) throws Exception {
        byte[] destination = route.destination().getAddress();
        for (int host = 1; host <= 64; host++) {
            destination[destination.length - 1] = (byte) host;
            try (var socket = new DatagramSocket()) {
                socket.send(new DatagramPacket(new byte[8], 8, InetAddress.getByAddress(destination), 9));
            }
        }
    }

    private static int drain(LinuxTun tun) {
        ByteBuffer[] packets = LinuxTunTest.buffers(128, 1500);
        return tun.read(packets);
    }

    @Test
    void aRefusalNamesTheRouteAndTheKernelsReason() throws Exception {
        inside(host -> {
            var refused = assertThrows(ErrnoException.class,
                    () -> host.routes().add(Route.to(ip("10.0.0.0"), 8, NextHop.via(ip("172.31.0.1"), host.one().index()))));
            assertEquals(Errno.ENETUNREACH, refused.errno());
            assertTrue(String.valueOf(refused.getMessage()).contains("10.0.0.0/8 via 172.31.0.1"), refused.getMessage());
            assertTrue(String.valueOf(refused.getMessage()).contains("Nexthop has invalid gateway"), refused.getMessage());
        });
    }

    @Test
    void anInterfaceThatGoesTakesItsRoutesAlong() throws Exception {
        inside(host -> {
            Route device = Route.to(ip("10.0.0.0"), 8, host.hopOne());
            host.routes().add(device);
            host.one().close();
            assertEquals(List.of(), host.routes().list());
            assertFalse(host.routes().remove(device));
        });
    }

    @Test
    void anInterfaceThatGoesTakesAnIpv4RouteWithSeveralHopsWholeAndOneHopOfAnIpv6Route() throws Exception {
        inside(host -> {
            Route both = Route.to(ip("10.0.0.0"), 8, host.hopOne(), host.hopTwo());
            Route both6 = Route.to(ip("2001:db8:2::"), 48, NextHop.via(NextHop.TUN_GATEWAY_V6, host.one().index()),
                    NextHop.via(NextHop.TUN_GATEWAY_V6, host.two().index()));
            host.routes().add(both);
            host.routes().add(both6);
            host.one().close();
            assertEquals(List.of(both6.withNextHops(both6.nextHops().subList(1, 2))), host.routes().list());
        });
    }

    @Test
    void anInterfaceThatIsSwitchedOffStaysInAnIpv4RouteWithSeveralHops() throws Exception {
        inside(host -> {
            Route both = Route.to(ip("10.0.0.0"), 8, host.hopOne(), host.hopTwo());
            host.routes().add(both);
            host.links().setUp(host.one().index(), false);
            assertEquals(List.of(both), host.routes().list());
            assertTrue(Ip.run("route", "show").contains("dev vti1 weight 1 dead"));
        });
    }

    @Test
    void moreHopsThanTheKernelsIpv4RouteHasRemoveItToo() throws Exception {
        inside(host -> {
            Route single = Route.to(ip("10.0.0.0"), 8, host.hopOne());
            host.routes().add(single);
            assertTrue(host.routes().remove(single.withNextHops(List.of(host.hopOne(), host.hopTwo()))));
            assertEquals(List.of(), host.routes().list());
        });
    }

    @Test
    void aRouteThatRefersToANexthopObjectIsListedWithItsHops() throws Exception {
        inside(host -> {
            Ip.run("nexthop", "add", "id", "1", "dev", "vti1");
            Ip.run("nexthop", "add", "id", "2", "dev", "vti2");
            Ip.run("nexthop", "add", "id", "10", "group", "1/2");
            Ip.run("route", "add", "10.0.0.0/8", "nhid", "10", "proto", "static");
            assertEquals(List.of(Route.to(ip("10.0.0.0"), 8, host.hopOne(), host.hopTwo()).withProtocol(4)), host.routes().list());
        });
    }

    @Test
    void aThousandRoutesAreListed() throws Exception {
        inside(host -> {
            var wanted = new ArrayList<Route>();
            for (int i = 0; i < 1000; i++) wanted.add(Route.to(ip("10." + i / 256 + "." + i % 256 + ".0"), 24, host.hopOne(), host.hopTwo()));
            for (Route route : wanted) host.routes().add(route);
            assertEquals(wanted, host.routes().list());
        });
    }
}
