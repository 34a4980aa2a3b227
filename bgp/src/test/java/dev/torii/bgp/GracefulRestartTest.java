package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.CPE2;
import static dev.torii.bgp.Fixtures.HEAD1;
import static dev.torii.bgp.Fixtures.HEAD2;
import static dev.torii.bgp.Fixtures.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.PeerConfig.GracefulRestart;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Capability;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** RFC 4724 as the one that helps: what becomes of a neighbour's routes while it restarts. */
class GracefulRestartTest {
    private static final Timer RESTART = timer(TimerName.GRACEFUL_RESTART), STALE = timer(TimerName.STALE_ROUTES), HOLD = new Timer(HEAD1, Side.INCOMING, TimerName.HOLD);
    private static final Prefix A = Prefix.parse("10.0.1.0/24"), B = Prefix.parse("10.0.2.0/24"), OURS = Prefix.parse("192.168.2.0/24");
    private static final PathAttribute[] ATTRIBUTES = {PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(31898)), new PathAttribute.NextHop(HEAD1)};

    private final Played played = played(setting -> setting);

    private static Timer timer(TimerName name) { return new Timer(HEAD1, Side.OUTGOING, name); }

    private static Played played(UnaryOperator<GracefulRestart> change) {
        var config = BgpConfig.builder(65000).routerId(id("192.168.254.5")).ebgpRequiresPolicy(false).network(OURS)
                .peer(PeerConfig.builder(HEAD1, 31898).gracefulRestart(change).build()).peer(PeerConfig.builder(HEAD2, 31898).build());
        var played = new Played(config.build());
        played.speaker.localRoute(OURS, 0);
        return played;
    }

    private static Capability restart(boolean forwarding, AddressFamily... families) {
        return new Capability.GracefulRestart(false, false, 120, List.of(families).stream().map(family -> new Capability.PreservedFamily(family, forwarding)).toList());
    }

    private static final Capability PRESERVED = restart(true, AddressFamily.IPV4_UNICAST);

    private Played.Peer up(Capability... more) { return up(played, more); }

    private static Played.Peer up(Played played, Capability... more) { return played.establish(HEAD1, CPE1, 31898, more); }

    private static void announce(Played.Peer peer, Prefix... prefixes) {
        for (Prefix prefix : prefixes) peer.announce(prefix.toString(), ATTRIBUTES);
    }

    /** A session that announces both prefixes and ends without a word. */
    private Played.Peer lost() {
        var peer = up(PRESERVED);
        announce(peer, A, B);
        played.speaker.closed(peer.connection);
        assertFalse(peer.established());
        return peer;
    }

    private int received() { return played.speaker.neighbor(HEAD1).orElseThrow().summary().prefixesReceived(); }

    private boolean said(String text) { return played.events.stream().anyMatch(event -> event instanceof PeerEvent.Restart && event.text().contains(text)); }

    @Test void theRoutesOfANeighborThatRestartsAreUsedOn() {
        lost();
        assertEquals(Set.of(A, B), played.kernel.keySet());
        assertEquals(2, played.kernelCalls, "the kernel is left alone");
        assertEquals(Duration.ofSeconds(120), played.timers.get(RESTART), "the neighbor's own time");
        assertEquals(Duration.ofSeconds(360), played.timers.get(STALE));
        assertTrue(said("its 2 routes are kept for 120 s"), played.events::toString);
    }

    @Test void othersAreStillToldOfThem() {
        var other = played.establish(HEAD2, CPE2, 31898);
        lost();
        assertTrue(other.told(A.toString()).isPresent());
        played.fire(RESTART);
        assertTrue(other.told(A.toString()).isEmpty());
    }

    @Test void theyGoWhenItDoesNotComeBackInTime() {
        lost();
        played.fire(RESTART);
        assertEquals(Map.of(), played.kernel);
        assertFalse(played.timers.containsKey(STALE));
        assertTrue(said("has not come back in time: its 2 routes"), played.events::toString);
    }

    @Test void whatItDoesNotAnnounceAgainGoesAtItsEndOfRib() {
        lost();
        var again = up(PRESERVED);
        assertFalse(played.timers.containsKey(RESTART), "it is back");
        assertEquals(2, received());
        announce(again, A);
        assertEquals(Set.of(A, B), played.kernel.keySet());
        again.say(UpdateMessage.endOfRib(AddressFamily.IPV4_UNICAST));
        assertEquals(Set.of(A), played.kernel.keySet());
        assertEquals(1, received());
        assertFalse(played.timers.containsKey(STALE));
        assertEquals(3, played.kernelCalls, "A is as it was, B was withdrawn");
        again.say(UpdateMessage.endOfRib(AddressFamily.IPV4_UNICAST));
        assertEquals(Set.of(A), played.kernel.keySet(), "a second one says nothing");
    }

    @Test void whatItWithdrawsIsNotStaleAnyMore() {
        lost();
        var again = up(PRESERVED);
        again.say(new UpdateMessage(List.of(B), List.of(), List.of()));
        assertEquals(Set.of(A), played.kernel.keySet());
        announce(again, A, B);
        again.say(UpdateMessage.endOfRib(AddressFamily.IPV4_UNICAST));
        assertEquals(Set.of(A, B), played.kernel.keySet());
        assertEquals(2, received());
    }

    @Test void theyGoWhenTheStalePathTimeIsOverThoughItIsBack() {
        lost();
        announce(up(PRESERVED), A);
        played.fire(STALE);
        assertEquals(Set.of(A), played.kernel.keySet());
    }

    @Test void theyGoWhenItComesBackWithoutHavingKeptForwarding() {
        for (List<Capability> back : List.<List<Capability>>of(List.of(), List.of(restart(true)), List.of(restart(false, AddressFamily.IPV4_UNICAST)),
                List.of(restart(true, AddressFamily.IPV6_UNICAST)))) {
            var here = played(setting -> setting);
            var peer = up(here, PRESERVED);
            announce(peer, A, B);
            here.speaker.closed(peer.connection);
            assertEquals(2, here.kernel.size());
            up(here, back.toArray(Capability[]::new));
            assertEquals(Map.of(), here.kernel, back::toString);
            assertFalse(here.timers.containsKey(STALE), back::toString);
            assertFalse(here.timers.containsKey(RESTART), back::toString);
        }
    }

    @Test void aNeighborThatOnlyHelpsIsNotWaitedFor() {
        var peer = up(restart(true));
        announce(peer, A);
        played.speaker.closed(peer.connection);
        assertEquals(Map.of(), played.kernel);
    }

    @Test void whatHasNotComeAgainSinceTheFirstRestartGoesWithTheSecond() {
        lost();
        var again = up(PRESERVED);
        announce(again, A);
        played.speaker.closed(again.connection);
        assertEquals(Set.of(A), played.kernel.keySet());
    }

    @Test void everyOtherEndOfTheSessionTakesTheRoutesAlong() {
        var ends = new LinkedHashMap<String, Consumer<Played.Peer>>();
        ends.put("NOTIFICATION", peer -> peer.say(NotificationMessage.of(Iana.CEASE, Iana.CEASE_SHUTDOWN)));
        ends.put("hold timer", peer -> played.fire(HOLD));
        ends.put("clear", peer -> played.speaker.clear(HEAD1));
        ends.put("its tunnel is down", peer -> played.speaker.peerReachable(HEAD1, false));
        ends.forEach((what, end) -> {
            played.speaker.peerReachable(HEAD1, true);
            var peer = up(PRESERVED);
            announce(peer, A);
            assertEquals(Set.of(A), played.kernel.keySet());
            end.accept(peer);
            assertEquals(Map.of(), played.kernel, what);
            assertFalse(played.timers.containsKey(RESTART), what);
        });
    }

    @Test void andSoDoesEachOfThemWhileTheyAreKept() {
        for (Consumer<Played> end : List.<Consumer<Played>>of(here -> here.speaker.clear(HEAD1), here -> here.speaker.peerReachable(HEAD1, false), here -> here.speaker.stop(""))) {
            var here = played(setting -> setting);
            var peer = up(here, PRESERVED);
            announce(peer, A, B);
            here.speaker.closed(peer.connection);
            assertEquals(2, here.kernel.size());
            end.accept(here);
            assertEquals(Map.of(), here.kernel);
            assertFalse(here.timers.containsKey(RESTART));
            assertFalse(here.timers.containsKey(STALE));
        }
    }

    @Test void anotherRouterAtTheSameAddressDoesNotInheritThem() {
        lost();
        var other = played.connect(HEAD1, CPE1, 31898);
        other.say(new OpenMessage(4, 31898, 90, 0x01020304, List.of(new Capability.FourOctetAs(31898), PRESERVED)));
        other.say(new BgpMessage.Keepalive());
        assertTrue(other.established());
        assertEquals(Map.of(), played.kernel);
        announce(other, A);
        assertEquals(1, received());
    }

    @Test void aNeighborThatDialsWhileItHasASessionHasRestarted() {
        var peer = up(PRESERVED);
        announce(peer, A, B);
        assertFalse(played.speaker.accepts(HEAD1), "at first it is a leftover of its dialling");
        played.nowNanos = Duration.ofSeconds(20).toNanos();
        var again = up(PRESERVED);
        assertTrue(peer.closed);
        assertTrue(peer.sent.stream().noneMatch(NotificationMessage.class::isInstance), "there is nobody to be told");
        assertEquals(Set.of(A, B), played.kernel.keySet());
        announce(again, B);
        again.say(UpdateMessage.endOfRib(AddressFamily.IPV4_UNICAST));
        assertEquals(Set.of(B), played.kernel.keySet());
    }

    @Test void withoutTheCapabilityASecondConnectionIsRefused() {
        up();
        played.nowNanos = Duration.ofSeconds(20).toNanos();
        assertFalse(played.speaker.accepts(HEAD1));
    }

    @Test void weAnnounceThatWeHelpAsFrrDoes() {
        var peer = up();
        assertTrue(((OpenMessage) peer.sent.getFirst()).capabilities().contains(new Capability.GracefulRestart(false, false, 120, List.of())), peer.sent::toString);
    }

    @Test void whoIsToldNotToHelpDoesNot() {
        var here = played(setting -> setting.withHelper(false));
        var peer = up(here, PRESERVED);
        assertTrue(((OpenMessage) peer.sent.getFirst()).capabilities().stream().noneMatch(Capability.GracefulRestart.class::isInstance));
        announce(peer, A);
        here.speaker.closed(peer.connection);
        assertEquals(Map.of(), here.kernel);
    }

    @Test void whoKnowsOfItIsToldWhereTheTableEnds() {
        var marker = UpdateMessage.endOfRib(AddressFamily.IPV4_UNICAST);
        var peer = up(restart(true));
        var updates = peer.sent.stream().filter(UpdateMessage.class::isInstance).toList();
        assertEquals(2, updates.size(), updates::toString);
        assertEquals(List.of(OURS), ((UpdateMessage) updates.getFirst()).nlri());
        assertEquals(marker, updates.getLast());
        assertFalse(played.establish(HEAD2, CPE2, 31898).sent.contains(marker), "who does not is not");
        assertFalse(up(played(setting -> setting.withEndOfRib(false)), restart(true)).sent.contains(marker), "disable-eor");
    }
}
