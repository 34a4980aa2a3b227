package dev.torii.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.Main;
import dev.torii.cli.daemon.ControlSocket;
import dev.torii.cli.daemon.ControlSocket.Answer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands' contract: what they ask, where they print, how they exit. */
class CommandTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... words) {
        return Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(words);
    }

    private static Answer echo(List<String> words) {
        return switch (words.getFirst()) {
            case "up" -> Answer.failed("torii: no connection named \"" + words.getLast() + "\"");
            case "show" -> words.contains("nonsense") ? Answer.usage("torii: unknown request") : Answer.ok(String.join("|", words));
            default -> Answer.ok(words + "\n");
        };
    }

    private int runAgainstADaemon(String... words) throws IOException {
        try (var daemon = ControlSocket.listen(directory, CommandTest::echo)) {
            var all = new String[words.length + 2];
            System.arraycopy(words, 0, all, 0, words.length);
            all[words.length] = "--run-dir";
            all[words.length + 1] = directory.toString();
            int exit = run(all);
            assertTrue(Files.exists(directory.resolve(ControlSocket.NAME)), daemon::toString);
            return exit;
        }
    }

    @Test void anAnswerGoesToStdoutAndExitsWithZero() throws IOException {
        assertEquals(0, runAgainstADaemon("status"));
        assertEquals("[status]\n", out.toString());
        assertEquals("", err.toString());
    }

    @Test void theDaemonIsAskedWithTheWordsAsTyped() throws IOException {
        assertEquals(0, runAgainstADaemon("show", "bgp", "ipv4", "unicast", "--json"));
        assertEquals("show|bgp|ipv4|unicast|--json\n", out.toString());
        assertEquals(0, runAgainstADaemon("down", "oci-tunnel1"));
        assertTrue(out.toString().endsWith("[down, oci-tunnel1]\n"));
    }

    @Test void aFailureGoesToStderrAndExitsWithOne() throws IOException {
        assertEquals(1, runAgainstADaemon("up", "nobody"));
        assertEquals("", out.toString());
        assertEquals("torii: no connection named \"nobody\"\n", err.toString());
    }

    @Test void aRequestTheDaemonDoesNotKnowExitsWithTwo() throws IOException {
        assertEquals(2, runAgainstADaemon("show", "nonsense"));
        assertEquals("torii: unknown request\n", err.toString());
    }

    @Test void withoutADaemonTheDirectoryIsNamed() {
        assertEquals(1, run("status", "--run-dir", directory.toString()));
        assertEquals("torii: no daemon is running in " + directory + " (start one with `torii run`, or name its directory with --run-dir)\n", err.toString());
    }

    @Test void aSocketThatAKilledDaemonLeftIsSaidNotToAnswer() throws IOException {
        var socket = directory.resolve(ControlSocket.NAME);
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
        }
        assertEquals(1, run("status", "--run-dir", directory.toString()));
        assertTrue(err.toString().startsWith("torii: the daemon does not answer on " + socket), err::toString);
    }

    @Test void wrongUsageExitsWithTwo() {
        for (String[] words : new String[][] {{}, {"frobnicate"}, {"status", "--frobnicate"}, {"up"}, {"show"}, {"run", "--root"}}) {
            assertEquals(2, run(words), String.join(" ", words));
        }
        assertEquals("", out.toString());
    }

    @Test void aConfigurationErrorExitsWithTwoBeforeAnythingIsStarted() throws IOException {
        Files.createDirectories(directory.resolve("etc"));
        Files.writeString(directory.resolve("etc/ipsec.conf"), "conn one\n    lefft=192.0.2.1\n");
        var runDirectory = directory.resolve("run");
        assertEquals(2, run("run", "--root", directory.toString(), "--run-dir", runDirectory.toString()));
        assertTrue(err.toString().contains("etc/ipsec.conf:2:5: "), err::toString);
        assertFalse(Files.exists(runDirectory));
    }

    @Test void helpAndVersionExitWithZero() {
        assertEquals(0, run("--help"));
        assertEquals(0, run("--version"));
        assertTrue(out.toString().contains("torii "), out::toString);
    }
}
