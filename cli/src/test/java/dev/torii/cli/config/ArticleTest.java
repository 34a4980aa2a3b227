package dev.torii.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.Prefix;
import dev.torii.ike.Authentication;
import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.Encapsulation;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The article's own files. Each hash is that of the article's code block: a fixture that is edited is no longer the article's. */
class ArticleTest {
    private static final IkeProposal IKE = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_384, DhGroup.MODP1536);
    private static final EspProposal ESP = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(DhGroup.MODP1536));

    @TempDir
    Path root;
    private Site site;

    @BeforeEach
    void makeRoot() { site = new Site(root); }

    @ParameterizedTest
    @CsvSource({
        "bgp/oci-ipsec.conf,    e9b8ddd01052ad2ebed7983a8f18ab1284052db053e6ff2029508a6551889e97",
        "bgp/bgpd.conf,         376ed9e6d1b370851c741ade2f0b81d52e4a12df1d4aff2cf314f7e065c782c6",
        "bgp/staticd.conf,      a47e6478d6cbbbbd83eb2a4d39d6914b8b7fdc5319cbc06bd43f165ab5072375",
        "bgp/daemons.diff.txt,  f92888e734527e4da41f3b7681f38224d02c6d35638740eab2ccc7de7a133e6e",
        "static/oci-ipsec.conf, 96833a22b056f4fef62777e532e2c4951983029a942dff526ea369169d4e2ab5",
        "oci-ipsec.secrets,     de38f58a908f2b48e256c272ae9bd93899eec35a7db9f0d869d0a85595384341"})
    void theFixturesAreTheArticles(String name, String sha256) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Site.raw(name).getBytes(StandardCharsets.UTF_8));
        assertEquals(sha256, HexFormat.of().formatHex(digest));
    }

    private Site bgpMode() {
        return site.file("/etc/ipsec.d/oci-ipsec.conf", Site.article("bgp/oci-ipsec.conf"))
                .file("/etc/ipsec.d/oci-ipsec.secrets", Site.article("oci-ipsec.secrets"))
                .file("/etc/frr/daemons", FrrFilesTest.STOCK_DAEMONS.replace("bgpd=no", "bgpd=yes")).file("/etc/frr/bgpd.conf", Site.article("bgp/bgpd.conf"))
                .file("/etc/frr/staticd.conf", Site.article("bgp/staticd.conf"));
    }

    private Site staticMode() {
        return site.file("/etc/ipsec.d/oci-ipsec.conf", Site.article("static/oci-ipsec.conf"))
                .file("/etc/ipsec.d/oci-ipsec.secrets", Site.article("oci-ipsec.secrets"));
    }

    @Test
    void theTunnelsOfTheBgpMode() {
        var config = bgpMode().host("127.0.0.1").load();       // %defaultroute: no address is needed to load it
        assertEquals(List.of("oracle-tunnel-1", "oracle-tunnel-2"), config.tunnels().stream().map(TunnelConfig::name).toList());
        var one = config.tunnels().getFirst();
        assertEquals(Optional.empty(), one.local());
        assertEquals(Optional.of(Site.address(Site.TUNNEL1)), one.remote());
        assertEquals(Optional.of(Identity.ofAddress(Site.address(Site.CPE))), one.localId());
        assertEquals(Identity.ofAddress(Site.address(Site.TUNNEL1)), one.remoteId());
        assertEquals(Authentication.preSharedKey(Secret.ofText("first tunnel's secret")), one.authentication());
        assertEquals(List.of(IKE), one.ikeProposals());
        assertEquals(List.of(ESP), one.espProposals());
        assertEquals(List.of(Prefix.parse("0.0.0.0/0")), one.localSubnets());
        assertEquals(List.of(Prefix.parse("0.0.0.0/0")), one.remoteSubnets());
        assertEquals(StartMode.START, one.auto());
        assertEquals("vti01", one.interfaceName());
        assertEquals(Optional.of(new InnerAddress(Site.address("192.168.254.1"), 30)), one.innerAddress());
        assertEquals(Encapsulation.YES, one.encapsulation());
        assertEquals(Duration.ofSeconds(28800), one.ikeLifetime());
        assertEquals(Duration.ofSeconds(3600), one.childLifetime());
        assertEquals(Duration.ofSeconds(10), one.dpdDelay());
        assertEquals(Duration.ofSeconds(30), one.dpdTimeout());
        assertEquals(1024, one.replayWindow());
        var two = config.tunnels().getLast();
        assertEquals(Authentication.preSharedKey(Secret.ofText("second tunnel's secret")), two.authentication());
        assertEquals("vti02", two.interfaceName());
        assertEquals(List.of(), config.warnings());
    }

    @Test
    void theIkeConfigOfTheBgpMode() {
        var ike = bgpMode().load().tunnels().getFirst().toIkeConfig(Site.address(Site.LOCAL));
        assertEquals("oracle-tunnel-1", ike.name());
        assertEquals("203.0.113.7", ike.localId().toString());
        assertEquals("0.0.0.0/0", ike.localSelectors().getFirst().toString());
        assertTrue(ike.forceEncapsulation());
        assertTrue(ike.initiate());
        assertFalse(ike.toString().contains("first tunnel's secret"));
    }

    @Test
    void theRoutingOfTheBgpMode() {
        var config = bgpMode().load();
        var bgp = config.bgp().orElseThrow();
        assertEquals(65000, bgp.localAs());
        assertEquals(Optional.empty(), bgp.routerId());
        assertEquals(List.of("192.168.2.0/24", "192.168.3.0/24"), bgp.networks().stream().map(network -> network.prefix().toString()).toList());
        assertEquals(List.of(Site.address("192.168.254.2"), Site.address("192.168.254.6")), bgp.peers().stream().map(peer -> peer.address()).toList());
        for (var peer : bgp.peers()) {
            assertEquals(31898, peer.remoteAs());
            assertEquals(Duration.ofSeconds(60), peer.keepalive());
            assertEquals(Duration.ofSeconds(180), peer.hold());
            assertTrue(peer.ipv4Unicast().nextHopSelf());
            assertTrue(peer.ipv4Unicast().softReconfigurationInbound());
            assertEquals(Optional.of("ALLOW-ALL"), peer.ipv4Unicast().in().routeMap());
            assertEquals(Optional.of("BGP-ADVERTISE-OUT"), peer.ipv4Unicast().out().routeMap());
        }
        assertEquals(List.of(5L, 10L), bgp.lists().prefixLists().get("BGP-OUT").entries().stream().map(entry -> entry.seq()).toList());
        assertEquals(1, bgp.lists().routeMaps().get("BGP-ADVERTISE-OUT").entries().getFirst().matches().size());
        assertEquals(100, bgp.lists().routeMaps().get("ALLOW-ALL").entries().getFirst().seq());
        assertEquals(List.of("192.168.2.0/24 Optional[/192.168.1.1]", "192.168.3.0/24 Optional[/192.168.1.1]"),
                config.staticRoutes().stream().map(route -> route.prefix() + " " + route.gateway()).toList());
    }

    @Test
    void theStaticMode() {
        var config = staticMode().load();
        var one = config.tunnels().getFirst();
        assertEquals(Optional.of(Site.address(Site.LOCAL)), one.local());
        assertEquals(Identity.ofAddress(Site.address(Site.TUNNEL1)), one.remoteId(), "rightid defaults to right");
        assertEquals(List.of(Prefix.parse("192.168.2.0/24")), one.localSubnets());
        assertEquals(List.of(Prefix.parse("10.0.2.0/24")), one.remoteSubnets());
        assertEquals(Optional.empty(), one.innerAddress());
        assertEquals("vti02", config.tunnels().getLast().interfaceName());
        assertEquals(Optional.empty(), config.bgp());
        assertEquals(List.of(), config.staticRoutes());
        assertEquals(List.of(), config.warnings());
    }

    @Test
    void leftAndRightSwappedMeansTheSame() {
        var before = staticMode().load();
        String swapped = Site.article("static/oci-ipsec.conf").replace("left", "\0").replace("right", "left").replace("\0", "right");
        var after = site.file("/etc/ipsec.d/oci-ipsec.conf", swapped).load();
        assertEquals(before.tunnels(), after.tunnels());
    }

    @Test
    void leftAndRightSwappedWithADefaultRouteAndAnInnerAddressMeansTheSame() {
        var before = bgpMode().load();
        String swapped = Site.article("bgp/oci-ipsec.conf").replace("left", "\0").replace("right", "left").replace("\0", "right");
        var after = site.file("/etc/ipsec.d/oci-ipsec.conf", swapped).load();
        assertEquals(before.tunnels(), after.tunnels());
    }

    @Test
    void renamedReorderedOtherPrefixesAndAsNumbers() {
        String[] conns = Site.article("bgp/oci-ipsec.conf").split("(?=conn )");
        String bgpd = Site.article("bgp/bgpd.conf").replace("65000", "4200000001").replace("31898", "64512").replace("192.168.2.0/24", "172.16.0.0/12")
                .replace("BGP-OUT", "ours");
        var config = bgpMode().file("/etc/ipsec.d/oci-ipsec.conf", conns[1].replace("oracle-tunnel-2", "zwei") + conns[0].replace("oracle-tunnel-1", "eins"))
                .file("/etc/frr/bgpd.conf", bgpd).load();
        assertEquals(List.of("zwei", "eins"), config.tunnels().stream().map(TunnelConfig::name).toList());
        assertEquals(Authentication.preSharedKey(Secret.ofText("second tunnel's secret")), config.tunnels().getFirst().authentication());
        assertEquals(4200000001L, config.bgp().orElseThrow().localAs());
        assertEquals(64512, config.bgp().orElseThrow().peers().getFirst().remoteAs());
        assertTrue(config.bgp().orElseThrow().lists().prefixLists().get("ours").permits(Prefix.parse("172.16.0.0/12")));
    }

    @Test
    void unfilledPlaceholdersAreNamedOneByOne() {
        var problems = site.file("/etc/ipsec.d/oci-ipsec.conf", Site.raw("bgp/oci-ipsec.conf"))
                .file("/etc/ipsec.d/oci-ipsec.secrets", Site.raw("oci-ipsec.secrets")).problems();
        assertTrue(problems.contains("/etc/ipsec.d/oci-ipsec.conf:4:12: right=Tunnel1_global_IP is still the placeholder | put the address here"),
                problems::toString);
        assertTrue(problems.contains("/etc/ipsec.d/oci-ipsec.secrets:1:1: CPE_global_IP is still the placeholder | put the address here"), problems::toString);
        assertTrue(problems.contains("/etc/ipsec.d/oci-ipsec.secrets:1:15: Tunnel1_global_IP is still the placeholder | put the address here"),
                problems::toString);
    }
}
