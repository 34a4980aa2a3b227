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
import dev.torii.cli.rib.OwnedRoutes.Destination;
import dev.torii.cli.rib.RibEntry.Hop;
import dev.torii.cli.rib.RibEntry.Source;
import dev.torii.cli.rib.RouteTable.Changes;
import dev.torii.tun.MemoryRoutes;
import dev.torii.tun.NextHop;
import dev.torii.tun.Route;
import dev.torii.tun.Routes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FibSyncTest {
    private static final Prefix VCN = prefix("10.0.2.0/24");
    private static final Prefix GATEWAY = prefix("203.0.113.11/32");
    private static final Hop OVER_VTI1 = new Hop(Optional.of(address("192.168.254.2")), "vti1", VTI1);
    private static final Hop OVER_VTI2 = new Hop(Optional.of(address("192.168.254.6")), "vti2", VTI2);
    private static final Hop OVER_ETH0 = new Hop(Optional.of(address("192.168.1.1")), "eth0", ETH0);

    @TempDir
    private Path directory;

    private final Kernel kernel = new Kernel();
    private final List<String> reports = new ArrayList<>();
    private OwnedRoutes owned;
    private FibSync fib;

    /** A kernel that can refuse, and that looks into the record when something is made. */
    private final class Kernel implements Routes {
        private final MemoryRoutes table = new MemoryRoutes();
        private final List<Set<Destination>> recordedWhenMade = new ArrayList<>();
        private boolean refuses;

        @Override public List<Route> list() {
            return table.list();
        }

        @Override public void replace(Route route) throws IOException {
            making();
            table.replace(route);
        }

        @Override public void add(Route route) throws IOException {
            making();
            table.add(route);
        }

        private void making() throws IOException {
            recordedWhenMade.add(owned.left());
            if (refuses) throw new IOException("Network is unreachable");
        }

        @Override public boolean remove(Route route) {
            return table.remove(route);
        }
    }

    /** The kernel refuses IPv6 next hops without a gateway in a route that has several. */
    @Test void severalTunnelsOfIpv6HaveAGatewayInTheRouteAndOneHasNone() {
        var vcn = prefix("fd00:10:2::/64");
        var one = new Hop(Optional.empty(), "vti1", VTI1);
        fib.apply(new Changes(List.of(new RibEntry(vcn, Source.TUNNEL, 1, 0, List.of(one), 0)), List.of()));
        assertEquals(List.of(NextHop.device(VTI1)), kernel.list().getFirst().nextHops());
        fib.apply(new Changes(List.of(new RibEntry(vcn, Source.TUNNEL, 1, 0, List.of(one, new Hop(Optional.empty(), "vti2", VTI2)), 0)), List.of()));
        assertEquals(List.of(NextHop.via(NextHop.TUN_GATEWAY_V6, VTI1), NextHop.via(NextHop.TUN_GATEWAY_V6, VTI2)), kernel.list().getFirst().nextHops());
    }

    @BeforeEach void begin() {
        owned = OwnedRoutes.in(directory);
        fib = new FibSync(kernel, owned, name -> name.startsWith("vti"), (prefix, text) -> reports.add(prefix + ": " + text));
    }

    private static RibEntry entry(Prefix prefix, Source source, Hop... hops) {
        return new RibEntry(prefix, source, source.distance(), 0, List.of(hops), 0);
    }

    private void select(RibEntry... entries) {
        fib.apply(new Changes(List.of(entries), List.of()));
    }

    private void gone(RibEntry... entries) {
        fib.apply(new Changes(List.of(), List.of(entries)));
    }

    private void repair() {
        fib.repair(Hosts.cpe(kernel.list().toArray(Route[]::new)));
    }

    private static Route ours(Prefix prefix, NextHop... hops) {
        return Route.to(prefix.address(), prefix.length(), hops).withMetric(FibSync.METRIC);
    }

    private static NextHop hop(Hop hop) {
        return NextHop.via(hop.gateway().orElseThrow(), hop.interfaceIndex());
    }

    @Test void aSelectedRouteIsInTheKernelWithAllItsNextHopsAndAGoneOneIsNot() {
        var route = entry(VCN, Source.BGP, OVER_VTI1, OVER_VTI2);
        select(route);
        assertEquals(List.of(ours(VCN, hop(OVER_VTI1), hop(OVER_VTI2))), kernel.list());
        gone(route);
        assertEquals(List.of(), kernel.list());
    }

    @Test void aChangedRouteReplacesTheOldOne() {
        select(entry(VCN, Source.BGP, OVER_VTI1, OVER_VTI2));
        select(entry(VCN, Source.BGP, OVER_VTI2));
        assertEquals(List.of(ours(VCN, hop(OVER_VTI2))), kernel.list());
    }

    @Test void aRouteWithoutNextHopsIsABlackhole() {
        select(entry(VCN, Source.STATIC));
        assertEquals(List.of(Route.blackhole(VCN.address(), 24).withMetric(FibSync.METRIC)), kernel.list());
    }

    @Test void theKernelsOwnRoutesAreNeverMadeAndPushOursOut() {
        select(entry(prefix("192.168.1.0/24"), Source.CONNECTED, OVER_ETH0));
        assertEquals(List.of(), kernel.list());
        select(entry(VCN, Source.TUNNEL, OVER_VTI1));
        select(entry(VCN, Source.KERNEL, OVER_ETH0));
        assertEquals(List.of(), kernel.list());
    }

    @Test void whatWouldOutliveUsIsRecordedBeforeItIsMadeAndStruckOutAfterwards() throws IOException {
        var gateway = entry(GATEWAY, Source.GATEWAY, OVER_ETH0);
        select(gateway, entry(VCN, Source.TUNNEL, OVER_VTI1));
        var recorded = Set.of(new Destination(GATEWAY.address(), 32));
        assertEquals(List.of(recorded, recorded), kernel.recordedWhenMade, "the gateway's only: the other goes with its TUN");
        gone(gateway);
        assertEquals(Set.of(), owned.left());
    }

    @Test void aForeignRouteIsLeftAloneAndReportedOnce() throws IOException {
        var foreign = Hosts.foreign("203.0.113.11", 32, "192.168.1.9", FibSync.METRIC);
        kernel.table.with(foreign);
        select(entry(GATEWAY, Source.GATEWAY, OVER_ETH0));
        repair();
        repair();
        assertEquals(List.of(foreign), kernel.list());
        assertEquals(List.of("203.0.113.11/32: somebody else's route to this prefix is left alone; ours is not installed"), reports);
        assertEquals(Set.of(), owned.left(), "after a SIGKILL nobody may take the foreign one for ours");
        fib.close();
        assertEquals(List.of(foreign), kernel.list());
    }

    @Test void oursTakesThePlaceOfAForeignRouteThatHasGone() throws IOException {
        var foreign = Hosts.foreign("203.0.113.11", 32, "192.168.1.9", FibSync.METRIC);
        kernel.table.with(foreign);
        select(entry(GATEWAY, Source.GATEWAY, OVER_ETH0));
        kernel.table.remove(foreign);
        repair();
        assertEquals(List.of(ours(GATEWAY, hop(OVER_ETH0))), kernel.list());
        assertEquals(Set.of(new Destination(GATEWAY.address(), 32)), owned.left());
    }

    @Test void whatTheKernelLostIsPutBack() {
        select(entry(VCN, Source.BGP, OVER_VTI1, OVER_VTI2));
        kernel.table.interfaceGone(VTI1);
        assertEquals(List.of(), kernel.list());
        repair();
        assertEquals(List.of(ours(VCN, hop(OVER_VTI1), hop(OVER_VTI2))), kernel.list());
    }

    @Test void aNextHopThatTheKernelTookOutIsPutBack() {
        select(entry(VCN, Source.BGP, OVER_VTI1, OVER_VTI2));
        kernel.table.replace(ours(VCN, hop(OVER_VTI2)));
        repair();
        assertEquals(List.of(ours(VCN, hop(OVER_VTI1), hop(OVER_VTI2))), kernel.list());
    }

    @Test void anOldLookAtTheKernelDoesNotMakeItTakeItsOwnRouteForAForeignOne() {
        var route = entry(GATEWAY, Source.GATEWAY, OVER_ETH0);
        select(route);
        fib.repair(HostNetwork.NONE);
        assertEquals(List.of(), reports);
        gone(route);
        assertEquals(List.of(), kernel.list());
    }

    @Test void aForeignRouteInThePlaceOfALostOneIsNotOverwritten() {
        select(entry(GATEWAY, Source.GATEWAY, OVER_ETH0));
        var foreign = Hosts.foreign("203.0.113.11", 32, "192.168.1.9", FibSync.METRIC);
        kernel.table.replace(foreign);
        repair();
        assertEquals(List.of(foreign), kernel.list());
        assertEquals(1, reports.size());
    }

    @Test void aRefusedRouteIsReportedOnceAndTriedAgain() {
        kernel.refuses = true;
        select(entry(VCN, Source.BGP, OVER_VTI1));
        repair();
        assertEquals(List.of("10.0.2.0/24: the kernel refused the route: Network is unreachable"), reports);
        kernel.refuses = false;
        repair();
        assertEquals(1, kernel.list().size());
    }

    @Test void aRefusedChangeLeavesNoOldRouteBehind() {
        select(entry(VCN, Source.BGP, OVER_VTI1));
        kernel.refuses = true;
        select(entry(VCN, Source.BGP, OVER_VTI2));
        assertEquals(List.of(), kernel.list(), "it leads where nobody wants it any more, and would be taken for a foreign one");
        kernel.refuses = false;
        repair();
        assertEquals(List.of(ours(VCN, hop(OVER_VTI2))), kernel.list());
    }

    @Test void aRouteThatIsNotWantedAnyMoreIsNotTriedAgain() {
        kernel.refuses = true;
        var route = entry(VCN, Source.BGP, OVER_VTI1);
        select(route);
        gone(route);
        kernel.refuses = false;
        repair();
        assertEquals(List.of(), kernel.list());
    }

    @Test void closingRemovesExactlyOurs() throws IOException {
        var foreign = Hosts.foreign("10.0.2.0", 24, "192.168.1.1", 0);
        var anotherDaemons = Route.to(address("203.0.113.99"), 32, hop(OVER_ETH0)).withMetric(FibSync.METRIC);
        kernel.table.with(foreign).with(anotherDaemons);
        select(entry(GATEWAY, Source.GATEWAY, OVER_ETH0), entry(prefix("10.0.3.0/24"), Source.BGP, OVER_VTI1, OVER_VTI2));
        kernel.table.replace(ours(prefix("10.0.3.0/24"), hop(OVER_VTI2)));
        fib.close();
        assertEquals(List.of(foreign, anotherDaemons), kernel.list());
        assertEquals(Set.of(), owned.left());
    }

    @Test void whatAKilledDaemonLeftIsRemovedAndNothingElse() throws IOException {
        select(entry(GATEWAY, Source.GATEWAY, OVER_ETH0));
        var foreign = Hosts.foreign("203.0.113.11", 32, "192.168.1.9", 0);
        var anotherDaemons = Route.to(address("203.0.113.99"), 32, hop(OVER_ETH0)).withMetric(FibSync.METRIC);
        kernel.table.with(foreign).with(anotherDaemons);
        var removed = FibSync.removeLeftovers(kernel, OwnedRoutes.in(directory));
        assertEquals(List.of(ours(GATEWAY, hop(OVER_ETH0))), removed);
        assertEquals(List.of(foreign, anotherDaemons), kernel.list());
        assertEquals(List.of(), FibSync.removeLeftovers(kernel, OwnedRoutes.in(directory)));
    }

    @Test void itTellsItsOwnRoutesFromForeignOnes() {
        select(entry(VCN, Source.BGP, OVER_VTI1));
        assertTrue(fib.isOurs(ours(VCN, hop(OVER_VTI1))));
        assertTrue(fib.isOurs(ours(VCN, hop(OVER_VTI2))), "the kernel may have changed its next hops");
        assertFalse(fib.isOurs(ours(VCN, hop(OVER_VTI1)).withProtocol(4)));
        assertFalse(fib.isOurs(ours(VCN, hop(OVER_VTI1)).withMetric(0)));
        assertFalse(fib.isOurs(ours(GATEWAY, hop(OVER_ETH0))));
    }
}
