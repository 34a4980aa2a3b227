package dev.torii.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.Prefix;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Encapsulation;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Fragmentation;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Lifecycle;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammar of ipsec.conf and what its keywords mean. */
class IpsecConfTest {
    @TempDir
    Path root;
    private Site site;

    @BeforeEach
    void makeRoot() { site = new Site(root).conf(Site.CONN).secrets(Site.SECRET); }

    private TunnelConfig with(String... lines) {
        return site.conf(Site.CONN + String.join("\n", List.of(lines).stream().map(line -> "\t" + line).toList())).load().tunnels().getFirst();
    }

    private TunnelConfig replaced(String line, String by) {
        assertTrue(Site.CONN.contains(line), line);
        return site.conf(Site.CONN.replace(line, by)).load().tunnels().getFirst();
    }

    @Test
    void blanksTabsQuotesCommentsAndLineEndsAreFree() {
        var plain = site.load().tunnels();
        String odd = "# a comment\r\nversion 2.0\r\n\r\nconn one # here too\r\n"
                + Site.CONN.lines().skip(1).map(line -> "\t" + line.strip().replace("=", " \t= ") + "\t# why\r\n").reduce("", String::concat)
                + "   # indented comment\r\n  fragmentation = \"yes\"";
        assertEquals(plain.toString().replace("a.conf:1:1", "a.conf:4:1"), site.conf(odd).load().tunnels().toString());
    }

    @Test
    void defaultsAreThoseOfLibreswanAndTheArticle() {
        var tunnel = site.load().tunnels().getFirst();
        assertEquals("torii0", tunnel.interfaceName());
        assertEquals(Duration.ofHours(8), tunnel.ikeLifetime());
        assertEquals(Duration.ofHours(8), tunnel.childLifetime());
        assertEquals(Duration.ofMinutes(9), tunnel.rekeyMargin());
        assertEquals(100, tunnel.rekeyFuzzPercent());
        assertEquals(Encapsulation.AUTO, tunnel.encapsulation());
        assertEquals(Optional.empty(), tunnel.localId());
        assertEquals(Identity.ofAddress(Site.address(Site.LOCAL)), tunnel.toIkeConfig(Site.address(Site.LOCAL)).localId());
    }

    @Test
    void withoutSubnetsAHostCarriesItsOwnTraffic() {
        var ike = site.conf(Site.CONN.replaceAll(" +(left|right)subnet=.*\n", "")).load().tunnels().getFirst().toIkeConfig(Site.address(Site.LOCAL));
        assertEquals("192.168.1.42/32", ike.localSelectors().getFirst().toString());
        assertEquals("198.51.100.1/32", ike.remoteSelectors().getFirst().toString());
    }

    @Test
    void withoutAlgorithmsLibreswansDefaultsAreOfferedAsFarAsTheyAreSupported() {
        var tunnel = site.conf(Site.CONN.replaceAll(" +(ike|phase2alg)=.*\n", "")).load().tunnels().getFirst();
        assertEquals("AES_CBC_256-HMAC_SHA2_256-MODP2048", tunnel.ikeProposals().getFirst().toString());
        assertEquals(12, tunnel.ikeProposals().size());
        assertEquals("[AES_GCM_16_256, AES_GCM_16_128, AES_CBC_256-HMAC_SHA2_512_256, AES_CBC_128-HMAC_SHA2_512_256, AES_CBC_256-HMAC_SHA2_256_128,"
                + " AES_CBC_128-HMAC_SHA2_256_128, AES_CBC_256-HMAC_SHA1_96, AES_CBC_128-HMAC_SHA1_96]",
                tunnel.espProposals().stream().map(EspProposal::suite).toList().toString());
        assertTrue(tunnel.espProposals().stream().allMatch(esp -> esp.pfs().equals(Optional.of(DhGroup.MODP2048))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "28800 | 28800", "28800s | 28800", "8h | 28800", "600m | 36000", "1d | 86400"})
    void timesHaveUnits(String text, long seconds) {
        assertEquals(seconds, with("salifetime=" + text).childLifetime().toSeconds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"salifetime", "lifetime", "keylife", "ipsec-lifetime", "KeyLife"})
    void aLifetimeHasManyNames(String keyword) {
        assertEquals(1234, with(keyword + "=1234").childLifetime().toSeconds());
    }

    @Test
    void theRekeyMarginShrinksWithShortLifetimesUnlessItIsGiven() {
        assertEquals(15, with("salifetime=60").rekeyMargin().toSeconds());
        assertEquals(20, with("salifetime=60", "rekeymargin=20").rekeyMargin().toSeconds());
        site.conf(Site.CONN + "  rekeymargin=60\n  salifetime=60\n");
        assertEquals(List.of("/etc/ipsec.d/a.conf:11:15: rekeymargin=60 is not shorter than the shortest lifetime, 60 s | write a fraction of the lifetime"),
                site.problems());
    }

    @Test
    void deadPeerDetectionObeysWhatIsSaid() {
        assertEquals("PT0S", with("dpddelay=0").dpdDelay().toString());
        assertEquals(Duration.ofSeconds(60), with("dpddelay=20").dpdTimeout());
        assertEquals(Duration.ofSeconds(5), with("dpdtimeout=15").dpdDelay());
        var both = with("dpddelay=3", "dpdtimeout=9", "dpdaction=restart");
        assertEquals(Duration.ofSeconds(9), both.dpdTimeout());
        assertEquals(List.of(), site.load().warnings());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "keyexchange=ikev1 | V1", "keyexchange=ikev2 | V2", "keyexchange=ike | V2", "keyexchange=IKEv1 | V1", "ikev2=insist | V2",
                "ikev2=yes | V2", "ikev2=propose | V2",
        "ikev2=always | V2", "ikev2=no | V1", "ikev2=never | V1", "ikev2=permit | V1", "keyexchange=ike, ikev2=no | V1",
        "keyexchange=ikev1, ikev2=never | V1", " | V2"})
    void theVersionOfIkeIsSaidInManyWords(String lines, IkeVersion expected) {
        site.conf(Site.CONN.replace(" ikev2=no\n", "") + (lines == null ? "" : "  " + lines.replace(", ", "\n  ") + "\n"));
        assertEquals(expected, site.load().tunnels().getFirst().ikeVersion());
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void keyexchangeGoesBeforeIkev2() {
        assertEquals(IkeVersion.V2, with("keyexchange=ikev2").ikeVersion());
        assertEquals(List.of("/etc/ipsec.d/a.conf:8:6: ikev2=no is not heeded: keyexchange=ikev2 decides"), site.warnings());
    }

    @Test
    void attemptsRenewalAndTheEndOfAPeerAreConfigured() {
        assertEquals(Lifecycle.STANDARD, with("keyingtries=%forever", "rekey=yes", "dpdaction=hold").lifecycle());
        assertEquals(0, with("keyingtries=0").lifecycle().keyingTries());
        assertEquals(new Lifecycle(3, false, true, false, Lifecycle.WhenDead.RESTART),
                with("keyingtries=3", "rekey=no", "reauth=yes", "initial-contact=no", "dpdaction=restart").lifecycle());
        assertEquals(List.of(), site.warnings());
        assertEquals(Lifecycle.WhenDead.RESTART, with("dpdaction=restart_by_peer").lifecycle().whenDead());
        assertEquals(1, site.warnings().size());
        assertEquals(Lifecycle.WhenDead.CLEAR, replaced("auto=start", "auto=add\n     dpdaction=clear").lifecycle().whenDead());
        assertEquals(List.of(), site.warnings());
        assertEquals(Lifecycle.WhenDead.CLEAR, with("dpdaction=clear").lifecycle().whenDead());
        assertEquals(List.of("/etc/ipsec.d/a.conf:11:2: dpdaction=clear takes a dead tunnel down, and auto=start brings it up again"), site.warnings());
    }

    @ParameterizedTest
    @CsvSource({"encapsulation=yes, YES", "encapsulation=auto, AUTO", "encapsulation=no, NO", "forceencaps=yes, YES", "forceencaps=no, AUTO"})
    void encapsulationHasThreeValuesAndAnOldName(String line, Encapsulation expected) {
        var tunnel = with(line);
        assertEquals(expected, tunnel.encapsulation());
        assertEquals(expected, tunnel.toIkeConfig(Site.address(Site.LOCAL)).encapsulation());
        assertEquals(Encapsulation.YES, tunnel.toIkeConfig(Site.address(Site.LOCAL), Encapsulation.YES).encapsulation());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "@cpe.example | @cpe.example | 2", "vpn@example.org | vpn@example.org | 3", "10.1.2.3 | 10.1.2.3 | 1", "@[site 7] | key id 736974652037 | 11",
        "@#0x0a0b | key id 0a0b | 11"})
    void identitiesHaveFiveForms(String written, String printed, int type) {
        site.secrets(": PSK \"correct horse battery\"\n");
        var id = with("rightid=\"" + written + "\"").remoteId();
        assertEquals(printed, id.toString());
        assertEquals(type, id.type());
    }

    @Test
    void anAddressBehindAnAtSignIsANameAndIsReported() {
        site.secrets(": PSK \"correct horse battery\"\n").conf(Site.CONN + "  rightid=@1.2.3.4\n");
        assertEquals(Identity.fqdn("1.2.3.4"), site.load().tunnels().getFirst().remoteId());
        assertEquals(List.of("/etc/ipsec.d/a.conf:11:11: rightid=@1.2.3.4 is a host name that looks like an address (ID_FQDN), not an address"),
                site.warnings());
    }

    /** The defaults are Libreswan's. */
    @ParameterizedTest
    @CsvSource({"mtu=1400,true,false,true", "encap-dscp=no,false,false,true", "decap-dscp=yes,true,true,true", "nopmtudisc=yes,true,false,false"})
    void whatTheOuterHeaderHasToDoWithTheInnerOne(String line, boolean encap, boolean decap, boolean discovery) {
        var tunnel = site.conf(Site.CONN + "  " + line + "\n").load().tunnels().getFirst();
        assertEquals(new OuterHeader(encap, decap, discovery), tunnel.outerHeader());
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void defaultAlsoAndOwnValuesHaveTheirOrder() {
        site.conf("conn %default\n authby=secret\n ikev2=no\n salifetime=1000\n ikelifetime=1000\n mtu=1300\n"
                + "conn base\n also=deeper\n left=192.168.1.42\n right=198.51.100.1\n ikelifetime=2000\n mtu=1350\n"
                + "conn deeper\n also=base\n salifetime=3000\n phase2alg=aes_gcm128;modp2048\n"
                + "conn one\n also=base\n mtu=1400\n auto=start\n");
        var tunnel = site.load().tunnels().getFirst();
        assertEquals(3000, tunnel.childLifetime().toSeconds());
        assertEquals(2000, tunnel.ikeLifetime().toSeconds());
        assertEquals(1400, tunnel.mtu().orElseThrow());
        assertEquals(List.of("/etc/ipsec.d/a.conf:19:2: mtu=1400 counts in conn one, not the value that also= brings from /etc/ipsec.d/a.conf:12:2"),
                site.warnings());
    }

    @ParameterizedTest
    @CsvSource({"ikev2=no,V1", "ikev2=never,V1", "keyexchange=ikev1,V1", "ikev2=insist,V2", "ikev2=yes,V2", "keyexchange=ikev2,V2", "keyexchange=ike,V2",
        "fragmentation=yes,V2"})
    void theVersionIsTheOneThatLibreswanWouldSpeak(String line, IkeVersion version) {
        var tunnel = site.conf(Site.CONN.replace("ikev2=no", line)).load().tunnels().getFirst();
        assertEquals(version, tunnel.ikeVersion());
        assertEquals(version, tunnel.toIkeConfig(Site.address(Site.LOCAL)).version());
    }

    @ParameterizedTest
    @CsvSource({"yes,YES", "no,NO", "never,NO", "force,FORCE", "insist,FORCE"})
    void ikeMessagesAreFragmentedAsTheFileSays(String word, Fragmentation.Use use) {
        assertEquals(use, with("fragmentation=" + word).toIkeConfig(Site.address(Site.LOCAL)).fragmentation().use());
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void combinedCiphersProtectIkev2MessagesOnly() {
        var proposals = site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist").replaceAll("( +)ike=.*\n", "$1ike=aes_gcm256-sha2_384;dh20\n")).load();
        assertEquals("[AES_GCM_16_256-HMAC_SHA2_384-ECP384]", proposals.tunnels().getFirst().ikeProposals().toString());
        var defaults = site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist").replaceAll(" +ike=.*\n", "")).load().tunnels().getFirst().ikeProposals();
        assertEquals("AES_GCM_16_256-HMAC_SHA2_512-MODP2048", defaults.getFirst().toString());
    }

    @Test
    void aDefaultThatIsReplacedMayBeUnsupported() {
        // what a distribution's crypto policy puts before every conn
        site.file("/etc/crypto-policies/back-ends/libreswan.config", "conn %default\n\tikev2=insist\n\tpfs=yes\n"
                + "\tike=aes_gcm256-sha2_512+sha2_256-dh19+dh14,chacha20_poly1305-sha2_512-dh20\n\tesp=aes_gcm256,chacha20_poly1305,aes256-sha2_512\n")
                .file("/etc/ipsec.conf", "config setup\n\tlogfile=/dev/null\n\tvirtual-private=%v4:10.0.0.0/8,%v4:192.168.0.0/16\n\ninclude "
                        + "/etc/crypto-policies/back-ends/libreswan.config\ninclude /etc/ipsec.d/*.conf\n");
        var tunnel = site.load().tunnels().getFirst();
        assertEquals("[AES_GCM_16_256-MODP1536]", tunnel.espProposals().toString());
        assertEquals(List.of(), site.load().warnings());
    }

    @Test
    void aFileIsReadOnceHoweverItIsReached() throws Exception {
        site.file("/etc/ipsec.conf", "include /etc/ipsec.d/*.conf\ninclude ipsec.d/a.conf\n").file("/etc/ipsec.secrets", "include /etc/ipsec.d/*.secrets\n");
        Files.createSymbolicLink(site.path("/etc/ipsec.d/b.conf"), site.path("/etc/ipsec.d/a.conf"));
        assertEquals(1, site.load().tunnels().size());
        assertEquals(List.of(), site.load().warnings());
    }

    @Test
    void connsWithAutoIgnoreOrWithoutAutoAreNotLoaded() {
        site.conf(Site.CONN + "conn two\n auto=ignore\n left=nonsense\nconn three\n left=nonsense\n");
        assertEquals(1, site.load().tunnels().size());
        assertEquals(List.of("/etc/ipsec.d/a.conf:14:1: conn three is not loaded: it has no auto="), site.warnings());
    }

    @Test
    void interfacesWithoutANameAreNumberedPastTakenOnes() {
        site.conf(Site.CONN + Site.CONN.replace("conn one", "conn two") + "     vti-interface=torii0\n" + Site.CONN.replace("conn one", "conn three"));
        assertEquals(List.of("torii1", "torii0", "torii2"), site.load().tunnels().stream().map(TunnelConfig::interfaceName).toList());
    }

    @Test
    void severalSubnetsComeInBracesOrQuotesOrWithCommas() {
        var both = List.of(Prefix.parse("10.0.2.0/24"), Prefix.parse("10.0.3.0/24"));
        for (String list : List.of("{10.0.2.0/24 10.0.3.0/24}", "{ 10.0.2.0/24, 10.0.3.0/24 }", "\"10.0.2.0/24 10.0.3.0/24\"", "10.0.2.0/24,10.0.3.0/24",
                "\"{10.0.2.0/24,10.0.3.0/24,10.0.2.0/24}\"")) {
            assertEquals(both, replaced("rightsubnet=10.0.2.0/24", "rightsubnets=" + list).remoteSubnets(), list);
        }
        assertEquals(both, site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist").replace("rightsubnet=10.0.2.0/24", "rightsubnet=10.0.2.0/24,10.0.3.0/24"))
                .load().tunnels().getFirst().remoteSubnets());
        assertEquals(List.of(), site.warnings());
        assertEquals("[10.0.2.0/24, 10.0.3.0/24]", site.load().tunnels().getFirst().toIkeConfig(Site.address(Site.LOCAL)).remoteSelectors().toString());
    }

    @Test
    void subnetsAndInnerAddressesMayBeIpv6() {
        var tunnel = site.conf(Site.CONN.replace("leftsubnet=192.168.2.0/24", "leftsubnets={192.168.2.0/24 2001:DB8:1::/48}")
                .replace("rightsubnet=10.0.2.0/24", "rightsubnets=\"0.0.0.0/0,::/0\"") + "     vti-interface=vti01\n     leftvti=fd00:254::1/127\n")
                .load().tunnels().getFirst();
        assertEquals(List.of(Prefix.parse("192.168.2.0/24"), Prefix.parse("2001:db8:1::/48")), tunnel.localSubnets());
        assertEquals(List.of(Prefix.parse("0.0.0.0/0"), Prefix.parse("::/0")), tunnel.remoteSubnets());
        assertEquals(new InnerAddress(Site.address("fd00:254::1"), 127), tunnel.innerAddress().orElseThrow());
        assertEquals(List.of(), site.warnings());
        site.conf(Site.CONN.replace("192.168.2.0/24", "2001:db8:1::5/64").replace("10.0.2.0/24", "2001:db8:2::/64"));
        assertEquals(List.of("/etc/ipsec.d/a.conf:5:17: leftsubnet=2001:db8:1::5/64 has host bits set: it means " + Prefix.parse("2001:db8:1::/64")),
                site.warnings());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "500, 500", "10k, 10240", "1Mi, 1048576", "2GiB, 2147483648", "3TB, 3298534883328", "9223372036854775807, 9223372036854775807"})
    void limitsOfTrafficHaveBinaryUnits(String written, long expected) {
        assertEquals(new TrafficLimits(expected, Long.MAX_VALUE), with("ipsec-max-bytes=" + written).limits());
        assertEquals(new TrafficLimits(Long.MAX_VALUE, expected), with("ipsec-max-packets=" + written).limits());
        assertEquals(List.of(), site.warnings());
        assertEquals(TrafficLimits.NONE, with("rekey=no\n     ipsec-max-packets=" + written).limits());
    }

    @Test
    void theOuterAddressesMayBeIpv6() {
        site.host("192.168.1.42", "2001:db8:1::42").secrets("2001:db8:1::42 2001:db8:198::11 : PSK \"correct horse battery\"\n");
        var conn = Site.CONN.replace("right=198.51.100.1", "right=2001:db8:198::11");
        for (String left : List.of("left=2001:db8:1:0::42", "left=%defaultroute")) {
            var tunnel = site.conf(conn.replace("left=192.168.1.42", left)).load().tunnels().getFirst();
            assertTrue(tunnel.overIpv6());
            assertEquals(Identity.ofAddress(Site.address("2001:db8:198::11")), tunnel.remoteId());
            assertEquals(Identity.ofAddress(Site.address("2001:db8:1::42")), tunnel.toIkeConfig(Site.address("2001:db8:1::42")).localId());
            assertEquals(false, tunnel.carriesIpv6());
        }
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void anIdentityMayBeAnIpv6Address() {
        site.conf(Site.CONN + "     rightid=2001:db8::11\n").secrets("192.168.1.42 2001:db8::11 : PSK \"correct horse battery\"\n");
        assertEquals(Identity.ofAddress(Site.address("2001:db8::11")), site.load().tunnels().getFirst().remoteId());
        assertEquals(List.of(), site.warnings());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ondemand", "route", "OnDemand"})
    void autoOndemandWaitsForTheFirstPacket(String word) {
        assertEquals(StartMode.ONDEMAND, replaced("auto=start", "auto=" + word).auto());
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void esnDecidesWhichSequenceNumbersAreOffered() {
        assertEquals("[AES_GCM_16_256-ESN-MODP1536]", with("esn=yes").espProposals().toString());
        assertEquals("[AES_GCM_16_256-MODP1536]", with("esn=no").espProposals().toString());
        assertEquals("[AES_GCM_16_256-MODP1536]", with("esn=either").espProposals().toString(), "IKEv1");
        assertEquals("[AES_GCM_16_256-ESN-MODP1536, AES_GCM_16_256-MODP1536]", site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist") + "\tesn=either\n")
                .load().tunnels().getFirst().espProposals().toString());
        assertEquals(List.of(), site.warnings());
        site.conf(Site.CONN + "\tesn=yes\n\treplay-window=0\n");
        assertEquals(List.of("/etc/ipsec.d/a.conf:11:6: esn=yes needs a replay window | remove replay-window=0"), site.problems());
    }

    @Test
    void subnetAndSubnetsExcludeEachOther() {
        site.conf(Site.CONN + "\trightsubnets={10.0.3.0/24}\n");
        assertEquals(List.of("/etc/ipsec.d/a.conf:11:15: rightsubnets=10.0.3.0/24 stands beside rightsubnet= | write all subnets into rightsubnets="),
                site.problems());
    }

    @Test
    void hostBitsInASubnetAreClearedWithAWarning() {
        assertEquals(List.of(Prefix.parse("10.0.2.0/24")), replaced("10.0.2.0/24", "10.0.2.9/24").remoteSubnets());
        assertEquals(List.of("/etc/ipsec.d/a.conf:6:18: rightsubnet=10.0.2.9/24 has host bits set: it means 10.0.2.0/24"), site.warnings());
    }

    @Test
    void knownKeywordsWithoutEffectAreWarnedOfAndHarmlessOnesAreNot() {
        with("compress=no", "fragmentation=yes", "mobike=no", "overlapip=yes", "type=tunnel", "aggrmode=no", "rekey=yes", "keyingtries=%forever",
                "priority=7", "compress=no");
        assertEquals(List.of("/etc/ipsec.d/a.conf:19:2: priority= has no effect: it belongs to the kernel's IPsec, which is not used"), site.warnings());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "udp/1701 | 17/1701", "17/1701 | 17/1701", "UDP/%any | 17/0", "tcp | 6/0", "6/443 | 6/443", "icmp | 1/0", "50 | 50/0", "%any/%any | 0/0",
                "0/0 | 0/0", "sctp/9 | 132/9"})
    void trafficIsRestrictedToAProtocolAndAPort(String written, String expected) {
        var tunnel = with("leftprotoport=" + written);
        assertEquals(expected, tunnel.localTraffic().toString());
        assertEquals("0/0", tunnel.remoteTraffic().toString());
        var local = tunnel.toIkeConfig(Site.address(Site.LOCAL)).localSelectors().getFirst();
        assertEquals(expected, local.protocol() + "/" + local.port());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "leftprotoport=udp/l2tp | leftprotoport=udp/l2tp is not a protocol and a port", "leftprotoport=256 | leftprotoport=256 is not a protocol and a port",
        "leftprotoport=17/65536 | leftprotoport=17/65536 is not a protocol and a port",
        "leftprotoport=icmp/8 | leftprotoport=icmp/8 has a port, and protocol 1 has none",
        "leftprotoport=%any/53 | leftprotoport=%any/53 has a port, and no protocol"})
    void aProtocolAndPortThatAreNoneAreRefused(String line, String problem) {
        site.conf(Site.CONN + "     " + line + "\n");
        assertEquals(List.of("/etc/ipsec.d/a.conf:11:20: " + problem + " | write it like udp/1701, 17/1701, tcp or icmp"), site.problems());
    }

    @Test
    void bothSidesMustMeanTheSameProtocol() {
        site.conf(Site.CONN + "     leftprotoport=udp\n     rightprotoport=tcp\n");
        assertEquals(List.of("/etc/ipsec.d/a.conf:12:21: conn one has different protocols for its sides, which no packet has"
                + " | write the same protocol into leftprotoport= and rightprotoport="), site.problems());
    }

    @Test
    void natKeepalivesGoAsOftenAsConfigSetupSays() {
        assertEquals(Duration.ofSeconds(20), site.load().tunnels().getFirst().lifecycle().natKeepalive());
        site.conf("config setup\n     keep-alive=7\n" + Site.CONN);
        assertEquals(Duration.ofSeconds(7), site.load().tunnels().getFirst().lifecycle().natKeepalive());
        assertEquals(List.of(), site.warnings());
        site.conf("config setup\n     keep-alive=often\n" + Site.CONN);
        assertEquals(List.of("/etc/ipsec.d/a.conf:2:17: keep-alive=often is not a number from 0 to 3600 | write a number from 0 to 3600"), site.problems());
    }

    @Test
    void autoKeepWaitsForThePeerAndBringsItBack() {
        site.conf(Site.CONN.replace("auto=start", "auto=keep"));
        var tunnel = site.load().tunnels().getFirst();
        assertEquals(StartMode.ADD, tunnel.auto());
        assertEquals(Lifecycle.WhenDead.RESTART, tunnel.lifecycle().whenDead());
    }

    @Test
    void eachPeerOfAnyIdentityHasItsOwnSecretWithIkeV2() {
        String any = Site.CONN.replace("right=198.51.100.1", "right=%any").replace("auto=start", "auto=add\n leftid=@gw");
        site.secrets("@gw @a : PSK \"the secret of a\"\n@gw @b : PSK \"the secret of b\"\n").conf(any.replace("ikev2=no", "ikev2=insist"));
        var tunnel = site.load().tunnels().getFirst();
        assertTrue(tunnel.severalPeers());
        assertEquals(Optional.of(Secret.ofText("the secret of a")), tunnel.peerSecrets().of(Identity.fqdn("a")));
        assertEquals(Optional.empty(), tunnel.peerSecrets().of(Identity.fqdn("c")));
        var instance = tunnel.toIkeConfig(Site.address(Site.LOCAL), Encapsulation.YES, 7, Identity.fqdn("b"));
        assertEquals("one[7]", instance.name());
        assertEquals(Secret.ofText("the secret of b"), instance.preSharedKey());
        assertEquals(32, tunnel.toIkeConfig(Site.address(Site.LOCAL), Encapsulation.YES, 8, Identity.fqdn("c")).preSharedKey().toByteArray().length,
                "nobody's");
        assertEquals(List.of("/etc/ipsec.d/a.conf:1:1: conn one is for peers of any identity, and its interface tells them apart only by their subnets: each "
                + "must ask for its own" + " part of [10.0.2.0/24], and of two that ask for the same the later gets the packets"), site.warnings());
        site.conf(any);
        assertEquals(List.of("/etc/ipsec.d/a.conf:1:1: no secret for @gw and %any (conn one) | add to /etc/ipsec.d/a.secrets: @gw %any : PSK \"...\""),
                site.problems());
        site.secrets("@gw %any : PSK \"of everybody\"\n");
        assertFalse(site.load().tunnels().getFirst().severalPeers());
        assertEquals(List.of("/etc/ipsec.d/a.conf:1:1: conn one is for peers of any identity, one at a time: the later takes the place of the one before"),
                site.warnings());
    }

    @Test
    void anyPeerMayHaveAnyIdentity() {
        site.secrets("%any @peer.example : PSK \"correct horse battery\"\n")
                .conf(Site.CONN.replace("right=198.51.100.1", "right=%any\n rightid=@peer.example"));
        assertEquals(Optional.empty(), site.load().tunnels().getFirst().remote());
        assertEquals(Identity.fqdn("peer.example"), site.load().tunnels().getFirst().remoteId());
        site.secrets(": PSK \"correct horse battery\"\n");
        for (String written : List.of("right=%any", "right=%any\n rightid=%any", "right=198.51.100.1\n rightid=%any")) {
            site.conf(Site.CONN.replace("right=198.51.100.1", written));
            assertEquals(Identity.ANY, site.load().tunnels().getFirst().remoteId(), written);
        }
        site.conf(Site.CONN + "     leftid=%any\n");
        assertEquals(List.of("/etc/ipsec.d/a.conf:11:13: leftid=%any: an identity of our own must be named | write an address or @name"), site.problems());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "aes_cbc256-sha2_384;modp1536 | AES_CBC_256-HMAC_SHA2_384-MODP1536",
        "aes256-sha2_256-modp2048 | AES_CBC_256-HMAC_SHA2_256-MODP2048",
        "aes256-sha384-modp1536! | AES_CBC_256-HMAC_SHA2_384-MODP1536",
        "aes-256-sha1-dh14 | AES_CBC_256-HMAC_SHA1-MODP2048",
        "aes_cbc_128-sha512;dh5 | AES_CBC_128-HMAC_SHA2_512-MODP1536",
        "aes128-sha256-prfsha256-modp3072 | AES_CBC_128-HMAC_SHA2_256-MODP3072",
        "aes256-sha2_384;dh20 | AES_CBC_256-HMAC_SHA2_384-ECP384", "aes256-sha384-ecp256! | AES_CBC_256-HMAC_SHA2_384-ECP256",
        "aes128-sha1-ecp_521 | AES_CBC_128-HMAC_SHA1-ECP521", "aes128-sha1;dh24 | AES_CBC_128-HMAC_SHA1-MODP2048S256",
        "aes128-sha1;modp2048s256 | AES_CBC_128-HMAC_SHA1-MODP2048S256", "aes256-sha2_256;dh31 | AES_CBC_256-HMAC_SHA2_256-X25519",
        "aes256-sha256-curve25519! | AES_CBC_256-HMAC_SHA2_256-X25519", "aes256-sha256-x25519 | AES_CBC_256-HMAC_SHA2_256-X25519"})
    void ikeIsWrittenInTwoDialects(String written, String expected) {
        assertEquals("[" + expected + "]", replaced("ike=aes_cbc256-sha2_384;modp1536", "ike=" + written).ikeProposals().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "aes_gcm256-sha2_256;dh31;addke1=dh20 | AES_GCM_16_256-HMAC_SHA2_256-X25519-KE1_ECP384",
        "aes256gcm16-sha256-x25519-ke1_ecp384! | AES_GCM_16_256-HMAC_SHA2_256-X25519-KE1_ECP384",
        "aes256-sha256;ke=dh31;addke1=dh20;addke2=modp3072 | AES_CBC_256-HMAC_SHA2_256-X25519-KE1_ECP384-KE2_MODP3072",
        "aes256-sha256-x25519-ke1_ecp384-ke2_modp3072 | AES_CBC_256-HMAC_SHA2_256-X25519-KE1_ECP384-KE2_MODP3072",
        "aes256-sha256;dh31;addke1=dh20+dh21 | AES_CBC_256-HMAC_SHA2_256-X25519-KE1_ECP384, AES_CBC_256-HMAC_SHA2_256-X25519-KE1_ECP521",
        "aes_gcm256-sha2_256;dh31;addke1=ml_kem_768 | AES_GCM_16_256-HMAC_SHA2_256-X25519-KE1_ML_KEM_768",
        "aes256gcm16-sha256-x25519-ke1_mlkem768-ke2_mlkem1024 | AES_GCM_16_256-HMAC_SHA2_256-X25519-KE1_ML_KEM_768-KE2_ML_KEM_1024",
        "aes256-sha256-x25519-ke1_ecp384,aes256-sha256-x25519 | AES_CBC_256-HMAC_SHA2_256-X25519-KE1_ECP384, AES_CBC_256-HMAC_SHA2_256-X25519"})
    void additionalKeyExchangesAreWrittenInTwoDialects(String written, String expected) {
        var tunnel = site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist").replace("ike=aes_cbc256-sha2_384;modp1536", "ike=" + written))
                .load().tunnels().getFirst();
        assertEquals("[" + expected + "]", tunnel.ikeProposals().toString());
        assertEquals(List.of(), site.warnings());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "aes_gcm256;dh31;addke1=dh20 | AES_GCM_16_256-X25519-KE1_ECP384",
                "aes256gcm16-x25519-ke1_ecp384-ke2_ecp521 | AES_GCM_16_256-X25519-KE1_ECP384-KE2_ECP521",
        "aes256gcm16-x25519-ke1_mlkem512 | AES_GCM_16_256-X25519-KE1_ML_KEM_512",
        "aes256gcm16-ke1_ecp384 | AES_GCM_16_256-MODP1536-KE1_ECP384",
        "aes256gcm16-x25519-ke1_ecp384,aes128gcm16-x25519 | AES_GCM_16_256-X25519-KE1_ECP384, AES_GCM_16_128-X25519"})
    void soAreThoseOfChildren(String written, String expected) {
        var tunnel = site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist").replace("phase2alg=aes_gcm256;modp1536", "esp=" + written))
                .load().tunnels().getFirst();
        assertEquals("[" + expected + "]", tunnel.espProposals().toString());
        assertEquals(List.of(), site.warnings());
    }

    @ParameterizedTest
    @CsvSource({"ike=aes256-sha256;ml_kem_768+dh31, 9:10: ike=", "esp=aes256gcm16-x25519-mlkem768, 10:10: esp="})
    void mlKemAloneIsLeftOut(String written, String where) {
        var old = written.startsWith("ike") ? "ike=aes_cbc256-sha2_384;modp1536" : "phase2alg=aes_gcm256;modp1536";
        var tunnel = site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist").replace(old, written)).load().tunnels().getFirst();
        assertTrue(tunnel.ikeProposals().size() == 1 && tunnel.espProposals().size() == 1);
        assertEquals(List.of("/etc/ipsec.d/a.conf:" + where
                + " offers less than it says: ML_KEM_768 is refused: it follows a group as an additional key exchange of IKEv2, like dh31;addke1=ml_kem_768"),
                site.warnings());
    }

    @Test
    void aKeyExchangeThatIsThereAlreadyIsLeftOut() {
        var tunnel = site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist").replace("ike=aes_cbc256-sha2_384;modp1536",
                "ike=aes256-sha256;dh20+dh31;addke1=dh20")).load().tunnels().getFirst();
        assertEquals("[AES_CBC_256-HMAC_SHA2_256-X25519-KE1_ECP384]", tunnel.ikeProposals().toString());
        assertEquals(List.of("/etc/ipsec.d/a.conf:9:10: ike= offers less than it says: the same key exchange twice is not supported yet"), site.warnings());
    }

    @Test
    void withIkev2ChildrenMayHaveSeveralGroups() {
        var tunnel = site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist").replace("phase2alg=aes_gcm256;modp1536",
                "esp=aes_gcm256;modp2048,aes256-sha2_256;dh20,aes_gcm128")).load().tunnels().getFirst();
        assertEquals("[AES_GCM_16_256-MODP2048, AES_CBC_256-HMAC_SHA2_256_128-ECP384, AES_GCM_16_128-MODP1536]", tunnel.espProposals().toString());
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void listsAndAlternativesKeepTheirOrder() {
        assertEquals("[AES_CBC_256-HMAC_SHA2_512-MODP2048, AES_CBC_256-HMAC_SHA2_256-MODP2048, AES_CBC_128-HMAC_SHA1-MODP1536]",
                replaced("ike=aes_cbc256-sha2_384;modp1536", "ike=aes256-sha2_512+sha2_256-dh14,aes128-sha1-modp1536").ikeProposals().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "aes_gcm256;modp1536 | AES_GCM_16_256-MODP1536", "aes256gcm16-modp1536! | AES_GCM_16_256-MODP1536", "aes_gcm_c_192;modp2048 | AES_GCM_16_192-MODP2048",
        "aes_gcm128 | AES_GCM_16_128-MODP1536", "aes256gcm128-dh15 | AES_GCM_16_256-MODP3072", "aes_gcm_16_256-none | AES_GCM_16_256-MODP1536",
        "aes_gcm_b_256 | AES_GCM_12_256-MODP1536", "aes128gcm12-modp2048 | AES_GCM_12_128-MODP2048", "aes192gcm96 | AES_GCM_12_192-MODP1536",
        "aes256-sha2_256;modp2048 | AES_CBC_256-HMAC_SHA2_256_128-MODP2048", "aes128-sha1 | AES_CBC_128-HMAC_SHA1_96-MODP1536",
        "aes_cbc192-sha384-modp3072 | AES_CBC_192-HMAC_SHA2_384_192-MODP3072", "aes256-sha2_512 | AES_CBC_256-HMAC_SHA2_512_256-MODP1536"})
    void phase2algIsWrittenInTwoDialectsAndTakesTheGroupOfIke(String written, String expected) {
        assertEquals("[" + expected + "]", replaced("phase2alg=aes_gcm256;modp1536", "esp=" + written).espProposals().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"chacha20_poly1305;modp1536", "chacha20poly1305-modp1536"})
    void chaCha20Poly1305IsForIkeV2(String written) {
        var tunnel = site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist").replace("phase2alg=aes_gcm256;modp1536", "esp=" + written))
                .load().tunnels().getFirst();
        assertEquals("[CHACHA20_POLY1305_256-MODP1536]", tunnel.espProposals().toString());
    }

    @Test
    void aWeakGroupIsUsedWithAWarningWhereItIsNamed() {
        assertEquals("[AES_CBC_128-HMAC_SHA1-MODP1024]", replaced("ike=aes_cbc256-sha2_384;modp1536", "ike=aes128-sha1;modp1024").ikeProposals().toString());
        assertEquals(List.of("/etc/ipsec.d/a.conf:9:10: ike= names MODP1024, which should no longer be used (RFC 8247, section 2.4)"), site.warnings());
        assertEquals("[AES_GCM_16_256-MODP2048S256]", replaced("phase2alg=aes_gcm256;modp1536", "phase2alg=aes_gcm256;dh24").espProposals().toString());
        assertEquals(List.of("/etc/ipsec.d/a.conf:10:16: phase2alg= names MODP2048S256, which should no longer be used (RFC 8247, section 2.4)"),
                site.warnings());
    }

    @Test
    void noDefaultIsWeak() {
        var tunnel = site.conf(Site.CONN.replaceAll(" +(ike|phase2alg)=.*\n", "")).load().tunnels().getFirst();
        assertTrue(tunnel.ikeProposals().stream().noneMatch(ike -> ike.group().discouraged()));
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void withoutPfsThereIsNoGroup() {
        assertEquals("[AES_GCM_16_256]", with("pfs=no").espProposals().toString());
        assertEquals(List.of("/etc/ipsec.d/a.conf:10:16: the group of phase2alg= is not used: pfs=no"), site.warnings());
    }

    @Test
    void oneOfTwoOldConnSpellingsOfAnInnerAddress() {
        assertEquals("192.168.254.1/30", with("leftvti=192.168.254.1/30").innerAddress().orElseThrow().toString());
        with("rightvti=192.168.254.2/30");
        assertEquals(List.of("/etc/ipsec.d/a.conf:11:2: rightvti= is for the peer's interface: this host is left"), site.warnings());
    }

    @Test
    void keyIdsAreBytes() {
        assertEquals(Identity.keyId(Octets.of("a".getBytes(StandardCharsets.UTF_8))), site.secrets(": PSK \"correct horse battery\"\n")
                .conf(Site.CONN + " rightid=@[a]\n").load().tunnels().getFirst().remoteId());
    }
}
