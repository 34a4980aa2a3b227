package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.cli.lab.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A limit of packets or bytes renews a child SA under traffic every second or two, with strongSwan in IKEv1 and IKEv2, and not one packet is lost. */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class TrafficLimitsIT {
    private static final int RENEWALS = 4;

    @ParameterizedTest
    @ValueSource(strings = {"ipsec-max-packets=300", "ipsec-max-bytes=24KiB"})
    void aChildIsRenewedWhenItHasCarriedEnough(String limit) throws IOException {
        try (var network = TwoVersions.network("to-lim", false)) {
            network.startPeers(UnaryOperator.identity(), UnaryOperator.identity());
            network.startTorii(limit);
            network.awaitPings();
            var pings = TwoVersions.TUNNELS.stream().map(tunnel -> network.ping(tunnel, Duration.ofMillis(10))).toList();
            for (int tunnel : TwoVersions.TUNNELS) {
                Await.until("renewals in tunnel " + tunnel, Duration.ofSeconds(60), () -> established(network, tunnel) > RENEWALS, network::evidence);
                assertEquals(1, network.status(tunnel).get("ikeSas").size(), network::evidence);
            }
            for (var ping : pings) {
                var figures = ping.stop();
                assertEquals(0, figures.lost(), () -> figures + "\n" + ping.gaps() + network.evidence());
            }
        }
    }

    private static long established(TwoVersions network, int tunnel) {
        return network.torii(tunnel).job().output().lines()
                .filter(line -> line.contains("oracle-tunnel-" + tunnel) && line.contains("IPsec SA established")).count();
    }
}
