package dev.torii.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What keeps Torii from starting: place, cause and suggestion, to the letter. */
class BadInputTest {
    private static final String A = "/etc/ipsec.d/a.conf:";
    private static final String B = "/etc/frr/bgpd.conf:";

    @TempDir
    Path root;
    private Site site;

    @BeforeEach
    void makeRoot() { site = new Site(root).conf(Site.CONN).secrets(Site.SECRET); }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "leftsubent=10.0.0.0/8 | 11:2: unknown keyword leftsubent # did you mean leftsubnet=?",
        "phase2algo=aes | 11:2: unknown keyword phase2algo # did you mean phase2alg=?",
        "sallifetime=3600s | 11:2: unknown keyword sallifetime # did you mean salifetime=?",
        "frobnicate=yes | 11:2: unknown keyword frobnicate # remove the line, or put a # before it",
        "margintime=9m | 11:2: unknown keyword margintime # it is strongSwan's: write rekeymargin=",
        "mark=5/0xfffffffff | 11:7: mark=5/0xfffffffff is not a mark # write a number of at most 32 bits and a mask, like 5/0xffffffff",
        "salifetime=soon | 11:13: salifetime=soon is not a time # write seconds, or a number with s, m, h or d, like 28800s or 8h",
        "pfs=maybe | 11:6: pfs=maybe is neither yes nor no # write yes or no",
        "rekeyfuzz=100 | 11:12: rekeyfuzz=100 is not a percentage # write a number and %, like 100%",
        "replay-window=many | 11:16: replay-window=many is not a number from 0 to 1048576 # write a number from 0 to 1048576",
        "vti-interface=a-much-too-long-name | 11:16: vti-interface=a-much-too-long-name is longer than the 15 characters an interface name may have # "
                + "choose a shorter name, like vti01",
        "leftvti=192.168.254.1 | 11:10: leftvti=192.168.254.1 has no prefix length # write 192.168.254.1/30",
        "leftvti=192.168.254.0/30 | 11:10: leftvti=192.168.254.0/30 is a subnet, not an address in it # write the address of this end, like 192.168.254.1/30",
        "aggrmode=yes | 11:2: aggrmode=yes is not supported # Aggressive Mode gives the hash of the secret away: remove it",
        "type=transport | 11:2: type=transport is not supported # only type=tunnel is supported: remove it",
        "leftupdown=/bin/true | 11:2: leftupdown=/bin/true is not supported # "
                + "no script is run: remove it; interfaces, addresses and routes are made by Torii itself",
        "mtu=\"1400 | 11:6: this \" is never closed # add \" at the end of the value",
        "mtu=1400 1500 | 11:11: more than one value for mtu # put the value in double quotes, or a # before a comment",
        "mtu | 11:5: expected = after mtu # write mtu=value",
        "also=nowhere | 11:7: also= names conn nowhere, which does not exist # write a conn nowhere",
        "ike=aes128-sha1-modp1536 | 11:2: ike= is set a second time to another value; first at /etc/ipsec.d/a.conf:9:6 # remove one of the two lines",
        "auto=begin | 11:2: auto= is set a second time to another value; first at /etc/ipsec.d/a.conf:7:6 # remove one of the two lines",
        "leftid=CPE_global_IP | 11:9: leftid=CPE_global_IP is still the placeholder # put the address here",
        "leftid=${cpePublicIpAddress} | 11:9: leftid=${cpePublicIpAddress} is still the placeholder # put the address here",
        "leftid=cpe.example | 11:9: leftid=cpe.example is neither an address nor a name with @ # "
                + "write an address, or @cpe.example for a name that is sent as it is"})
    void aBadLineInAConn(String line, String expected) {
        site.conf(Site.CONN + "\t" + line + "\n");
        assertEquals(List.of(A + expected.replace(" # ", " | ").replace("or put a |", "or put a #").replace("or a |", "or a #")), site.problems());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ikev2=no | ikev2=perhaps | 8:12: ikev2=perhaps is no version of IKE # write ikev2=no for IKEv1, or ikev2=insist for IKEv2",
        "ikev2=no | keyexchange=ikev3 | 8:18: keyexchange=ikev3 is no version of IKE # write keyexchange=ikev2 or keyexchange=ikev1",
        "authby=secret | authby=rsasig | 4:13: conn one asks for certificates with IKEv1, which are supported with IKEv2 only # "
                + "write ikev2=insist, or authby=secret",
        "rightsubnet=10.0.2.0/24 | rightsubnet=10.0.2.0/33 | 6:18: rightsubnet=10.0.2.0/33 is not a subnet # "
                + "write an address and a prefix length, like 192.168.2.0/24",
        "rightsubnet=10.0.2.0/24 | rightsubnet=10.0.2.256/24 | 6:18: rightsubnet=10.0.2.256/24 is not a subnet # "
                + "write an address and a prefix length, like 192.168.2.0/24",
        "rightsubnet=10.0.2.0/24 | rightsubnet=10.0.2.1 | 6:18: rightsubnet=10.0.2.1 has no prefix length # write 10.0.2.1/32 for one host",
        "rightsubnet=10.0.2.0/24 | rightsubnets=\"10.0.2.0/24 10.0.3.0\" | 6:19: rightsubnets=10.0.3.0 has no prefix length # write 10.0.3.0/32 for one host",
        "rightsubnet=10.0.2.0/24 | rightsubnet=10.0.2.0/24,10.0.3.0/24 | 6:18: rightsubnet=10.0.2.0/24,10.0.3.0/24 is a list, which only IKEv2 has here # "
                + "write rightsubnets={10.0.2.0/24 10.0.3.0/24}",
        "rightsubnet=10.0.2.0/24 | rightsubnet=0.0.0.0/0 | 6:18: conn one takes all traffic (0.0.0.0/0) but names no interface to route it into # "
                + "add vti-interface=vti01, and routes or BGP over it",
        "rightsubnet=10.0.2.0/24 | rightsubnet=2001:db8:2:: | 6:18: rightsubnet=2001:db8:2:: has no prefix length # write 2001:db8:2::/128 for one host",
        "rightsubnet=10.0.2.0/24 | rightsubnet=2001:db8:2::/129 | 6:18: rightsubnet=2001:db8:2::/129 is not a subnet # "
                + "write an address and a prefix length, like 2001:db8:2::/64",
        "rightsubnet=10.0.2.0/24 | rightsubnet=2001:db8:2::3::/64 | 6:18: rightsubnet=2001:db8:2::3::/64 is not a subnet # "
                + "write an address and a prefix length, like 2001:db8:2::/64",
        "rightsubnet=10.0.2.0/24 | rightsubnets={10.0.2.0/24 2001:db8:2::/64} | 6:19: conn one has IPv6 traffic on the right side and none on the left # "
                + "write an IPv6 subnet into leftsubnet=, or two families into leftsubnets=",
        "right=198.51.100.1 | right=vpn.example | 3:12: right=vpn.example is a name, and names are not looked up yet # write the address",
        "right=198.51.100.1 | right=198.51.100.999 | 3:12: right=198.51.100.999 is not an address # write an address like 198.51.100.1",
        "right=198.51.100.1 | right=2001:db8::1 | 2:11: left=192.168.1.42 and right=2001:db8::1 are of two address families # "
                + "write two IPv4 addresses, or two IPv6 addresses",
        "right=198.51.100.1 | right=2001:db8::1::2 | 3:12: right=2001:db8::1::2 is not an address # write an address like 198.51.100.1",
        "right=198.51.100.1 | right=fe80::1 | 3:12: right=fe80::1 is the address of one link only # write an address that is routed",
        "right=198.51.100.1 | right=224.0.0.5 | 3:12: right=224.0.0.5 is a multicast address # write an address that is routed",
        "left=192.168.1.42 | left=10.9.9.9 | 2:11: neither left=10.9.9.9 nor right=198.51.100.1 is an address of this host # "
                + "this host has 192.168.1.42; write left=%defaultroute for whichever address leads to the peer",
        "right=198.51.100.1 | right=192.168.1.42 | 2:11: both left=192.168.1.42 and right=192.168.1.42 are this host # "
                + "this host has 192.168.1.42; write left=%defaultroute for whichever address leads to the peer",
        "auto=start | auto=begin | 7:11: auto=begin is unknown # write auto=start, auto=ondemand, auto=add or auto=ignore",
        "ike=aes_cbc256-sha2_384;modp1536 | ike=aes_cbc256-sha2_385;modp1536 | "
                + "9:10: ike=aes_cbc256-sha2_385;modp1536 has \"sha2_385\", which is no algorithm # write proposals like aes_cbc256-sha2_384;modp1536",
        "ike=aes_cbc256-sha2_384;modp1536 | ike=aes256-sha256-x25519-ke1_ecp384 | "
                + "9:10: ike=aes256-sha256-x25519-ke1_ecp384 names additional key exchanges, which IKEv1 does not have (RFC 9370) # "
                + "write ikev2=insist, or leave them out",
        "phase2alg=aes_gcm256;modp1536 | esp=aes_gcm256;modp1536;addke1=dh20 | "
                + "10:10: esp=aes_gcm256;modp1536;addke1=dh20 names additional key exchanges, which IKEv1 does not have (RFC 9370) # "
                + "write ikev2=insist, or leave them out",
        "ike=aes_cbc256-sha2_384;modp1536 | ike=aes256-sha256;dh31;addke2=dh20 | "
                + "9:10: ike=aes256-sha256;dh31;addke2=dh20 leaves out a number of the additional key exchanges # number them from 1 on: ke1_..., ke2_...",
        "ike=aes_cbc256-sha2_384;modp1536 | ike=aes256-sha256-x25519-ke1_none | "
                + "9:10: ike=aes256-sha256-x25519-ke1_none has \"ke1_none\", which is no algorithm # write proposals like aes_cbc256-sha2_384;modp1536",
        "ike=aes_cbc256-sha2_384;modp1536 | ike=aes256-sha256-x25519-ke8_ecp384 | "
                + "9:10: ike=aes256-sha256-x25519-ke8_ecp384 has \"ke8_ecp384\", which is no algorithm # write proposals like aes_cbc256-sha2_384;modp1536",
        "phase2alg=aes_gcm256;modp1536 | esp=aes_gcm256;modp1536,aes_gcm256;modp2048 | "
                + "10:10: esp=aes_gcm256;modp1536,aes_gcm256;modp2048 names more than one group, and Quick Mode can offer only one (RFC 2409, section 5.5) # "
                + "keep one group, the same for all"})
    void aBadValueInAConn(String line, String by, String expected) {
        assertTrue(Site.CONN.contains(line), line);
        site.conf(Site.CONN.replace(line, by));
        assertEquals(List.of(A + expected.replace(" # ", " | ")), site.problems());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "9223372036854775808", "8E", "10GBi", "1.5M", "many"})
    void aLimitIsAPositiveNumber(String written) {
        site.conf(Site.CONN + "     ipsec-max-bytes=" + written + "\n");
        assertEquals(List.of(A + "11:22: ipsec-max-bytes=" + written
                + " is not a number from 1 to 2^63-1 | write a number, or one with KiB, MiB, GiB, like 100GiB"), site.problems());
    }

    @Test
    void twoFamiliesMustBeOnBothSides() {
        site.conf(Site.CONN.replace("rightsubnet=10.0.2.0/24", "rightsubnet=2001:db8:2::/64"));
        assertEquals(List.of(
                A + "5:17: conn one has IPv4 traffic on the left side and none on the right | "
                        + "write an IPv4 subnet into rightsubnet=, or two families into rightsubnets=",
                A + "6:18: conn one has IPv6 traffic on the right side and none on the left | "
                        + "write an IPv6 subnet into leftsubnet=, or two families into leftsubnets="), site.problems());
        site.conf(Site.CONN.replace("     leftsubnet=192.168.2.0/24\n", "").replace("rightsubnet=10.0.2.0/24", "rightsubnet=2001:db8:2::/64"));
        assertEquals(2, site.problems().size(), "without leftsubnet= our side is its outer address");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "leftvti=fd00:254::1 | leftvti=fd00:254::1 has no prefix length # write fd00:254::1/64",
        "leftvti=fd00:254::/64 | leftvti=fd00:254::/64 is a subnet, not an address in it # write the address of this end, like fd00:254::1/64",
        "leftvti=fe80::1/64 | leftvti=fe80::1/64 is no address that packets of other networks may come from # "
                + "write a global or unique local address, like fd00:254::1/64"})
    void aBadInnerAddressOfIpv6(String line, String expected) {
        site.conf(Site.CONN + "     " + line + "\n");
        assertEquals(List.of(A + "11:14: " + expected.replace(" # ", " | ")), site.problems());
    }

    @Test
    void ipv6InATunnelNeedsAnInterfaceOf1280Bytes() {
        var narrow = Site.CONN.replace("192.168.2.0/24", "2001:db8:1::/64").replace("10.0.2.0/24", "2001:db8:2::/64") + "     mtu=1279\n";
        site.conf(narrow);
        assertEquals(List.of(A + "11:10: mtu=1279 is too little for IPv6 in the tunnel | write mtu=1280 or more, or remove the line"), site.problems());
        site.conf(narrow.replace("1279", "1280"));
        assertTrue(site.load().tunnels().getFirst().carriesIpv6());
        site.conf(Site.CONN + "     mtu=1279\n");
        assertEquals(1279, site.load().tunnels().getFirst().mtu().orElseThrow());
    }

    @Test
    void allIpv6TrafficNeedsAnInterfaceToo() {
        site.conf(Site.CONN.replace("192.168.2.0/24", "::/0").replace("10.0.2.0/24", "::/0"));
        assertEquals(List.of(A + "6:18: conn one takes all traffic (::/0) but names no interface to route it into | "
                + "add vti-interface=vti01, and routes or BGP over it"), site.problems());
    }

    @Test
    void algorithmsThatAreKnownButNotSupportedYetAreNamed() {
        site.conf(Site.CONN.replace("ike=aes_cbc256-sha2_384;modp1536", "ike=3des-md5;modp1024"));
        String problem = site.problems().getFirst();
        assertTrue(problem.startsWith(A + "9:10: ike=3des-md5;modp1024 has nothing that is supported yet: 3DES, MD5 is not | supported: AES_CBC with keys"),
                problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "aes_gcm_a_256;modp1536 | AES_GCM_8 is refused: an ICV of 8 octets is too short (NIST SP 800-38D, appendix C)",
        "aes256gcm8-modp1536 | AES_GCM_8 is refused: an ICV of 8 octets is too short (NIST SP 800-38D, appendix C)",
        "chacha20_poly1305;modp1536 | CHACHA20_POLY1305 is refused: it is for phase 2 of IKEv2 (RFC 7634)",
        "null-sha1;modp1536 | NULL is refused: it does not encrypt"})
    void whatIsRefusedIsNamedWithTheReason(String algorithms, String reason) {
        site.conf(Site.CONN.replace("phase2alg=aes_gcm256;modp1536", "esp=" + algorithms));
        String problem = site.problems().getFirst();
        assertTrue(problem.startsWith(A + "10:10: esp=" + algorithms + " has nothing that is supported yet: " + reason + " | supported: AES_GCM_16, "),
                problem);
        site.conf(Site.CONN.replace("phase2alg=aes_gcm256;modp1536", "esp=" + algorithms + ",aes_gcm128;modp1536"));
        assertEquals(List.of(A + "10:10: esp= offers less than it says: " + reason), site.warnings());
        assertEquals("[AES_GCM_16_128-MODP1536]", site.load().tunnels().getFirst().espProposals().toString());
    }

    @Test
    void aListWithSomethingSupportedIsUsedWithAWarning() {
        site.conf(Site.CONN.replace("ike=aes_cbc256-sha2_384;modp1536", "ike=3des-sha1;modp1536,aes256-sha1;modp1536"));
        assertEquals(List.of(A + "9:10: ike= offers less than it says: 3DES is not supported yet"), site.warnings());
        assertEquals(1, site.load().tunnels().getFirst().ikeProposals().size());
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        site.conf(Site.CONN.replace("authby=secret", "autby=secret").replace("10.0.2.0/24", "10.0.2/24")).bgpd("ruter bgp 65000\n");
        assertEquals(List.of(
                B + "1:1: unknown command \"ruter\" | did you mean router?",
                A + "1:1: conn one does not say authby=secret, and without it Libreswan authenticates by certificate, for which leftcert= is missing | "
                        + "add authby=secret, or leftcert=",
                A + "4:6: unknown keyword autby | did you mean authby=?",
                A + "6:18: rightsubnet=10.0.2/24 is not a subnet | write an address and a prefix length, like 192.168.2.0/24"), site.problems());
    }

    @Test
    void aConnWithoutASecretIsRefused() {
        site.secrets("# nothing yet\n");
        assertEquals(List.of(A + "1:1: no secret for 192.168.1.42 and 198.51.100.1 (conn one) | "
                + "add to /etc/ipsec.d/a.secrets: 192.168.1.42 198.51.100.1 : PSK \"...\""), site.problems());
    }

    @Test
    void twoConnsWithTheSameMarkAreRefused() {
        site.secrets(Site.SECRET + "192.168.1.42 198.51.100.5 : PSK \"correct horse battery\"\n")
                .conf(Site.CONN + "     mark=5/0xffffffff\n" + Site.CONN.replace("conn one", "conn two").replace(".100.1", ".100.5") + "     mark=0x5\n");
        assertEquals(List.of(A + "22:11: mark=0x5 is the mark of another conn too, at /etc/ipsec.d/a.conf:11:11 | "
                + "give each conn a mark of its own, like mark=6/0xffffffff"), site.problems());
    }

    @Test
    void twoConnsWithTheSameInterfaceAreRefused() {
        site.secrets(Site.SECRET + "192.168.1.42 198.51.100.5 : PSK \"correct horse battery\"\n")
                .conf(Site.CONN + "     vti-interface=vti01\n" + Site.CONN.replace("conn one", "conn two").replace(".100.1", ".100.5")
                        + "     vti-interface=vti01\n");
        assertEquals(List.of(A + "22:20: vti-interface=vti01 is the interface of another conn too, at /etc/ipsec.d/a.conf:11:20 | "
                + "give each conn an interface of its own, like vti-interface=vti02"), site.problems());
    }

    @Test
    void twoConnsForOneAddressPairWithDifferentSecretsAreRefusedWithIkeV1() {
        site.secrets(Site.SECRET + "192.168.1.42 @other : PSK \"another one, longer\"\n")
                .conf(Site.CONN + Site.CONN.replace("conn one", "conn two") + "     rightid=@other\n");
        assertEquals(List.of(A + "11:1: conn two and conn one at /etc/ipsec.d/a.conf:1:1 have the same two addresses and different secrets"
                + " | use one secret for both, or ikev2=insist: with IKEv1, before the peer says who it is, its address must tell which secret is meant"),
                site.problems());
        site.secrets("192.168.1.42 198.51.100.1 @other : PSK \"correct horse battery\"\n");
        assertEquals(2, site.load().tunnels().size());
    }

    @Test
    void withIkeV2TheIdentityTellsThemApartAndOnlyTheSameOneIsRefused() {
        String one = Site.CONN.replace("ikev2=no", "ikev2=insist");
        site.secrets(Site.SECRET + "192.168.1.42 @other : PSK \"another one, longer\"\n")
                .conf(one + one.replace("conn one", "conn two") + "     rightid=@other\n");
        assertEquals(List.of(), site.load().warnings());
        site.conf(one + one.replace("conn one", "conn two"));
        assertEquals(List.of(A + "11:1: conn two has the two addresses and identities of conn one at /etc/ipsec.d/a.conf:1:1, and a peer that begins is "
                + "answered by that one" + " unless its traffic selectors are of this one alone"), site.warnings());
    }

    @Test
    void twoConnsOfOneNameAreRefused() {
        site.conf(Site.CONN + Site.CONN);
        assertEquals(List.of(A + "11:1: there is a conn one already, at /etc/ipsec.d/a.conf:1:1 | give one of them another name"), site.problems());
    }

    @Test
    void anUnreadableFileIsRefused() throws Exception {
        Files.createDirectories(site.path("/etc/ipsec.secrets"));
        assertEquals(List.of("/etc/ipsec.secrets:1:1: /etc/ipsec.secrets is not a file | put a file there, or remove it"), site.problems());
        Files.delete(site.path("/etc/ipsec.secrets"));
        Files.createSymbolicLink(site.path("/etc/ipsec.d/dangling.conf"), Path.of("nowhere"));
        assertEquals(List.of("/etc/ipsec.d/dangling.conf:1:1: /etc/ipsec.d/dangling.conf cannot be read: NoSuchFileException | "
                + "let root read it (chown root, chmod 600), or remove it"), site.problems());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "left=1.2.3.4 | 1:1: \"left=\" in the first column belongs to no conn # indent the line: only conn, config setup and include start in the first column",
        "' left=1.2.3.4' | 1:2: this line belongs to no section # write conn NAME in a line of its own before it",
        "' conn x' | 1:2: \"conn\" must start in the first column # remove the blanks before it",
        "con x | 1:1: unknown section \"con\" # did you mean conn?",
        "conn | 1:5: conn without a name # write conn NAME",
        "config set | 1:8: expected \"setup\" after \"config\" # write config setup",
        "include | 1:8: include without a file # write include FILE",
        "include a.conf | 1:9: include loop: /etc/ipsec.d/a.conf is being read already # remove this include"})
    void aLineThatIsNoSection(String line, String expected) {
        assertEquals(List.of(A + expected.replace(" # ", " | ")), site.conf(line + "\n").problems());
    }

    @Test
    void anUnknownKeywordOfConfigSetupIsRefused() {
        site.conf("config setup\n  protostak=xfrm\n  auto=start\n  listen-tcp=yes\n");
        assertEquals(List.of(A + "2:3: unknown keyword protostak in config setup | did you mean protostack=?",
                A + "3:3: unknown keyword auto in config setup | it belongs into a conn",
                A + "4:3: listen-tcp=yes is not supported | TCP encapsulation is not supported: remove it"), site.problems());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "neighbor 192.168.254.9 next-hop-self | 3:11: \"192.168.254.9\" is an unknown neighbor: specify remote-as first # "
                + "did you mean 192.168.254.2? Otherwise put neighbor 192.168.254.9 remote-as AS before this line",
        "neighbor 192.168.254.2 remote-as 65001 | 3:35: \"65001\" is another AS than 31898 at /etc/frr/bgpd.conf:2:2 # remove one of the two lines",
        "neighbor 192.168.254.2 remote-as 4294967296 | 3:35: \"4294967296\" is not an AS number # write a number from 1 to 4294967295",
        "neighbor 192.168.254.2 rout-map A in | 3:25: unknown word \"rout-map\" # did you mean route-map?",
        "neighbor 192.168.254.2 route-map A inn | 3:37: unknown word \"inn\" # did you mean in?",
        "neighbor 192.168.254.2 route-map A | 3:35: the command is incomplete after \"A\" # expected in or out next",
        "neighbor 192.168.254.2 timers 60 2 | 3:35: \"2\" is too short for a hold time (RFC 4271, section 4.2) # write 0, or at least 3 seconds",
        "neighbor 192.168.254.2 passive now | 3:33: unexpected \"now\" at the end of the command # remove it",
        "neighbor 192.168.254.2 password | 3:2: the password has 0 octets # write one of 1 to 80",
        "neighbor 192.168.254.2 password two words | 3:2: the password has spaces in it, which FRR does not take # "
                + "write one without spaces here and at the peer",
        "neighbour 192.168.254.2 passive | 3:2: unknown command \"neighbour\" # did you mean neighbor?",
        "network 192.168.2.0/33 | 3:10: \"192.168.2.0/33\" is not a prefix # write an address and a length from 0 to 32, like 192.168.2.0/24",
        "network 192.168.2.0 | 3:10: \"192.168.2.0\" is not a prefix # add a length, like 192.168.2.0/24",
        "redistribute ospf | 3:2: this command is not supported yet # remove it; network PREFIX announces a route, ip route PREFIX GATEWAY provides it",
        "address-family ipv6 multicast | 3:2: this address family is not supported yet # remove the block; address-family ipv4 unicast and ipv6 unicast are supported",
        "router bgp 65001 | 3:13: \"65001\" is another AS than 65000 at /etc/frr/bgpd.conf:1:1 # use one router bgp for the whole host",
        "ip prefix-list A permit 10.0.0.0/8 ge 4 | 3:37: \"ge\" makes no range of lengths # lengths must satisfy 8 <= ge <= le <= 32",
        "ip prefix-list A allow 10.0.0.0/8 | 3:19: unknown word \"allow\" # expected description or seq or permit or deny, or put a ! before the line",
        "ip route 10.0.0.0/8 | 3:2: the route has no next hop # write ip route PREFIX GATEWAY",
        "ip route 10.0.0.0/8 192.168.1.1 0 | 3:34: \"0\" is not a number from 1 to 255 # write a number from 1 to 255",
        "ip route 10.0.0.0/8 192.168.1.999 | 3:22: \"192.168.1.999\" is neither an address nor an interface # "
                + "write a gateway like 192.168.1.1, an interface, or Null0"})
    void aBadLineInAFileOfFrr(String line, String expected) {
        site.bgpd("router bgp 65000\n neighbor 192.168.254.2 remote-as 31898\n " + line + "\n");
        assertEquals(List.of(B + expected.replace(" # ", " | ")), site.problems());
    }

    @Test
    void aFileThatMayNotBeReadIsRefused() throws Exception {
        Files.setPosixFilePermissions(site.path("/etc/ipsec.d/a.conf"), Set.of());
        assumeFalse(Files.isReadable(site.path("/etc/ipsec.d/a.conf")), "root may read everything");
        assertEquals(List.of(A + "1:1: /etc/ipsec.d/a.conf cannot be read: permission denied | let root read it (chown root, chmod 600), or remove it"),
                site.problems());
    }

    @Test
    void aValueThatIsMissingIsReportedAndTheKeywordLeftOut() {
        site.conf(Site.CONN + "\tmtu=\n");
        assertEquals(List.of(A + "11:6: mtu= has no value and no effect"), site.warnings());
        site.conf(Site.CONN.replace("right=198.51.100.1", "right= # later"));
        assertTrue(site.problems().contains(A + "1:1: conn one has no right= | add right= with an address"), () -> site.problems().toString());
    }

    @Test
    void nothingIsStartedFromAMissingRoot() {
        assertEquals(1, new Site(root.resolve("nowhere")).problems().size());
    }
}
