package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A peer that restarts, a path that is gone for a while, a NAT that forgets: traffic is back within the DPD time and three seconds, and nothing
 * of before stays. With IKEv1 and IKEv2; in one network Torii begins, in the other strongSwan.
 */
@Tag(NamespaceTest.ALONE)
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.CONNTRACK})
class RecoveryIT {
    private static final Duration DPD_DELAY = Duration.ofSeconds(2);
    private static final Duration DPD_TIMEOUT = Duration.ofSeconds(6);
    private static final Duration PROMISED = DPD_TIMEOUT.plusSeconds(3);
    /** strongSwan's IKEv2 needs the delay and 14 s of retransmissions to give up. */
    private static final Duration BLACKHOLE = Duration.ofSeconds(30);
    /** What a restarted peer does not delete, Torii deletes after 30 s. */
    private static final Duration TIDY = Duration.ofSeconds(40);
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final String CONTACT = "ended: the peer has restarted (initial contact)";

    @Test
    void trafficIsBackWithinTheDpdTimeAndThreeSeconds() throws InterruptedException {
        SideBySide.run(List.of(RecoveryIT::toriiBegins, RecoveryIT::strongswanBegins));
    }

    private static void toriiBegins() throws IOException {
        try (var network = TwoVersions.network("tr-rec-i", false)) {
            start(network, UnaryOperator.identity());
            network.startTorii(dpd());
            network.awaitPings();
            survivesARestart(network, "restart of the peer", UnaryOperator.identity());
            survivesABlackhole(network);
            followsTheNat(network, Set.of(1));
        }
    }

    private static void strongswanBegins() throws IOException {
        try (var network = TwoVersions.network("tr-rec-r", true)) {
            network.startTorii(dpd());
            start(network, UnaryOperator.identity());
            network.awaitPings();
            survivesARestart(network, "restart of the peer with INITIAL-CONTACT", UnaryOperator.identity());
            initialContacts(network, 1);
            survivesARestart(network, "restart of the peer without INITIAL-CONTACT", conf -> conf.replace("unique = replace", "unique = never"));
            initialContacts(network, 1);
            survivesABlackhole(network);
            var before = TwoVersions.TUNNELS.stream().map(network::receiving).toList();
            followsTheNat(network, Set.of());
            assertEquals(before, TwoVersions.TUNNELS.stream().map(network::receiving).toList(), "the children are the same: Torii has moved them");
        }
    }

    private static String[] dpd() {
        return new String[] {"dpddelay=" + DPD_DELAY.toSeconds() + "s", "dpdtimeout=" + DPD_TIMEOUT.toSeconds() + "s"};
    }

    private static void start(TwoVersions network, UnaryOperator<String> change) {
        network.startPeers(config -> config.probing(DPD_DELAY), change);
    }

    /** How often the Torii of either tunnel was told that the peer knows nothing of before. */
    private static void initialContacts(TwoVersions network, int expected) {
        for (int tunnel : TwoVersions.TUNNELS) {
            var log = network.torii(tunnel).job().output();
            assertEquals(expected, log.lines().filter(line -> line.contains(CONTACT)).count(), log);
        }
    }

    /** What it takes longer to start than the DPD time is not ours to answer for. */
    private static void survivesARestart(TwoVersions network, String what, UnaryOperator<String> change) {
        long[] slow = new long[1];
        recovers(network, what, () -> {
            long start = System.nanoTime();
            network.killPeers();
            start(network, change);
            slow[0] = Math.max(0, System.nanoTime() - start - DPD_TIMEOUT.toNanos());
        }, slow, Set.of());
    }

    /** It lasts until both sides have given up. */
    private static void survivesABlackhole(TwoVersions network) {
        long[] gone = new long[1];
        recovers(network, "return of the path", () -> {
            long start = System.nanoTime();
            network.vpn().topology().cut("nat");
            for (int tunnel : TwoVersions.TUNNELS) {
                Await.until("both ends of tunnel " + tunnel + " giving up", BLACKHOLE,
                        () -> !network.peer(tunnel).established() && network.status(tunnel).get("children").isEmpty(), network::evidence);
            }
            network.vpn().topology().heal("nat");
            gone[0] = System.nanoTime() - start;
        }, gone, Set.of());
    }

    /**
     * The head end sees that the CPE has moved, and answers there.
     *
     * @param kept see {@link TwoVersions#awaitOneOfEach}: kernel-libipsec cannot move a child, so that strongSwan as head end replaces it
     */
    private static void followsTheNat(TwoVersions network, Set<Integer> kept) {
        var before = TwoVersions.TUNNELS.stream().map(network::seenPort).toList();
        recovers(network, "NAT flushed", () -> {
            network.vpn().topology().flushNat();
            for (int tunnel : TwoVersions.TUNNELS) {
                Await.until("the head end of tunnel " + tunnel + " seeing another port than " + before.get(tunnel - 1), Vpn.UP, () -> {
                    int now = network.seenPort(tunnel);
                    return now != before.get(tunnel - 1) && network.vpn().topology().natPorts(tunnel).containsValue(now);
                }, () -> network.vpn().topology().natPorts(tunnel) + "\n" + network.evidence());
            }
        }, new long[1], kept);
    }

    /** @param excused how long of the outage is not ours to answer for; known when the event is over */
    private static void recovers(TwoVersions network, String what, Runnable event, long[] excused, Set<Integer> kept) {
        network.awaitOneOfEach("what was before " + what, TIDY, Set.of());
        var pings = TwoVersions.TUNNELS.stream().map(tunnel -> network.ping(tunnel, INTERVAL)).toList();
        for (var ping : pings) Await.until("replies before: " + what, Vpn.UP, () -> ping.replies() > 5, network::evidence);
        event.run();
        for (var ping : pings) {
            int replies = ping.replies();
            Await.until("traffic after: " + what, Vpn.UP, () -> ping.replies() > replies + 20, network::evidence);
        }
        network.awaitOneOfEach(what, TIDY, kept);
        for (int tunnel : TwoVersions.TUNNELS) {
            var back = pings.get(tunnel - 1).stop().longestOutage().minusNanos(excused[0]);
            System.out.printf("recovery (%s, IKEv%d, %s): traffic back after %.1f s%n", network.who(), tunnel, what, Math.max(0, back.toMillis()) / 1e3);
            assertTrue(back.compareTo(PROMISED) <= 0, () -> network.who() + ", IKEv" + tunnel + ", " + what + ": " + back + "\n" + network.evidence());
        }
    }
}
