package dev.torii.bgp.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.policy.RouteMap.Entry;
import dev.torii.bgp.policy.RouteMap.Match;
import dev.torii.bgp.policy.RouteMap.SetAction;
import dev.torii.bgp.rib.RouteAttributes;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import dev.torii.bgp.wire.PathAttribute.Origin;
import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteMapsTest {
    private static final InetAddress PEER = Prefix.parse("192.0.2.1/32").address();
    private static final RouteAttributes ROUTE = RouteAttributes.of(Origin.IGP, AsPath.sequence(65001), PEER).withMed(10);
    private static final PrefixList TEN = PrefixList.builder("TEN").add(Action.PERMIT, Prefix.parse("10.0.0.0/8")).build();

    private static Optional<RouteMaps.Subject> apply(String prefix, Entry... entries) {
        return new RouteMaps(new PolicyLists.Builder().prefixList(TEN).routeMap(new RouteMap("M", List.of(entries))).build())
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
        var none = new RouteMaps(PolicyLists.NONE);
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
        assertTrue(apply("10.0.0.0/8", entry(10, Action.PERMIT, List.of(new Match.PrefixListName("TEN"), new Match.Metric(10), new Match.Peer(PEER))))
                .isPresent());
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
        assertEquals(RouteMaps.NextHopChoice.SET, result.nextHop());
        assertEquals(Origin.INCOMPLETE, result.attributes().origin());
        assertEquals(50, apply("10.0.0.0/8", entry(10, Action.PERMIT, List.of(), new SetAction.Metric(50))).orElseThrow().attributes().medOrZero());
    }

    private static Entry then(int seq, RouteMap.Exit exit, List<Match> matches, SetAction... sets) {
        return new Entry(seq, Action.PERMIT, matches, List.of(sets), Optional.empty(), exit);
    }

    private static List<Long> prepended(Optional<RouteMaps.Subject> result) {
        var path = result.orElseThrow().attributes().asPath().segments().getFirst().asNumbers();
        return path.subList(0, path.size() - 1);
    }

    private static SetAction mark(long as) { return new SetAction.AsPathPrepend(List.of(as)); }

    @Test void onMatchNextGoesOnAndOnMatchGotoJumps() {
        var next = new RouteMap.Exit.Next();
        assertEquals(List.of(2L, 1L), prepended(apply("10.0.0.0/8", then(10, next, List.of(), mark(1)), entry(20, Action.PERMIT, List.of(), mark(2)),
                entry(30, Action.PERMIT, List.of(), mark(3)))));
        assertEquals(List.of(3L, 1L), prepended(apply("10.0.0.0/8", then(10, new RouteMap.Exit.Goto(25), List.of(), mark(1)), entry(20, Action.DENY, List.of()),
                entry(30, Action.PERMIT, List.of(), mark(3)))));
        assertEquals(List.of(1L), prepended(apply("10.0.0.0/8", then(10, next, List.of(), mark(1)))), "past the end, permitted");
        assertEquals(List.of(1L), prepended(apply("10.0.0.0/8", then(10, new RouteMap.Exit.Goto(99), List.of(), mark(1)), entry(20, Action.DENY, List.of()))));
        assertFalse(apply("10.0.0.0/8", then(10, next, List.of(), mark(1)), entry(20, Action.DENY, List.of())).isPresent());
        assertFalse(apply("11.0.0.0/8", then(10, next, List.of(), mark(1)), entry(20, Action.PERMIT, List.of(new Match.PrefixListName("TEN")))).isPresent(),
                "FRR: an entry after it that does not match denies");
    }

    @Test void aCalledMapDecidesToo() {
        var inner = new RouteMap("INNER", List.of(entry(10, Action.PERMIT, List.of(new Match.PrefixListName("TEN")), mark(2))));
        var outer = new RouteMap("M", List.of(new Entry(5, Action.PERMIT, List.of(), List.of(mark(1)), Optional.of("INNER"), new RouteMap.Exit.End())));
        var maps = new RouteMaps(new PolicyLists.Builder().prefixList(TEN).routeMap(inner).routeMap(outer).build());
        assertEquals(List.of(2L, 1L), prepended(maps.apply("M", new RouteMaps.Subject(Prefix.parse("10.0.0.0/8"), ROUTE, 0, Optional.of(PEER)))));
        assertFalse(maps.apply("M", new RouteMaps.Subject(Prefix.parse("11.0.0.0/8"), ROUTE, 0, Optional.of(PEER))).isPresent());
        var without = new RouteMaps(new PolicyLists.Builder().routeMap(outer).build());
        assertEquals(List.of(1L), prepended(without.apply("M", new RouteMaps.Subject(Prefix.parse("11.0.0.0/8"), ROUTE, 0, Optional.of(PEER)))),
                "a call to no map does nothing");
    }

    @Test void mapsThatCallThemselvesDeny() {
        var circle = new RouteMap("M", List.of(new Entry(5, Action.PERMIT, List.of(), List.of(), Optional.of("M"), new RouteMap.Exit.End())));
        var maps = new RouteMaps(new PolicyLists.Builder().routeMap(circle).build());
        assertFalse(maps.apply("M", new RouteMaps.Subject(Prefix.parse("10.0.0.0/8"), ROUTE, 0, Optional.of(PEER))).isPresent());
    }

    private static CommunitySet set(CommunityKind kind, String... values) {
        var all = CommunitySet.empty(kind);
        for (String value : values) all = all.plus(CommunitySet.parse(kind, value).orElseThrow());
        return all;
    }

    @Test void communitiesAreSetAddedAndDeleted() {
        for (var kind : CommunityKind.values()) {
            String[] texts = switch (kind) {
                case STANDARD -> new String[] {"65000:1", "no-export"};
                case EXTENDED -> new String[] {"RT:65000:1", "SoO:192.0.2.1:7"};
                case LARGE -> new String[] {"65000:1:1", "4200000000:2:3"};
            };
            var one = set(kind, texts[0]);
            var both = set(kind, texts);
            assertEquals(List.of(texts), both.texts());
            var added = apply("10.0.0.0/8", entry(10, Action.PERMIT, List.of(), new SetAction.Communities(one, false),
                    new SetAction.Communities(set(kind, texts[1]), true)));
            assertEquals(both, added.orElseThrow().attributes().communities(kind));
            var replaced = apply("10.0.0.0/8", entry(10, Action.PERMIT, List.of(), new SetAction.Communities(both, false),
                    new SetAction.Communities(one, false)));
            assertEquals(one, replaced.orElseThrow().attributes().communities(kind));
            var none = apply("10.0.0.0/8", entry(10, Action.PERMIT, List.of(), new SetAction.Communities(both, false),
                    new SetAction.Communities(CommunitySet.empty(kind), false)));
            assertEquals(List.of(), none.orElseThrow().attributes().others());
            var list = new CommunityList(kind, "C", List.of(new CommunityList.Entry.Standard(5, Action.PERMIT, one)));
            var map = new RouteMap("M", List.of(entry(10, Action.PERMIT, List.of(new Match.Communities(kind, "C", false)),
                    new SetAction.DeleteCommunities(kind, "C"))));
            var maps = new RouteMaps(new PolicyLists.Builder().communityList(list).routeMap(map).build());
            var left = maps.apply("M", new RouteMaps.Subject(Prefix.parse("10.0.0.0/8"), ROUTE.withCommunities(both), 0, Optional.of(PEER)));
            assertEquals(set(kind, texts[1]), left.orElseThrow().attributes().communities(kind));
            assertFalse(maps.apply("M", new RouteMaps.Subject(Prefix.parse("10.0.0.0/8"), ROUTE, 0, Optional.of(PEER))).isPresent(), "no community, no match");
        }
    }

    @Test void pathsAreMatchedAndChanged() {
        var list = new AsPathList("A", List.of(new AsPathList.Entry(5, Action.PERMIT, Patterns.compile("^65001$"))));
        var map = new RouteMap("M", List.of(entry(10, Action.PERMIT, List.of(new Match.AsPathListName("A"), new Match.Origin(0), new Match.NextHop(PEER)),
                new SetAction.AsPathPrependLast(2), mark(7), new SetAction.AsPathExclude(List.of(65001L)))));
        var maps = new RouteMaps(new PolicyLists.Builder().asPathList(list).routeMap(map).build());
        assertEquals("7", maps.apply("M", new RouteMaps.Subject(Prefix.parse("10.0.0.0/8"), ROUTE, 0, Optional.of(PEER))).orElseThrow()
                .attributes().asPath().toString());
        assertEquals(List.of(65001L, 65001L), prepended(apply("10.0.0.0/8", entry(10, Action.PERMIT, List.of(), new SetAction.AsPathPrependLast(2)))));
        assertFalse(maps.apply("M", new RouteMaps.Subject(Prefix.parse("10.0.0.0/8"), ROUTE.withAsPath(AsPath.sequence(1, 65001)), 0, Optional.of(PEER)))
                .isPresent());
    }
}
