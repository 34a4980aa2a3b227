package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.CPE2;
import static dev.torii.bgp.Fixtures.HEAD1;
import static dev.torii.bgp.Fixtures.HEAD2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.Octets;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Going down on purpose: Cease's subcodes (RFC 4486) with words (RFC 9003), and asking to be avoided before (RFC 8326). */
class ShutdownTest {
    private static final String P = "10.0.1.0/24", OURS = "192.168.2.0/24";

    private static BgpConfig.Builder config() { return BgpConfig.builder(65000).routerId(Fixtures.id("192.168.254.1")).ebgpRequiresPolicy(false); }

    private static Played shutDown(String words) { return new Played(config().peer(PeerConfig.builder(HEAD1, 31898).shutdown(words).build()).build()); }

    @Test void aPeerThatDialsThoughItIsShutDownIsToldWhy() {
        var played = shutDown("maintenance until 18:00");
        var peer = played.connect(HEAD1, CPE1, 31898);
        assertEquals(1, peer.sent.size(), "no OPEN");
        assertEquals("Cease/Administrative Shutdown (6/2) \"maintenance until 18:00\"", peer.notification().text());
        assertTrue(peer.closed);
        assertEquals("Idle (Admin)", played.speaker.neighbor(HEAD1).orElseThrow().summary().state());
        assertTrue(played.timers.isEmpty(), played.timers::toString);
        assertTrue(played.events.getLast().text().contains("it is shut down here"), played.events::toString);
    }

    @Test void withoutWordsItIsToldAllTheSame() {
        assertEquals(NotificationMessage.of(6, 2), shutDown("").connect(HEAD1, CPE1, 31898).notification());
    }

    @Test void whereNothingCanBeReachedNothingIsSaid() {
        var played = shutDown("");
        played.speaker.peerReachable(HEAD1, false);
        assertFalse(played.speaker.accepts(HEAD1));
    }

    @Test void allSessionsEndWithTheWordsOfWhoeverStopsTheRouter() {
        var played = new Played(config().peer(PeerConfig.builder(HEAD1, 31898).build()).build());
        var peer = played.establish(HEAD1, CPE1, 31898);
        played.speaker.stop("the router stops");
        assertEquals("Cease/Administrative Shutdown (6/2) \"the router stops\"", peer.notification().text());
        assertFalse(played.speaker.accepts(HEAD1));
    }

    @Test void wordsAreCutAtTheLastCharacterThatFits() {
        var message = NotificationMessage.cease(2, "é".repeat(200));
        assertEquals("é".repeat(127), message.communication());
        assertEquals(255, message.data().length(), "one of length and 127 characters of two octets");
        assertEquals("x".repeat(255), NotificationMessage.cease(2, "x".repeat(300)).communication());
        assertEquals(Octets.EMPTY, NotificationMessage.cease(2, "").data());
    }

    private Played.Peer external;
    private Played.Peer internal;
    private Played played;

    private void gracefulShutdown(boolean on, FamilyConfig.Builder towardsExternal) {
        played = new Played(config().gracefulShutdown(on).network(Prefix.parse(OURS)).peer(PeerConfig.builder(HEAD1, 31898).ipv4Unicast(towardsExternal.build()).build())
                .peer(PeerConfig.builder(HEAD2, 65000).build()).build());
        played.speaker.localRoute(Prefix.parse(OURS), 0);
        external = played.establish(HEAD1, CPE1, 31898);
        internal = played.establish(HEAD2, CPE2, 65000);
        external.announce(P, PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(31898)), new PathAttribute.NextHop(HEAD1),
                new PathAttribute.Communities(Octets.parseHex("7c9a0001"), false));
    }

    private static List<String> communities(Played.Peer peer, String prefix) {
        return peer.told(prefix, PathAttribute.Communities.class).flatMap(CommunitySet::of).map(CommunitySet::texts).orElse(List.of());
    }

    private static long localPreference(Played.Peer peer, String prefix) { return peer.told(prefix, PathAttribute.LocalPref.class).orElseThrow().value(); }

    @Test void gracefulShutdownAsksExternalNeighborsToAvoidUsAndTellsInternalOnesSo() {
        gracefulShutdown(true, FamilyConfig.builder());
        assertEquals(List.of("graceful-shutdown"), communities(external, OURS));
        assertEquals(0, localPreference(internal, OURS));
        assertEquals(List.of("graceful-shutdown"), communities(internal, OURS), "as FRR has it");
        assertTrue(external.told(OURS, PathAttribute.LocalPref.class).isEmpty());
        assertEquals(0, localPreference(internal, P));
        assertEquals(List.of("31898:1", "graceful-shutdown"), communities(internal, P));
        assertEquals(OptionalLong.of(0), played.rows(P).getFirst().localPref());
    }

    @Test void withoutItNothingChanges() {
        gracefulShutdown(false, FamilyConfig.builder());
        assertEquals(List.of(), communities(external, OURS));
        assertEquals(100, localPreference(internal, OURS));
        assertEquals(List.of("31898:1"), communities(internal, P));
    }

    @Test void whoIsSentNoCommunitiesIsNotAskedEither() {
        gracefulShutdown(true, FamilyConfig.builder().sendCommunity(CommunityKind.STANDARD, false));
        assertEquals(List.of(), communities(external, OURS));
    }
}
