package dev.torii.cli.rib;

import static dev.torii.cli.rib.Hosts.ETH0;
import static dev.torii.cli.rib.Hosts.VTI1;
import static dev.torii.cli.rib.Hosts.VTI2;
import static dev.torii.cli.rib.Hosts.address;
import static dev.torii.cli.rib.Hosts.prefix;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.rib.RibEntry.Hop;
import dev.torii.cli.rib.RibEntry.Source;
import dev.torii.cli.rib.RouteTable.StaticHop;
import dev.torii.tun.InterfaceAddress;
import dev.torii.tun.NextHop;
import dev.torii.tun.Route;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The article's CPE: two tunnels with inner /30 subnets, an underlay with a default route. */
class RouteTableTest {
    private static final InetAddress HEAD_END1 = address("192.168.254.2");
    private static final InetAddress HEAD_END2 = address("192.168.254.6");
    private static final InetAddress GATEWAY1 = address("203.0.113.11");
    private static final Prefix VCN = prefix("10.0.2.0/24");
    private static final Prefix LAN = prefix("192.168.2.0/24");

    private long now = 1;
    private final RouteTable table = new RouteTable(() -> now);

    @BeforeEach void theArticlesHost() {
        table.addTunnel("vti1", List.of(prefix("0.0.0.0/0")));
        table.addTunnel("vti2", List.of(prefix("0.0.0.0/0")));
        network();
        table.update();
    }

    private void network(Route... more) {
        table.network(Hosts.cpe(more), Route::isOurs);
    }

    private void bothUp() {
        table.tunnelUp("vti1", true);
        table.tunnelUp("vti2", true);
    }

    private RibEntry route(Prefix prefix) {
        return table.exact(prefix).orElseThrow(() -> new AssertionError("no route to " + prefix + " in " + table.entries()));
    }

    private static Hop via(InetAddress gateway, int index) {
        return new Hop(Optional.of(gateway), Hosts.name(index), index);
    }

    private static Hop dev(int index) {
        return new Hop(Optional.empty(), Hosts.name(index), index);
    }

    private static StaticHop to(String gateway) {
        return new StaticHop(Optional.of(address(gateway)), Optional.empty());
    }

    @Test void twoNextHopsOverTwoTunnelsAreOneRoute() {
        bothUp();
        table.learnt(VCN, List.of(HEAD_END1, HEAD_END2), true);
        table.update();
        assertEquals(List.of(via(HEAD_END1, VTI1), via(HEAD_END2, VTI2)), route(VCN).hops());
        assertEquals(Source.BGP, route(VCN).source());
        assertEquals(20, route(VCN).distance());
    }

    @Test void whileTheTunnelsOfASubnetAreDownItsPacketsAreDropped() {
        table.addTunnel("vti1", List.of(VCN));
        table.addTunnel("vti2", List.of(VCN));
        table.tunnelGuarded("vti1", true);
        table.tunnelGuarded("vti2", true);
        table.update();
        assertTrue(route(VCN).isGuard());
        table.tunnelUp("vti2", true);
        table.update();
        assertEquals(List.of(dev(VTI2)), route(VCN).hops());
        assertFalse(route(VCN).isGuard());
        table.tunnelUp("vti2", false);
        table.update();
        assertTrue(route(VCN).isGuard());
        table.tunnelGuarded("vti1", false);
        table.tunnelGuarded("vti2", false);
        table.update();
        assertEquals(Optional.empty(), table.exact(VCN), "nobody wants them up");
    }

    @Test void aGuardYieldsToAnyOtherRouteToThePrefix() {
        table.addTunnel("vti1", List.of(VCN));
        table.tunnelGuarded("vti1", true);
        table.addStatic(VCN, to("192.168.1.1"), 200);
        table.update();
        assertEquals(Source.STATIC, route(VCN).source());
        table.tunnelUp("vti1", true);
        table.update();
        assertEquals(Source.TUNNEL, route(VCN).source());
    }

    @Test void aTunnelThatGoesDownTakesItsNextHopsAlongAndTheLastTakesTheRoute() {
        bothUp();
        table.learnt(VCN, List.of(HEAD_END1, HEAD_END2), true);
        table.update();
        table.tunnelUp("vti1", false);
        var changes = table.update();
        assertEquals(List.of(via(HEAD_END2, VTI2)), route(VCN).hops());
        assertEquals(List.of(VCN), changes.selected().stream().map(RibEntry::prefix).toList());
        assertEquals(List.of(prefix("192.168.254.0/30")), changes.gone().stream().map(RibEntry::prefix).toList());
        table.tunnelUp("vti2", false);
        table.update();
        assertTrue(table.exact(VCN).isEmpty());
        bothUp();
        table.update();
        assertEquals(2, route(VCN).hops().size(), "both are back");
    }

    @Test void aDoubtfulTunnelIsLeftToWhatNothingElseLeadsTo() {
        bothUp();
        var onlyThere = prefix("10.0.3.0/24");
        table.addStatic(LAN, to("192.168.254.2"), 1);
        table.addStatic(LAN, to("192.168.254.6"), 1);
        table.learnt(VCN, List.of(HEAD_END1, HEAD_END2), true);
        table.learnt(onlyThere, List.of(HEAD_END1), true);
        table.update();
        table.tunnelDoubtful("vti1", true);
        var changes = table.update();
        assertEquals(List.of(via(HEAD_END2, VTI2)), route(VCN).hops());
        assertEquals(List.of(via(HEAD_END2, VTI2)), route(LAN).hops());
        assertEquals(List.of(via(HEAD_END1, VTI1)), route(onlyThere).hops());
        assertEquals(List.of(), changes.gone(), "its session goes on over the connected route");
        table.tunnelUp("vti2", false);
        table.update();
        assertEquals(List.of(via(HEAD_END1, VTI1)), route(VCN).hops(), "better that than none");
        bothUp();
        table.tunnelDoubtful("vti1", false);
        table.update();
        assertEquals(2, route(VCN).hops().size());
        assertEquals(2, route(LAN).hops().size());
    }

    @Test void doubtAboutTheTunnelsOfASubnetLeavesOneOfThem() {
        table.addTunnel("vti1", List.of(VCN));
        table.addTunnel("vti2", List.of(VCN));
        bothUp();
        table.tunnelDoubtful("vti2", true);
        table.update();
        assertEquals(List.of(dev(VTI1)), route(VCN).hops());
        table.tunnelUp("vti1", false);
        table.update();
        assertEquals(List.of(dev(VTI2)), route(VCN).hops());
    }

    @Test void aRouteOfGreaterDistanceOverAnotherTunnelIsBetterThanADoubtfulOne() {
        bothUp();
        table.addStatic(VCN, to("192.168.254.2"), 1);
        table.addStatic(LAN, to("192.168.254.6"), 200);
        table.learnt(VCN, List.of(HEAD_END2), true);
        table.learnt(LAN, List.of(HEAD_END1), true);
        table.update();
        assertEquals(List.of(Source.STATIC, Source.BGP), List.of(route(VCN).source(), route(LAN).source()));
        table.tunnelDoubtful("vti1", true);
        table.update();
        assertEquals(List.of(Source.BGP, Source.STATIC), List.of(route(VCN).source(), route(LAN).source()));
    }

    @Test void soIsAStaticOneOfGreaterDistance() {
        bothUp();
        table.addStatic(VCN, to("192.168.254.2"), 1);
        table.addStatic(VCN, to("192.168.254.6"), 100);
        table.tunnelDoubtful("vti1", true);
        table.update();
        assertEquals(List.of(via(HEAD_END2, VTI2)), route(VCN).hops());
        table.tunnelDoubtful("vti1", false);
        table.update();
        assertEquals(List.of(via(HEAD_END1, VTI1)), route(VCN).hops());
    }

    @Test void doubtLeadsNothingPastTheTunnels() {
        bothUp();
        table.addStatic(VCN, to("192.168.1.1"), 200);
        table.addStatic(LAN, new StaticHop(Optional.empty(), Optional.empty()), 250);
        table.learnt(VCN, List.of(HEAD_END1), true);
        table.learnt(LAN, List.of(HEAD_END1), true);
        table.tunnelDoubtful("vti1", true);
        table.update();
        assertEquals(List.of(via(HEAD_END1, VTI1)), route(VCN).hops(), "the static route goes out in the clear");
        assertEquals(List.of(via(HEAD_END1, VTI1)), route(LAN).hops(), "the other drops");
    }

    @Test void aNarrowRemoteSubnetGetsARouteOverEveryTunnelThatIsUpForIt() {
        table.addTunnel("vti1", List.of(VCN));
        table.addTunnel("vti2", List.of(VCN));
        table.update();
        assertTrue(table.exact(VCN).isEmpty(), "both are down");
        table.tunnelUp("vti2", true);
        table.update();
        assertEquals(List.of(dev(VTI2)), route(VCN).hops());
        table.tunnelUp("vti1", true);
        table.update();
        assertEquals(List.of(dev(VTI1), dev(VTI2)), route(VCN).hops());
        assertEquals(Source.TUNNEL, route(VCN).source());
    }

    @Test void aRemoteSubnetOfEverythingMakesNoRoute() {
        bothUp();
        table.update();
        assertEquals(Source.KERNEL, route(prefix("0.0.0.0/0")).source());
    }

    @Test void theLowestDistanceWins() {
        bothUp();
        table.learnt(LAN, List.of(HEAD_END1), true);
        table.update();
        assertEquals(Source.BGP, route(LAN).source());
        table.addStatic(LAN, to("192.168.1.1"), 21);
        table.update();
        assertEquals(Source.BGP, route(LAN).source(), "20 before 21");
        var other = new RouteTable(() -> now);
        other.network(Hosts.cpe(), Route::isOurs);
        other.addStatic(LAN, to("192.168.1.1"), 1);
        other.learnt(LAN, List.of(address("192.168.1.1")), true);
        other.update();
        assertEquals(Source.STATIC, other.exact(LAN).orElseThrow().source(), "1 before 20");
    }

    @Test void aRouteLearntFromTheOwnAsHasDistance200() {
        bothUp();
        table.learnt(VCN, List.of(HEAD_END1), false);
        table.addStatic(LAN, to("192.168.1.1"), 150);
        table.learnt(LAN, List.of(HEAD_END1), false);
        table.update();
        assertEquals(200, route(VCN).distance());
        assertEquals(Source.STATIC, route(LAN).source());
    }

    @Test void aRouteOfTheKernelWinsOverAnyOfOurs() {
        bothUp();
        table.addTunnel("vti1", List.of(VCN));
        table.update();
        network(Hosts.foreign("10.0.2.0", 24, "192.168.1.1", 50));
        var changes = table.update();
        assertEquals(Source.KERNEL, route(VCN).source());
        assertEquals(50, route(VCN).metric());
        assertEquals(1, changes.selected().size());
        assertEquals(Set.of(VCN), table.overridden());
        network();
        table.update();
        assertEquals(Source.TUNNEL, route(VCN).source(), "ours is back when it is gone");
        assertEquals(Set.of(), table.overridden());
    }

    @Test void amongTheKernelsRoutesTheLowestMetricCounts() {
        network(Hosts.foreign("198.51.100.0", 24, "192.168.1.3", 300), Hosts.foreign("198.51.100.0", 24, "192.168.1.1", 100),
                Hosts.foreign("198.51.100.0", 24, "192.168.1.2", 200));
        table.update();
        assertEquals(List.of(via(address("192.168.1.1"), ETH0)), route(prefix("198.51.100.0/24")).hops());
    }

    @Test void ourOwnKernelRoutesAreNotTakenForForeignOnes() {
        bothUp();
        table.learnt(VCN, List.of(HEAD_END1), true);
        table.update();
        network(Route.to(VCN.address(), 24, NextHop.via(HEAD_END1, VTI1)).withMetric(FibSync.METRIC));
        assertTrue(table.update().isEmpty());
        assertEquals(Source.BGP, route(VCN).source());
    }

    @Test void aGatewayFollowsTheBestUnderlayRoute() {
        table.addGateway(GATEWAY1);
        table.update();
        var host = prefix("203.0.113.11/32");
        assertEquals(List.of(via(address("192.168.1.1"), ETH0)), route(host).hops());
        assertEquals(Source.GATEWAY, route(host).source());
        network(Hosts.foreign("203.0.113.0", 24, "192.168.1.7", 0));
        var changes = table.update();
        assertEquals(List.of(via(address("192.168.1.7"), ETH0)), route(host).hops());
        assertEquals(2, changes.selected().size(), "the new route and the gateway");
    }

    @Test void aGatewayNeverLeadsIntoATunnelWhateverIsAnnounced() {
        bothUp();
        table.addGateway(GATEWAY1);
        table.learnt(prefix("0.0.0.0/0"), List.of(HEAD_END1), true);
        table.learnt(prefix("203.0.113.0/24"), List.of(HEAD_END1), true);
        table.learnt(prefix("203.0.113.11/32"), List.of(HEAD_END1), true);
        table.update();
        assertEquals(List.of(via(address("192.168.1.1"), ETH0)), route(prefix("203.0.113.11/32")).hops());
        assertEquals(Source.GATEWAY, route(prefix("203.0.113.11/32")).source());
        assertEquals(Source.BGP, route(prefix("203.0.113.0/24")).source());
    }

    @Test void withoutAnUnderlayAGatewayIsNotReachedAtAllWhateverIsLearnt() {
        table.network(Hosts.withoutDefaultRoute(), Route::isOurs);
        bothUp();
        table.addGateway(GATEWAY1);
        for (var learnt : List.of("0.0.0.0/0", "203.0.113.0/24", "203.0.113.11/32")) table.learnt(prefix(learnt), List.of(HEAD_END1), true);
        table.update();
        assertEquals(Source.GATEWAY, route(prefix("203.0.113.11/32")).source());
        assertEquals(List.of(), route(prefix("203.0.113.11/32")).hops(), "dropped");
        assertEquals(Source.BGP, route(prefix("0.0.0.0/0")).source());
    }

    @Test void aForeignDefaultRouteIntoATunnelIsNoUnderlay() {
        bothUp();
        table.addGateway(GATEWAY1);
        var intoTunnel = Route.to(address("0.0.0.0"), 1, NextHop.device(VTI1)).withProtocol(3);
        var upperHalf = Route.to(address("128.0.0.0"), 1, NextHop.device(VTI1)).withProtocol(3);
        network(intoTunnel, upperHalf);
        table.update();
        assertEquals(List.of(via(address("192.168.1.1"), ETH0)), route(prefix("203.0.113.11/32")).hops());
    }

    @Test void aStaticRouteIsThereOnlyWhileItsGatewayCanBeReached() {
        table.addStatic(LAN, to("192.168.1.1"), 1);
        table.update();
        assertEquals(List.of(via(address("192.168.1.1"), ETH0)), route(LAN).hops());
        table.network(HostNetwork.NONE, Route::isOurs);
        table.update();
        assertTrue(table.exact(LAN).isEmpty());
    }

    @Test void aDefaultRouteResolvesNoNextHop() {
        table.addStatic(LAN, to("172.16.0.1"), 1);
        table.learnt(VCN, List.of(address("172.16.0.2")), true);
        table.update();
        assertTrue(table.exact(LAN).isEmpty());
        assertTrue(table.exact(VCN).isEmpty());
    }

    @Test void aNextHopBehindAKernelRouteIsReachedThroughThatRoutesGateway() {
        network(Hosts.foreign("172.16.0.0", 16, "192.168.1.1", 0));
        table.learnt(VCN, List.of(address("172.16.0.2")), true);
        table.update();
        assertEquals(List.of(via(address("192.168.1.1"), ETH0)), route(VCN).hops());
    }

    @Test void twoNextHopsThatResolveToTheSameHopAreOne() {
        network(Hosts.foreign("172.16.0.0", 16, "192.168.1.1", 0));
        table.learnt(VCN, List.of(address("172.16.0.2"), address("172.16.0.3")), true);
        table.update();
        assertEquals(1, route(VCN).hops().size());
    }

    @Test void aStaticRouteToNull0DropsAndWithAGatewayDoesNot() {
        table.addStatic(LAN, new StaticHop(Optional.empty(), Optional.empty()), 1);
        table.update();
        assertEquals(List.of(), route(LAN).hops());
        table.addStatic(LAN, to("192.168.1.1"), 1);
        table.update();
        assertEquals(1, route(LAN).hops().size());
    }

    @Test void aStaticRouteIntoATunnelIsThereWhileTheTunnelIsUp() {
        table.addStatic(VCN, new StaticHop(Optional.empty(), Optional.of("vti1")), 1);
        table.addStatic(prefix("10.0.3.0/24"), to("192.168.254.6"), 1);
        table.update();
        assertTrue(table.exact(VCN).isEmpty());
        bothUp();
        table.update();
        assertEquals(List.of(dev(VTI1)), route(VCN).hops());
        assertEquals(List.of(via(HEAD_END2, VTI2)), route(prefix("10.0.3.0/24")).hops());
    }

    @Test void aStaticRouteOfAGreaterDistanceStepsInWhenNoNearerOneCanBeUsed() {
        table.addStatic(LAN, to("192.168.254.2"), 1);
        table.addStatic(LAN, to("192.168.1.1"), 250);
        table.addStatic(LAN, to("192.168.1.2"), 255);
        table.update();
        assertEquals(List.of(via(address("192.168.1.1"), ETH0)), route(LAN).hops());
        assertEquals(250, route(LAN).distance());
        table.learnt(LAN, List.of(HEAD_END2), true);
        table.tunnelUp("vti2", true);
        table.update();
        assertEquals(Source.BGP, route(LAN).source(), "20 before 250");
        bothUp();
        table.update();
        assertEquals(List.of(via(HEAD_END1, VTI1)), route(LAN).hops());
        assertEquals(List.of("STATIC 1 true", "STATIC 250 false", "STATIC 255 false", "BGP 20 false"), table.candidates().stream().filter(one -> one.entry().prefix().equals(LAN))
                .map(one -> one.entry().source() + " " + one.entry().distance() + " " + one.selected()).toList());
    }

    @Test void theDistancesOfLearntRoutesAreConfigured() {
        bothUp();
        table.bgpDistances(30, 255);
        table.addStatic(LAN, to("192.168.1.1"), 25);
        table.learnt(LAN, List.of(HEAD_END1), true);
        table.learnt(VCN, List.of(HEAD_END1), true);
        table.learnt(prefix("10.0.3.0/24"), List.of(HEAD_END1), false);
        table.update();
        assertEquals(Source.STATIC, route(LAN).source());
        assertEquals(30, route(VCN).distance());
        assertTrue(table.exact(prefix("10.0.3.0/24")).isEmpty(), "255 is never used");
    }

    @Test void aNextHopIsFoundThroughStaticRoutesOverStaticRoutes() {
        table.addStatic(prefix("172.17.0.0/16"), to("172.16.0.1"), 1);
        table.addStatic(prefix("172.16.0.0/16"), to("192.168.1.7"), 1);
        table.learnt(VCN, List.of(address("172.17.0.9")), false);
        table.update();
        assertEquals(List.of(via(address("192.168.1.7"), ETH0)), route(VCN).hops());
        var shown = table.candidates().stream().filter(one -> one.entry().prefix().equals(VCN)).findFirst().orElseThrow();
        assertEquals(List.of(new Candidate.Leg(Optional.of(address("172.17.0.9")), route(VCN).hops())), shown.legs());
    }

    @Test void twoStaticRoutesOverEachOtherAreNotThere() {
        table.addStatic(prefix("172.17.0.0/16"), to("172.16.0.1"), 1);
        table.addStatic(prefix("172.16.0.0/16"), to("172.17.0.1"), 1);
        table.update();
        assertTrue(table.exact(prefix("172.16.0.0/16")).isEmpty() && table.exact(prefix("172.17.0.0/16")).isEmpty(), table.entries()::toString);
    }

    @Test void whatDidNotChangeIsNotReportedAndKeepsItsAge() {
        bothUp();
        table.learnt(VCN, List.of(HEAD_END1), true);
        table.update();
        now = 100;
        network();
        table.learnt(VCN, List.of(HEAD_END1), true);
        assertTrue(table.update().isEmpty());
        assertEquals(1, route(VCN).sinceNanos());
        table.learnt(VCN, List.of(HEAD_END2), true);
        var changes = table.update();
        assertEquals(1, changes.selected().size());
        assertFalse(changes.isEmpty());
        assertEquals(100, route(VCN).sinceNanos());
    }

    @Test void anUnlearntRouteIsGoneOnce() {
        bothUp();
        table.learnt(VCN, List.of(HEAD_END1), true);
        table.update();
        table.unlearnt(VCN);
        assertEquals(List.of(VCN), table.update().gone().stream().map(RibEntry::prefix).toList());
        table.unlearnt(VCN);
        assertTrue(table.update().isEmpty());
    }

    /** RFC 2545 section 3, as FRR does: the link-local address where the next hop is on a link, or the peer if there is no other address. */
    @Test void theLinkLocalAddressOfANextHopIsItsGatewayOnALink() {
        var link = address("fe80::2");
        var six = prefix("2001:db8:9::/48");
        var host = Hosts.cpe(Hosts.foreign("2001:db8:7::", 48, "2001:db8:1::7", 0));
        var addresses = new ArrayList<>(host.addresses());
        addresses.add(InterfaceAddress.of(ETH0, address("2001:db8:1::1"), 64));
        addresses.add(InterfaceAddress.of(ETH0, address("fe80::1"), 64));
        table.network(new HostNetwork(host.links(), addresses, host.routes()), Route::isOurs);
        table.learnt(six, List.of(address("2001:db8:1::2")), Map.of(address("2001:db8:1::2"), link), true);
        table.learnt(VCN, List.of(address("192.168.1.2")), Map.of(address("192.168.1.2"), link), true);
        table.learnt(prefix("2001:db8:8::/48"), List.of(address("2001:db8:7::2")), Map.of(address("2001:db8:7::2"), link), true);
        table.learnt(prefix("2001:db8:6::/48"), List.of(address("2001:db8:1::3")), true);
        table.update();
        assertEquals(List.of(via(link, ETH0)), route(six).hops());
        assertEquals(List.of(via(link, ETH0)), route(VCN).hops());
        assertEquals(List.of(via(address("2001:db8:1::7"), ETH0)), route(prefix("2001:db8:8::/48")).hops(), "not on a link");
        assertEquals(List.of(via(address("2001:db8:1::3"), ETH0)), route(prefix("2001:db8:6::/48")).hops());
    }

    @Test void aStaticRouteToALinkLocalGatewayNeedsNothingButItsInterface() {
        var six = prefix("2001:db8:9::/48");
        table.addStatic(six, new StaticHop(Optional.of(address("fe80::2")), Optional.of("eth0")), 1);
        table.update();
        assertEquals(List.of(via(address("fe80::2"), ETH0)), route(six).hops());
    }
}
