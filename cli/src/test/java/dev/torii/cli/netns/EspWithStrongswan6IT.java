package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** encapsulation=auto against strongSwan 6, whose userspace ESP sends protocol 50 too (raw_esp): without a NAT that, behind one UDP. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.STRONGSWAN_6})
class EspWithStrongswan6IT {
    private static final String PREFIX = "to-six6";
    private static final String THERE = "192.168.254.6";

    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "2, true", "2, false"})
    void withoutANatEspIsProtocol50(int version, boolean toriiBegins) throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            var here = OuterCounts.in(vpn, "oci1");
            var there = OuterCounts.in(vpn, "oci2");
            var config = StrongswanConfig.bgpHeadEnd(2, vpn.files().secret(1)).speaking(version);
            var conf = config.swanctlConf().replace(Topology.CPE_PUBLIC, Topology.headEndAddress(1)).replace("encap = yes", "encap = no");
            if (toriiBegins) charon(vpn, "oci2", conf, config);
            try (var torii = EspWithoutUdpIT.start(vpn, 1, Topology.headEndAddress(1), Topology.headEndAddress(2), """
                         auto=%s
                         ikev2=%s
                         leftvti=192.168.254.5/30
                         ike=aes_cbc256-sha2_384;modp1536
                         phase2alg=aes_gcm256;modp1536
                    """.formatted(toriiBegins ? "start" : "add", version == 1 ? "no" : "insist"))) {
                if (!toriiBegins) {
                    charon(vpn, "oci2", conf.replace("remote_addrs = %any", "remote_addrs = " + Topology.headEndAddress(1)).replace("start_action = none",
                            "start_action = start"), config);
                }
                Await.until("a ping through the tunnel", Vpn.UP, () -> Ping.answered(vpn.namespaces(), "oci1", THERE), vpn.evidence(torii));
                assertEquals(0, Ping.of(vpn.namespaces(), "oci1", THERE, 50).lost(), vpn.evidence(torii).get());
                assertTrue(here.of(OuterCounts.PLAIN) >= 50 && there.of(OuterCounts.PLAIN) >= 50, vpn.evidence(torii).get());
                assertFalse(torii.torii("status").out().contains(" in UDP"), torii.torii("status").text());
                assertEquals(0, here.of(OuterCounts.REFUSED) + there.of(OuterCounts.REFUSED), "ICMP");
            }
        }
    }

    @Test
    void behindANatEspIsInUdp() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var config = StrongswanConfig.bgpHeadEnd(1, vpn.files().secret(1)).speaking(2);
            charon(vpn, "oci1", config.swanctlConf().replace("encap = yes", "encap = no"), config);
            var there = OuterCounts.in(vpn, "oci1");
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.BGP);
            var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            Files.writeString(file, Files.readString(file).replace("encapsulation=yes", "encapsulation=auto").replace("ikev2=no", "ikev2=insist"));
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                Await.until("a ping through the tunnel", Vpn.UP, () -> Ping.answered(vpn.namespaces(), "cpe", TwoVersions.inside(1)), vpn.evidence(cpe));
                assertEquals(0, Ping.of(vpn.namespaces(), "cpe", TwoVersions.inside(1), 50).lost(), vpn.evidence(cpe).get());
                assertTrue(cpe.torii("status").out().contains(" in UDP"), cpe.torii("status").text());
                assertTrue(there.of(OuterCounts.ENCAPSULATED) >= 50, vpn.evidence(cpe).get());
                assertEquals(0, there.of(OuterCounts.PLAIN));
            }
        }
    }

    private static void charon(Vpn vpn, String namespace, String conf, StrongswanConfig config) throws IOException {
        var directory = Strongswan.directory(vpn.namespaces(), namespace);
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("more-esp.conf"), "plugins {\n  kernel-libipsec {\n    raw_esp = yes\n    fwmark = 0x42\n  }\n}\n");
        Strongswan.start(vpn.namespaces(), namespace, namespace, 500, 4500, conf, config.tunCommands(), config.logLevel(),
                Optional.of(Strongswan.unpacked("trixie").orElseThrow()));
    }
}
