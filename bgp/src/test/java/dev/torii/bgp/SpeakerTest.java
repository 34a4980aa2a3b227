package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.CPE2;
import static dev.torii.bgp.Fixtures.HEAD1;
import static dev.torii.bgp.Fixtures.HEAD2;
import static dev.torii.bgp.Fixtures.articleCpe;
import static dev.torii.bgp.Fixtures.headEnd;
import static dev.torii.bgp.Fixtures.id;
import static dev.torii.bgp.Fixtures.open;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeakerTest {
    private static final InetAddress A = HEAD1, B = CPE1;
    private static final Prefix P = Prefix.parse("10.0.1.0/24");

    private final VirtualNetwork net = new VirtualNetwork(1);

    private VirtualNetwork.Node a = net.node(A, open(31898, A, B, 65000).network(P).build());
    private VirtualNetwork.Node b = net.node(B, open(65000, B, A, 31898).network(Prefix.parse("192.168.2.0/24")).build());

    private void establish() {
        a.speaker.start();
        b.speaker.start();
        net.runUntil(() -> a.established(B) && b.established(A), ofSeconds(10), "both established");
    }

    @Test void twoSpeakersThatBothDialEndWithOneSessionWhateverTheOrder() {
        for (long seed = 1; seed <= 300; seed++) {
            for (String otherId : List.of("1.1.1.1", "223.1.1.1")) {            // lower and higher than the other's
                var net = new VirtualNetwork(seed);
                var left = net.node(A, open(31898, A, B, 65000).network(P).build());
                var right = net.node(B, open(65000, B, A, 31898).routerId(id(otherId)).build());
                left.speaker.localRoute(P, 0);
                left.speaker.start();
                net.later(java.time.Duration.ofMillis(seed % 100), right.speaker::start);
                net.run(ofSeconds(30));
                var what = "seed " + seed + " id " + otherId + "\n" + String.join("\n", net.log);
                assertTrue(left.established(B) && right.established(A), what);
                assertEquals(1, left.pipes.size(), what);
                assertEquals(1, right.pipes.size(), what);
                assertEquals(List.of(A), right.nextHops("10.0.1.0/24"), what);
                assertEquals(0, left.speaker.neighbor(B).orElseThrow().dropped(), what);
                assertEquals(0, right.speaker.neighbor(A).orElseThrow().dropped(), what);
            }
        }
    }

    @Test void aNetworkIsAnnouncedOnlyWhileItsRouteIsThere() {
        establish();
        net.run(ofSeconds(1));
        assertEquals(List.of(), b.nextHops("10.0.1.0/24"));
        a.speaker.localRoute(P, 20);
        net.run(ofSeconds(1));
        assertEquals(List.of(A), b.nextHops("10.0.1.0/24"));
        var row = b.speaker.table(AddressFamily.IPV4_UNICAST).getFirst();
        assertEquals("*> ", row.statusCodes());
        assertEquals("31898", row.asPath());
        assertEquals(20, row.metric().orElseThrow());
        assertEquals('i', row.origin());
        assertEquals(1, b.peer(A).prefixesReceived());
        assertEquals(1, a.peer(B).prefixesSent());
        a.speaker.localRouteGone(P);
        net.run(ofSeconds(1));
        assertEquals(List.of(), b.nextHops("10.0.1.0/24"));
        assertEquals(0, b.peer(A).prefixesReceived());
        assertEquals(0, a.peer(B).prefixesSent());
    }

    @Test void theArticlesConfigurationGivesTwoNextHopsAndAnnouncesOneNetwork() {
        var net = new VirtualNetwork(7);
        var cpe = new VirtualNetwork.Node[1];
        cpe[0] = net.node(CPE1, articleCpe());
        net.alias(CPE2, cpe[0]);
        var head1 = net.node(HEAD1, headEnd(HEAD1, CPE1).build());
        var head2 = net.node(HEAD2, headEnd(HEAD2, CPE2).build());
        for (var head : List.of(head1, head2)) {
            head.speaker.localRoute(P, 0);
            head.speaker.localRoute(Prefix.parse("10.0.2.0/24"), 0);
            head.speaker.start();
        }
        cpe[0].speaker.localRoute(Prefix.parse("192.168.2.0/24"), 0);           // 192.168.3.0/24 has no route: not announced
        cpe[0].speaker.start();
        net.runUntil(() -> cpe[0].nextHops("10.0.1.0/24").size() == 2 && cpe[0].nextHops("10.0.2.0/24").size() == 2, ofSeconds(10), "two next hops");
        net.run(ofSeconds(5));
        assertEquals(java.util.Set.of(HEAD1, HEAD2), java.util.Set.copyOf(cpe[0].nextHops("10.0.1.0/24")));
        assertEquals(List.of(CPE1), head1.nextHops("192.168.2.0/24"));
        assertEquals(List.of(CPE2), head2.nextHops("192.168.2.0/24"));
        assertEquals(1, head1.kernel.size());
        var summary = cpe[0].speaker.summary(AddressFamily.IPV4_UNICAST);
        assertEquals(3, summary.tableVersion());                                // as in the article's output
        assertEquals(5, summary.ribEntries());
        for (PeerSummary peer : summary.peers()) {
            assertEquals(2, peer.prefixesReceived());
            assertEquals(1, peer.prefixesSent());
            assertEquals("Established", peer.state());
        }
        assertEquals(List.of("*> ", "*= ", "*> ", "*= ", "*> "), cpe[0].speaker.table(AddressFamily.IPV4_UNICAST).stream().map(RibRow::statusCodes).toList());
        assertEquals(2, cpe[0].speaker.receivedRoutes(HEAD1, AddressFamily.IPV4_UNICAST).size());
        assertEquals(List.of(""), cpe[0].speaker.advertisedRoutes(HEAD1, AddressFamily.IPV4_UNICAST).stream().map(RibRow::asPath).toList());

        cpe[0].speaker.peerReachable(HEAD1, false);                             // fate sharing: at once, no packet needed
        assertEquals(List.of(HEAD2), cpe[0].nextHops("10.0.1.0/24"));
        assertEquals(List.of(HEAD2), cpe[0].nextHops("10.0.2.0/24"));
        assertEquals("Idle", cpe[0].peer(HEAD1).state());
        assertFalse(cpe[0].speaker.accepts(HEAD1));
        assertTrue(cpe[0].established(HEAD2));
        net.run(ofMinutes(1));
        assertEquals("Idle", cpe[0].peer(HEAD1).state());
        cpe[0].speaker.peerReachable(HEAD1, true);
        net.runUntil(() -> cpe[0].nextHops("10.0.1.0/24").size() == 2, ofSeconds(3), "back");
    }

    @Test void aSilentPeerIsGivenUpWhenTheHoldTimerExpiresAndTakenBackWhenItReturns() {
        a.speaker.localRoute(P, 0);
        establish();
        net.runUntil(() -> !b.nextHops("10.0.1.0/24").isEmpty(), ofSeconds(1), "route");
        net.run(ofMinutes(10));
        assertTrue(b.established(A), "keepalives keep it up");
        a.cut();
        net.runUntil(() -> b.nextHops("10.0.1.0/24").isEmpty(), ofSeconds(181), "withdrawn");
        var down = assertInstanceOf(PeerEvent.Down.class, b.events.stream().filter(PeerEvent.Down.class::isInstance).findFirst().orElseThrow());
        assertEquals("sent Hold Timer Expired (4/0)", down.reason().text());
        a.reading = true;
        net.runUntil(() -> !b.nextHops("10.0.1.0/24").isEmpty(), ofMinutes(5), "back");
    }

    @Test void stopSaysCeaseToThePeerAndTakesAllRoutesBack() {
        a.speaker.localRoute(P, 0);
        establish();
        net.run(ofSeconds(1));
        b.speaker.stop("");
        assertTrue(b.kernel.isEmpty());
        net.run(ofSeconds(1));
        var down = (PeerEvent.Down) a.events.stream().filter(PeerEvent.Down.class::isInstance).findFirst().orElseThrow();
        assertEquals("received Cease/Administrative Shutdown (6/2)", down.reason().text());
        net.run(ofMinutes(2));
        assertFalse(b.established(A));
        b.speaker.start();
        net.runUntil(() -> b.established(A), ofSeconds(5), "up again");
    }

    @Test void clearResetsTheSessionAndItComesBackWithinSeconds() {
        a.speaker.localRoute(P, 0);
        establish();
        net.run(ofSeconds(1));
        b.speaker.clear(A);
        assertTrue(b.kernel.isEmpty());
        net.runUntil(() -> !b.nextHops("10.0.1.0/24").isEmpty(), ofSeconds(5), "back");
        assertEquals(1, b.speaker.neighbor(A).orElseThrow().dropped());
    }

    @Test void withoutPolicyAnExternalPeerGivesAndGetsNothing() {
        var net = new VirtualNetwork(3);
        var left = net.node(A, open(31898, A, B, 65000).network(P).build());
        var right = net.node(B, open(65000, B, A, 31898).ebgpRequiresPolicy(true).network(Prefix.parse("192.168.2.0/24")).build());
        left.speaker.localRoute(P, 0);
        right.speaker.localRoute(Prefix.parse("192.168.2.0/24"), 0);
        left.speaker.start();
        right.speaker.start();
        net.runUntil(() -> right.established(A), ofSeconds(5), "up");
        net.run(ofSeconds(2));
        assertTrue(right.kernel.isEmpty());
        assertTrue(left.kernel.isEmpty());
        assertTrue(right.peer(A).policyMissingIn());
        assertTrue(right.peer(A).policyMissingOut());
        assertFalse(left.peer(B).policyMissingIn());
    }

    @Test void aWrongAsIsAnsweredAndRetriedWithAGrowingPause() {
        var net = new VirtualNetwork(4);
        var left = net.node(A, open(31898, A, B, 65001).build());
        var right = net.node(B, open(65000, B, A, 31898).build());
        left.speaker.start();
        right.speaker.start();
        net.run(ofMinutes(5));
        assertTrue(left.events.stream().anyMatch(e -> e.text().contains("sent OPEN Message Error/Bad Peer AS (2/2): AS 65000 instead of 65001")), net.log::toString);
        assertTrue(left.events.size() < 40, "rate: " + left.events.size());
        assertFalse(left.established(B));
    }

    @Test void aLostNextHopLeavesTheKernelButKeepsTheSession() {
        a.speaker.localRoute(P, 0);
        establish();
        net.run(ofSeconds(1));
        b.speaker.nextHop(A, java.util.OptionalLong.empty());
        assertTrue(b.kernel.isEmpty());
        assertEquals("   ", b.speaker.table(AddressFamily.IPV4_UNICAST).getFirst().statusCodes());
        assertTrue(b.established(A));
        b.speaker.nextHop(A, java.util.OptionalLong.of(0));
        assertEquals(List.of(A), b.nextHops("10.0.1.0/24"));
    }

    @Test void aDoubtfulNextHopKeepsItsRoutesWhileThereAreNoOthers() {
        a.speaker.localRoute(P, 0);
        establish();
        net.run(ofSeconds(1));
        b.speaker.nextHopDoubtful(A, true);
        assertEquals(List.of(A), b.nextHops("10.0.1.0/24"));
        assertTrue(b.established(A));
    }

    @Test void aShutDownPeerIsIdleAdminAndNotDialled() {
        var net = new VirtualNetwork(5);
        var left = net.node(A, BgpConfig.builder(1).routerId(id("1.1.1.1")).peer(PeerConfig.builder(B, 2).shutdown("").build()).build());
        left.speaker.start();
        assertFalse(left.speaker.accepts(CPE2));
        assertEquals("Idle (Admin)", left.peer(B).state());
        assertTrue(left.pipes.isEmpty());
    }

    @Test void aPassivePeerWaitsToBeDialled() {
        var net = new VirtualNetwork(6);
        var left = net.node(A, BgpConfig.builder(31898).routerId(id("1.1.1.1")).peer(PeerConfig.builder(B, 65000).passive(true).build()).build());
        left.speaker.start();
        net.run(ofMinutes(10));
        assertTrue(left.pipes.isEmpty());
        assertEquals("Active", left.peer(B).state());
        var right = net.node(B, open(65000, B, A, 31898).build());
        right.speaker.start();
        net.runUntil(() -> left.established(B), ofSeconds(2), "up");
    }

    @Test void internalPeersKeepTheNextHopAndSendLocalPreferenceAndDoNotReflect() {
        var net = new VirtualNetwork(8);
        InetAddress r1 = Fixtures.ip("10.9.0.1"), r2 = Fixtures.ip("10.9.0.2"), r3 = Fixtures.ip("10.9.0.3"), ext = Fixtures.ip("10.9.0.9");
        var outside = net.node(ext, open(64999, ext, r1, 65000).network(P).build());
        var one = net.node(r1, open(65000, r1, r2, 65000).peer(PeerConfig.builder(ext, 64999).build()).build());
        var two = net.node(r2, open(65000, r2, r1, 65000).peer(PeerConfig.builder(r3, 65000).build()).build());
        var three = net.node(r3, open(65000, r3, r2, 65000).build());
        outside.speaker.localRoute(P, 55);
        for (var node : List.of(outside, one, two, three)) node.speaker.start();
        net.runUntil(() -> two.kernel.containsKey(P) && three.established(r2), ofSeconds(10), "learnt");
        net.run(ofSeconds(5));
        var row = two.speaker.table(AddressFamily.IPV4_UNICAST).getFirst();
        assertEquals(ext, row.nextHop());
        assertEquals(100, row.localPref().orElseThrow());
        assertEquals(55, row.metric().orElseThrow());
        assertEquals("64999", row.asPath());
        assertEquals("*>i", row.statusCodes());
        assertFalse(two.kernel.get(P).external());
        assertTrue(three.kernel.isEmpty());
    }
}
