package dev.torii.cli.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabFilesTest {
    /** SHA-256 of the article's code blocks, each with a final newline. */
    private static final Map<String, String> ARTICLE = Map.of(
            "bgp/bgpd.conf", "376ed9e6d1b370851c741ade2f0b81d52e4a12df1d4aff2cf314f7e065c782c6",
            "bgp/oci-ipsec.conf", "e9b8ddd01052ad2ebed7983a8f18ab1284052db053e6ff2029508a6551889e97",
            "bgp/staticd.conf", "a47e6478d6cbbbbd83eb2a4d39d6914b8b7fdc5319cbc06bd43f165ab5072375",
            "static/oci-ipsec.conf", "96833a22b056f4fef62777e532e2c4951983029a942dff526ea369169d4e2ab5",
            "oci-ipsec.secrets", "de38f58a908f2b48e256c272ae9bd93899eec35a7db9f0d869d0a85595384341");

    @TempDir
    Path root;

    @Test
    void theArticlesFilesAreThoseOfTheArticle() throws NoSuchAlgorithmException {
        var found = new TreeMap<String, String>();
        for (var name : ARTICLE.keySet()) found.put(name, sha256(LabFiles.article(name)));
        assertEquals(new TreeMap<>(ARTICLE), found);
    }

    @Test
    void onlyPlaceholdersAreFilledIn() throws IOException {
        var files = LabFiles.withRandomSecrets();
        files.writeCpe(root, Mode.BGP);
        var written = Files.readString(root.resolve("etc/ipsec.d/oci-ipsec.conf"));
        var article = LabFiles.article("bgp/oci-ipsec.conf").lines().toList();
        var changed = written.lines().filter(line -> !article.contains(line)).map(String::strip).collect(Collectors.toSet());
        assertEquals(Set.of("leftid=203.0.113.10", "right=198.51.100.11", "rightid=198.51.100.11", "right=198.51.100.12",
                "rightid=198.51.100.12"), changed);
        assertEquals(article.size(), written.lines().count());
        assertEquals(LabFiles.article("bgp/bgpd.conf"), Files.readString(root.resolve("etc/frr/bgpd.conf")));
        assertEquals(LabFiles.article("bgp/staticd.conf"), Files.readString(root.resolve("etc/frr/staticd.conf")));
    }

    @Test
    void theStaticCaseHasNoRoutingFiles() {
        LabFiles.withRandomSecrets().writeCpe(root, Mode.STATIC);
        assertFalse(Files.exists(root.resolve("etc/frr")));
    }

    @Test
    void secretsAreForRootOnlyAndDifferFromRunToRun() throws IOException {
        var files = LabFiles.withRandomSecrets();
        files.writeCpe(root, Mode.BGP);
        assertEquals("rw-------", PosixFilePermissions.toString(
                Files.getPosixFilePermissions(root.resolve("etc/ipsec.d/oci-ipsec.secrets"))));
        assertFalse(files.secret(1).equals(files.secret(2)) || files.secret(1).equals(LabFiles.withRandomSecrets().secret(1)));
    }

    @Test
    void theArticlesDiffOfTheDaemonsFileHolds() throws IOException {
        LabFiles.withRandomSecrets().writeCpe(root, Mode.BGP);
        var daemons = Files.readString(root.resolve("etc/frr/daemons"));
        assertTrue(daemons.contains("\nbgpd=yes\n") && daemons.contains("\nospfd=no\n"));
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
