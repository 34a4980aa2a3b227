package dev.torii.bgp.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.policy.RouteMap.Entry;
import dev.torii.bgp.policy.RouteMap.Match;
import dev.torii.bgp.policy.RouteMap.SetAction;
import dev.torii.bgp.rib.RouteAttributes;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.PathAttribute.Origin;
import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteMapsTest {
    private static final InetAddress PEER = Prefix.parse("192.0.2.1/32").address();
    private static final RouteAttributes ROUTE = RouteAttributes.of(Origin.IGP, AsPath.sequence(65001), PEER).withMed(10);
    private static final PrefixList TEN = PrefixList.builder("TEN").add(Action.PERMIT, Prefix.parse("10.0.0.0/8")).build();

    private static Optional<RouteMaps.Subject> apply(String prefix, Entry... entries) {
        return new RouteMaps(Map.of("TEN", TEN), Map.of("M", new RouteMap("M", List.of(entries))))
                .apply("M", new RouteMaps.Subject(Prefix.parse(prefix), ROUTE, 0, Optional.of(PEER)));
    }

    private static Entry entry(int seq, Action action, List<Match> matches, SetAction... sets) { return new Entry(seq, action, matches, List.of(sets)); }

    @Test void anEntryWithoutMatchTakesEverything() { assertTrue(apply("11.0.0.0/8", entry(100, Action.PERMIT, List.of())).isPresent()); }

    @Test void pastTheEndEverythingIsDenied() {
        assertTrue(apply("10.0.0.0/8", entry(10, Action.PERMIT, List.of(new Match.PrefixListName("TEN")))).isPresent());
        assertFalse(apply("11.0.0.0/8", entry(10, Action.PERMIT, List.of(new Match.PrefixListName("TEN")))).isPresent());
        assertFalse(apply("11.0.0.0/8").isPresent());
    }

    @Test void namesThatAreNotThereDeny() {
        assertFalse(apply("10.0.0.0/8", entry(10, Action.PERMIT, List.of(new Match.PrefixListName("NONE")))).isPresent());
        assertTrue(apply("10.0.0.0/8", entry(10, Action.DENY, List.of(new Match.PrefixListName("NONE"))), entry(20, Action.PERMIT, List.of())).isPresent(),
                "matches nothing, so it denies nothing");
        var none = new RouteMaps(Map.of(), Map.of());
        assertFalse(none.apply("M", new RouteMaps.Subject(Prefix.parse("10.0.0.0/8"), ROUTE, 0, Optional.empty())).isPresent());
        assertFalse(none.permits("L", Prefix.parse("10.0.0.0/8")));
    }

    @Test void theLowestSequenceNumberThatMatchesDecides() {
        assertFalse(apply("10.0.0.0/8", entry(20, Action.PERMIT, List.of()), entry(10, Action.DENY, List.of(new Match.PrefixListName("TEN")))).isPresent());
        assertTrue(apply("11.0.0.0/8", entry(20, Action.PERMIT, List.of()), entry(10, Action.DENY, List.of(new Match.PrefixListName("TEN")))).isPresent());
    }

    @Test void allMatchesMustHold() {
        var both = List.<Match>of(new Match.PrefixListName("TEN"), new Match.Metric(11));
        assertFalse(apply("10.0.0.0/8", entry(10, Action.PERMIT, both)).isPresent());
        assertTrue(apply("10.0.0.0/8", entry(10, Action.PERMIT, List.of(new Match.PrefixListName("TEN"), new Match.Metric(10), new Match.Peer(PEER)))).isPresent());
    }

    @Test void setLinesChangeTheRoute() {
        var other = Prefix.parse("198.51.100.1/32").address();
        var result = apply("10.0.0.0/8", entry(10, Action.PERMIT, List.of(), new SetAction.LocalPreference(200), new SetAction.MetricChange(-20),
                new SetAction.Weight(7), new SetAction.AsPathPrepend(List.of(1L, 2L)), new SetAction.NextHop(other), new SetAction.Origin(2))).orElseThrow();
        assertEquals(200, result.attributes().localPref().orElseThrow());
        assertEquals(0, result.attributes().med().orElseThrow());
        assertEquals(7, result.weight());
        assertEquals("1 2 65001", result.attributes().asPath().toString());
        assertEquals(other, result.attributes().nextHop());
        assertTrue(result.nextHopSet());
        assertEquals(Origin.INCOMPLETE, result.attributes().origin());
        assertEquals(50, apply("10.0.0.0/8", entry(10, Action.PERMIT, List.of(), new SetAction.Metric(50))).orElseThrow().attributes().medOrZero());
    }
}
