package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Frr;
import dev.torii.cli.lab.OciRouting;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The network and the foreign peers themselves, with strongSwan in Torii's place: when this fails, the others' failures are not Torii's. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.FRR})
class PeersIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private Topology topology;

    @BeforeEach
    void network() {
        topology = Topology.up("tt-peers", Path.of("/run/torii-test/peers"));
    }

    @AfterEach
    void nothingIsLeft() {
        topology.close();
    }

    @Test
    void strongswanTalksToItselfInTheStaticCase() {
        var namespaces = topology.namespaces();
        for (int number = 1; number <= 2; number++) {
            var config = StrongswanConfig.staticHeadEnd(number, "secret" + number);
            Strongswan.start(namespaces, "oci" + number, config);
            var cpe = Strongswan.start(namespaces, "cpe", "cpe" + number, 0, 0, config.mirrored());
            Await.until("tunnel " + number, SOON, cpe::established, cpe::log);
        }
        topology.drgRoutes(List.of(Topology.headEndInner(1), Topology.headEndInner(2)));
        Ping.allAnswered(namespaces, "lic", Topology.COMPUTE, 10, () -> "");
        assertEquals(60, Ping.allAnswered(namespaces, "cmp", Topology.LIC, 10, () -> "").ttl());
    }

    @Test
    void frrRoutesOverStrongswansTunnels() {
        var namespaces = topology.namespaces();
        for (int number = 1; number <= 2; number++) {
            var config = StrongswanConfig.bgpHeadEnd(number, "secret" + number);
            var headEnd = Strongswan.start(namespaces, "oci" + number, config);
            Strongswan.start(namespaces, "cpe", "cpe" + number, 0, 0, config.mirrored());
            Await.until("tunnel " + number, SOON, headEnd::established, headEnd::log);
            Frr.start(namespaces, "oci" + number, OciRouting.headEndBgp(number, true), OciRouting.HEAD_END_STATIC_ROUTES);
        }
        Frr.start(namespaces, "drg", OciRouting.drgBgp(true), "");
        Frr.start(namespaces, "cpe", """
                router bgp 65000
                 no bgp ebgp-requires-policy
                 neighbor 192.168.254.2 remote-as 31898
                 neighbor 192.168.254.6 remote-as 31898
                 address-family ipv4 unicast
                  network 192.168.2.0/24
                 exit-address-family
                """, "ip route 192.168.2.0/24 192.168.1.1\n");
        Await.until("a ping", SOON, () -> Ping.answered(namespaces, "lic", Topology.COMPUTE), () -> "");
        Await.until("two next hops", SOON, () -> namespaces.script("drg", "ip route show 192.168.2.0/24").out().contains("10.255.1.12"),
                () -> namespaces.script("drg", "ip route").out());
        assertTrue(namespaces.script("drg", "ip route show 192.168.2.0/24").out().contains("10.255.1.11"));
    }

    @Test
    void aCutUnderlayIsSilentAndHeals() {
        var namespaces = topology.namespaces();
        topology.cut("oci1");
        assertTrue(!Ping.answered(namespaces, "cpe", Topology.headEndAddress(1)) && Ping.answered(namespaces, "cpe", Topology.headEndAddress(2)));
        topology.heal("oci1");
        Await.until("a ping", SOON, () -> Ping.answered(namespaces, "cpe", Topology.headEndAddress(1)), () -> "");
    }
}
