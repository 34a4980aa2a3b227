package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.CPE2;
import static dev.torii.bgp.Fixtures.HEAD1;
import static dev.torii.bgp.Fixtures.HEAD2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.FamilyConfig.Filters;
import dev.torii.bgp.policy.AccessList;
import dev.torii.bgp.policy.Action;
import dev.torii.bgp.policy.AsPathList;
import dev.torii.bgp.policy.Patterns;
import dev.torii.bgp.policy.PolicyLists;
import dev.torii.bgp.policy.PrefixList;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.rib.DecisionProcess.BestPath;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.Octets;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What a neighbour's settings do to routes: one speaker between two played peers, 31898 and 64999. */
class PolicyTest {
    private static final String P = "10.0.1.0/24";
    private final BgpConfig.Builder config = BgpConfig.builder(65000).routerId(Fixtures.id("192.168.254.1")).ebgpRequiresPolicy(false);
    private Played played;
    private Played.Peer left;
    private Played.Peer right;

    private void start(PeerConfig.Builder leftConfig, PeerConfig.Builder rightConfig) {
        played = new Played(config.peer(leftConfig.build()).peer(rightConfig.build()).build());
        left = played.establish(HEAD1, CPE1, 31898);
        right = played.establish(HEAD2, CPE2, 64999);
    }

    private static PeerConfig.Builder left(FamilyConfig.Builder family) { return PeerConfig.builder(HEAD1, 31898).ipv4Unicast(family.build()); }

    private static PeerConfig.Builder right(FamilyConfig.Builder family) { return PeerConfig.builder(HEAD2, 64999).ipv4Unicast(family.build()); }

    private static FamilyConfig.Builder plain() { return FamilyConfig.builder(); }

    private void announce(String prefix, AsPath path, PathAttribute... more) {
        var attributes = new ArrayList<PathAttribute>(List.of(PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(path), new PathAttribute.NextHop(HEAD1)));
        attributes.addAll(List.of(more));
        left.announce(prefix, attributes.toArray(PathAttribute[]::new));
    }

    private static final PathAttribute.Communities STANDARD = new PathAttribute.Communities(Octets.parseHex("fde80001"), false);
    private static final PathAttribute.ExtendedCommunities EXTENDED = new PathAttribute.ExtendedCommunities(Octets.parseHex("0002fde800000001" + "4006000000000001"), false);
    private static final PathAttribute.LargeCommunities LARGE = new PathAttribute.LargeCommunities(Octets.parseHex("0000fde80000000100000002"), false);

    @Test void communitiesAreSentUnlessTheNeighborIsNotToHaveThem() {
        start(left(plain()), right(plain()));
        announce(P, AsPath.sequence(31898), STANDARD, EXTENDED, LARGE);
        assertEquals(STANDARD, right.told(P, PathAttribute.Communities.class).orElseThrow());
        assertEquals(LARGE, right.told(P, PathAttribute.LargeCommunities.class).orElseThrow());
        assertEquals("0002fde800000001", right.told(P, PathAttribute.ExtendedCommunities.class).orElseThrow().values().toString(), "what is not transitive ends here");
    }

    @Test void noSendCommunityKeepsThatKindBack() {
        start(left(plain()), right(plain().sendCommunity(CommunityKind.STANDARD, false).sendCommunity(CommunityKind.EXTENDED, false)));
        announce(P, AsPath.sequence(31898), STANDARD, EXTENDED, LARGE);
        assertTrue(right.told(P, PathAttribute.Communities.class).isEmpty());
        assertTrue(right.told(P, PathAttribute.ExtendedCommunities.class).isEmpty());
        assertEquals(LARGE, right.told(P, PathAttribute.LargeCommunities.class).orElseThrow());
    }

    @Test void allowasInTakesOurAsThatOften() {
        start(left(plain().allowAsIn(2)), right(plain()));
        announce(P, AsPath.sequence(31898, 65000, 65000));
        assertEquals(1, played.kernel.size());
        announce(P, AsPath.sequence(31898, 65000, 65000, 65000));
        assertEquals(0, played.kernel.size());
    }

    @Test void allowasInOriginTakesOurAsAtTheBeginningOnly() {
        start(left(plain().allowAsInOrigin(true)), right(plain()));
        announce(P, AsPath.sequence(31898, 65000, 7, 65000));
        assertEquals(1, played.kernel.size());
        announce(P, AsPath.sequence(31898, 65000, 7));
        assertEquals(0, played.kernel.size());
    }

    @Test void asOverridePutsOurAsInPlaceOfTheirs() {
        start(left(plain()), right(plain().asOverride(true)));
        announce(P, AsPath.sequence(31898, 64999, 7, 64999));
        assertEquals("65000 31898 65000 7 65000", right.toldPath(P).toString());
    }

    @Test void localAsIsWhatTheNeighborSees() {
        played = new Played(config.peer(PeerConfig.builder(HEAD1, 31898).localAs(new PeerConfig.LocalAs(64512, false, false)).build())
                .peer(PeerConfig.builder(HEAD2, 64999).localAs(new PeerConfig.LocalAs(64513, false, true)).build()).build());
        left = played.establish(HEAD1, CPE1, 31898);
        right = played.establish(HEAD2, CPE2, 64999);
        assertEquals(64512, ((OpenMessage) left.sent.getFirst()).as());
        announce(P, AsPath.sequence(31898));
        assertEquals("64513 64512 31898", right.toldPath(P).toString(), "replace-as leaves 65000 out");
        right.announce("10.9.0.0/16", PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(64999)), new PathAttribute.NextHop(HEAD2));
        assertEquals("64512 65000 64513 64999", left.toldPath("10.9.0.0/16").toString());
        announce("10.8.0.0/16", AsPath.sequence(31898, 64512));
        assertTrue(right.told("10.8.0.0/16").isPresent(), "once is our own prepending, come back");
        announce("10.8.0.0/16", AsPath.sequence(31898, 64512, 64512));
        assertTrue(right.told("10.8.0.0/16").isEmpty());
    }

    @Test void localAsWithoutPrependingLeavesWhatComesInAlone() {
        start(PeerConfig.builder(HEAD1, 31898).localAs(new PeerConfig.LocalAs(64512, true, false)), right(plain()));
        announce(P, AsPath.sequence(31898));
        assertEquals("65000 31898", right.toldPath(P).toString());
        announce(P, AsPath.sequence(31898, 64512));
        assertTrue(right.told(P).isEmpty());
    }

    @Test void allListsMustPermitInBothDirections() {
        config.lists(new PolicyLists.Builder()
                .accessList(new AccessList("D", List.of(new AccessList.Entry.Inside(5, Action.PERMIT, Prefix.parse("10.0.0.0/8"), false))))
                .prefixList(PrefixList.builder("P").add(Action.PERMIT, Prefix.parse("10.0.0.0/8"), OptionalInt.empty(), OptionalInt.of(24)).build())
                .asPathList(new AsPathList("F", List.of(new AsPathList.Entry(5, Action.PERMIT, Patterns.compile("^31898( 7)?$"))))));
        var filters = Filters.NONE.withDistributeList("D").withPrefixList("P").withFilterList("F");
        start(left(plain().in(filters)), right(plain().out(Filters.NONE.withFilterList("F"))));
        announce("10.0.1.0/24", AsPath.sequence(31898));
        announce("11.0.1.0/24", AsPath.sequence(31898));
        announce("10.0.2.0/25", AsPath.sequence(31898));
        announce("10.0.3.0/24", AsPath.sequence(31898, 8));
        announce("10.0.4.0/24", AsPath.sequence(31898, 7));
        assertEquals(List.of(Prefix.parse("10.0.1.0/24"), Prefix.parse("10.0.4.0/24")), List.copyOf(played.kernel.keySet()));
        assertTrue(right.told("10.0.4.0/24").isPresent());
    }

    @Test void aListThatIsNotThereDenies() {
        for (Filters filters : List.of(Filters.NONE.withDistributeList("X"), Filters.NONE.withFilterList("X"), Filters.NONE.withPrefixList("X"), Filters.NONE.withRouteMap("X"))) {
            var own = BgpConfig.builder(65000).routerId(Fixtures.id("192.168.254.1")).peer(left(plain().in(filters).out(filters)).build());
            var one = new Played(own.build());
            var peer = one.establish(HEAD1, CPE1, 31898);
            peer.announce(P, PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(31898)), new PathAttribute.NextHop(HEAD1));
            assertTrue(one.kernel.isEmpty(), filters.toString());
            var summary = one.speaker.neighbor(HEAD1).orElseThrow().summary();
            assertFalse(summary.policyMissingIn() || summary.policyMissingOut(), "any of them is a policy for RFC 8212");
        }
    }

    private static FamilyConfig.MaximumPrefixes limit(boolean warningOnly, Optional<Duration> restart) { return new FamilyConfig.MaximumPrefixes(2, 50, warningOnly, restart); }

    @Test void morePrefixesThanTheLimitEndTheSessionUntilItIsCleared() {
        start(left(plain().maximumPrefixes(limit(false, Optional.empty()))), right(plain()));
        announce("10.0.1.0/24", AsPath.sequence(31898));
        announce("10.0.2.0/24", AsPath.sequence(31898));
        announce("10.0.2.0/24", AsPath.sequence(31898, 7));
        assertTrue(left.established());
        assertEquals(1, played.events.stream().filter(PeerEvent.ManyPrefixes.class::isInstance).count(), "the threshold, once");
        announce("10.0.3.0/24", AsPath.sequence(31898));
        assertEquals(new NotificationMessage(6, 1, Octets.parseHex("00010100000002")), left.notification());
        assertEquals("Idle (PfxCt)", played.speaker.neighbor(HEAD1).orElseThrow().summary().state());
        assertTrue(played.kernel.isEmpty());
        assertFalse(played.speaker.accepts(HEAD1));
        played.speaker.clear(HEAD1);
        assertTrue(played.establish(HEAD1, CPE1, 31898).established());
    }

    @Test void theSessionComesBackAfterThePauseThatIsConfigured() {
        start(left(plain().maximumPrefixes(limit(false, Optional.of(Duration.ofMinutes(3))))), right(plain()));
        for (int i = 1; i <= 3; i++) announce("10.0." + i + ".0/24", AsPath.sequence(31898));
        var timer = new Timer(HEAD1, Side.OUTGOING, TimerName.MAXIMUM_PREFIX_RESTART);
        assertEquals(Duration.ofMinutes(3), played.timers.get(timer));
        played.fire(timer);
        assertTrue(played.establish(HEAD1, CPE1, 31898).established());
    }

    @Test void warningOnlyOnlyWarns() {
        start(left(plain().maximumPrefixes(limit(true, Optional.empty()))), right(plain()));
        for (int i = 1; i <= 5; i++) announce("10.0." + i + ".0/24", AsPath.sequence(31898));
        assertTrue(left.established());
        assertEquals(5, played.kernel.size());
        assertEquals(2, played.events.stream().filter(PeerEvent.ManyPrefixes.class::isInstance).count(), "the threshold and the limit, once each");
    }

    @Test void aDefaultRouteOfOurOwnIsSentInPlaceOfALearntOne() {
        start(left(plain()), right(plain().defaultOriginate(new FamilyConfig.DefaultOriginate(Optional.empty())).out(Filters.NONE.withPrefixList("NONE"))));
        assertEquals("65000", right.toldPath("0.0.0.0/0").toString(), "whatever the lists say");
        assertEquals(CPE2, right.told("0.0.0.0/0", PathAttribute.NextHop.class).orElseThrow().address());
        announce("0.0.0.0/0", AsPath.sequence(31898));
        assertEquals("65000", right.toldPath("0.0.0.0/0").toString());
        assertTrue(left.told("0.0.0.0/0").isEmpty());
    }

    @Test void aDefaultRouteWithAConditionComesAndGoesWithIt() {
        var map = new RouteMap("M", List.of(new RouteMap.Entry(10, Action.PERMIT, List.of(new RouteMap.Match.PrefixListName("P")), List.of(new RouteMap.SetAction.Metric(7)))));
        config.prefixList(PrefixList.builder("P").add(Action.PERMIT, Prefix.parse(P)).build()).routeMap(map);
        start(left(plain()), right(plain().defaultOriginate(new FamilyConfig.DefaultOriginate(Optional.of("M")))));
        announce("10.9.0.0/16", AsPath.sequence(31898));
        assertTrue(right.told("0.0.0.0/0").isEmpty());
        announce(P, AsPath.sequence(31898));
        assertEquals("65000", right.toldPath("0.0.0.0/0").toString());
        assertEquals(7, right.told("0.0.0.0/0", PathAttribute.MultiExitDisc.class).orElseThrow().value());
        left.say(new UpdateMessage(List.of(Prefix.parse(P)), List.of(), List.of()));
        assertTrue(right.told("0.0.0.0/0").isEmpty());
    }

    @Test void aPrefixTellsWhyItsBestPathIsTheBest() {
        start(left(plain()), right(plain()));
        announce(P, AsPath.sequence(31898));
        assertEquals("First path received", played.speaker.prefix(Prefix.parse(P)).orElseThrow().reason().orElseThrow().text());
        right.announce(P, PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(64999, 7)), new PathAttribute.NextHop(HEAD2));
        var detail = played.speaker.prefix(Prefix.parse(P)).orElseThrow();
        assertEquals("AS Path", detail.reason().orElseThrow().text());
        assertEquals(List.of("31898", "64999 7"), detail.paths().stream().map(path -> path.row().asPath()).toList());
        assertEquals(List.of(HEAD2), detail.advertisedTo());
        right.announce(P, PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(64999)), new PathAttribute.NextHop(HEAD2));
        assertEquals("Older Path", played.speaker.prefix(Prefix.parse(P)).orElseThrow().reason().orElseThrow().text());
        played.speaker.nextHop(HEAD2, OptionalLong.empty());
        assertEquals("First path received", played.speaker.prefix(Prefix.parse(P)).orElseThrow().reason().orElseThrow().text(), "the only one that can be used");
        played.speaker.nextHop(HEAD1, OptionalLong.empty());
        assertEquals(Optional.empty(), played.speaker.prefix(Prefix.parse(P)).orElseThrow().reason());
        assertEquals(Optional.empty(), played.speaker.prefix(Prefix.parse("10.0.0.0/8")));
    }

    @Test void whatPolicyRefusesIsShownWhereItIsKept() {
        config.prefixList(PrefixList.builder("P").add(Action.PERMIT, Prefix.parse(P)).build());
        start(left(plain().softReconfigurationInbound(true).in(Filters.NONE.withPrefixList("P"))), right(plain()));
        announce(P, AsPath.sequence(31898));
        announce("10.9.0.0/16", AsPath.sequence(31898));
        assertEquals(List.of(Prefix.parse("10.9.0.0/16")), played.speaker.filteredRoutes(HEAD1, AddressFamily.IPV4_UNICAST).stream().map(RibRow::prefix).toList());
        assertEquals(2, played.speaker.receivedRoutes(HEAD1, AddressFamily.IPV4_UNICAST).size());
        var told = played.speaker.advertisedRoutes(HEAD2, AddressFamily.IPV4_UNICAST).getFirst();
        assertEquals("31898", told.asPath(), "as FRR shows it: our own AS comes later");
        assertEquals("0.0.0.0", told.nextHop().getHostAddress());
    }

    @Test void softClearsAskOrSendAgainAndKeepTheSession() {
        start(left(plain()), right(plain().softReconfigurationInbound(true)));
        announce(P, AsPath.sequence(31898));
        left.sent.clear();
        right.sent.clear();
        assertTrue(played.speaker.softIn(HEAD1, AddressFamily.IPV4_UNICAST));
        assertEquals(List.of(new BgpMessage.RouteRefresh(AddressFamily.IPV4_UNICAST, 0)), left.sent);
        assertTrue(played.speaker.softIn(HEAD2, AddressFamily.IPV4_UNICAST));
        assertTrue(right.sent.isEmpty(), "what it sent is kept");
        assertTrue(played.speaker.softOut(HEAD2, AddressFamily.IPV4_UNICAST));
        assertTrue(right.told(P).isPresent(), "once more");
        assertFalse(played.speaker.softOut(CPE1, AddressFamily.IPV4_UNICAST));
        assertTrue(left.established() && right.established());
    }

    @Test void routesOfTheHostAreAnnouncedIfTheyAreToBe() {
        var map = new RouteMap("M", List.of(new RouteMap.Entry(10, Action.PERMIT, List.of(new RouteMap.Match.PrefixListName("P")), List.of())));
        config.prefixList(PrefixList.builder("P").add(Action.PERMIT, Prefix.parse(P)).build()).routeMap(map)
                .redistribute(AddressFamily.IPV4_UNICAST, BgpConfig.Redistributed.STATIC, new BgpConfig.Redistribution(OptionalLong.of(5), Optional.of("M")))
                .redistribute(AddressFamily.IPV4_UNICAST, BgpConfig.Redistributed.CONNECTED, new BgpConfig.Redistribution(OptionalLong.empty(), Optional.empty()));
        start(left(plain()), right(plain()));
        played.speaker.redistribute(Prefix.parse(P), BgpConfig.Redistributed.STATIC, 0, Optional.of(HEAD2));
        played.speaker.redistribute(Prefix.parse("10.0.2.0/24"), BgpConfig.Redistributed.STATIC, 0, Optional.empty());
        played.speaker.redistribute(Prefix.parse("10.0.3.0/24"), BgpConfig.Redistributed.CONNECTED, 0, Optional.empty());
        played.speaker.redistribute(Prefix.parse("10.0.4.0/24"), BgpConfig.Redistributed.KERNEL, 0, Optional.empty());
        assertEquals(5, left.told(P, PathAttribute.MultiExitDisc.class).orElseThrow().value());
        assertEquals(PathAttribute.Origin.INCOMPLETE, left.told(P, PathAttribute.Origin.class).orElseThrow());
        assertEquals(CPE1, left.told(P, PathAttribute.NextHop.class).orElseThrow().address());
        assertEquals(List.of(P, "10.0.3.0/24"), played.speaker.table(AddressFamily.IPV4_UNICAST).stream().map(row -> row.prefix().toString()).toList());
        played.speaker.redistributedGone(Prefix.parse(P));
        assertTrue(left.told(P).isEmpty());
    }

    /** As in FRR, RFC 4271 section 5.1.3: an internal peer may reach the gateway without us. */
    @Test void aRedistributedRouteKeepsItsGatewayTowardsAnInternalPeer() {
        for (boolean nextHopSelf : new boolean[] {false, true}) {
            played = new Played(BgpConfig.builder(65000).routerId(Fixtures.id("192.168.254.1"))
                    .redistribute(AddressFamily.IPV4_UNICAST, BgpConfig.Redistributed.STATIC, new BgpConfig.Redistribution(OptionalLong.empty(), Optional.empty()))
                    .peer(PeerConfig.builder(HEAD1, 65000).ipv4Unicast(plain().nextHopSelf(nextHopSelf).build()).build()).build());
            left = played.establish(HEAD1, CPE1, 65000);
            played.speaker.redistribute(Prefix.parse(P), BgpConfig.Redistributed.STATIC, 0, Optional.of(HEAD2));
            played.speaker.redistribute(Prefix.parse("10.0.2.0/24"), BgpConfig.Redistributed.STATIC, 0, Optional.empty());
            assertEquals(nextHopSelf ? CPE1 : HEAD2, left.told(P, PathAttribute.NextHop.class).orElseThrow().address());
            assertEquals(CPE1, left.told("10.0.2.0/24", PathAttribute.NextHop.class).orElseThrow().address());
        }
    }

    @Test void aRouteWhoseNextHopCannotBeReachedIsNeitherUsedNorAnnounced() {
        start(left(plain()), right(plain()));
        var nowhere = Fixtures.ip("10.99.0.1");
        played.unreachable.add(nowhere);
        left.announce(P, PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(31898)), new PathAttribute.NextHop(nowhere));
        assertTrue(right.told(P).isEmpty());
        assertTrue(played.kernel.isEmpty());
        assertEquals(Map.of(nowhere, 1), played.speaker.unreachable());
        assertTrue(played.speaker.nextHops().contains(nowhere));
        played.speaker.nextHop(nowhere, OptionalLong.of(7));
        assertTrue(right.told(P).isPresent());
        assertEquals(Map.of(), played.speaker.unreachable());
        played.speaker.nextHop(nowhere, OptionalLong.empty());
        assertTrue(right.told(P).isEmpty(), "and withdrawn again");
    }

    @Test void aSinkThatTakesNoRoutesIsToldNoneButAskedForTheirNextHops() {
        played = new Played(config.peer(left(plain()).build()).peer(right(plain()).build()).build(), false);
        left = played.establish(HEAD1, CPE1, 31898);
        right = played.establish(HEAD2, CPE2, 64999);
        var nowhere = Fixtures.ip("10.99.0.1");
        played.unreachable.add(nowhere);
        announce(P, AsPath.sequence(31898));
        left.announce("10.0.2.0/24", PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(31898)), new PathAttribute.NextHop(nowhere));
        assertTrue(right.told(P).isPresent());
        assertTrue(right.told("10.0.2.0/24").isEmpty());
        assertEquals(0, played.kernelCalls);
    }

    @Test void theBestPathOptionsChangeWhatDecides() {
        for (int option = 0; option < 4; option++) {
            for (boolean on : new boolean[] {false, true}) {
                var own = BgpConfig.builder(65000).routerId(Fixtures.id("192.168.254.1")).ebgpRequiresPolicy(false)
                        .bestPath(new BestPath(on && option == 0 || option == 1, on && option == 1, on && option == 2, on && option == 3));
                played = new Played(own.peer(left(plain()).build()).peer(right(plain()).build()).build());
                left = played.establish(HEAD1, CPE1, 31898);
                right = played.establish(HEAD2, CPE2, 64999);
                var longer = option == 3 ? AsPath.sequence(64999, 7) : AsPath.sequence(64999);
                var med = new PathAttribute.MultiExitDisc(option == 3 ? 0 : 5);
                right.announce(P, PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(longer), new PathAttribute.NextHop(HEAD2), med);
                if (option == 0) announce(P, AsPath.sequence(31898), new PathAttribute.MultiExitDisc(4));       // better, if comparable
                else if (option == 1) announce(P, AsPath.sequence(31898));                                      // no MED: better than 5, or the worst
                else announce(P, AsPath.sequence(31898), med);
                var best = played.kernel.get(Prefix.parse(P)).nextHops().getFirst().peer();
                var reason = played.speaker.prefix(Prefix.parse(P)).orElseThrow().reason().orElseThrow().text();
                switch (option) {
                    case 0 -> assertEquals(on ? "MED" : "Older Path", reason);
                    case 1 -> assertEquals(on ? HEAD2 : HEAD1, best);
                    case 2 -> assertEquals(on ? HEAD1 : HEAD2, best, "the lower identifier, or the older path");
                    default -> assertEquals(on ? "Older Path" : "AS Path", reason);
                }
            }
        }
    }

    /** RFC 8326. */
    @Test void aRouteOfAnExternalPeerThatIsAboutToGoIsTheLastChoice() {
        config.routeMap(new RouteMap("M", List.of(new RouteMap.Entry(10, Action.PERMIT, List.of(), List.of(new RouteMap.SetAction.LocalPreference(500))))));
        start(left(plain().in(Filters.NONE.withRouteMap("M"))), right(plain()));
        announce(P, AsPath.sequence(31898));
        right.announce(P, PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(64999, 7, 8)), new PathAttribute.NextHop(HEAD2));
        assertEquals(HEAD1, played.kernel.get(Prefix.parse(P)).nextHops().getFirst().peer());
        announce(P, AsPath.sequence(31898), new PathAttribute.Communities(Octets.parseHex("ffff0000"), false));
        assertEquals(HEAD2, played.kernel.get(Prefix.parse(P)).nextHops().getFirst().peer());
        assertEquals(OptionalLong.of(0), played.rows(P).getLast().localPref());
    }

    /** RFC 9003. */
    @Test void whatAPeerSaysWhenItLeavesIsReported() {
        start(left(plain()), right(plain()));
        left.say(new NotificationMessage(6, 2, Octets.parseHex("0b" + "6261636b20617420370a61")));
        assertEquals("session down: received Cease/Administrative Shutdown (6/2) \"back at 7 a\"", played.events.getLast().text());
        for (String unreadable : List.of("05" + "6162", "02" + "fffe", "00", ""))
            assertEquals("Cease/Administrative Reset (6/4)", new NotificationMessage(6, 4, Octets.parseHex(unreadable)).text());
        assertEquals("Cease/Maximum Number of Prefixes Reached (6/1)", new NotificationMessage(6, 1, Octets.parseHex("026162")).text(), "no words there");
    }
}
