package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The underlay of one tunnel is cut in silence, on the article's files: what went over it goes on over the other within a second, and comes back with it.
 * SAs and sessions stay.
 */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.FRR, NamespaceTest.Needs.TCPDUMP})
class FateSharingIT {
    private static final String PREFIX = "tt-fs";
    private static final Duration PROMISED = Duration.ofSeconds(1);
    /** On a machine that stands still for a while; still less than any timer in the files or a peer's would take. */
    private static final Duration AT_MOST = Duration.ofSeconds(5);
    private static final int TRIES = 4;
    private static final Duration INTERVAL = Duration.ofMillis(20);

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aSilentCutMovesAllTrafficWithinASecond(Mode mode) {
        try (var vpn = Vpn.network(PREFIX, mode)) {
            vpn.strongswan();
            var cpe = vpn.startCpe();
            vpn.awaitBothNextHops(cpe);
            vpn.awaitPing(cpe);
            var ping = Ping.start(vpn.namespaces(), "lic", Topology.COMPUTE, INTERVAL);
            var arrivals = Arrivals.start(vpn.namespaces());
            Await.until("a flow", Vpn.UP, () -> arrivals.count() > 100, vpn.evidence(cpe));
            var outage = AT_MOST;
            for (int i = 0; i < TRIES && outage.compareTo(PROMISED) > 0; i++) {
                outage = cutAndHealed(vpn, cpe, arrivals, mode);
                assertFalse(i == 0 && cpe.job().output().contains("session down"), () -> "a session was given up\n" + cpe.job().tail(20));
            }
            ping.stop();
            assertTrue(outage.compareTo(PROMISED) <= 0, mode + ": an outage of " + outage + " in the best of " + TRIES + " cuts");
            assertFalse(cpe.job().output().matches("(?s).*oracle-tunnel-\\d: down: .*"), () -> "the SAs were given up\n" + cpe.job().tail(20));
        }
    }

    private static Duration cutAndHealed(Vpn vpn, ToriiDaemon cpe, Arrivals arrivals, Mode mode) {
        var lost = vpn.carrying();
        int victim = lost.equals("vti01") ? 1 : 2;
        int before = arrivals.count();
        vpn.topology().silence(victim);
        Await.until("10.0.2.0/24 without " + lost, AT_MOST, () -> !vpn.routes().contains(lost), vpn.evidence(cpe));
        int then = arrivals.count();
        Await.until("the flow over the other tunnel", AT_MOST, () -> arrivals.count() > then + 10, vpn.evidence(cpe));
        var outage = arrivals.longestGap(before).minus(INTERVAL);
        var status = cpe.torii("status").out();
        assertTrue(status.contains("\"oracle-tunnel-" + victim + "\": suspect, " + lost), status);
        assertTrue(status.contains("the peer answers no question; what goes over it takes other tunnels"), status);
        assertTrue(cpe.job().output().contains("oracle-tunnel-" + victim + ": suspect: the peer has not answered"), () -> cpe.job().tail(10));
        long healed = System.nanoTime();
        vpn.topology().endSilence();
        vpn.awaitBothNextHops(cpe);
        var restored = Duration.ofNanos(System.nanoTime() - healed);
        System.out.printf("silent cut (%s): nothing arrived for %.2f s; both next hops %.2f s after its end%n", mode,
                outage.toMillis() / 1e3, restored.toMillis() / 1e3);
        assertTrue(cpe.job().output().contains("oracle-tunnel-" + victim + ": no longer suspect: heard again after"), () -> cpe.job().tail(10));
        return outage;
    }
}
