package dev.torii.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.Main;
import dev.torii.cli.daemon.RunDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line on configurations that are not to be used, and where there is no daemon: exit code, words, and nothing else happens. */
class BadConfigTest {
    private static final String CONF = "etc/ipsec.d/oci-ipsec.conf";
    private static final String SECRETS = "etc/ipsec.d/oci-ipsec.secrets";
    private static final String BGPD = "etc/frr/bgpd.conf";

    @TempDir
    Path root;
    @TempDir
    Path parent;
    private Path runDirectory;
    private RunDirectory taken;
    private List<String> interfaces;

    /** What the command said. */
    private record Said(int exit, String out, String err) {
        /** Refusals, without the suggestion that follows each. */
        List<String> problems() {
            return err.lines().filter(line -> line.startsWith("/") && !line.contains(": warning ")).toList();
        }
    }

    /** The run directory is in use: a configuration that passes by mistake ends there, rather than as a daemon on this host. */
    @BeforeEach
    void theArticlesFiles() throws IOException {
        runDirectory = parent.resolve("run");
        taken = RunDirectory.take(runDirectory);
        interfaces = interfaces();
        write(CONF, filled("bgp/oci-ipsec.conf"));
        write(SECRETS, filled("oci-ipsec.secrets"));
        write(BGPD, filled("bgp/bgpd.conf"));
        write("etc/frr/staticd.conf", filled("bgp/staticd.conf"));
        write("etc/frr/daemons", "bgpd=yes\n");
    }

    @AfterEach
    void nothingWasStarted() throws IOException {
        taken.close();
        try (var files = Files.list(runDirectory)) {
            assertEquals(List.of("lock"), files.map(file -> file.getFileName().toString()).toList(), "the run directory");
        }
        assertEquals(interfaces, interfaces(), "the host's interfaces");
    }

    @Test
    void theArticlesFilesThemselvesPass() {
        var said = run();
        assertEquals(1, said.exit(), said.err());
        assertTrue(said.err().contains("another torii runs in " + runDirectory), said.err());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "etc/ipsec.d/oci-ipsec.conf | leftsubnet=0.0.0.0/0 | leftsubent=0.0.0.0/0 | /etc/ipsec.d/oci-ipsec.conf:7:6: unknown keyword leftsubent | "
                + "did you mean leftsubnet=?",
        "etc/ipsec.d/oci-ipsec.conf | mark=6/0xffffffff | mark=5/0xffffffff | "
                + "/etc/ipsec.d/oci-ipsec.conf:29:11: mark=5/0xffffffff is the mark of another conn too, at /etc/ipsec.d/oci-ipsec.conf:10:11 | "
                + "give each conn a mark of its own, like mark=6/0xffffffff",
        "etc/ipsec.d/oci-ipsec.conf | vti-interface=vti02 | vti-interface=vti01 | "
                + "/etc/ipsec.d/oci-ipsec.conf:30:20: vti-interface=vti01 is the interface of another conn too, at /etc/ipsec.d/oci-ipsec.conf:11:20 | "
                + "give each conn an interface of its own, like vti-interface=vti02",
        "etc/ipsec.d/oci-ipsec.conf | rightsubnet=0.0.0.0/0 | rightsubnet=10.0.2.0/33 | "
                + "/etc/ipsec.d/oci-ipsec.conf:8:18: rightsubnet=10.0.2.0/33 is not a subnet | write an address and a prefix length, like 192.168.2.0/24",
        "etc/ipsec.d/oci-ipsec.secrets | 198.51.100.12 | 198.51.100.13 | "
                + "/etc/ipsec.d/oci-ipsec.conf:20:1: no secret for 203.0.113.10 and 198.51.100.12 (conn oracle-tunnel-2) | add to ",
        "etc/frr/bgpd.conf | neighbor 192.168.254.6 remote-as 31898 | neighbor 192.168.254.9 remote-as 31898 | "
                + "/etc/frr/bgpd.conf:11:12: \"192.168.254.6\" is an unknown neighbor: specify remote-as first | did you mean 192.168.254.2?",
        "etc/frr/staticd.conf | 192.168.2.0/24 | 192.168.2.0/35 | /etc/frr/staticd.conf:1:10: \"192.168.2.0/35\" is not a prefix | "
                + "write an address and a length from 0 to 32, like 192.168.2.0/24"})
    void oneBadLineIsRefusedWithItsPlaceAndASuggestion(String file, String line, String by, String problem, String suggestion) throws IOException {
        var text = Files.readString(root.resolve(file));
        assertTrue(text.contains(line), line);
        write(file, text.replaceFirst(line, by));
        var said = run();
        assertEquals(2, said.exit(), said.err());
        assertEquals("", said.out());
        assertTrue(said.problems().contains(problem), said.err());
        assertTrue(said.err().lines().anyMatch(each -> each.startsWith("    " + suggestion)), said.err());
    }

    @Test
    void everyProblemOfEveryFileIsReportedAtOnce() throws IOException {
        write(CONF, filled("bgp/oci-ipsec.conf").replace("authby", "autby").replace("mark=6", "mark=5"));
        write(BGPD, filled("bgp/bgpd.conf").replace("router bgp", "ruter bgp"));
        Files.delete(root.resolve(SECRETS));
        Files.createSymbolicLink(root.resolve("etc/ipsec.d/dangling.conf"), Path.of("nowhere"));
        var said = run();
        assertEquals(2, said.exit(), said.err());
        for (var cause : List.of("ruter", "autby", "is the mark of another conn too", "dangling.conf cannot be read")) {
            assertTrue(said.problems().stream().anyMatch(problem -> problem.contains(cause)), () -> cause + " in\n" + said.err());
        }
        assertTrue(said.problems().stream().allMatch(problem -> problem.matches("/etc/\\S+:\\d+:\\d+: .*")), said.err());
        long suggestions = said.err().lines().filter(line -> line.startsWith("    ")).count();
        assertEquals(said.problems().size(), suggestions, () -> "a suggestion for each:\n" + said.err());
    }

    @Test
    void aFileThatCannotBeReadIsRefused() throws IOException {
        Files.createDirectory(root.resolve("etc/ipsec.secrets"));
        var said = run();
        assertEquals(2, said.exit(), said.err());
        assertEquals(List.of("/etc/ipsec.secrets:1:1: /etc/ipsec.secrets is not a file"), said.problems());
    }

    @Test
    void withoutADaemonTheCommandsThatAskOneFail() {
        for (var words : List.of("status", "show bgp summary", "up oracle-tunnel-1", "down oracle-tunnel-1")) {
            var said = torii(Stream.of(words.split(" ")).toArray(String[]::new));
            assertEquals(1, said.exit(), said.err());
            assertTrue(said.err().startsWith("torii: no daemon is running in " + runDirectory), said.err());
        }
    }

    @Test
    void aWrongCommandLineIsAUsageError() {
        for (var words : List.of("stat", "up", "show", "status --jason")) {
            var said = torii(Stream.of(words.split(" ")).toArray(String[]::new));
            assertEquals(2, said.exit(), said.err());
            assertTrue(said.err().contains("Usage: torii") || said.err().contains("Did you mean: torii"), said.err());
        }
    }

    private Said run() {
        return execute("run", "--root", root.toString(), "--run-dir", runDirectory.toString());
    }

    private Said torii(String... words) {
        return execute(Stream.concat(Stream.of(words), Stream.of("--run-dir", runDirectory.toString())).toArray(String[]::new));
    }

    private static Said execute(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(arguments);
        return new Said(exit, out.toString(), err.toString());
    }

    private void write(String name, String text) throws IOException {
        var file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static String filled(String name) throws IOException {
        try (var in = BadConfigTest.class.getResourceAsStream("/article/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("CPE_global_IP", "203.0.113.10")
                    .replace("Tunnel1_global_IP", "198.51.100.11").replace("Tunnel2_global_IP", "198.51.100.12");
        }
    }

    private static List<String> interfaces() throws SocketException {
        return NetworkInterface.networkInterfaces().map(NetworkInterface::getName).sorted().collect(Collectors.toList());
    }
}
