package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.CPE2;
import static dev.torii.bgp.Fixtures.HEAD1;
import static dev.torii.bgp.Fixtures.HEAD2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.policy.Action;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.PathAttribute.Origin;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@code aggregate-address}: routes of 31898 on the left, told to 64999 on the right. */
class AggregatesTest {
    private static final String WHOLE = "10.0.0.0/8", ONE = "10.1.0.0/16", TWO = "10.2.0.0/16";
    private final BgpConfig.Builder config = BgpConfig.builder(65000).routerId(Fixtures.id("192.168.254.1")).ebgpRequiresPolicy(false);
    private Played played;
    private Played.Peer left, right;

    private void start(boolean asSet, boolean summaryOnly, Optional<String> map, Optional<Origin> origin) {
        start(new BgpConfig.Aggregate(Prefix.parse(WHOLE), asSet, summaryOnly, map, origin));
    }

    private void start(BgpConfig.Aggregate... aggregates) {
        for (var aggregate : aggregates) config.aggregate(aggregate);
        played = new Played(config.peer(PeerConfig.builder(HEAD1, 31898).build()).peer(PeerConfig.builder(HEAD2, 64999).build()).build());
        left = played.establish(HEAD1, CPE1, 31898);
        right = played.establish(HEAD2, CPE2, 64999);
    }

    private void announce(String prefix, Origin origin, AsPath path, String... communities) {
        var attributes = new ArrayList<PathAttribute>(List.of(origin, new PathAttribute.AsPathAttribute(path), new PathAttribute.NextHop(HEAD1)));
        for (String text : communities) attributes.add(CommunitySet.parse(CommunityKind.STANDARD, text).orElseThrow().toAttribute(false).orElseThrow());
        left.announce(prefix, attributes.toArray(PathAttribute[]::new));
    }

    private void withdraw(String prefix) { left.say(new UpdateMessage(List.of(Prefix.parse(prefix)), List.of(), List.of())); }

    @Test void anAggregateIsThereWhileARouteInsideIs() {
        start(false, false, Optional.empty(), Optional.empty());
        assertTrue(right.told(WHOLE).isEmpty());
        announce(ONE, Origin.IGP, AsPath.sequence(31898, 7));
        announce(TWO, Origin.EGP, AsPath.sequence(31898));
        assertEquals("65000", right.toldPath(WHOLE).toString());
        assertEquals(Origin.EGP, right.told(WHOLE, Origin.class).orElseThrow(), "the worst of them");
        assertTrue(right.told(WHOLE, PathAttribute.AtomicAggregate.class).isPresent());
        assertEquals(new PathAttribute.Aggregator(65000, 0xC0A8FE01, false), right.told(WHOLE, PathAttribute.Aggregator.class).orElseThrow());
        assertEquals(0, right.told(WHOLE, PathAttribute.MultiExitDisc.class).orElseThrow().value());
        assertTrue(right.told(ONE).isPresent() && left.told(WHOLE).isPresent());
        assertEquals(new RouteSink.LearntRoute(Prefix.parse(WHOLE), List.of(), false), played.kernel.get(Prefix.parse(WHOLE)), "drops what no route inside takes");
        withdraw(TWO);
        assertEquals(Origin.IGP, right.told(WHOLE, Origin.class).orElseThrow());
        withdraw(ONE);
        assertTrue(right.told(WHOLE).isEmpty());
        assertFalse(played.kernel.containsKey(Prefix.parse(WHOLE)));
    }

    @Test void theSamePrefixAndAWiderOneAreNoRoutesInside() {
        start(false, false, Optional.empty(), Optional.empty());
        announce(WHOLE, Origin.IGP, AsPath.sequence(31898));
        announce("0.0.0.0/0", Origin.IGP, AsPath.sequence(31898));
        announce("11.0.0.0/16", Origin.IGP, AsPath.sequence(31898));
        assertEquals("65000 31898", right.toldPath(WHOLE).toString());
        announce(ONE, Origin.IGP, AsPath.sequence(31898));
        assertEquals("65000", right.toldPath(WHOLE).toString(), "ours has the greater weight");
    }

    @Test void summaryOnlyKeepsTheRoutesInsideToOurselves() {
        start(false, true, Optional.empty(), Optional.empty());
        announce(ONE, Origin.IGP, AsPath.sequence(31898));
        assertTrue(right.told(ONE).isEmpty() && right.told(WHOLE).isPresent());
        assertEquals("s> ", played.rows(ONE).getFirst().statusCodes());
        assertEquals("*> ", played.rows(WHOLE).getFirst().statusCodes());
        assertTrue(played.kernel.containsKey(Prefix.parse(ONE)));
    }

    @Test void asSetTellsThroughWhomTheRoutesCome() {
        start(true, false, Optional.empty(), Optional.empty());
        announce(ONE, Origin.IGP, AsPath.sequence(31898, 7), "31898:1");
        announce(TWO, Origin.IGP, AsPath.sequence(31898, 8), "31898:2");
        assertEquals("65000 31898 {7,8}", right.toldPath(WHOLE).toString());
        assertTrue(right.told(WHOLE, PathAttribute.AtomicAggregate.class).isEmpty(), "nothing is left out");
        assertEquals(CommunitySet.parse(CommunityKind.STANDARD, "31898:1").orElseThrow().plus(CommunitySet.parse(CommunityKind.STANDARD, "31898:2").orElseThrow()).toAttribute(false),
                right.told(WHOLE, PathAttribute.Communities.class).map(PathAttribute.class::cast));
        withdraw(TWO);
        assertEquals("65000 31898 7", right.toldPath(WHOLE).toString());
    }

    @Test void itsRouteMapAndItsOriginAreTaken() {
        config.routeMap(new RouteMap("M", List.of(new RouteMap.Entry(10, Action.PERMIT, List.of(), List.of(new RouteMap.SetAction.Metric(5))))));
        start(false, false, Optional.of("M"), Optional.of(Origin.INCOMPLETE));
        announce(ONE, Origin.IGP, AsPath.sequence(31898));
        assertEquals(5, right.told(WHOLE, PathAttribute.MultiExitDisc.class).orElseThrow().value());
        assertEquals(Origin.INCOMPLETE, right.told(WHOLE, Origin.class).orElseThrow());
    }

    @Test void anAggregateIsNotAggregatedAgain() {
        start(new BgpConfig.Aggregate(Prefix.parse("10.0.0.0/7"), false, true, Optional.empty(), Optional.empty()),
                new BgpConfig.Aggregate(Prefix.parse(WHOLE), false, false, Optional.empty(), Optional.empty()));
        announce(ONE, Origin.IGP, AsPath.sequence(31898));
        assertTrue(right.told(ONE).isEmpty());
        assertTrue(right.told(WHOLE).isPresent() && right.told("10.0.0.0/7").isPresent());
        withdraw(ONE);
        assertEquals(List.of(), played.speaker.table(AddressFamily.IPV4_UNICAST));
    }

    /** However routes come and go, what is there at the end depends on the end only. */
    @Test void theEndDoesNotDependOnTheWay() {
        start(true, false, Optional.empty(), Optional.empty());
        for (long seed = 1; seed <= 10; seed++) {
            var random = new Random(seed);
            var there = new Origin[20];
            for (int i = 0; i < 500; i++) {
                int n = random.nextInt(20);
                String prefix = "10." + n + ".0.0/16";
                there[n] = random.nextInt(3) == 0 ? null : Origin.values()[random.nextInt(3)];
                if (there[n] == null) withdraw(prefix);
                else announce(prefix, there[n], AsPath.sequence(31898, n + 1));
            }
            int worst = -1;
            for (Origin origin : there) if (origin != null) worst = Math.max(worst, origin.ordinal());
            assertEquals(Origin.values()[worst], right.told(WHOLE, Origin.class).orElseThrow(), "seed " + seed);
            for (int n = 0; n < 20; n++) withdraw("10." + n + ".0.0/16");
            assertTrue(right.told(WHOLE).isEmpty());
        }
    }
}
