package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.StrongswanOciSide;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One head end is lost, by a crash and by a silent cut: what went over it goes on over the other, and comes back with it. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.FRR})
class FailoverIT {
    private static final String PREFIX = "tt-fo";
    /** Probed after 10 s of silence, dead after 30 s: that is the worst case where the files say nothing of DPD. */
    private static final Duration NOTICED = Duration.ofSeconds(45);
    /** What the mode promises: the hold time of 9 s that the head ends propose, or the 30 s, and a little for a busy machine. */
    private static final Map<Mode, Duration> PROMISED = Map.of(Mode.BGP, Duration.ofSeconds(15), Mode.STATIC, Duration.ofSeconds(36));
    private static final Duration INTERVAL = Duration.ofMillis(100);

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aCrashedHeadEndIsReplacedByTheOther(Mode mode) {
        try (var vpn = Vpn.network(PREFIX, mode)) {
            var oci = vpn.strongswan();
            var cpe = upWithBoth(vpn, oci);
            int victim = carrying(vpn);
            survives(vpn, cpe, oci, victim, mode, "crash", () -> oci.crash(victim), () -> oci.restart(victim));
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aSilentlyCutHeadEndIsReplacedByTheOther(Mode mode) {
        try (var vpn = Vpn.network(PREFIX, mode)) {
            var oci = vpn.strongswan();
            var cpe = upWithBoth(vpn, oci);
            int victim = carrying(vpn);
            survives(vpn, cpe, oci, victim, mode, "cut", () -> vpn.topology().cut("oci" + victim), () -> vpn.topology().heal("oci" + victim));
        }
    }

    private static void survives(Vpn vpn, ToriiDaemon cpe, StrongswanOciSide oci, int victim, Mode mode, String what, Runnable lose, Runnable restore) {
        var lost = "vti0" + victim;
        var other = "vti0" + (3 - victim);
        var ping = Ping.start(vpn.namespaces(), "lic", Topology.COMPUTE, INTERVAL);
        Await.until("ping replies", Vpn.UP, () -> ping.replies() > 5, vpn.evidence(cpe));
        long start = System.nanoTime();
        lose.run();
        oci.reroute(List.of(3 - victim));
        Await.until("10.0.2.0/24 over " + other + " alone", NOTICED, () -> vpn.routes().contains(other) && !vpn.routes().contains(lost),
                vpn.evidence(cpe));
        var noticed = Duration.ofNanos(System.nanoTime() - start);
        int replies = ping.replies();
        Await.until("ping replies over the other tunnel", NOTICED, () -> ping.replies() > replies + 10, vpn.evidence(cpe));
        var figures = ping.stop();
        System.out.printf("failover (%s, %s): next hop gone after %.1f s, %d of %d pings lost, longest outage %.1f s%n", mode, what, noticed.toMillis() / 1e3,
                figures.lost(), figures.sent(), figures.longestOutage().toMillis() / 1e3);
        assertTrue(noticed.compareTo(PROMISED.get(mode)) < 0, mode + ", " + what + ": noticed after " + noticed);
        assertTrue(figures.longestOutage().compareTo(PROMISED.get(mode)) < 0, figures.toString());
        restore.run();
        oci.reroute(List.of(1, 2));
        vpn.awaitBothNextHops(cpe);
        vpn.awaitPing(cpe);
    }

    private static ToriiDaemon upWithBoth(Vpn vpn, StrongswanOciSide oci) {
        var cpe = vpn.startCpe();
        vpn.awaitBothNextHops(cpe);
        Await.until("two next hops at the DRG", Vpn.UP, oci::drgUsesBoth, vpn.evidence(cpe));
        vpn.awaitPing(cpe);
        return cpe;
    }

    private static int carrying(Vpn vpn) {
        return vpn.carrying().equals("vti01") ? 1 : 2;
    }
}
