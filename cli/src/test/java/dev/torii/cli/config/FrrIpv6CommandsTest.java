package dev.torii.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.BgpConfig;
import dev.torii.bgp.FamilyConfig;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Prefix;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FRR's commands about IPv6 and what they mean. */
class FrrIpv6CommandsTest {
    private static final String HEAD = "router bgp 65000\n no bgp ebgp-requires-policy\n neighbor 192.168.254.2 remote-as 31898\n neighbor 2001:DB8::2 remote-as 31898\n";

    @TempDir
    Path root;
    private Site site;

    @BeforeEach
    void makeRoot() { site = new Site(root); }

    private BgpConfig bgp(String... lines) { return site.bgpd(HEAD + String.join("\n", lines) + "\n").load().bgp().orElseThrow(); }

    @Test
    void aFamilyIsActivatedForWhomItIsSaid() {
        var peers = bgp(" address-family ipv6 unicast", "  neighbor 2001:db8:0::2 activate", " exit-address-family", " address-family ipv4", "  no neighbor 2001:db8::2 activate").peers();
        assertEquals(List.of(AddressFamily.IPV4_UNICAST), peers.get(0).activeFamilies());
        assertEquals(List.of(AddressFamily.IPV6_UNICAST), peers.get(1).activeFamilies());
        assertEquals(Site.address("2001:db8::2"), peers.get(1).address());
        assertEquals(Set.of(AddressFamily.KNOWN), Set.copyOf(bgp(" bgp default ipv6-unicast").peers().stream().map(peer -> peer.activeFamilies()).toList()));
        assertEquals(Set.of(List.of()), Set.copyOf(bgp(" no bgp default ipv4-unicast").peers().stream().map(peer -> peer.activeFamilies()).toList()));
    }

    @Test
    void everySettingIsOfItsFamily() {
        var bgp = bgp(" neighbor 2001:db8::2 update-source 2001:db8::1", " address-family ipv6", "  neighbor 2001:db8::2 activate", "  neighbor 2001:db8::2 route-map M in",
                "  neighbor 2001:db8::2 prefix-list P out", "  neighbor 2001:db8::2 distribute-list A in", "  neighbor 2001:db8::2 maximum-prefix 100", "  maximum-paths 3",
                "  network 2001:db8:1::/48 route-map M", "  redistribute static metric 5", "  redistribute connected route-map M", " exit-address-family",
                "ipv6 prefix-list P seq 5 permit 2001:db8::/32 ge 48 le 64", "ipv6 prefix-list P permit any", "ipv6 access-list A permit 2001:db8::/32 exact-match", "ipv6 access-list A deny any",
                "route-map M permit 10", " match ipv6 address prefix-list P", " match ipv6 next-hop address 2001:db8::2", " set ipv6 next-hop global 2001:db8::9", "exit");
        var peer = bgp.peers().get(1);
        assertEquals(Optional.of(Site.address("2001:db8::1")), peer.updateSource());
        var family = peer.family(AddressFamily.IPV6_UNICAST);
        assertEquals(FamilyConfig.Filters.NONE.withDistributeList("A").withRouteMap("M"), family.in());
        assertEquals(FamilyConfig.Filters.NONE.withPrefixList("P"), family.out());
        assertEquals(100, family.maximumPrefixes().orElseThrow().limit());
        assertEquals(FamilyConfig.Filters.NONE, peer.ipv4Unicast().in());
        assertEquals(3, bgp.family(AddressFamily.IPV6_UNICAST).maximumPaths());
        assertEquals(256, bgp.family(AddressFamily.IPV4_UNICAST).maximumPaths());
        assertEquals(List.of(new BgpConfig.Network(Prefix.parse("2001:db8:1::/48"), Optional.of("M"))), bgp.networks());
        assertEquals(Set.of(BgpConfig.Redistributed.STATIC, BgpConfig.Redistributed.CONNECTED), bgp.family(AddressFamily.IPV6_UNICAST).redistributions().keySet());
        assertEquals(OptionalLong.of(5), bgp.family(AddressFamily.IPV6_UNICAST).redistributions().get(BgpConfig.Redistributed.STATIC).metric());
        assertEquals(Set.of(), bgp.family(AddressFamily.IPV4_UNICAST).redistributions().keySet());
        var list = bgp.lists().ipv6PrefixLists().get("P");
        assertTrue(list.permits(Prefix.parse("2001:db8:1::/48")) && list.permits(Prefix.parse("::/0")) && list.entries().size() == 2);
        assertFalse(bgp.lists().prefixLists().containsKey("P"));
        var access = bgp.lists().ipv6AccessLists().get("A");
        assertTrue(access.permits(Prefix.parse("2001:db8::/32")) && !access.permits(Prefix.parse("2001:db8:1::/48")));
        var entry = bgp.lists().routeMaps().get("M").entries().getFirst();
        assertEquals(List.of(new RouteMap.Match.Ipv6PrefixListName("P"), new RouteMap.Match.NextHop(Site.address("2001:db8::2"))), entry.matches());
        assertEquals(List.of(new RouteMap.SetAction.NextHop(Site.address("2001:db8::9"))), entry.sets());
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void staticRoutesOfBothFamilies() {
        bgp("ipv6 route 2001:db8:5::/48 2001:db8::2", "ipv6 route 2001:db8:5::/48 fe80::2 eth0 5 tag 7", "ipv6 route ::/0 eth0", "ipv6 route 2001:db8:6::/48 Null0 200", "ipv6 route 2001:db8:7::/48 eth1",
                "no ipv6 route 2001:db8:7::/48 eth1");
        var routes = site.load().staticRoutes();
        assertEquals(List.of("2001:db8:5::/48", "2001:db8:5::/48", "::/0", "2001:db8:6::/48"), routes.stream().map(route -> route.prefix().toString()).toList());
        assertEquals(Optional.of(Site.address("fe80::2")), routes.get(1).gateway());
        assertEquals(Optional.of("eth0"), routes.get(1).interfaceName());
        assertEquals(OptionalLong.of(7), routes.get(1).tag());
        assertEquals(5, routes.get(1).distance());
        assertTrue(routes.getLast().drops());
        assertEquals(200, routes.getLast().distance());
    }

    @Test
    void namesOfIpv6ListsAreNamesOfTheirOwn() {
        bgp(" address-family ipv6", "  neighbor 2001:db8::2 prefix-list P in", " exit-address-family", "ip prefix-list P permit any");
        assertEquals(List.of("/etc/frr/bgpd.conf:6:36: ipv6 prefix-list P is defined nowhere: every route is denied here"), site.warnings());
    }

    @Test
    void anExternalNeighborNeedsPolicyInEachFamily() {
        site.bgpd("router bgp 65000\n neighbor 192.168.254.2 remote-as 31898\n address-family ipv6\n  neighbor 192.168.254.2 activate\n exit\n address-family ipv4\n  neighbor 192.168.254.2 route-map M in\n"
                + "  neighbor 192.168.254.2 route-map M out\nroute-map M permit 10\n");
        assertEquals(List.of("/etc/frr/bgpd.conf:2:2: no IPv6 routes will be accepted from 192.168.254.2: an external neighbor needs a policy (RFC 8212; FRR shows \"(Policy)\")",
                "/etc/frr/bgpd.conf:2:2: no IPv6 routes will be sent to 192.168.254.2: an external neighbor needs a policy (RFC 8212; FRR shows \"(Policy)\")"), site.warnings());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "' neighbor fe80::2 remote-as 1' | 5:11: \"fe80::2\" is link-local, which is not supported yet # write the global address",
        "' neighbor 2001:db8::g remote-as 1' | 5:11: \"2001:db8::g\" is not an address # write an address like 192.168.254.2",
        "' network 2001:db8::/32' | 5:10: \"2001:db8::/32\" is IPv6, which has no place here # 'write it where IPv6 is meant: address-family ipv6, ipv6 prefix-list, ipv6 route'",
        "'ip prefix-list P permit 2001:db8::/32' | 5:25: \"2001:db8::/32\" is IPv6, which has no place here # 'write it where IPv6 is meant: address-family ipv6, ipv6 prefix-list, ipv6 route'",
        "'ipv6 prefix-list P permit 10.0.0.0/8' | 5:27: \"10.0.0.0/8\" is not an IPv6 prefix # 'write an address and a length from 0 to 128, like 2001:db8::/32'",
        "'ipv6 prefix-list P permit 2001:db8::' | 5:27: \"2001:db8::\" is not an IPv6 prefix # 'add a length, like 2001:db8::/64'",
        "'ipv6 prefix-list P permit 2001:db8::/32 le 129' | 5:44: \"129\" is not a number from 0 to 128 # write a number from 0 to 128",
        "'ipv6 route 2001:db8::/32' | 5:1: the route has no next hop # write ipv6 route PREFIX GATEWAY",
        "'ipv6 route 2001:db8::/32 fe80::1' | 5:26: \"fe80::1\" is link-local: it says nothing without an interface # write ipv6 route PREFIX GATEWAY INTERFACE",
        "'ipv6 route 2001:db8::/32 10.0.0.1' | 5:26: \"10.0.0.1\" is neither an address nor an interface # 'write a gateway like 192.168.1.1, an interface, or Null0'"})
    void whatIsWrongIsSaidWithItsPlace(String line, String problem) {
        site.bgpd(HEAD + line + "\n");
        assertEquals(List.of("/etc/frr/bgpd.conf:" + problem.replace(" # ", " | ").replace("'", "")), site.problems());
    }
}
