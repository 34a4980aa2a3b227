package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Shell;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the CPE's host sends while a tunnel has no SA: a router behind it would carry plaintext on, since the host has a default route. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.TSHARK, NamespaceTest.Needs.TCPDUMP})
class NothingInTheClearIT {
    private static final String PREFIX = "ti-clear";

    @TempDir
    Path directory;

    @Test
    void packetsForThePeerAreDroppedBeforeTheSaAfterItAndOutsideItsSelectors() throws IOException {
        Path capture;
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            vpn.topology().drgRoutes(List.of(Topology.headEndInner(1)));
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.STATIC);
            var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            var text = Files.readString(file);
            Files.writeString(file, text.substring(0, text.indexOf("conn", 1)));
            var mac = vpn.namespaces().script("cpe", "cat /sys/class/net/ens3/address").out().strip();
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                Await.until("a route that drops", Vpn.UP, () -> vpn.routes().contains("blackhole 10.0.2.0/24"), vpn.evidence(cpe));
                var sent = Capture.start(vpn.namespaces(), "cpe", "ens3", directory.resolve("cpe.pcap"), "icmp and ether src " + mac);
                assertFalse(Ping.answered(vpn.namespaces(), "lic", Topology.COMPUTE), "there is no peer yet");

                var config = StrongswanConfig.staticHeadEnd(1, vpn.files().secret(1));
                try (var peer = Strongswan.start(vpn.namespaces(), "oci1", config)) {
                    Await.until("a ping", Duration.ofSeconds(60), () -> Ping.answered(vpn.namespaces(), "lic", Topology.COMPUTE), vpn.evidence(cpe));
                    assertFalse(vpn.routes().contains("blackhole"), vpn.routes());
                    vpn.namespaces().script("cpe", "ip route add 10.0.1.0/24 dev vti01").orFail("a route of somebody else's into the tunnel");
                    assertFalse(Ping.answered(vpn.namespaces(), "lic", Topology.BASTION), "outside of the selectors");
                    assertTrue(cpe.torii("traffic").text().toLowerCase(Locale.ROOT).contains("no_sa"), cpe.torii("traffic").text());
                    peer.swanctl("--terminate", "--ike", "oci", "--force").orFail("ending the connection");
                }
                Await.until("a route that drops again", Vpn.UP, () -> vpn.routes().contains("blackhole 10.0.2.0/24"), vpn.evidence(cpe));
                assertFalse(Ping.answered(vpn.namespaces(), "lic", Topology.COMPUTE), "there is no peer any more");
                cpe.torii("down", "oracle-tunnel-1");
                Await.until("no route", Vpn.UP, () -> vpn.routes().isBlank(), vpn.evidence(cpe));
                capture = sent.stop();
            }
        }
        assertEquals(0, frames(capture, "ip.dst == 10.0.0.0/8"), "in the clear");
        assertTrue(frames(capture, "ip.dst == " + Topology.LIC) > 0, "the capture sees what the host sends");
    }

    private static long frames(Path capture, String filter) {
        return Shell.run(Shell.SHORT, "tshark", "-r", capture.toString(), "-Y", filter, "-T", "fields", "-e", "frame.number")
                .orFail("tshark").out().lines().count();
    }
}
