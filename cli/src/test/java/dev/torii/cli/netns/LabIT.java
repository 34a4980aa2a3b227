package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code torii lab} as its user starts it. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.FRR})
class LabIT {
    private static final String PREFIX = "tt-lab";
    private static final Path LAUNCHER = Path.of("..", "torii").toAbsolutePath().normalize();
    private static final Duration RUN = Duration.ofMinutes(3);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"bgp", "static"})
    void theLabPassesAndLeavesNothingBehind(String mode) {
        passes("v1", "--mode", mode, "--prefix", PREFIX);
        nothingIsLeft();
    }

    /** The article's files with one word changed, against our own head ends and against strongSwan's. */
    @ParameterizedTest
    @CsvSource({"torii, bgp", "torii, static", "strongswan, bgp", "strongswan, static"})
    void theLabPassesWithIkeV2(String peer, String mode) {
        var run = passes("v2", "--ike", "v2", "--peer", peer, "--mode", mode, "--prefix", PREFIX);
        assertEquals(2, run.out().lines().filter(line -> line.strip().startsWith("ikev2=insist")).count(), run::text);
        nothingIsLeft();
    }

    private static Shell.Result passes(String ike, String... options) {
        var command = new ArrayList<>(List.of("env", "TORII_NO_BUILD=1", LAUNCHER.toString(), "lab"));
        command.addAll(List.of(options));
        var run = Shell.run(RUN, command.toArray(String[]::new));
        assertTrue(run.ok() && run.out().contains("\nPASS "), run::text);
        assertTrue(run.out().contains("Total IPsec connections: loaded 2, active 2"), run::text);
        assertTrue(run.out().contains("IKE" + ike + " in both tunnels"), run::text);
        return run;
    }

    @Test
    void aLabThatIsInterruptedLeavesNothingBehind() throws IOException, InterruptedException {
        var output = directory.resolve("out");
        var builder = new ProcessBuilder("setsid", "env", "TORII_NO_BUILD=1", LAUNCHER.toString(), "lab", "--prefix", PREFIX);
        var lab = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            Await.until("head ends", Duration.ofMinutes(1), () -> text(output).contains("ok  starting OCI"), () -> text(output));
            lab.destroy();
            assertTrue(lab.waitFor(60, TimeUnit.SECONDS));
        } finally {
            lab.destroyForcibly();
        }
        assertFalse(text(output).contains("PASS"), () -> text(output));
        nothingIsLeft();
    }

    @Test
    void aKeptLabIsTakenDownOnRequest() {
        var kept = Shell.run(RUN, "env", "TORII_NO_BUILD=1", LAUNCHER.toString(), "lab", "--keep", "--prefix", PREFIX);
        assertTrue(kept.ok() && kept.out().contains("lab --down --prefix " + PREFIX), kept::text);
        assertTrue(Files.exists(Path.of("/run/netns", PREFIX + "-cpe")));
        var down = Shell.run(RUN, "env", "TORII_NO_BUILD=1", LAUNCHER.toString(), "lab", "--down", "--prefix", PREFIX);
        assertTrue(down.ok(), down::text);
        nothingIsLeft();
    }

    private static void nothingIsLeft() {
        assertEquals(List.of(), Shell.run(Shell.SHORT, "ip", "netns").out().lines().filter(line -> line.startsWith(PREFIX)).toList());
        assertFalse(Files.exists(Path.of("/run/torii-lab", PREFIX)));
        var commands = ProcessHandle.allProcesses().map(process -> process.info().commandLine().orElse(""));
        assertEquals(List.of(), commands.filter(line -> line.contains("/run/torii-lab/" + PREFIX)).toList());
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
