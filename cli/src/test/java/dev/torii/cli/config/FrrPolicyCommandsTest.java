package dev.torii.cli.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.BgpConfig;
import dev.torii.bgp.FamilyConfig;
import dev.torii.bgp.FamilyConfig.Filters;
import dev.torii.bgp.PeerConfig;
import dev.torii.bgp.policy.Action;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.rib.DecisionProcess;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import dev.torii.bgp.wire.Prefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FRR's peer groups, lists and route maps. */
class FrrPolicyCommandsTest {
    private static final String HEAD = "router bgp 65000\n no bgp ebgp-requires-policy\n neighbor 192.168.254.2 remote-as 31898\n";

    @TempDir
    Path root;
    private Site site;

    @BeforeEach
    void makeRoot() { site = new Site(root); }

    private BgpConfig bgp(String... lines) { return site.bgpd(HEAD + String.join("\n", lines) + "\n").load().bgp().orElseThrow(); }

    @Test
    void membersOfAGroupHaveItsSettingsUnlessTheySayOtherwise() {
        var peers = bgp(" neighbor OCI peer-group", " neighbor OCI remote-as 31898", " neighbor OCI timers 10 30", " neighbor OCI description head end", " neighbor OCI route-map M in",
                " neighbor 192.168.254.6 peer-group OCI", " neighbor 192.168.254.2 peer-group OCI", " neighbor 192.168.254.2 timers 5 15", " address-family ipv4 unicast", "  neighbor OCI weight 7",
                "  no neighbor OCI activate", "  neighbor 192.168.254.2 activate", " exit-address-family", "route-map M permit 10").peers();
        assertEquals(List.of(5L, 10L), peers.stream().map(peer -> peer.keepalive().toSeconds()).toList());
        assertEquals(List.of(7, 7), peers.stream().map(peer -> peer.ipv4Unicast().weight()).toList());
        assertEquals(List.of(true, false), peers.stream().map(peer -> peer.ipv4Unicast().activate()).toList());
        assertEquals(Set.of(Optional.of("head end")), Set.copyOf(peers.stream().map(PeerConfig::description).toList()));
        assertEquals(Set.of(Filters.NONE.withRouteMap("M")), Set.copyOf(peers.stream().map(peer -> peer.ipv4Unicast().in()).toList()));
        assertEquals(List.of(31898L, 31898L), peers.stream().map(PeerConfig::remoteAs).toList());
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void noTakesBackWhatWasSaidAndTheGroupsWordCounts() {
        var peers = bgp(" neighbor G peer-group", " neighbor G weight 7", " neighbor 192.168.254.2 peer-group G", " neighbor 192.168.254.2 weight 9", " no neighbor 192.168.254.2 weight",
                " neighbor 192.168.254.2 local-as 64512 no-prepend", " no neighbor 192.168.254.2 local-as", " neighbor H peer-group", " neighbor H remote-as 7", " neighbor 192.168.254.6 peer-group H",
                " no neighbor H peer-group").peers();
        assertEquals(1, peers.size(), "a member that got its AS from the group goes with it");
        assertEquals(7, peers.getFirst().ipv4Unicast().weight());
        assertEquals(Optional.empty(), peers.getFirst().localAs());
    }

    @Test
    void everyListOfANeighbor() {
        var family = bgp(" neighbor 192.168.254.2 distribute-list 10 in", " neighbor 192.168.254.2 filter-list F out", " neighbor 192.168.254.2 prefix-list P in", " neighbor 192.168.254.2 route-map M out",
                " neighbor 192.168.254.2 allowas-in", " neighbor 192.168.254.2 as-override", " no neighbor 192.168.254.2 send-community extended", " neighbor 192.168.254.2 local-as 64512 no-prepend replace-as",
                "access-list 10 permit 10.0.0.0 0.255.255.255", "bgp as-path access-list F permit ^$", "ip prefix-list P permit any", "route-map M permit 10").peers().getFirst();
        assertEquals(Filters.NONE.withDistributeList("10").withPrefixList("P"), family.ipv4Unicast().in());
        assertEquals(Filters.NONE.withFilterList("F").withRouteMap("M"), family.ipv4Unicast().out());
        assertEquals(3, family.ipv4Unicast().allowAsIn());
        assertTrue(family.ipv4Unicast().asOverride());
        assertEquals(Set.of(CommunityKind.STANDARD, CommunityKind.LARGE), family.ipv4Unicast().sendCommunity());
        assertEquals(Optional.of(new PeerConfig.LocalAs(64512, true, true)), family.localAs());
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void limitsDefaultsAndTheSocketsOptions() {
        var peers = bgp(" neighbor 192.168.254.2 maximum-prefix 2000 90 restart 5", " neighbor 192.168.254.2 default-originate route-map M", " neighbor 192.168.254.2 password  a/b",
                " neighbor 192.168.254.2 ttl-security hops 1", " neighbor 192.168.254.6 remote-as 31898", " neighbor 192.168.254.6 maximum-prefix 10 warning-only", " neighbor 192.168.254.6 default-originate",
                " neighbor 192.168.254.10 remote-as 31898", " neighbor 192.168.254.10 maximum-prefix 10 50", " no neighbor 192.168.254.10 maximum-prefix", " neighbor 192.168.254.10 password x",
                " no neighbor 192.168.254.10 password", "route-map M permit 10").peers();
        assertEquals(Optional.of(new FamilyConfig.MaximumPrefixes(2000, 90, false, Optional.of(Duration.ofMinutes(5)))), peers.get(0).ipv4Unicast().maximumPrefixes());
        assertEquals(Optional.of(new FamilyConfig.DefaultOriginate(Optional.of("M"))), peers.get(0).ipv4Unicast().defaultOriginate());
        assertArrayEquals(new byte[] {'a', '/', 'b'}, peers.get(0).password().orElseThrow().toArray());
        assertFalse(peers.get(0).toString().contains("a/b"), "a secret");
        assertEquals(OptionalInt.of(1), peers.get(0).ttlSecurityHops());
        assertEquals(Optional.of(new FamilyConfig.MaximumPrefixes(10, 75, true, Optional.empty())), peers.get(1).ipv4Unicast().maximumPrefixes());
        assertEquals(Optional.of(new FamilyConfig.DefaultOriginate(Optional.empty())), peers.get(1).ipv4Unicast().defaultOriginate());
        assertEquals(Optional.empty(), peers.get(2).ipv4Unicast().maximumPrefixes());
        assertEquals(Optional.empty(), peers.get(2).password());
    }

    @Test
    void redistributionsAndTheOptionsOfTheBestPath() {
        var bgp = bgp(" bgp bestpath as-path ignore", " bgp bestpath compare-routerid", " bgp bestpath med missing-as-worst", " bgp always-compare-med", " no bgp always-compare-med",
                " address-family ipv4 unicast", "  redistribute static route-map M metric 5", "  redistribute connected", "  redistribute kernel", "  no redistribute kernel", " exit-address-family", "route-map M permit 10");
        assertEquals(new DecisionProcess.BestPath(false, true, true, true), bgp.bestPath());
        assertEquals(Map.of(BgpConfig.Redistributed.STATIC, new BgpConfig.Redistribution(OptionalLong.of(5), Optional.of("M")),
                BgpConfig.Redistributed.CONNECTED, new BgpConfig.Redistribution(OptionalLong.empty(), Optional.empty())), bgp.family(AddressFamily.IPV4_UNICAST).redistributions());
    }

    @Test
    void listsOfPathsCommunitiesAndPrefixes() {
        var lists = bgp("bgp as-path access-list A permit ^31898( 7)*$", "ip as-path access-list A seq 3 deny _9_", "bgp community-list standard C permit 65000:1 no-export", "bgp community-list expanded E deny 65000:.*",
                "ip community-list 1 permit 65000:2", "bgp community-list 100 permit ^65000", "bgp large-community-list standard L seq 7 permit 65000:1:2", "bgp extcommunity-list standard X permit rt 65000:1 soo 192.0.2.1:7",
                "access-list Z permit 10.0.0.0/8 exact-match", "access-list Z deny any", "access-list H permit host 10.1.1.1", "bgp as-path access-list GONE permit .*", "no bgp as-path access-list GONE",
                "access-list Z permit 11.0.0.0/8", "no access-list Z deny any").lists();
        assertTrue(lists.asPathLists().get("A").permits(AsPath.sequence(31898, 7)));
        assertFalse(lists.asPathLists().get("A").permits(AsPath.sequence(31898, 9)));
        assertEquals(Set.of("A"), lists.asPathLists().keySet());
        var both = CommunitySet.parse(CommunityKind.STANDARD, "65000:1").orElseThrow().plus(CommunitySet.parse(CommunityKind.STANDARD, "no-export").orElseThrow());
        assertTrue(lists.communityList(CommunityKind.STANDARD, "C").orElseThrow().matches(both, true));
        assertEquals(Set.of("C", "E", "1", "100"), lists.communityLists().get(CommunityKind.STANDARD).keySet());
        assertTrue(lists.communityList(CommunityKind.LARGE, "L").isPresent());
        assertTrue(lists.communityList(CommunityKind.EXTENDED, "X").orElseThrow().matches(CommunitySet.parse(CommunityKind.EXTENDED, "rt 65000:1").orElseThrow()
                .plus(CommunitySet.parse(CommunityKind.EXTENDED, "soo 192.0.2.1:7").orElseThrow()), true));
        assertTrue(lists.accessLists().get("Z").permits(Prefix.parse("10.0.0.0/8")));
        assertFalse(lists.accessLists().get("Z").permits(Prefix.parse("10.0.0.0/9")));
        assertTrue(lists.accessLists().get("Z").permits(Prefix.parse("11.0.0.0/9")));
        assertTrue(lists.accessLists().get("H").permits(Prefix.parse("10.1.1.1/32")));
    }

    @Test
    void everyMatchAndSetOfARouteMap() {
        var map = bgp("route-map M permit 10", " match ip address prefix-list P", " match ip address 10", " match as-path A", " match community C exact-match", " match large-community L", " match extcommunity X",
                " match origin incomplete", " match peer local", " match ip next-hop prefix-list P", " match ip next-hop address 192.0.2.1", " match ip address prefix-len 24",
                " set community 65000:1 no-export additive", " set comm-list C delete", " set large-community 1:2:3", " set extcommunity rt 65000:9", " set as-path prepend last-as 3", " set as-path exclude 7 8",
                " set local-preference +5", " set ip next-hop unchanged", " set atomic-aggregate", " set aggregator as 65000 192.0.2.9", " on-match goto 30", " call N", "route-map M deny 20", "route-map N permit 10",
                " on-match next", " set community none", "route-map N permit 20", " set community 1:1", " no set community", " match metric 5", " no match metric",
                "ip prefix-list P permit any", "access-list 10 permit any", "bgp as-path access-list A permit .*", "bgp community-list standard C permit 1:1", "bgp large-community-list standard L permit 1:1:1",
                "bgp extcommunity-list standard X permit rt 1:1").lists().routeMaps();
        var entry = map.get("M").entries().getFirst();
        assertEquals(11, entry.matches().size());
        assertTrue(entry.matches().contains(new RouteMap.Match.Communities(CommunityKind.STANDARD, "C", true)));
        assertTrue(entry.matches().contains(new RouteMap.Match.AccessListName("10")));
        assertEquals(10, entry.sets().size());
        assertEquals(Optional.of("N"), entry.call());
        assertEquals(new RouteMap.Exit.Goto(30), entry.exit());
        assertEquals(Action.DENY, map.get("M").entries().getLast().action());
        assertEquals(new RouteMap.Exit.Next(), map.get("N").entries().getFirst().exit());
        assertEquals(List.of(new RouteMap.SetAction.Communities(CommunitySet.empty(CommunityKind.STANDARD), false)), map.get("N").entries().getFirst().sets());
        assertEquals(new RouteMap.Entry(20, Action.PERMIT, List.of(), List.of()), map.get("N").entries().getLast());
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void namesThatNothingDefinesAreWarnedOf() {
        bgp(" neighbor 192.168.254.2 filter-list A in", " neighbor 192.168.254.2 distribute-list D out", "route-map M permit 10", " match community C", " call N", "route-map M permit 20", " set comm-list C delete");
        assertEquals(List.of("/etc/frr/bgpd.conf:4:37: as-path access-list A is defined nowhere: every route is denied here",
                "/etc/frr/bgpd.conf:5:41: access-list D is defined nowhere: every route is denied here",
                "/etc/frr/bgpd.conf:7:18: community-list C is defined nowhere: nothing matches it",
                "/etc/frr/bgpd.conf:8:7: route-map N is defined nowhere: the call does nothing",
                "/etc/frr/bgpd.conf:10:16: community-list C is defined nowhere: nothing matches it"), site.warnings());
    }

    @Test
    void aNeighborIsEitherFarAwayOrOneHopOff() {
        site.bgpd(HEAD + " neighbor 192.168.254.2 ebgp-multihop 3\n neighbor 192.168.254.2 ttl-security hops 1\n");
        assertEquals(List.of("/etc/frr/bgpd.conf:3:2: neighbor 192.168.254.2 has both ebgp-multihop and ttl-security | remove one of the two lines"), site.problems());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        " neighbor 10.0.0.1 peer-group | 4:10: \"10.0.0.1\" is an address, not a name for a peer group # write neighbor NAME peer-group",
        " neighbor 192.168.254.2 peer-group OIC | 4:35: \"OIC\" is an unknown peer group # put neighbor OIC peer-group before this line",
        " neighbor 192.168.254.2 local-as 65000 | 4:33: \"65000\" is the AS of router bgp already # remove the line",
        " redistribute ospf | 4:1: this command is not supported yet # remove it; network PREFIX announces a route, ip route PREFIX GATEWAY provides it",
        " redistribute static metrik 5 | 4:21: \"metrik\" is unexpected # write redistribute static [metric N] [route-map NAME]",
        " neighbor 192.168.254.2 maximum-prefix 0 | 4:39: \"0\" is not a number from 1 to 4294967295 # write a number from 1 to 4294967295",
        " neighbor 192.168.254.2 ttl-security hops 255 | 4:42: \"255\" is not a number from 1 to 254 # write a number from 1 to 254",
        " neighbor 192.168.254.2 allowas-in 11 | 4:35: \"11\" is not a number from 1 to 10 # write a number from 1 to 10",
        "bgp as-path access-list A permit (1 | 4:34: \"(1\" is no regular expression: Unclosed group # write one, like ^65000_ or .*",
        "bgp community-list standard C permit 1:70000 | 4:38: \"1:70000\" is not a community # write one like 65000:1, or a name like no-export",
        "bgp large-community-list standard C permit 1:7 | 4:44: \"1:7\" is not a community # write one like 65000:1:2",
        "bgp extcommunity-list standard C permit 1:7 | 4:41: \"1:7\" is not a community # write one like rt 65000:1",
        "access-list 101 permit ip any any | 4:24: \"ip\" is not supported yet in an access-list # write any, PREFIX [exact-match] or ADDRESS WILDCARD; or use an ip prefix-list",
        "bgp as-path access-list A permit | 4:1: there is no regular expression # write one, like ^65000_ or .*",
    })
    void whatIsWrongIsRefusedWithItsPlace(String line, String problem) {
        site.bgpd(HEAD + line + "\n");
        assertEquals("/etc/frr/bgpd.conf:" + problem.replace("#", "|"), site.problems().getFirst());
    }
}
