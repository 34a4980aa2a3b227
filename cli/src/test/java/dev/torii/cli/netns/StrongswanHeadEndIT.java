package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.EspCounters;
import dev.torii.cli.lab.InternetWatch;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Torii on the article's files as the CPE, strongSwan and FRR as OCI: the whole point. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.FRR})
class StrongswanHeadEndIT {
    private static final String PREFIX = "tt-ss";
    private static final int PINGS = 20;

    @Test
    void theStaticFilesWorkUnchanged() {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            vpn.strongswan();
            var cpe = vpn.startCpe();
            vpn.awaitBothNextHops(cpe);
            vpn.awaitPing(cpe);
            assertTrue(cpe.torii("status").out().endsWith("Total IPsec connections: loaded 2, active 2\n"));
            pingsGoEncryptedBothWays(vpn, cpe);
        }
    }

    @Test
    void theBgpFilesWorkUnchanged() {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var oci = vpn.strongswan();
            var cpe = vpn.startCpe();
            vpn.awaitBothNextHops(cpe);
            vpn.awaitPing(cpe);
            var announced = List.of("192.168.2.0/24", "192.168.3.0/24");
            for (int tunnel : List.of(1, 2)) {
                Await.until("the on-premises routes at head end " + tunnel, Vpn.UP, () -> oci.receivedRoutes(tunnel).equals(announced),
                        () -> oci.receivedRoutes(tunnel) + "\n" + oci.headEndBgp(tunnel).log());
            }
            Await.until("two next hops at the DRG", Vpn.UP, oci::drgUsesBoth, vpn.evidence(cpe));
            pingsGoEncryptedBothWays(vpn, cpe);
            Ping.allAnswered(vpn.namespaces(), "lic", Topology.BASTION, PINGS, vpn.evidence(cpe));
        }
    }

    private static void pingsGoEncryptedBothWays(Vpn vpn, ToriiDaemon cpe) {
        var internet = new InternetWatch(vpn.namespaces());
        long clear = internet.clear();
        var before = EspCounters.of(cpe);
        var there = Ping.allAnswered(vpn.namespaces(), "lic", Topology.COMPUTE, PINGS, vpn.evidence(cpe));
        Ping.allAnswered(vpn.namespaces(), "cmp", Topology.LIC, PINGS, vpn.evidence(cpe));
        var after = EspCounters.of(cpe);
        assertEquals(60, there.ttl(), "four routers on the way, as in the article");
        assertTrue(after.out() - before.out() >= 2 * PINGS && after.in() - before.in() >= 2 * PINGS, before + " " + after);
        assertEquals(clear, internet.clear(), "inner packets in clear on the internet");
    }
}
