package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.HEAD1;
import static dev.torii.bgp.Fixtures.ip;
import static dev.torii.bgp.wire.AddressFamily.IPV4_UNICAST;
import static dev.torii.bgp.wire.AddressFamily.IPV6_UNICAST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.FamilyConfig.Filters;
import dev.torii.bgp.policy.Action;
import dev.torii.bgp.policy.PolicyLists;
import dev.torii.bgp.policy.PrefixList;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Capability;
import dev.torii.bgp.wire.Octets;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** IPv6 unicast (RFC 4760, RFC 2545): one speaker, 65000, and a played peer, 31898, with one family or both, over IPv4 and over IPv6. */
class MultiprotocolTest {
    private static final InetAddress OUR6 = ip("2001:db8:1::1"), PEER6 = ip("2001:db8:1::2"), OUR_LINK = ip("fe80::1"), PEER_LINK = ip("fe80::2");
    private static final InetAddress OTHER6 = ip("2001:db8:2::2");
    private static final Capability MP4 = new Capability.Multiprotocol(IPV4_UNICAST), MP6 = new Capability.Multiprotocol(IPV6_UNICAST);
    private static final String P = "2001:db8:10::/48";
    /** Our interface has addresses of both families, and the peer is on its link. */
    private static final LocalAddresses BOTH = new LocalAddresses(CPE1, Optional.of(CPE1), Optional.of(OUR6), Optional.of(OUR_LINK));
    private static final LocalAddresses BOTH_ON_IPV6 = new LocalAddresses(OUR6, Optional.of(CPE1), Optional.of(OUR6), Optional.of(OUR_LINK));

    private final BgpConfig.Builder config = BgpConfig.builder(65000).routerId(Fixtures.id("192.168.254.1")).ebgpRequiresPolicy(false);
    private Played played;
    private Played.Peer peer;

    private static PeerConfig peer(InetAddress address, UnaryOperator<FamilyConfig.Builder> ipv6) { return peer(address, 31898, ipv6); }

    private static PeerConfig peer(InetAddress address, long as, UnaryOperator<FamilyConfig.Builder> ipv6) {
        return PeerConfig.builder(address, as).family(IPV6_UNICAST, family -> ipv6.apply(family.activate(true))).build();
    }

    /** Over IPv4, with both families. */
    private void start(UnaryOperator<FamilyConfig.Builder> ipv6) {
        played = new Played(config.peer(peer(HEAD1, ipv6)).build());
        peer = played.establish(HEAD1, BOTH, 31898, MP4, MP6);
    }

    private static PathAttribute path(long... as) { return new PathAttribute.AsPathAttribute(AsPath.sequence(as)); }

    private void announce(String prefix, PathAttribute... more) { announce(peer, prefix, PEER6, more); }

    private static void announce(Played.Peer from, String prefix, InetAddress nextHop, PathAttribute... more) {
        var attributes = new ArrayList<PathAttribute>(List.of(new PathAttribute.MpReach(IPV6_UNICAST, nextHop, Optional.empty(), List.of(Prefix.parse(prefix)))));
        attributes.addAll(more.length > 0 ? List.of(more) : List.of(PathAttribute.Origin.IGP, path(31898)));
        from.say(new UpdateMessage(List.of(), attributes, List.of()));
    }

    private PathAttribute.MpReach told(String prefix) { return peer.told(prefix, PathAttribute.MpReach.class).orElseThrow(); }

    private PeerSummary summary(AddressFamily family) { return played.speaker.summary(family).peers().getFirst(); }

    @Test void aFamilyIsExchangedIfBothSidesSaidIt() {
        played = new Played(config.peer(peer(HEAD1, family -> family)).network(Prefix.parse("2001:db8:2::/48")).network(Prefix.parse("192.168.2.0/24")).build());
        var connecting = played.connect(HEAD1, BOTH, 31898);
        var open = (OpenMessage) connecting.sent.getFirst();
        assertTrue(open.capabilities().containsAll(List.of(MP4, MP6)), open::toString);
        played.speaker.closed(connecting.connection);

        peer = played.establish(HEAD1, BOTH, 31898, MP4);
        played.speaker.localRoute(Prefix.parse("2001:db8:2::/48"), 0);
        played.speaker.localRoute(Prefix.parse("192.168.2.0/24"), 0);
        announce(P);
        assertTrue(peer.told("2001:db8:2::/48").isEmpty() && peer.told("192.168.2.0/24").isPresent());
        assertTrue(played.rows(P).isEmpty(), "not negotiated");
        assertTrue(summary(IPV4_UNICAST).negotiated());
        assertFalse(summary(IPV6_UNICAST).negotiated());
    }

    @Test void onlyIpv6CanBeActivated() {
        played = new Played(config.peer(PeerConfig.builder(HEAD1, 31898).family(IPV4_UNICAST, family -> family.activate(false))
                .family(IPV6_UNICAST, family -> family.activate(true)).build()).build());
        peer = played.establish(HEAD1, BOTH, 31898, MP6);
        announce(P);
        peer.announce("10.0.1.0/24", PathAttribute.Origin.IGP, path(31898), new PathAttribute.NextHop(HEAD1));
        assertEquals(List.of(Prefix.parse(P)), List.copyOf(played.kernel.keySet()));
        assertTrue(played.speaker.summary(IPV4_UNICAST).peers().isEmpty());
    }

    @Test void routesComeAndGoWithMultiprotocolAttributes() {
        start(family -> family);
        peer.say(new UpdateMessage(List.of(), List.of(new PathAttribute.MpReach(IPV6_UNICAST, PEER6, Optional.of(PEER_LINK), List.of(Prefix.parse(P), Prefix.parse("::/0"))),
                PathAttribute.Origin.IGP, path(31898, 7)), List.of()));
        assertEquals(List.of(new RouteSink.NextHop(PEER6, Optional.of(PEER_LINK), HEAD1)), played.kernel.get(Prefix.parse(P)).nextHops());
        assertEquals("31898 7", played.rows(P).getFirst().asPath());
        assertEquals(2, summary(IPV6_UNICAST).prefixesReceived());
        assertEquals(0, summary(IPV4_UNICAST).prefixesReceived());
        peer.say(new UpdateMessage(List.of(), List.of(new PathAttribute.MpUnreach(IPV6_UNICAST, List.of(Prefix.parse(P)))), List.of()));
        assertEquals(List.of(Prefix.parse("::/0")), List.copyOf(played.kernel.keySet()));
        peer.say(new UpdateMessage(List.of(), List.of(new PathAttribute.MpUnreach(IPV6_UNICAST, List.of())), List.of()));
        assertTrue(peer.established(), "End-of-RIB is no error");
        played.speaker.closed(peer.connection);
        assertTrue(played.kernel.isEmpty() && played.speaker.table(IPV6_UNICAST).isEmpty());
    }

    @Test void ourNextHopsAreThoseOfTheSessionsInterface() {
        config.network(Prefix.parse(P)).network(Prefix.parse("192.168.2.0/24"));
        start(family -> family);
        played.speaker.localRoute(Prefix.parse(P), 0);
        assertEquals(OUR6, told(P).nextHop());
        assertEquals(Optional.of(OUR_LINK), told(P).linkLocal());
        assertEquals(14, peer.told(P).orElseThrow().getFirst().type(), "the first attribute, RFC 7606 section 5.1");
        played.speaker.localRouteGone(Prefix.parse(P));
        assertTrue(peer.told(P).isEmpty());

        var over6 = new Played(BgpConfig.builder(65000).routerId(Fixtures.id("192.168.254.9")).ebgpRequiresPolicy(false).network(Prefix.parse("192.168.2.0/24"))
                .peer(peer(PEER6, family -> family)).build());
        var far = over6.establish(PEER6, LocalAddresses.of(OUR6), 31898, MP4, MP6);
        over6.speaker.localRoute(Prefix.parse("192.168.2.0/24"), 0);
        assertEquals(ip("192.168.254.9"), far.told("192.168.2.0/24", PathAttribute.NextHop.class).orElseThrow().address(), "the router id, where the interface has no address");
        assertEquals(CPE1, over(over6, BOTH_ON_IPV6));
    }

    private static InetAddress over(Played speaker, LocalAddresses local) {
        speaker.speaker.clear(PEER6);
        var again = speaker.establish(PEER6, local, 31898, MP4, MP6);
        return again.told("192.168.2.0/24", PathAttribute.NextHop.class).orElseThrow().address();
    }

    @Test void withoutAnIpv6AddressOnItsInterfaceNothingIpv6IsAnnounced() {
        played = new Played(config.network(Prefix.parse(P)).peer(peer(HEAD1, family -> family.defaultOriginate(new FamilyConfig.DefaultOriginate(Optional.empty())))).build());
        peer = played.establish(HEAD1, LocalAddresses.of(CPE1), 31898, MP4, MP6);
        played.speaker.localRoute(Prefix.parse(P), 0);
        assertTrue(peer.told(P).isEmpty() && peer.told("::/0").isEmpty());
        assertEquals(0, summary(IPV6_UNICAST).prefixesSent());
    }

    /** A second peer, internal, is told of a route with the next hop it had, without the link-local one, which is of another link. */
    @Test void anInternalPeerIsToldTheNextHopOfAnExternalOne() {
        played = new Played(config.peer(peer(HEAD1, family -> family)).peer(peer(OTHER6, 65000, family -> family)).build());
        peer = played.establish(HEAD1, BOTH, 31898, MP4, MP6);
        var inside = played.establish(OTHER6, BOTH_ON_IPV6, 65000, MP6);
        peer.say(new UpdateMessage(List.of(), List.of(new PathAttribute.MpReach(IPV6_UNICAST, PEER6, Optional.of(PEER_LINK), List.of(Prefix.parse(P))),
                PathAttribute.Origin.IGP, path(31898)), List.of()));
        var reach = inside.told(P, PathAttribute.MpReach.class).orElseThrow();
        assertEquals(PEER6, reach.nextHop());
        assertEquals(Optional.empty(), reach.linkLocal());
        assertEquals(100, inside.told(P, PathAttribute.LocalPref.class).orElseThrow().value());
    }

    @Test void badNextHopsAreNotUsed() {
        start(family -> family);
        for (String bad : List.of("::", "::1", "ff02::1")) {
            announce(P);
            assertEquals(1, played.kernel.size());
            announce(peer, P, ip(bad));
            assertTrue(played.kernel.isEmpty(), bad);
        }
        announce(peer, P, OUR6);
        announce(peer, "2001:db8:11::/48", OUR_LINK);
        assertTrue(played.kernel.isEmpty(), "ourselves");
        announce("ff00::/16");
        assertTrue(played.rows("ff00::/16").isEmpty(), "multicast");
        assertTrue(peer.established());
    }

    /** RFC 7606 section 7.11: the prefixes cannot be found, and the family cannot be told from others; the session ends. */
    @Test void aNextHopOfAnotherLengthEndsTheSession() {
        for (String length : List.of("00", "04", "0f", "11", "18", "1f", "21", "30")) {
            played = new Played(BgpConfig.builder(65000).routerId(Fixtures.id("192.168.254.1")).ebgpRequiresPolicy(false).peer(peer(HEAD1, family -> family)).build());
            peer = played.establish(HEAD1, BOTH, 31898, MP4, MP6);
            var reach = "000201" + length + "20010db8000100000000000000000002".repeat(3).substring(0, 2 * Integer.parseInt(length, 16)) + "00" + "3020010db80010";
            var attributes = "400101004002060201" + "00007c9a" + "900e" + "%04x".formatted(reach.length() / 2) + reach;
            peer.say(Octets.parseHex("ff".repeat(16) + "%04x".formatted(19 + 4 + attributes.length() / 2) + "02" + "0000" + "%04x".formatted(attributes.length() / 2) + attributes).toBuffer());
            assertFalse(peer.established(), length);
            assertEquals("3/9", peer.notification().code() + "/" + peer.notification().subcode(), length);
        }
    }

    @Test void policyIsOfOneFamily() {
        config.ebgpRequiresPolicy(true).lists(new PolicyLists.Builder().ipv6PrefixList(PrefixList.builder("P").add(Action.PERMIT, Prefix.parse(P)).build()));
        start(family -> family.in(Filters.NONE.withPrefixList("P")));
        announce(P);
        announce("2001:db8:11::/48");
        peer.announce("10.0.1.0/24", PathAttribute.Origin.IGP, path(31898), new PathAttribute.NextHop(HEAD1));
        assertEquals(List.of(Prefix.parse(P)), List.copyOf(played.kernel.keySet()));
        assertTrue(summary(IPV4_UNICAST).policyMissingIn() && !summary(IPV6_UNICAST).policyMissingIn());
        assertTrue(summary(IPV6_UNICAST).policyMissingOut());
    }

    @Test void aRouteMapSetsTheGlobalNextHopOfIpv6RoutesOnly() {
        var sets = List.<RouteMap.SetAction>of(new RouteMap.SetAction.NextHop(OTHER6), new RouteMap.SetAction.Metric(7));
        config.routeMap(new RouteMap("OUT", List.of(new RouteMap.Entry(10, Action.PERMIT, List.of(), sets)))).network(Prefix.parse(P)).network(Prefix.parse("192.168.2.0/24"));
        played = new Played(config.peer(PeerConfig.builder(HEAD1, 31898).family(IPV4_UNICAST, family -> family.out(Filters.NONE.withRouteMap("OUT")))
                .family(IPV6_UNICAST, family -> family.activate(true).out(Filters.NONE.withRouteMap("OUT"))).build()).build());
        peer = played.establish(HEAD1, BOTH, 31898, MP4, MP6);
        for (String prefix : List.of(P, "192.168.2.0/24")) {
            played.speaker.localRoute(Prefix.parse(prefix), 0);
            assertEquals(7, peer.told(prefix, PathAttribute.MultiExitDisc.class).orElseThrow().value());
        }
        assertEquals(OTHER6, told(P).nextHop());
        assertEquals(Optional.empty(), told(P).linkLocal());
        assertEquals(CPE1, peer.told("192.168.2.0/24", PathAttribute.NextHop.class).orElseThrow().address());
    }

    @Test void theLimitOfPrefixesIsOfOneFamily() {
        start(family -> family.maximumPrefixes(new FamilyConfig.MaximumPrefixes(1, 75, false, Optional.empty())));
        for (int i = 1; i < 5; i++) peer.announce("10.0." + i + ".0/24", PathAttribute.Origin.IGP, path(31898), new PathAttribute.NextHop(HEAD1));
        announce(P);
        assertTrue(peer.established());
        announce("2001:db8:11::/48");
        assertFalse(peer.established());
        assertEquals(Octets.parseHex("000201" + "00000001"), peer.notification().data(), "the family and the limit, RFC 4486");
        assertEquals("Idle (PfxCt)", summary(IPV6_UNICAST).state());
    }

    @Test void softClearsAreOfOneFamily() {
        config.network(Prefix.parse(P)).network(Prefix.parse("192.168.2.0/24"));
        start(family -> family.softReconfigurationInbound(true));
        for (String prefix : List.of(P, "192.168.2.0/24")) played.speaker.localRoute(Prefix.parse(prefix), 0);
        announce("2001:db8:11::/48");
        peer.sent.clear();
        assertTrue(played.speaker.softIn(HEAD1, IPV6_UNICAST));
        assertEquals(List.of(), peer.sent, "what it sent is kept");
        assertEquals(1, played.speaker.receivedRoutes(HEAD1, IPV6_UNICAST).size());
        assertTrue(played.speaker.softIn(HEAD1, IPV4_UNICAST));
        assertEquals(List.of(new BgpMessage.RouteRefresh(IPV4_UNICAST, 0)), peer.sent);
        peer.sent.clear();
        peer.say(new BgpMessage.RouteRefresh(IPV6_UNICAST, 0));
        assertTrue(peer.told(P).isPresent() && peer.told("192.168.2.0/24").isEmpty(), peer.sent::toString);
        assertEquals(ip("::"), played.speaker.advertisedRoutes(HEAD1, IPV6_UNICAST).getFirst().nextHop());
    }

    @Test void aDefaultRouteIsOriginatedPerFamily() {
        start(family -> family.defaultOriginate(new FamilyConfig.DefaultOriginate(Optional.empty())));
        assertEquals(OUR6, told("::/0").nextHop());
        assertTrue(peer.told("0.0.0.0/0").isEmpty());
    }

    @Test void redistributionIsPerFamily() {
        config.redistribute(IPV6_UNICAST, BgpConfig.Redistributed.STATIC, new BgpConfig.Redistribution(OptionalLong.empty(), Optional.empty()));
        start(family -> family);
        played.speaker.redistribute(Prefix.parse(P), BgpConfig.Redistributed.STATIC, 5, Optional.of(OTHER6));
        played.speaker.redistribute(Prefix.parse("192.168.3.0/24"), BgpConfig.Redistributed.STATIC, 5, Optional.empty());
        assertEquals(OUR6, told(P).nextHop());
        assertTrue(peer.told("192.168.3.0/24").isEmpty());
        assertEquals(OTHER6, played.rows(P).getFirst().nextHop());
    }

    @Test void manyPrefixesShareMessagesAndNoneIsLost() {
        config.redistribute(IPV6_UNICAST, BgpConfig.Redistributed.STATIC, new BgpConfig.Redistribution(OptionalLong.empty(), Optional.empty()));
        played = new Played(config.peer(peer(HEAD1, family -> family)).build());
        for (int i = 0; i < 2000; i++) played.speaker.redistribute(new Prefix(true, 0x2001_0db8_0000_0000L, i, 128), BgpConfig.Redistributed.STATIC, 0, Optional.empty());
        peer = played.establish(HEAD1, BOTH, 31898, MP4, MP6);
        var updates = peer.sent.stream().filter(UpdateMessage.class::isInstance).map(UpdateMessage.class::cast).toList();
        assertEquals(9, updates.size(), "2000 prefixes of 17 octets in messages of 4096");
        assertEquals(2000, updates.stream().flatMap(update -> update.attributes().stream()).filter(PathAttribute.MpReach.class::isInstance)
                .flatMap(reach -> ((PathAttribute.MpReach) reach).nlri().stream()).distinct().count());
        peer.sent.clear();
        for (int i = 0; i < 2000; i++) played.speaker.redistributedGone(new Prefix(true, 0x2001_0db8_0000_0000L, i, 128));
        assertEquals(2000, peer.sent.stream().flatMap(update -> ((UpdateMessage) update).attributes().stream())
                .flatMap(gone -> ((PathAttribute.MpUnreach) gone).withdrawn().stream()).distinct().count());
    }

    /** Two speakers with both families over one IPv6 connection, cut and delayed at random. */
    @Test void twoSpeakersExchangeBothFamiliesOverIpv6() {
        for (long seed = 1; seed <= 20; seed++) {
            var network = new VirtualNetwork(seed);
            var a = network.node(OUR6, BgpConfig.builder(65000).routerId(Fixtures.id("192.0.2.1")).ebgpRequiresPolicy(false).peer(peer(PEER6, family -> family))
                    .network(Prefix.parse(P)).network(Prefix.parse("192.168.2.0/24")).build());
            var b = network.node(PEER6, BgpConfig.builder(31898).routerId(Fixtures.id("192.0.2.2")).ebgpRequiresPolicy(false).peer(peer(OUR6, 65000, family -> family)).build());
            for (var node : List.of(a, b)) node.speaker.start();
            for (String prefix : List.of(P, "192.168.2.0/24")) a.speaker.localRoute(Prefix.parse(prefix), 0);
            network.runUntil(() -> b.kernel.size() == 2, Duration.ofMinutes(5), "both routes");
            assertEquals(List.of(OUR6), b.nextHops(P), "seed " + seed);
            assertEquals(List.of(ip("192.0.2.1")), b.nextHops("192.168.2.0/24"));
        }
    }
}
