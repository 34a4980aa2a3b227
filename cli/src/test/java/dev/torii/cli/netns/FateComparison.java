package dev.torii.cli.netns;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Frr;
import dev.torii.cli.lab.Ike;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The cut of {@link FateSharingIT} for strongSwan and FRR as the CPE, and for Torii, in the same namespaces one after the other, both on what the article
 * says; prints both times. Measures, asserts nothing, so not part of the build: {@code -Dit.test=FateComparison}.
 */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.FRR, NamespaceTest.Needs.TCPDUMP})
class FateComparison {
    private static final String PREFIX = "tt-fc";
    private static final Duration INTERVAL = Duration.ofMillis(20);
    /** Beyond strongSwan's dead peer detection, 30 s, and FRR's hold time, 9 s as the head ends propose it. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    @ParameterizedTest
    @CsvSource({"STATIC, V1", "BGP, V1", "STATIC, V2", "BGP, V2"})
    void theSameCut(Mode mode, Ike ike) throws IOException {
        try (var vpn = Vpn.network(PREFIX, mode, ike)) {
            vpn.strongswan();
            var theirs = strongswanAndFrr(vpn, mode);
            var ours = torii(vpn);
            System.out.printf(Locale.ROOT, "silent cut, %s, IKE%s: strongSwan + FRR %s, Torii %s%n", mode, ike, theirs, ours);
        }
    }

    private static String torii(Vpn vpn) {
        try (ToriiDaemon cpe = vpn.startCpe()) {
            vpn.awaitBothNextHops(cpe);
            return outage(vpn, "vti01");
        }
    }

    private static String strongswanAndFrr(Vpn vpn, Mode mode) throws IOException {
        var namespaces = vpn.namespaces();
        try (var one = cpe(vpn, mode, 1); var other = cpe(vpn, mode, 2)) {
            Await.until("both tunnels", Vpn.UP, () -> one.established() && other.established(), () -> one.log() + other.log());
            if (mode == Mode.STATIC) {
                namespaces.script("cpe", "ip route replace 10.0.2.0/24 nexthop dev " + one.tun() + " nexthop dev " + other.tun()).orFail("two next hops");
                return outage(vpn, one.tun());
            }
            var files = ToriiDaemon.root(namespaces, "article");
            vpn.files().writeCpe(files, mode);
            var etc = files.resolve("etc/frr");
            try (var frr = Frr.start(namespaces, "cpe", Files.readString(etc.resolve("bgpd.conf")), Files.readString(etc.resolve("staticd.conf")))) {
                Await.until("two next hops", Vpn.UP, () -> vpn.routes().contains(one.tun()) && vpn.routes().contains(other.tun()), frr::log);
                return outage(vpn, one.tun());
            }
        }
    }

    private static Strongswan cpe(Vpn vpn, Mode mode, int tunnel) {
        var secret = vpn.files().secret(tunnel);
        var headEnd = mode == Mode.BGP ? StrongswanConfig.bgpHeadEnd(tunnel, secret) : StrongswanConfig.staticHeadEnd(tunnel, secret);
        return Strongswan.start(vpn.namespaces(), "cpe", "cpe" + tunnel, 0, 0, (vpn.files().ike() == Ike.V2 ? headEnd.speaking(2) : headEnd).mirrored());
    }

    /** How long nothing arrives. @param first the device of the tunnel to head end 1 */
    private static String outage(Vpn vpn, String first) {
        var ping = Ping.start(vpn.namespaces(), "lic", Topology.COMPUTE, INTERVAL);
        var arrivals = Arrivals.start(vpn.namespaces());
        Await.until("a flow", Vpn.UP, () -> arrivals.count() > 150, () -> vpn.namespaces().script("cpe", "ip route").out());
        int victim = vpn.carrying().equals(first) ? 1 : 2;
        int before = arrivals.count();
        vpn.topology().silence(victim);
        try {
            Await.until("an outage", Duration.ofSeconds(5), () -> arrivals.sinceLast().compareTo(INTERVAL.multipliedBy(10)) > 0, () -> "the flow goes on");
            int then = arrivals.count();
            long end = System.nanoTime() + PATIENCE.toNanos();
            Await.until("the flow over the other tunnel", PATIENCE.plusSeconds(5), () -> arrivals.count() > then + 10 || System.nanoTime() > end, () -> "");
            if (arrivals.count() <= then + 10) return "not within " + PATIENCE.toSeconds() + " s";
            return String.format(Locale.ROOT, "%.2f s", arrivals.longestGap(before).minus(INTERVAL).toMillis() / 1e3);
        } finally {
            ping.stop();
            vpn.topology().endSilence();
        }
    }
}
