package dev.torii.cli.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.bgp.RibRow;
import dev.torii.bgp.Summary;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.cli.rib.Hosts;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BgpTableViewTest {
    private static final Summary SUMMARY = new Summary(AddressFamily.IPV4_UNICAST, (Inet4Address) Hosts.address("192.168.254.5"), 65000, 4, 7, List.of());
    private static final List<RibRow> FRRS_ROWS = List.of(learnt("10.0.1.0/24", "192.168.254.6", false), learnt("10.0.1.0/24", "192.168.254.2", true),
            learnt("10.0.2.0/24", "192.168.254.6", false), learnt("10.0.2.0/24", "192.168.254.2", true), own("192.168.2.0/24"), own("192.168.200.128/25"));

    private static RibRow learnt(String prefix, String peer, boolean best) {
        InetAddress address = Hosts.address(peer);
        return new RibRow(Hosts.prefix(prefix), true, false, best, !best, false, Optional.of(address), address, Optional.empty(), OptionalLong.of(0), OptionalLong.empty(), 0, "31898", 'i');
    }

    private static RibRow own(String prefix) {
        return new RibRow(Hosts.prefix(prefix), true, false, true, false, false, Optional.empty(), Hosts.address("0.0.0.0"), Optional.empty(), OptionalLong.of(0), OptionalLong.empty(), 32768,
                "", 'i');
    }

    @Test void theTextIsFrrs() {
        assertEquals(Vectors.frr("show-bgp-ipv4-unicast.txt"), new BgpTableView(SUMMARY, FRRS_ROWS).text());
    }

    @Test void theJsonIsFrrs() {
        FrrJson.assertSame(Vectors.frr("show-bgp-ipv4-unicast.json"), Set.of("version", "selectionReason", "hostname"), new BgpTableView(SUMMARY, FRRS_ROWS));
    }

    /** The columns of FRR's route_vty_out for a path of our own AS. */
    @Test void anInternalPathHasItsLocalPreference() {
        var peer = Hosts.address("10.0.0.1");
        var row = new RibRow(Hosts.prefix("10.0.1.0/24"), true, false, true, false, true, Optional.of(peer), peer, Optional.empty(), OptionalLong.empty(), OptionalLong.of(100), 0, "65001 65002", '?');
        String line = new BgpTableView(SUMMARY, List.of(row)).text().lines().filter(each -> each.contains("10.0.1.0")).findFirst().orElseThrow();
        assertEquals("*>i10.0.1.0/24      10.0.0.1                      100      0 65001 65002 ?", line);
    }

    @Test void anEmptyTableSaysSo() {
        assertEquals("No BGP prefixes displayed, 0 exist\n", new BgpTableView(SUMMARY, List.of()).text());
    }
}
