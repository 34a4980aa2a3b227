package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.Topology;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several strongSwans behind one NAT address begin with one Torii: who they are decides which connection is theirs, with which secret. */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class IdentityIT {
    private static final String PREFIX = "ts-id";
    private static final String CONN = """
            conn %1$s
                 left=%2$s
                 leftid=@gw.example
                 right=%%any
                 rightid=%3$s
                 authby=secret
                 leftsubnet=10.0.2.0/24
                 rightsubnet=%4$s
                 leftvti=10.0.2.%5$d/32
                 vti-interface=vti%5$d
                 auto=add
                 ikev2=%6$s
                 ike=aes_cbc256-sha2_384;modp1536
                 phase2alg=aes_gcm256;modp1536
            """;

    private static String conn(String name, String id, String subnet, int number, String version) {
        return CONN.formatted(name, Topology.headEndAddress(1), id, subnet, number, version);
    }

    @Test
    void withIkeV2EachPeerHasItsSecretAndPeersOfAnyIdentityShareAnInterface() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC);
                var torii = daemon(vpn, conn("anybody", "%any", "192.168.0.0/16", 41, "insist") + conn("named", "@c.example", "172.16.9.0/24", 42, "insist"),
                        List.of("a", "b", "c"), "secret of ")) {
            var a = peer(vpn, "a", 2, "192.168.60", "secret of a", Duration.ofSeconds(4));
            var b = peer(vpn, "b", 2, "192.168.61", "secret of b", Duration.ofSeconds(4));
            var c = peer(vpn, "c", 2, "172.16.9", "secret of c", Duration.ofHours(1));
            var stranger = peer(vpn, "d", 2, "192.168.62", "secret of a", Duration.ofHours(1));
            pings(vpn, torii, "192.168.60.253", a);
            pings(vpn, torii, "192.168.61.253", b);
            pings(vpn, torii, "172.16.9.253", c);
            var first = Ping.start(vpn.namespaces(), "oci1", "192.168.60.253", Duration.ofMillis(20));
            var second = Ping.start(vpn.namespaces(), "oci1", "192.168.61.253", Duration.ofMillis(20));
            Await.until("renewals of both", Duration.ofSeconds(60), () -> children(torii, "anybody[1]") > 3 && children(torii, "anybody[2]") > 3,
                    vpn.evidence(torii));
            noneIsLost(second, torii);
            Await.until("the refusal of d", Vpn.UP, () -> torii.job().output().contains("probable pre-shared key mismatch"), vpn.evidence(torii));
            assertFalse(stranger.established(), stranger::log);

            b.close();
            Await.until("b to be gone", Vpn.UP, () -> !torii.torii("status").out().contains("peer @b.example"), vpn.evidence(torii));
            noneIsLost(first, torii);
            var status = torii.torii("status").out();
            assertTrue(status.contains("\"anybody\": up") && status.contains("peer @a.example") && status.contains("peer @c.example"), status);
            try (var again = peer(vpn, "b", 2, "192.168.63", "secret of b", Duration.ofHours(1))) {
                pings(vpn, torii, "192.168.63.253", again);
            }
        }
    }

    @Test
    void withIkeV1ConnectionsOfOneSecretAreToldApart() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC);
                var torii = daemon(vpn, conn("first", "@a.example", "192.168.60.0/24", 41, "no") + conn("second", "@b.example", "192.168.61.0/24", 42, "no"),
                        List.of("a", "b"), "one for all")) {
            var b = peer(vpn, "b", 1, "192.168.61", "one for all", Duration.ofHours(1));
            pings(vpn, torii, "192.168.61.253", b);
            var a = peer(vpn, "a", 1, "192.168.60", "one for all", Duration.ofHours(1));
            pings(vpn, torii, "192.168.60.253", a);
            pings(vpn, torii, "192.168.61.253", b);
            assertEquals(1, torii.job().output().lines().filter(line -> line.contains("second: ISAKMP SA established")).count(), torii.job()::output);
        }
    }

    /** @param secret of all, or with the peer's name behind it */
    private static ToriiDaemon daemon(Vpn vpn, String conf, List<String> peers, String secret) throws IOException {
        var root = ToriiDaemon.root(vpn.namespaces(), "oci1");
        vpn.files().writeHeadEnd(root, Mode.STATIC, 1);
        Files.writeString(root.resolve("etc/ipsec.d/cpe.conf"), conf);
        var secrets = root.resolve("etc/ipsec.d/cpe.secrets");
        var lines = peers.stream().map(peer -> "@gw.example @" + peer + ".example : PSK \"" + (secret.endsWith(" ") ? secret + peer : secret) + "\"\n")
                .toList();
        Files.writeString(secrets, String.join("", lines));
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-------"));
        return ToriiDaemon.start(vpn.namespaces(), "oci1").awaitReady();
    }

    /** A charon of the CPE's host, which has a subnet of its own, and begins from a port of its own. */
    private static Strongswan peer(Vpn vpn, String name, int version, String net, String secret, Duration rekey) {
        var config = StrongswanConfig.staticHeadEnd(1, secret).speaking(version).rekeying(Duration.ofHours(1), rekey).mirrored();
        var conf = config.swanctlConf().replace("= " + Topology.CPE_PUBLIC + "\n", "= " + name + ".example\n")
                .replace("id = " + Topology.headEndAddress(1) + "\n", "id = gw.example\n").replace("id-2 = " + Topology.headEndAddress(1), "id-2 = gw.example")
                .replace("192.168.2.0/24", net + ".0/24");
        int table = 1000 + net.hashCode() % 1000;
        var commands = "addr add " + net + ".253/32 dev @tun\nroute append 10.0.2.0/24 dev @tun table " + table + "\nrule add from " + net + ".253 table "
                + table + " priority 100\n";
        return Strongswan.start(vpn.namespaces(), "cpe", name + net, 0, 0, conf, commands, config.logLevel());
    }

    private static void pings(Vpn vpn, ToriiDaemon torii, String to, Strongswan peer) {
        Await.until("a ping of " + to, Vpn.UP, () -> Ping.answered(vpn.namespaces(), "oci1", to), () -> vpn.evidence(torii).get() + peer.log());
    }

    private static void noneIsLost(Ping ping, ToriiDaemon torii) {
        var figures = ping.stop();
        assertTrue(figures.sent() > 20, figures.toString());
        assertEquals(0, figures.lost(), () -> figures + "\n" + ping.gaps() + torii.job().tail(60));
    }

    private static long children(ToriiDaemon torii, String instance) {
        return torii.job().output().lines().filter(line -> line.contains(instance) && line.contains("IPsec SA established")).count();
    }
}
