package dev.torii.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.BgpConfig;
import dev.torii.bgp.PeerConfig;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Prefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FRR's commands and what they mean. */
class FrrCommandsTest {
    private static final String HEAD = "router bgp 65000\n no bgp ebgp-requires-policy\n neighbor 192.168.254.2 remote-as 31898\n";

    @TempDir
    Path root;
    private Site site;

    @BeforeEach
    void makeRoot() { site = new Site(root); }

    private BgpConfig bgp(String... lines) {
        return site.bgpd(HEAD + String.join("\n", lines) + "\n").load().bgp().orElseThrow();
    }

    @Test
    void everySettingOfANeighbor() {
        var peer = bgp(" neighbor 192.168.254.2 description to  the head end", " neighbor 192.168.254.2 update-source 192.168.254.1", " neighbor 192.168.254.2 timers 10 30",
                " neighbor 192.168.254.2 timers connect 5", " neighbor 192.168.254.2 ebgp-multihop 3", " neighbor 192.168.254.2 passive", " neighbor 192.168.254.2 shutdown",
                " neighbor 192.168.254.2 advertisement-interval 1", " address-family ipv4 unicast", "  neighbor 192.168.254.2 activate", "  neighbor 192.168.254.2 weight 7",
                "  neighbor 192.168.254.2 prefix-list P in", "  neighbor 192.168.254.2 prefix-list P out", "exit-address-family", "ip prefix-list P permit any").peers().getFirst();
        assertEquals(Optional.of("to the head end"), peer.description());
        assertEquals(Optional.of(Site.address("192.168.254.1")), peer.updateSource());
        assertEquals(10, peer.keepalive().toSeconds());
        assertEquals(30, peer.hold().toSeconds());
        assertEquals(5, peer.connectRetry().toSeconds());
        assertEquals(3, peer.ebgpMultihop());
        assertTrue(peer.passive());
        assertEquals(Optional.of(""), peer.shutdown());
        assertEquals(7, peer.ipv4Unicast().weight());
        assertEquals(1, peer.ipv4Unicast().advertisementInterval().toSeconds());
        assertEquals(Optional.of("P"), peer.ipv4Unicast().in().prefixList());
        assertEquals(Optional.of("P"), peer.ipv4Unicast().out().prefixList());
    }

    @Test
    void gracefulRestartIsSaidOfAllOrOfOne() {
        var standard = new PeerConfig.GracefulRestart(true, Duration.ofSeconds(120), Duration.ofSeconds(360), true);
        assertEquals(standard, bgp().peers().getFirst().gracefulRestart());
        assertEquals(new PeerConfig.GracefulRestart(true, Duration.ofSeconds(60), Duration.ofSeconds(90), false),
                bgp(" bgp graceful-restart restart-time 60", " bgp graceful-restart stalepath-time 90", " bgp graceful-restart disable-eor").peers().getFirst().gracefulRestart());
        assertEquals(standard, bgp(" bgp graceful-restart stalepath-time 90", " no bgp graceful-restart stalepath-time", " bgp graceful-restart disable-eor", " no bgp graceful-restart disable-eor")
                .peers().getFirst().gracefulRestart());
        assertFalse(bgp(" bgp graceful-restart-disable").peers().getFirst().gracefulRestart().helper());
        assertTrue(bgp(" bgp graceful-restart-disable", " neighbor 192.168.254.2 graceful-restart-helper").peers().getFirst().gracefulRestart().helper());
        assertFalse(bgp(" neighbor 192.168.254.2 graceful-restart-helper", " neighbor 192.168.254.2 graceful-restart-disable").peers().getFirst().gracefulRestart().helper());
        assertTrue(bgp(" neighbor 192.168.254.2 graceful-restart-disable", " no neighbor 192.168.254.2 graceful-restart-disable").peers().getFirst().gracefulRestart().helper());
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void aRestartOfOurOwnIsNotGracefulAndThatIsSaid() {
        assertTrue(bgp(" bgp graceful-restart", " neighbor 192.168.254.2 graceful-restart").peers().getFirst().gracefulRestart().helper());
        String why = ": this router helps neighbors that restart, but does not restart gracefully itself: without its process nothing is forwarded";
        assertEquals(List.of("/etc/frr/bgpd.conf:4:2" + why, "/etc/frr/bgpd.conf:5:2" + why), site.warnings());
    }

    @Test
    void whoIsShutDownMayBeToldWhy() {
        assertEquals(Optional.of("maintenance until 18:00"), bgp(" neighbor 192.168.254.2 shutdown message maintenance until 18:00").peers().getFirst().shutdown());
        assertEquals(Optional.of(""), bgp(" bgp shutdown").peers().getFirst().shutdown());
        assertEquals(Optional.of("all of it"), bgp(" bgp shutdown message all of it").peers().getFirst().shutdown());
        assertEquals(Optional.of("this one"), bgp(" bgp shutdown message all of it", " neighbor 192.168.254.2 shutdown message this one").peers().getFirst().shutdown());
        assertEquals(Optional.empty(), bgp(" bgp shutdown", " no bgp shutdown", " neighbor 192.168.254.2 shutdown message x", " no neighbor 192.168.254.2 shutdown").peers().getFirst().shutdown());
        site.bgpd(HEAD + " neighbor 192.168.254.2 shutdown message " + "x".repeat(256) + "\n");
        assertEquals(List.of("/etc/frr/bgpd.conf:4:2: the message has 256 octets | write one of 1 to 255"), site.problems());
    }

    @Test
    void gracefulShutdownIsOfTheWholeRouter() {
        assertTrue(bgp(" bgp graceful-shutdown").gracefulShutdown());
        assertFalse(bgp(" bgp graceful-shutdown", " no bgp graceful-shutdown").gracefulShutdown());
    }

    @Test
    void noUndoesWhatWasSaid() {
        var peer = bgp(" neighbor 192.168.254.2 passive", " no neighbor 192.168.254.2 passive", " neighbor 192.168.254.2 route-map M in", " no neighbor 192.168.254.2 route-map M in",
                " neighbor 192.168.254.6 remote-as 31898", " no neighbor 192.168.254.6", " network 10.0.0.0/8", " no network 10.0.0.0/8");
        assertEquals(1, peer.peers().size());
        assertFalse(peer.peers().getFirst().passive());
        assertEquals(Optional.empty(), peer.peers().getFirst().ipv4Unicast().in().routeMap());
        assertEquals(List.of(), peer.networks());
    }

    @Test
    void everySettingOfTheInstance() {
        var bgp = bgp(" bgp router-id 192.168.1.42", " bgp log-neighbor-changes", " timers bgp 3 9", " bgp default local-preference 200", " bgp bestpath as-path multipath-relax",
                " no bgp default ipv4-unicast", " address-family ipv4 unicast", "  maximum-paths 2", "  network 10.1.2.3 mask 255.255.0.0 route-map M", "exit-address-family", "exit", "route-map M permit 10");
        assertEquals(Optional.of(Site.address("192.168.1.42")), bgp.routerId().map(id -> id));
        assertEquals(9, bgp.peers().getFirst().hold().toSeconds());
        assertEquals(200, bgp.defaultLocalPreference());
        assertTrue(bgp.multipathRelax());
        assertFalse(bgp.ebgpRequiresPolicy());
        assertEquals(2, bgp.family(AddressFamily.IPV4_UNICAST).maximumPaths());
        assertFalse(bgp.peers().getFirst().ipv4Unicast().activate());
        assertEquals(List.of(new BgpConfig.Network(Prefix.parse("10.1.0.0/16"), Optional.of("M"))), bgp.networks());
        assertEquals(List.of("/etc/frr/bgpd.conf:12:11: 10.1.2.3 has host bits set: it means 10.1.0.0/16"), site.warnings());
    }

    @Test
    void unambiguousAbbreviationsAreTaken() {
        var bgp = bgp(" neigh 192.168.254.2 desc short", " addr ipv4 uni", " neigh 192.168.254.2 soft in", " exit-addr");
        assertEquals(Optional.of("short"), bgp.peers().getFirst().description());
        assertTrue(bgp.peers().getFirst().ipv4Unicast().softReconfigurationInbound());
        site.bgpd(HEAD + " neighbor 192.168.254.2 ad 5\n neighbor 192.168.254.2 re 5\n");
        assertTrue(site.problems().getFirst().startsWith("/etc/frr/bgpd.conf:4:25: \"ad\" is ambiguous")
                || site.problems().getFirst().startsWith("/etc/frr/bgpd.conf:5:25: \"re\" is ambiguous"), () -> site.problems().toString());
    }

    @Test
    void indentationSaysNothing() {
        assertTrue(bgp("address-family ipv4 unicast", "neighbor 192.168.254.2 next-hop-self", "exit-address-family", "        ip route 10.0.0.0/8 192.168.1.1").peers().getFirst().ipv4Unicast().nextHopSelf());
        assertEquals(1, site.load().staticRoutes().size());
    }

    @Test
    void prefixListsCountTheirEntriesInFives() {
        var lists = bgp("ip prefix-list A permit 10.0.0.0/8 le 24", "ip prefix-list A seq 7 deny 10.1.0.0/16", "ip prefix-list A permit 10.2.0.0/16 ge 20 le 28", "ip prefix-list A description first").lists().prefixLists();
        assertEquals(List.of(5L, 7L, 10L), lists.get("A").entries().stream().map(entry -> entry.seq()).toList());
        assertTrue(lists.get("A").permits(Prefix.parse("10.9.0.0/16")));
        assertFalse(lists.get("A").permits(Prefix.parse("10.9.9.0/25")));
    }

    @Test
    void routeMapsHaveMatchesAndSets() {
        var entry = bgp("route-map M deny 5", " match ip address prefix-list P", "route-map M permit 10", " description x", " match metric 5", " set local-preference 200", " set metric +10",
                " set weight 3", " set as-path prepend 65000 65000", " set origin igp", "exit", "ip prefix-list P permit 10.0.0.0/8").lists().routeMaps().get("M").entries().getLast();
        assertEquals(List.of(new RouteMap.Match.Metric(5)), entry.matches());
        assertEquals(List.of(new RouteMap.SetAction.LocalPreference(200), new RouteMap.SetAction.MetricChange(10), new RouteMap.SetAction.Weight(3),
                new RouteMap.SetAction.AsPathPrepend(List.of(65000L, 65000L)), new RouteMap.SetAction.Origin(0)), entry.sets());
    }

    @Test
    void namesThatNothingDefinesAreWarnedOf() {
        bgp(" neighbor 192.168.254.2 route-map NO in", " neighbor 192.168.254.2 prefix-list NONE out", "route-map YES permit 10", " match ip address prefix-list NEVER");
        assertEquals(List.of("/etc/frr/bgpd.conf:4:35: route-map NO is defined nowhere: every route is denied here",
                "/etc/frr/bgpd.conf:5:37: prefix-list NONE is defined nowhere: every route is denied here",
                "/etc/frr/bgpd.conf:7:31: prefix-list NEVER is defined nowhere: nothing matches it"), site.warnings());
    }

    @Test
    void anExternalNeighborWithoutPolicyIsWarnedOf() {
        site.bgpd("router bgp 65000\n neighbor 192.168.254.2 remote-as 31898\n neighbor 192.168.254.2 route-map M in\n neighbor 10.0.0.1 remote-as internal\nroute-map M permit 10\n");
        assertEquals(List.of("/etc/frr/bgpd.conf:2:2: no routes will be sent to 192.168.254.2: an external neighbor needs a policy (RFC 8212; FRR shows \"(Policy)\")"), site.warnings());
    }

    @Test
    void staticRoutesHaveGatewaysInterfacesDistancesAndTags() {
        site.bgpd("ip route 10.1.0.0/16 192.168.1.1 eth0 20 tag 7\nip route 10.2.0.0 255.255.0.0 vti01\nip route 10.3.0.0/16 Null0 250\nip route 10.4.0.0/16 192.168.1.1\nno ip route 10.4.0.0/16 192.168.1.1\n");
        var routes = site.load().staticRoutes();
        assertEquals(3, routes.size());
        assertEquals(Optional.of(Site.address("192.168.1.1")), routes.get(0).gateway());
        assertEquals(Optional.of("eth0"), routes.get(0).interfaceName());
        assertEquals(20, routes.get(0).distance());
        assertEquals(7, routes.get(0).tag().orElseThrow());
        assertEquals("10.2.0.0/16", routes.get(1).prefix().toString());
        assertEquals(Optional.of("vti01"), routes.get(1).interfaceName());
        assertTrue(routes.get(2).drops());
    }

    @Test
    void distancesOfLearntRoutes() {
        assertEquals(new BgpConfig.Distances(20, 200), bgp("").distances());
        assertEquals(new BgpConfig.Distances(30, 210), bgp(" distance bgp 30 210 200").distances());
        assertEquals(new BgpConfig.Distances(30, 210), bgp(" address-family ipv4 unicast", "  distance bgp 30 210 200", " exit-address-family").distances());
        assertEquals(new BgpConfig.Distances(20, 200), bgp(" distance bgp 30 210 200", " no distance bgp").distances());
        site.bgpd("router bgp 65000\n distance bgp 0 200 200\n distance 20 10.0.0.1/32\n");
        assertEquals(List.of("/etc/frr/bgpd.conf:2:15: \"0\" is not a number from 1 to 255 | write a number from 1 to 255",
                "/etc/frr/bgpd.conf:3:2: this command is not supported yet | remove it; network PREFIX announces a route, ip route PREFIX GATEWAY provides it"), site.problems());
    }

    /** As in FRR 8.4: what was written for a version before 7.4 keeps the defaults of then. */
    @Test
    void theVersionInTheFileChoosesTheDefaults() {
        assertEquals(List.of(true, true), checks(""));
        assertEquals(List.of(true, true), checks("frr version 8.4.4\n"));
        assertEquals(List.of(true, true), checks("frr version 7.4\n"));
        assertEquals(List.of(false, false), checks("frr version 7.3.1\n"));
        assertEquals(List.of(true, false), checks("frr version 7.2\n", " bgp ebgp-requires-policy\n"));
        assertEquals(List.of(true, false), checks("", " no bgp network import-check\n"));
        assertEquals(Optional.of(new FrrVersion(8, 4)), FrrVersion.parse("8.4.4"));
        assertEquals(Optional.of(new FrrVersion(10, 0)), FrrVersion.parse("10.0-dev"));
        assertEquals(Optional.empty(), FrrVersion.parse("new"));
    }

    private List<Boolean> checks(String top, String... inside) {
        site.bgpd(top + "router bgp 65000\n" + String.join("", inside));
        var config = site.load().bgp().orElseThrow();
        return List.of(config.ebgpRequiresPolicy(), config.networkImportCheck());
    }

    @Test
    void updateSourceMayBeATunnelsInterface() {
        site.file("/etc/ipsec.d/a.conf", Site.CONN + " vti-interface=vti01\n leftvti=192.168.254.1/30\n").secrets(Site.SECRET);
        assertEquals(Optional.of(Site.address("192.168.254.1")), bgp(" neighbor 192.168.254.2 update-source vti01").peers().getFirst().updateSource());
    }

    @Test
    void whatBelongsToFrrsOwnProcessesIsAccepted() {
        bgp("!", "password zebra", "enable password zebra", "log file /var/log/frr/bgpd.log", "log syslog", "no log stdout", "debug bgp updates", "service integrated-vtysh-config",
                "no ipv6 forwarding", "ip forwarding", "line vty", " exec-timeout 0 0", " no login", "# end", "interface eth0", " description lan", " no shutdown", "exit", "end");
        assertEquals(List.of(), site.warnings());
    }
}
