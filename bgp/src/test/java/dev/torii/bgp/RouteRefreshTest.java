package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.HEAD1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.BgpMessage.RouteRefresh;
import dev.torii.bgp.wire.Capability;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.Octets;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** RFC 2918 with the markers of RFC 7313, sent and received. */
class RouteRefreshTest {
    private static final AddressFamily IPV4 = AddressFamily.IPV4_UNICAST;
    private static final BgpMessage ASK = new RouteRefresh(IPV4, RouteRefresh.REQUEST), BEGIN = new RouteRefresh(IPV4, RouteRefresh.BEGIN), END = new RouteRefresh(IPV4, RouteRefresh.END);
    private static final Capability ENHANCED = new Capability.EnhancedRouteRefresh();
    private static final Timer STALE = new Timer(HEAD1, Side.OUTGOING, TimerName.STALE_ROUTES);
    private static final Prefix A = Prefix.parse("10.0.1.0/24"), B = Prefix.parse("10.0.2.0/24"), OURS = Prefix.parse("192.168.2.0/24");

    private final Played played = new Played(Fixtures.open(65000, CPE1, HEAD1, 31898).network(OURS).build());

    private Played.Peer up(Capability... more) {
        played.speaker.localRoute(OURS, 0);
        var peer = played.establish(HEAD1, CPE1, 31898, more);
        peer.sent.clear();
        return peer;
    }

    private static void announce(Played.Peer peer, Prefix prefix) {
        peer.announce(prefix.toString(), PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(31898)), new PathAttribute.NextHop(HEAD1));
    }

    @Test void ourOpenSaysThatWeKnowTheMarkers() {
        var peer = played.establish(HEAD1, CPE1, 31898);
        assertTrue(((OpenMessage) peer.sent.getFirst()).capabilities().contains(ENHANCED));
    }

    @Test void theTableIsSentAgainBetweenTwoMarkers() {
        var peer = up(ENHANCED);
        peer.say(ASK);
        assertEquals(List.of(BEGIN, END), List.of(peer.sent.getFirst(), peer.sent.getLast()));
        assertEquals(3, peer.sent.size(), peer.sent::toString);
        assertEquals(List.of(OURS), ((UpdateMessage) peer.sent.get(1)).nlri());
        peer.sent.clear();
        played.speaker.softOut(HEAD1, AddressFamily.IPV4_UNICAST);
        assertEquals(List.of(BEGIN, END), List.of(peer.sent.getFirst(), peer.sent.getLast()), "whoever asked for it");
        assertEquals(3L, played.speaker.neighbor(HEAD1).orElseThrow().sent().get("update"), "markers are no updates");
        assertEquals(4L, played.speaker.neighbor(HEAD1).orElseThrow().sent().get("route-refresh"));
    }

    @Test void whoDoesNotKnowTheMarkersGetsNone() {
        var peer = up();
        peer.say(ASK);
        assertEquals(1, peer.sent.size());
        assertEquals(List.of(OURS), ((UpdateMessage) peer.sent.getFirst()).nlri());
    }

    @Test void theFirstTableEndsBeforeARefreshBegins() {
        var peer = played.establish(HEAD1, CPE1, 31898, ENHANCED, new Capability.GracefulRestart(false, false, 120, List.of()));
        peer.say(ASK);
        int marker = peer.sent.indexOf(UpdateMessage.endOfRib(IPV4));
        assertTrue(marker >= 0 && marker < peer.sent.indexOf(BEGIN), peer.sent::toString);
    }

    @Test void whatDoesNotComeBetweenTheMarkersIsWithdrawn() {
        var peer = up(ENHANCED);
        announce(peer, A);
        announce(peer, B);
        peer.say(BEGIN);
        assertEquals(Set.of(A, B), played.kernel.keySet());
        announce(peer, B);
        assertEquals(2, played.kernelCalls);
        peer.say(END);
        assertEquals(Set.of(B), played.kernel.keySet());
        assertEquals(1, played.speaker.neighbor(HEAD1).orElseThrow().summary().prefixesReceived());
        assertFalse(played.timers.containsKey(STALE));
        peer.say(END);
        assertEquals(Set.of(B), played.kernel.keySet(), "an end without a beginning says nothing");
    }

    @Test void aRefreshThatBeginsAgainBeginsAnew() {
        var peer = up(ENHANCED);
        announce(peer, A);
        peer.say(BEGIN);
        announce(peer, A);
        peer.say(BEGIN);
        peer.say(END);
        assertEquals(Set.of(), played.kernel.keySet());
    }

    @Test void aRefreshThatDoesNotEndIsEnded() {
        var peer = up(ENHANCED);
        announce(peer, A);
        announce(peer, B);
        peer.say(BEGIN);
        announce(peer, A);
        played.fire(STALE);
        assertEquals(Set.of(A), played.kernel.keySet());
        assertTrue(peer.established());
    }

    @Test void theSessionsEndIsTheRefreshsEnd() {
        var peer = up(ENHANCED);
        announce(peer, A);
        peer.say(BEGIN);
        played.speaker.closed(peer.connection);
        assertEquals(Set.of(), played.kernel.keySet());
        assertFalse(played.timers.containsKey(STALE));
    }

    @Test void markersOfAnotherFamilyOrOfAPeerThatDidNotAnnounceThemAndOtherSubtypesAreIgnored() {
        var peer = up();
        announce(peer, A);
        peer.say(BEGIN);
        peer.say(END);
        peer.say(new RouteRefresh(IPV4, 3));
        peer.say(new RouteRefresh(AddressFamily.IPV6_UNICAST, RouteRefresh.REQUEST));
        assertEquals(Set.of(A), played.kernel.keySet());
        assertEquals(List.of(), peer.sent);
        assertTrue(peer.established());
    }

    @Test void aMarkerOfTheWrongLengthEndsTheSessionWithTheWholeMessage() {
        var peer = up(ENHANCED);
        var message = "ffffffffffffffffffffffffffffffff00180500010101" + "00";
        peer.say(Octets.parseHex(message).toBuffer());
        assertEquals(new NotificationMessage(7, 1, Octets.parseHex(message)), peer.notification());
    }

    @Test void aRequestOfTheWrongLengthIsABadMessageLength() {
        var peer = up(ENHANCED);
        peer.say(Octets.parseHex("ffffffffffffffffffffffffffffffff0018050001000100").toBuffer());
        assertEquals(List.of(1, 2), List.of(peer.notification().code(), peer.notification().subcode()));
    }
}
