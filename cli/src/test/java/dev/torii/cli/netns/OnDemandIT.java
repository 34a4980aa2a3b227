package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.Topology;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** auto=ondemand with strongSwan: nothing is sent until a packet for the peer's subnet comes, and again after the peer has ended it. */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class OnDemandIT {
    private static final String PREFIX = "ts-od";
    private static final Duration SOON = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theFirstPacketSetsTheTunnelUpAndTheNextOneAfterItsEnd(int version) throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            vpn.topology().drgRoutes(List.of(Topology.headEndInner(1)));
            var peer = Strongswan.start(vpn.namespaces(), "oci1", StrongswanConfig.staticHeadEnd(1, vpn.files().secret(1)).speaking(version));
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.STATIC);
            var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            var text = Files.readString(file);
            var conn = text.substring(0, text.indexOf("conn", 1)).replace("auto=start", "auto=ondemand");
            Files.writeString(file, version == 1 ? conn : conn.replace("ikev2=no", "ikev2=insist"));
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                Await.until("the route", SOON, () -> vpn.routes().contains("vti01"), vpn.evidence(cpe));
                assertTrue(cpe.torii("status").out().contains(": on demand, vti01,"), cpe.torii("status").text());
                vpn.namespaces().run("lic", Duration.ofSeconds(5), "ping", "-n", "-c1", "-W1", Topology.BASTION);       // not of this connection
                assertEquals("", peer.swanctl("--list-sas").out().strip());

                Await.until("an answer", SOON, () -> Ping.answered(vpn.namespaces(), "lic", Topology.COMPUTE), vpn.evidence(cpe));
                assertTrue(cpe.torii("status").out().contains(": up, vti01,"), cpe.torii("status").text());

                peer.swanctl("--terminate", "--ike", "oci").orFail("ending the connection");
                Await.until("waiting again", SOON, () -> cpe.torii("status").out().contains(": on demand, vti01,"), vpn.evidence(cpe));
                assertTrue(vpn.routes().contains("vti01"), vpn.routes());
                Await.until("an answer again", SOON, () -> Ping.answered(vpn.namespaces(), "lic", Topology.COMPUTE), vpn.evidence(cpe));
                assertEquals(2, cpe.job().output().lines().filter(line -> line.contains("a packet for it has come")).count(), cpe.job().tail(40));
            }
        }
    }
}
