package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.StrongswanOciSide;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Outer packets never enter a tunnel, whatever the head ends announce and however the host's own routes change. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.FRR})
class OuterRouteIT {
    private static final String PREFIX = "bp-route";
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void thePathToTheHeadEndsFollowsTheHostsRoutesAndNothingElse() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var oci = vpn.strongswan();
            var cpe = startWithLeft(vpn, Mode.BGP, Topology.CPE);
            vpn.awaitBothNextHops(cpe);
            vpn.awaitPing(cpe);
            announceTooMuch(vpn, cpe, oci);
            leavesBy(vpn, cpe, "via 192.168.1.1 dev ens3");
            Ping.allAnswered(vpn.namespaces(), "lic", Topology.COMPUTE, 20, vpn.evidence(cpe));

            vpn.namespaces().script("gw", "ip addr add 192.168.1.2/24 dev brpub").orFail("another address of the router");
            ip(vpn, "route replace default via 192.168.1.2");
            leavesBy(vpn, cpe, "via 192.168.1.2 dev ens3");
            Ping.allAnswered(vpn.namespaces(), "lic", Topology.COMPUTE, 20, vpn.evidence(cpe));

            ip(vpn, "route del default");
            Await.until("the learnt default route", SOON, () -> shown(vpn, "default").contains("vti0"), vpn.evidence(cpe));
            for (int number = 1; number <= 2; number++) {
                var headEnd = Topology.headEndAddress(number);
                Await.until("outer packets dropped", SOON, () -> shown(vpn, headEnd).startsWith("blackhole"),
                        () -> shown(vpn, headEnd) + vpn.evidence(cpe).get());
                assertFalse(vpn.namespaces().script("cpe", "ip route get " + headEnd).ok(), "a path to " + headEnd);
            }
            ip(vpn, "route add default via 192.168.1.1");
            leavesBy(vpn, cpe, "via 192.168.1.1 dev ens3");
            vpn.awaitPing(cpe);
            assertTrue(cpe.torii("status").out().contains("loaded 2, active 2"));
            assertFalse(cpe.job().output().contains("down: "), cpe.job().output());
        }
    }

    @Test
    void withoutADefaultRouteItsUserWaitsAndTheAdministratorsRouteWins() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            vpn.strongswan();
            ip(vpn, "route del default");
            var cpe = startWithLeft(vpn, Mode.STATIC, "%defaultroute");
            waits(vpn, cpe);
            ip(vpn, "route add default via 192.168.1.1");
            vpn.awaitBothNextHops(cpe);
            aForeignRouteIsLeftAlone(vpn, cpe);

            cpe.torii("down", "oracle-tunnel-2").orFail("torii down");
            ip(vpn, "route del default");
            waits(vpn, cpe);
            assertFalse(vpn.namespaces().script("cpe", "ip route").out().contains("vti"), "a route into a tunnel that is not there");
            ip(vpn, "route add default via 192.168.1.1");
            Await.until("tunnel 1", Vpn.UP, () -> vpn.routes().contains("vti01"), vpn.evidence(cpe));
            assertTrue(cpe.torii("status").out().contains("\"oracle-tunnel-2\": down, "), () -> cpe.torii("status").out());
            cpe.torii("up", "oracle-tunnel-2").orFail("torii up");
            vpn.awaitBothNextHops(cpe);
            vpn.awaitPing(cpe);
            assertTrue(cpe.torii("status").out().contains("loaded 2, active 2"));
        }
    }

    private static void waits(Vpn vpn, ToriiDaemon cpe) {
        Await.until("both connections waiting", SOON, () -> cpe.torii("status").out().lines()
                .filter(line -> line.contains(": no local address")).count() == 2, vpn.evidence(cpe));
        assertTrue(cpe.job().output().contains("oracle-tunnel-1: waits for a default route"), cpe.job().output());
        assertEquals(1, cpe.torii("up", "oracle-tunnel-1").exit());
    }

    /** The administrator's route is neither replaced nor passed over in silence; ours is back when it is gone. */
    private static void aForeignRouteIsLeftAlone(Vpn vpn, ToriiDaemon cpe) {
        ip(vpn, "route add 10.0.2.0/24 via 192.168.1.1");
        Await.until("the report", SOON, () -> cpe.job().output().contains("10.0.2.0/24: somebody else's route to this"), vpn.evidence(cpe));
        Await.until("no route of ours", SOON, () -> !vpn.routes().contains("vti"), vpn.evidence(cpe));
        assertEquals(List.of("10.0.2.0/24 via 192.168.1.1 dev ens3"), vpn.routes().lines().map(String::strip).toList());
        assertTrue(cpe.torii("show", "ip", "route").out().lines().anyMatch(line -> line.startsWith("K") && line.contains("10.0.2.0/24")),
                () -> cpe.torii("show", "ip", "route").out());
        ip(vpn, "route del 10.0.2.0/24 via 192.168.1.1");
        vpn.awaitBothNextHops(cpe);
    }

    /** Default route, the gateways' own prefix, and the gateways themselves, from both. */
    private static void announceTooMuch(Vpn vpn, ToriiDaemon cpe, StrongswanOciSide oci) {
        for (int number = 1; number <= 2; number++) {
            var neighbor = "neighbor " + (number == 1 ? "192.168.254.1" : "192.168.254.5");
            oci.headEndBgp(number).configure("ip route 198.51.100.11/32 blackhole", "ip route 198.51.100.12/32 blackhole",
                    "router bgp 31898", "address-family ipv4 unicast",
                    "network 198.51.100.0/24", "network 198.51.100.11/32", "network 198.51.100.12/32",
                    neighbor + " default-originate", neighbor + " route-map ALLOW-ALL out");
        }
        Await.until("the gateways' prefix over both tunnels", Vpn.UP,
                () -> shown(vpn, "198.51.100.0/24").contains("vti01") && shown(vpn, "198.51.100.0/24").contains("vti02"), vpn.evidence(cpe));
        Await.until("the gateways learnt", Vpn.UP, () -> cpe.torii("show", "bgp", "ipv4", "unicast").out().contains("198.51.100.12/32"),
                vpn.evidence(cpe));
    }

    private static void leavesBy(Vpn vpn, ToriiDaemon cpe, String path) {
        for (int number = 1; number <= 2; number++) {
            var headEnd = Topology.headEndAddress(number);
            Await.until(headEnd + " " + path, SOON, () -> shown(vpn, headEnd).startsWith(headEnd + " " + path),
                    () -> shown(vpn, headEnd) + vpn.evidence(cpe).get());
            var got = vpn.namespaces().script("cpe", "ip route get " + headEnd).orFail("ip route get").out();
            assertTrue(got.contains(path), got);
        }
    }

    private static ToriiDaemon startWithLeft(Vpn vpn, Mode mode, String left) throws IOException {
        var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
        vpn.files().writeCpe(root, mode);
        var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
        Files.writeString(file, Files.readString(file).replaceAll("left=\\S+", "left=" + left));
        return ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady();
    }

    private static void ip(Vpn vpn, String command) {
        vpn.namespaces().script("cpe", "ip " + command).orFail("ip " + command);
    }

    private static String shown(Vpn vpn, String prefix) {
        return vpn.namespaces().script("cpe", "ip route show exact " + prefix).out();
    }
}
