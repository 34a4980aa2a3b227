package dev.torii.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.torii.ike.Authentication;
import dev.torii.ike.Octets;
import dev.torii.ike.PostQuantumKeys;
import dev.torii.ike.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammar of ipsec.secrets, and which secret a connection gets. */
class SecretsTest {
    private static final String IDS = "203.0.113.7 198.51.100.1";

    @TempDir
    Path root;
    private Site site;

    @BeforeEach
    void makeRoot() { site = new Site(root).conf(Site.CONN + "     leftid=203.0.113.7\n"); }

    private Secret found(String secrets) { return secretOf(site.secrets(secrets).load().tunnels().getFirst()); }

    private static Secret secretOf(TunnelConfig tunnel) { return ((Authentication.PreSharedKey) tunnel.authentication().own()).secret(); }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "203.0.113.7 198.51.100.1 : PSK \"right secret\"", "203.0.113.7 198.51.100.1: PSK \"right secret\" # why",
                "198.51.100.1 203.0.113.7 : psk 'right secret'",
        ": PSK \"right secret\"", "203.0.113.7 : PSK \"right secret\"", "%any 198.51.100.1 : PSK \"right secret\"", "%any %any : PSK \"right secret\"",
        "203.0.113.7 192.0.2.9 198.51.100.1 : PSK \"right secret\"", "203.0.113.7 198.51.100.1 : PSK 0x7269676874_20736563726574",
        "203.0.113.7 198.51.100.1 : PSK 0scmlnaHQgc2VjcmV0", "192.168.1.42 198.51.100.1 : PSK \"right secret\""})
    void anEntryHasManyForms(String entry) {
        assertEquals(Secret.ofText("right secret"), found("# first line\n" + entry + "\n"));
    }

    @Test
    void anEntryGoesOnInIndentedLinesAndNeedsNoLineEnd() {
        assertEquals(Secret.ofText("right secret"), found("203.0.113.7\r\n\t198.51.100.1 # comment\r\n\r\n  : PSK\r\n\t\"right secret\""));
    }

    @Test
    void theMostSpecificEntryWins() {
        assertEquals(Secret.ofText("both sides"), found(": PSK \"no identity\"\n%any 198.51.100.1 : PSK \"any and peer\"\n203.0.113.7 : PSK \"own identity\"\n"
                + "203.0.113.7 %any : PSK \"own and any\"\n" + IDS + " : PSK \"both sides\"\n"));
        assertEquals(Secret.ofText("own and any"), found(": PSK \"no identity\"\n%any 198.51.100.1 : PSK \"any and peer\"\n203.0.113.7 : PSK \"own "
                + "identity\"\n203.0.113.7 %any : PSK \"own and any\"\n"));
        assertEquals(Secret.ofText("own identity"), found(": PSK \"no identity\"\n%any 198.51.100.1 : PSK \"any and peer\"\n203.0.113.7 : PSK \"own "
                + "identity\"\n"));
        assertEquals(Secret.ofText("any and peer"), found(": PSK \"no identity\"\n%any 198.51.100.1 : PSK \"any and peer\"\n"));
    }

    @Test
    void anEntryOfThePeerAlonePlusAStrangerDoesNotMatch() {
        site.secrets("192.0.2.1 198.51.100.1 : PSK \"for another\"\n");
        assertEquals(List.of("/etc/ipsec.d/a.conf:1:1: no secret for 203.0.113.7 and 198.51.100.1 (conn one) | "
                + "add to /etc/ipsec.d/a.secrets: 203.0.113.7 198.51.100.1 : PSK \"...\""), site.problems());
    }

    @Test
    void withADefaultRouteTheHostsAddressesStandForTheLocalIdentity() {
        String conn = Site.CONN.replace("left=192.168.1.42", "left=%defaultroute");
        assertEquals(Secret.ofText("right secret"), secretOf(site.conf(conn).secrets("10.0.0.1 198.51.100.1 : PSK \"not this one\"\n192.168.1.42 198.51.100.1 "
                + ": PSK \"right secret\"\n").load().tunnels().getFirst()));
        // at boot there may be no address yet
        assertEquals(Secret.ofText("right secret"), secretOf(site.host("127.0.0.1").secrets("10.0.0.1 198.51.100.1 : PSK \"right secret\"\n")
                .load().tunnels().getFirst()));
    }

    @Test
    void bytesThatAreNotUtf8ComeOutAsTheyAre() throws Exception {
        site.secrets("");
        Files.write(site.path("/etc/ipsec.d/a.secrets"), (IDS + " : PSK \"Schl\u00fcssel\"").getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(Secret.copyOf("Schl\u00fcssel".getBytes(StandardCharsets.ISO_8859_1)), secretOf(site.load().tunnels().getFirst()));
    }

    private static final String LONG = "0123456789abcdef0123456789abcdef";

    private PostQuantumKeys postQuantum(String words, String secrets) {
        site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist\n     " + words.replace(";", "\n     "))).secrets(Site.SECRET + secrets);
        return site.load().tunnels().getFirst().toIkeConfig(Site.address(Site.LOCAL)).authentication().postQuantum();
    }

    private static PostQuantumKeys.Key key(String name) {
        return new PostQuantumKeys.Key(Octets.of(name.getBytes(StandardCharsets.UTF_8)), Secret.ofText(LONG));
    }

    @ParameterizedTest
    @CsvSource({"ppk=no,NEVER", "ppk=never,NEVER", "mtu=1400,NEVER", "ppk=permit,PERMIT", "ppk=yes,PROPOSE", "ppk=propose,PROPOSE", "ppk=insist,INSIST"})
    void postQuantumKeysAreUsedAsTheFileSays(String words, PostQuantumKeys.Use use) {
        var keys = postQuantum(words, ": PPKS \"one\" \"" + LONG + "\"\n198.51.100.1 192.0.2.1 : PPKS \"strangers\" \"" + LONG + "\"\n");
        assertEquals(use == PostQuantumKeys.Use.NEVER ? PostQuantumKeys.NONE : new PostQuantumKeys(use, List.of(key("one"))), keys);
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void postQuantumKeysAreThoseOfTheConnInTheOrderThatItNames() {
        var secrets = "192.168.1.42 198.51.100.1 : PPKS \"one\" \"" + LONG + "\"\n: PPKS \"two\" 0x" + HexFormat.of()
                .formatHex(LONG.getBytes(StandardCharsets.UTF_8)) + "\n";
        assertEquals(List.of(key("one"), key("two")), postQuantum("ppk=insist", secrets).keys());
        assertEquals(List.of(key("two"), key("one")), postQuantum("ppk=insist;ppk-ids=\"two, one\"", secrets).keys());
        assertEquals(List.of(key("two")), postQuantum("ppk=insist;ppk-ids=two", secrets).keys());
        assertEquals(PostQuantumKeys.NONE, postQuantum("ppk=permit", ""));
    }

    @Test
    void postQuantumKeysThatAreMissingOrBadAreRefusedAndNeverShown() {
        site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist\n     ppk=insist"));
        assertEquals(List.of("/etc/ipsec.d/a.conf:9:10: conn one has no post-quantum key | "
                + "add to /etc/ipsec.secrets: : PPKS \"name\" \"secret of 32 bytes or more\""), site.secrets(Site.SECRET).problems());
        var nameless = site.secrets(Site.SECRET + ": PPKS \"" + LONG + "\"\n").problems();
        assertEquals("/etc/ipsec.d/a.secrets:2:3: PPKS needs a name and a secret | write : PPKS \"name\" \"secret\"", nameless.getLast());
        assertFalse(nameless.toString().contains(LONG));
        site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist\n     ppk=insist\n     ppk-ids=nine")).secrets(Site.SECRET + ": PPKS \"one\" \"" + LONG + "\"\n");
        assertEquals(1, site.problems().size(), site.problems().toString());
        assertFalse(site.problems().getFirst().contains(LONG));
        site.conf(Site.CONN.replace("ikev2=no", "ikev2=no\n     ppk=yes"));
        assertEquals(List.of("/etc/ipsec.d/a.conf:9:10: ppk=yes needs IKEv2 | write ikev2=insist, or remove the line"), site.problems());
        site.conf(Site.CONN.replace("ikev2=no", "ikev2=insist\n     ppk=yes")).secrets(Site.SECRET + ": PPKS \"one\" \"rather a short one\"\n");
        assertEquals(List.of("/etc/ipsec.d/a.secrets:2:14: the secret is shorter than 32 bytes"), site.warnings());
    }

    @Test
    void otherKindsAreSkippedWithAWarning() {
        site.secrets(": RSA {\n\tModulus: 0x03\n\t}\n@user : XAUTH \"password\"\n" + IDS + " : PSK \"right secret\"\n");
        assertEquals(List.of("/etc/ipsec.d/a.secrets:1:3: only PSK, PPKS and files of private keys are used, this entry is not",
                "/etc/ipsec.d/a.secrets:4:9: only PSK, PPKS and files of private keys are used, this entry is not"), site.warnings());
    }

    @Test
    void aFileThatEverybodyCanReadIsWarnedOf() throws Exception {
        site.secrets(IDS + " : PSK \"right secret\"\n");
        Files.setPosixFilePermissions(site.path("/etc/ipsec.d/a.secrets"), PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(List.of("/etc/ipsec.d/a.secrets:1:1: /etc/ipsec.d/a.secrets can be read by everybody on this host"), site.warnings());
    }

    @Test
    void includesOfSecretsWork() {
        site.file("/etc/ipsec.secrets", "include sub/*.psk\n").file("/etc/sub/x.psk", IDS + " : PSK \"right secret\"\n");
        assertEquals(Secret.ofText("right secret"), secretOf(site.load().tunnels().getFirst()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "203.0.113.7 198.51.100.1 : \"hunter2hunter2\" | 1:28: expected PSK after the colon",
        "203.0.113.7 198.51.100.1 : hunter2hunter2 | 1:28: expected PSK after the colon",
        "203.0.113.7 198.51.100.1 : PSK hunter2hunter2 | 1:32: the secret is not in quotes",
        "203.0.113.7 198.51.100.1 : PSK \"hunter2hunter2 | 1:32: this quote is never closed",
        "203.0.113.7 198.51.100.1 : PSK 0xhunter2hunter2 | 1:32: the secret is not hexadecimal after 0x",
        "203.0.113.7 198.51.100.1 : PSK \"hunter2\" hunter2 | 1:42: unexpected text after the secret",
        "203.0.113.7 198.51.100.1 PSK hunter2hunter2 | 1:1: no colon between identities and secret",
        "203.0.113.7 198.51.100.1 : PSK | 1:28: PSK without a secret"})
    void aMalformedEntryIsReportedAndItsSecretIsNot(String entry, String expected) {
        var problems = site.secrets(entry + "\n").problems();
        assertEquals("/etc/ipsec.d/a.secrets:" + expected,
                problems.stream().filter(problem -> problem.contains(".secrets:1:")).findFirst().orElseThrow().replaceAll(" \\|.*", ""));
        assertFalse(problems.toString().contains("hunter2"), problems::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"toString", "warnings"})
    void aSecretIsNeverPrinted(String what) {
        var config = site.secrets(IDS + " : PSK \"hunter2\"\n").load();
        assertFalse((what.equals("toString") ? config.toString() : config.warnings().toString()).contains("hunter2"));
    }
}
