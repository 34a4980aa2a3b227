package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Lifetimes of seconds under steady pings: no packet is lost while SAs are replaced, with IKEv1 and IKEv2, whoever began and whoever renews. How
 * many renewals, and how many pings a second in each tunnel, is said by the properties torii.rekey.children, torii.rekey.ike and torii.rekey.pings.
 */
@Tag(NamespaceTest.ALONE)
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.TCPDUMP})
class RekeyIT {
    private static final int CHILDREN = Integer.getInteger("torii.rekey.children", 60);
    private static final int IKE_SAS = Integer.getInteger("torii.rekey.ike", 20);
    private static final int PINGS = Integer.getInteger("torii.rekey.pings", 100);
    /** ping counts in milliseconds and is a few late each time. */
    private static final Duration INTERVAL = Duration.ofMillis(Math.max(1, 700 / PINGS));
    /** Two tunnels in each of three networks. */
    private static final int TUNNELS = 6;
    /** The longest a renewal takes in the mean, and what a busy machine takes to start. */
    private static final Duration LIMIT = Duration.ofSeconds(5L * (CHILDREN / TUNNELS + 1) + 10L * (IKE_SAS / TUNNELS + 1) + 30);
    private static final Pattern CHILD = Pattern.compile("IPsec SA established");
    private static final Pattern IKE = Pattern.compile("(ISAKMP|IKE) SA established");

    /** What one tunnel went through. */
    private record Seen(String tunnel, int children, int ikeSas, Ping.Figures pings, Duration took) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s: %d child and %d IKE SAs renewed, %d of %d pings lost, %.0f a second", tunnel, children, ikeSas,
                    pings.lost(), pings.sent(), pings.sent() * 1e3 / took.toMillis());
        }
    }

    @Test
    void noPingIsLostWhileSasAreReplaced() throws InterruptedException {
        List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
        try {
            SideBySide.run(List.of(
                    () -> renewals("tr-rk-a", false, true, seen),
                    () -> renewals("tr-rk-b", false, false, seen),
                    () -> renewals("tr-rk-c", true, false, seen)));
        } finally {
            seen.forEach(each -> System.out.println("rekey (" + each + ")"));
            System.out.printf("rekey: %d child and %d IKE SAs renewed, %d of %d pings lost%n", sum(seen, Seen::children), sum(seen, Seen::ikeSas),
                    sum(seen, each -> each.pings().lost()), sum(seen, each -> each.pings().sent()));
        }
        assertEquals(TUNNELS, seen.size());
        assertTrue(sum(seen, Seen::children) >= CHILDREN && sum(seen, Seen::ikeSas) >= IKE_SAS, seen.toString());
    }

    private static int sum(List<Seen> seen, ToIntFunction<Seen> what) {
        return seen.stream().mapToInt(what).sum();
    }

    private static void renewals(String prefix, boolean peersBegin, boolean toriiRenews, List<Seen> all) throws IOException {
        try (var network = TwoVersions.network(prefix, peersBegin)) {
            if (peersBegin) network.startTorii(lifetimes(toriiRenews));
            network.startPeers(config -> toriiRenews ? config : config.rekeying(Duration.ofSeconds(7), Duration.ofSeconds(3)), RekeyIT::unhurried);
            if (!peersBegin) network.startTorii(lifetimes(toriiRenews));
            network.awaitPings();
            var witness = Witness.start(network.vpn().namespaces());
            var pings = TwoVersions.TUNNELS.stream().map(tunnel -> network.ping(tunnel, INTERVAL)).toList();
            long start = System.nanoTime();
            var mine = new ArrayList<Seen>();
            try {
                for (int tunnel : TwoVersions.TUNNELS) {
                    Await.until("renewals in tunnel " + tunnel, LIMIT, () -> established(network, tunnel, CHILD) > CHILDREN / TUNNELS + 1
                            && established(network, tunnel, IKE) > IKE_SAS / TUNNELS + 1, network::evidence);
                }
            } finally {
                for (int tunnel : TwoVersions.TUNNELS) {
                    var name = network.who() + ", " + (toriiRenews ? "Torii" : "strongSwan") + " renews, IKEv" + tunnel;
                    int children = established(network, tunnel, CHILD) - 1;
                    int ikeSas = established(network, tunnel, IKE) - 1;
                    mine.add(new Seen(name, children, ikeSas, pings.get(tunnel - 1).stop(), Duration.ofNanos(System.nanoTime() - start)));
                }
                all.addAll(mine);
            }
            for (int tunnel : TwoVersions.TUNNELS) {
                var seen = mine.get(tunnel - 1);
                var gaps = pings.get(tunnel - 1).gaps();
                assertTrue(seen.pings().sent() > PINGS, seen.toString());
                assertEquals(0, seen.pings().lost(), () -> seen + "\n" + gaps + "\n" + witness.account(tunnel, gaps) + network.evidence());
            }
            for (int tunnel : TwoVersions.TUNNELS) nothingPilesUp(network, tunnel);
        }
    }

    /** What was replaced goes: IKEv1's old children live on to their ends, 12 seconds at most; and strongSwan may keep two rows of IKE SAs. */
    private static void nothingPilesUp(TwoVersions network, int tunnel) {
        var status = network.status(tunnel);
        assertTrue(status.get("children").size() <= 6 && status.get("ikeSas").size() <= 6, network::evidence);
    }

    /** Torii's own lifetimes; else an hour and more, so that strongSwan is first. */
    private static String[] lifetimes(boolean own) {
        return own ? new String[] {"ikelifetime=12s", "salifetime=6s"} : new String[0];
    }

    /** The hard limit a while after the renewal: what is tested is not who is fast on a busy machine. */
    private static String unhurried(String conf) {
        return conf.replace("life_time = 4s", "life_time = 12s").replace("over_time = 1s", "over_time = 9s");
    }

    private static int established(TwoVersions network, int tunnel, Pattern what) {
        var conn = network.torii(1) == network.torii(2) ? "oracle-tunnel-" + tunnel : "cpe";
        return (int) network.torii(tunnel).job().output().lines().filter(line -> line.contains(conn) && what.matcher(line).find()).count();
    }
}
