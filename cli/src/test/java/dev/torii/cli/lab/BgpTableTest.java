package dev.torii.cli.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class BgpTableTest {
    /** As FRR 8.4.4 prints it. */
    private static final String TABLE = """
            BGP table version is 4, local router ID is 192.168.254.2, vrf id 0
            Default local pref 100, local AS 31898
            Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,
                           i internal, r RIB-failure, S Stale, R Removed
            Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self
            Origin codes:  i - IGP, e - EGP, ? - incomplete
            RPKI validation codes: V valid, I invalid, N Not found

               Network          Next Hop            Metric LocPrf Weight Path
            *> 10.0.1.0/24      10.255.1.1               0         32768 i
            *> 192.168.2.0/24   192.168.254.1            0             0 65000 i
            *= 192.168.3.0/24   192.168.254.5            0             0 65000 i
            *>                  192.168.254.1            0             0 65000 i

            Displayed  3 routes and 4 total paths
            """;

    @Test
    void prefixesAreFoundByNextHop() {
        assertEquals(List.of("192.168.2.0/24", "192.168.3.0/24"), BgpTable.prefixesVia("192.168.254.1", TABLE));
        assertEquals(List.of("192.168.3.0/24"), BgpTable.prefixesVia("192.168.254.5", TABLE));
    }

    @Test
    void headerLinesAreNoRoutes() {
        assertEquals(List.of(), BgpTable.prefixesVia("192.168.254.2", TABLE));
    }
}
