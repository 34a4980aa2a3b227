package dev.torii.cli.show;

import static dev.torii.cli.rib.Hosts.address;
import static dev.torii.cli.rib.Hosts.prefix;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.cli.rib.Candidate;
import dev.torii.cli.rib.Candidate.Leg;
import dev.torii.cli.rib.RibEntry;
import dev.torii.cli.rib.RibEntry.Hop;
import dev.torii.cli.rib.RibEntry.Source;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IpRouteViewTest {
    private static final long NOW = TimeUnit.SECONDS.toNanos(1000);
    private static final Hop VTI1 = new Hop(Optional.of(address("192.168.254.2")), "vti1", 2);
    private static final Hop VTI2 = new Hop(Optional.of(address("192.168.254.6")), "vti2", 3);
    private static final Hop ROUTER = hop(Optional.of(address("192.168.1.1")), "eth0", 5);
    private static final IpRouteView FRRS = new IpRouteView(List.of(
            entry("10.0.1.0/24", Source.BGP, 14, VTI1, VTI2), entry("10.0.2.0/24", Source.BGP, 14, VTI1, VTI2),
            entry("192.168.1.0/24", Source.CONNECTED, 15, hop(Optional.empty(), "eth0", 5)), entry("192.168.2.0/24", Source.STATIC, 15, ROUTER),
            entry("192.168.200.128/25", Source.STATIC, 59), entry("192.168.254.0/30", Source.CONNECTED, 59, hop(Optional.empty(), "vti1", 2)),
            entry("192.168.254.4/30", Source.CONNECTED, 59, hop(Optional.empty(), "vti2", 3)), entry("198.51.100.0/24", Source.KERNEL, 15, ROUTER)), false, NOW);

    private static Hop hop(Optional<InetAddress> gateway, String name, int index) {
        return new Hop(gateway, name, index);
    }

    private static Candidate entry(String prefix, Source source, long age, Hop... hops) {
        return Candidate.of(new RibEntry(prefix(prefix), source, source.distance(), 0, List.of(hops), NOW - TimeUnit.SECONDS.toNanos(age)), true);
    }

    private static List<String> routes(String text) {
        return text.lines().dropWhile(line -> !line.isEmpty()).skip(1).toList();
    }

    @Test void theLinesAreFrrs() {
        assertEquals(routes(Vectors.frr("show-ip-route.txt")), routes(FRRS.text()));
    }

    @Test void theJsonIsFrrs() {
        FrrJson.assertSame(Vectors.frr("show-ip-route.json"), Set.of("flags", "internalStatus", "internalFlags", "internalNextHopNum", "internalNextHopActiveNum",
                "nexthopGroupId", "installedNexthopGroupId"), FRRS);
    }

    @Test void whatFrrDoesNotHaveIsWrittenInItsForm() {
        var text = new IpRouteView(List.of(entry("10.0.3.0/24", Source.TUNNEL, 0, hop(Optional.empty(), "vti1", 2), hop(Optional.empty(), "vti2", 3)),
                entry("203.0.113.11/32", Source.GATEWAY, 1, ROUTER)), false, NOW).text();
        assertEquals(List.of(
                "I>* 10.0.3.0/24 [1/0] is directly connected, vti1, weight 1, 00:00:00",
                "  *                   is directly connected, vti2, weight 1, 00:00:00",
                "G>* 203.0.113.11/32 [0/0] via 192.168.1.1, eth0, weight 1, 00:00:01"), routes(text));
    }

    /** As FRR 8.4.4 prints a route whose next hop is not on a subnet of its own, and one that another goes before. */
    @Test void aRecursiveNextHopAndARouteThatIsNotUsed() {
        var through = new RibEntry(prefix("10.9.0.0/16"), Source.BGP, 200, 0, List.of(ROUTER), NOW);
        var text = new IpRouteView(List.of(new Candidate(through, true, List.of(new Leg(Optional.of(address("10.77.0.1")), List.of(ROUTER)))),
                Candidate.of(new RibEntry(prefix("10.9.0.0/16"), Source.STATIC, 250, 0, List.of(ROUTER), 0), false)), false, NOW).text();
        assertEquals(List.of(
                "B>  10.9.0.0/16 [200/0] via 10.77.0.1 (recursive), weight 1, 00:00:00",
                "  *                       via 192.168.1.1, eth0, weight 1, 00:00:00",
                "S   10.9.0.0/16 [250/0] via 192.168.1.1, eth0, weight 1"), routes(text));
    }

    @Test void ipv6IsNotShown() {
        assertEquals(List.of(), routes(new IpRouteView(List.of(entry("2001:db8::/32", Source.CONNECTED, 0, VTI1)), false, NOW).text()));
    }
}
