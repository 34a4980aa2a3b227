package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.ToriiOciSide;
import dev.torii.cli.lab.Topology;
import dev.torii.cli.netns.Impairment.Degree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** An internet that loses, repeats, delays and spoils: no packet comes out of the tunnel twice or otherwise than it went in, and nothing grows. */
@NamespaceTest
class ImpairedLinkIT {
    private static final String PREFIX = "tb-imp";
    private static final int PACKETS = 3000;
    private static final int A_SECOND = 2000;
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern BAD_CHECKSUMS = Pattern.compile("(?m)^UdpInCsumErrors\\s+(\\d+)");

    @Test
    void nothingComesTwiceOrSpoiled() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            var oci = (ToriiOciSide) vpn.torii();
            var cpe = vpn.startCpe();
            vpn.awaitBothNextHops(cpe);
            vpn.awaitPing(cpe);
            Numbered.answering(vpn.namespaces(), "cmp");
            var unimpaired = Numbered.exchange(vpn.namespaces(), "lic", Topology.COMPUTE, 0, 1000, A_SECOND);
            assertTrue(unimpaired.answered() > 950 && unimpaired.twice() + unimpaired.spoiled() == 0, unimpaired.toString());
            long resident = resident(cpe);
            int first = 1000;
            for (var degree : List.of(new Degree(1, 1, 2, 1), new Degree(10, 10, 20, 5), new Degree(30, 20, 30, 10))) {
                Numbered.Tally tally;
                var impairment = Impairment.begin(vpn.namespaces(), degree);
                try {
                    tally = Numbered.exchange(vpn.namespaces(), "lic", Topology.COMPUTE, first, PACKETS, A_SECOND);
                } finally {
                    impairment.close();
                }
                first += PACKETS;
                System.out.println("impaired by " + degree + ": " + tally);
                assertEquals(List.of(0, 0), List.of(tally.twice(), tally.spoiled()), degree.toString());
                double passes = Math.pow((1 - degree.loss() / 100.0) * (1 - degree.corruption() / 100.0), 2);       // there and back
                assertTrue(tally.answered() > 0.7 * passes * PACKETS, tally + vpn.evidence(cpe).get());
            }
            for (var daemon : List.of(cpe, oci.headEnd(1), oci.headEnd(2))) System.out.println(dropsIn(daemon));
            assertTrue(dropsIn(cpe).path("replayed").asLong() > 0 && dropsIn(cpe).path("bad_icv").asLong() > 0, () -> dropsIn(cpe).toString());
            for (var host : List.of("lic", "cmp")) {
                var counters = BAD_CHECKSUMS.matcher(vpn.namespaces().script(host, "nstat -asz UdpInCsumErrors").orFail("nstat").out());
                assertTrue(counters.find());
                assertEquals("0", counters.group(1), "datagrams with a wrong checksum behind the tunnel, in " + host);
            }
            assertTrue(resident(cpe) - resident < 64 << 10, "memory grows");
        }
    }

    /** What the daemon dropped of what arrived, over its tunnels. */
    private static JsonNode dropsIn(ToriiDaemon daemon) {
        try {
            var sum = new ObjectMapper().createObjectNode();
            for (var tunnel : new ObjectMapper().readTree(daemon.torii("traffic", "--json").orFail("traffic").out()).path("tunnels")) {
                tunnel.at("/in/drops").properties().forEach(drop -> sum.put(drop.getKey(), sum.path(drop.getKey()).asLong() + drop.getValue().asLong()));
            }
            return sum;
        } catch (IOException notJson) {
            throw new AssertionError(notJson);
        }
    }

    private static long resident(ToriiDaemon daemon) throws IOException {
        var found = RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(daemon.job().pid()), "status")));
        assertTrue(found.find());
        return Long.parseLong(found.group(1));
    }
}
