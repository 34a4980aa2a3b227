package dev.torii.cli.daemon;

import static dev.torii.cli.rib.Hosts.ETH0;
import static dev.torii.cli.rib.Hosts.VTI1;
import static dev.torii.cli.rib.Hosts.address;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.rib.HostNetwork;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.IntegrityAlgorithm;
import dev.torii.cli.rib.Hosts;
import dev.torii.tun.InterfaceAddress;
import dev.torii.tun.Link;
import dev.torii.tun.NextHop;
import dev.torii.tun.Route;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnderlayTest {
    private static final EspProposal GCM = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.empty());
    private static final InetAddress ANY = address("0.0.0.0");
    private static final Set<String> TUNNELS = Set.of("vti1", "vti2");
    private static final Route OVER_ETH0 = Hosts.foreign("0.0.0.0", 0, "192.168.1.1", 100);

    private static HostNetwork host(Route... routes) {
        var bare = Hosts.withoutDefaultRoute();
        return new HostNetwork(bare.links(), bare.addresses(), List.of(routes));
    }

    private static Optional<InetAddress> source(HostNetwork host) {
        return Underlay.defaultRouteSource(host, TUNNELS, false);
    }

    @Test void theSourceIsTheAddressOnTheGatewaysSubnet() {
        assertEquals(Optional.of(address("192.168.1.10")), source(host(OVER_ETH0)));
        var bare = Hosts.withoutDefaultRoute();
        var addresses = new ArrayList<>(List.of(InterfaceAddress.of(ETH0, address("10.9.9.9"), 24)));
        addresses.addAll(bare.addresses());
        assertEquals(Optional.of(address("192.168.1.10")), source(new HostNetwork(bare.links(), addresses, List.of(OVER_ETH0))),
                "not the first of the interface");
    }

    @Test void withoutADefaultRouteThereIsNone() {
        assertEquals(Optional.empty(), source(host()));
        assertEquals(Optional.empty(), source(host(Hosts.foreign("198.51.100.0", 24, "192.168.1.1", 0))));
    }

    @Test void theRoutesPreferredSourceIsObeyed() {
        assertEquals(Optional.of(address("10.9.9.9")), source(host(OVER_ETH0.withPreferredSource(address("10.9.9.9")))));
    }

    @Test void aWayToThePeerIsARouteOverAnInterfaceThatCarriesPackets() {
        var peer = address("198.51.100.11");
        assertTrue(Underlay.leadsTo(Underlay.paths(host(OVER_ETH0), TUNNELS), peer));
        assertFalse(Underlay.leadsTo(Underlay.paths(host(), TUNNELS), peer));
        assertFalse(Underlay.leadsTo(Underlay.paths(host(Route.to(ANY, 0, NextHop.device(VTI1))), TUNNELS), peer), "into a tunnel");
        assertFalse(Underlay.leadsTo(Underlay.paths(host(Hosts.foreign("203.0.113.0", 24, "192.168.1.1", 0)), TUNNELS), peer), "to somewhere else");
        var unplugged = host(OVER_ETH0).links().stream().map(link -> link.index() == ETH0
                ? new Link(link.index(), link.name(), link.mtu(), true, false, false, link.kind(), link.reversePathFilter()) : link).toList();
        assertFalse(Underlay.leadsTo(Underlay.paths(new HostNetwork(unplugged, List.of(), List.of(OVER_ETH0)), TUNNELS), peer), "no carrier");
    }

    @Test void theLowestMetricWinsUnlessItLeadsIntoATunnel() {
        var intoTunnel = Route.to(ANY, 0, NextHop.device(VTI1)).withProtocol(3);
        assertEquals(Optional.of(address("192.168.1.10")), source(host(OVER_ETH0, intoTunnel)));
        assertEquals(Optional.of(address("192.168.254.1")), Underlay.defaultRouteSource(host(OVER_ETH0, intoTunnel), Set.of(), false),
                "somebody else's interface counts");
    }

    @Test void aRouteOfOursOrThatDropsIsNoDefaultRoute() {
        assertEquals(Optional.empty(), source(host(Route.to(ANY, 0, NextHop.via(address("192.168.1.1"), ETH0)), Route.blackhole(ANY, 0).withProtocol(3))));
    }

    @Test void anInterfaceThatIsDownIsPassedOver() {
        var links = List.of(new Link(ETH0, "eth0", 1500, false, false, false, "", 0));
        assertEquals(Optional.empty(), source(new HostNetwork(links, Hosts.withoutDefaultRoute().addresses(), List.of(OVER_ETH0))));
    }

    @Test void eachFamilyHasADefaultRouteOfItsOwnAndNoLinkLocalAddressIsItsSource() {
        var v6 = Route.to(address("::"), 0, NextHop.via(address("fe80::1"), ETH0)).withProtocol(9);
        assertEquals(Optional.empty(), source(host(v6)));
        var addresses = List.of(InterfaceAddress.of(ETH0, address("192.168.1.10"), 24), InterfaceAddress.of(ETH0, address("fe80::5"), 64),
                InterfaceAddress.of(ETH0, address("2001:db8:1::5"), 64));
        var both = new HostNetwork(Hosts.withoutDefaultRoute().links(), addresses, List.of(v6, OVER_ETH0));
        assertEquals(Optional.of(address("2001:db8:1::5")), Underlay.defaultRouteSource(both, TUNNELS, true));
        assertEquals(Optional.of(address("192.168.1.10")), Underlay.defaultRouteSource(both, TUNNELS, false));
        assertTrue(Underlay.leadsTo(Underlay.paths(both, TUNNELS), address("2001:db8:198::11")));
    }

    @Test void outerIpv6LeavesTwentyBytesLess() {
        assertEquals(1418, Underlay.tunnelMtu(HostNetwork.NONE, Optional.of(address("2001:db8::1")), List.of(GCM), false));
    }

    /** IPv4 20, UDP 8, ESP 8, IV 8, padding to four with two bytes of trailer, ICV 16: what fits is two under a multiple of four. */
    @ParameterizedTest
    @CsvSource({"1500, 1438", "1499, 1434", "1492, 1430", "1400, 1338", "9000, 1438", "1280, 1218"})
    void theLargestInnerPacketStillFitsTheUnderlay(int outer, int inner) {
        var link = new Link(ETH0, "eth0", outer, true, true, false, "", 0);
        var host = new HostNetwork(List.of(link), List.of(InterfaceAddress.of(ETH0, address("192.168.1.10"), 24)), List.of());
        assertEquals(inner, Underlay.tunnelMtu(host, Optional.of(address("192.168.1.10")), List.of(GCM), false));
        int sealed = 20 + 8 + 8 + 8 + (inner + 2 + 3) / 4 * 4 + 16;
        assertEquals(true, sealed <= outer);
    }

    @Test void whileTheAddressIsUnknownTheUnderlayIsTakenForEthernet() {
        assertEquals(1438, Underlay.tunnelMtu(HostNetwork.NONE, Optional.empty(), List.of(GCM), false));
        assertEquals(1438, Underlay.tunnelMtu(HostNetwork.NONE, Optional.of(address("192.0.2.1")), List.of(GCM), false));
    }

    @Test void ipv6InsideHasTheLeastThatItNeedsOverANarrowUnderlay() {
        var link = new Link(ETH0, "eth0", 1300, true, true, false, "", 0);
        var host = new HostNetwork(List.of(link), List.of(InterfaceAddress.of(ETH0, address("192.168.1.10"), 24)), List.of());
        assertEquals(1238, Underlay.tunnelMtu(host, Optional.of(address("192.168.1.10")), List.of(GCM), false));
        assertEquals(1280, Underlay.tunnelMtu(host, Optional.of(address("192.168.1.10")), List.of(GCM), true));
        assertEquals(1438, Underlay.tunnelMtu(HostNetwork.NONE, Optional.empty(), List.of(GCM), true));
    }

    @Test void theProposalThatNeedsTheMostRoomDecides() {
        var sha512 = new EspProposal(EspCipher.AES_CBC, 256, Optional.of(IntegrityAlgorithm.HMAC_SHA2_512_256), Optional.empty());
        assertEquals(1406, Underlay.tunnelMtu(HostNetwork.NONE, Optional.empty(), List.of(GCM, sha512), false));
    }
}
