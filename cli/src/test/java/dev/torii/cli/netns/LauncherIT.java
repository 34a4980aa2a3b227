package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code torii} script and the packaged jar behind it; needs no root. */
class LauncherIT {
    private static final Path LAUNCHER = Path.of("..", "torii").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    @Test
    void itIsFoundThroughSymbolicLinks() throws IOException {
        var first = Files.createSymbolicLink(directory.resolve("first"), LAUNCHER);
        Files.createDirectory(directory.resolve("bin"));
        var second = Files.createSymbolicLink(directory.resolve("bin/torii"), Path.of("../first"));
        var answer = Shell.run(Shell.SHORT, "env", "TORII_NO_BUILD=1", second.toString(), "--version");
        Files.delete(first);
        Files.delete(second);
        assertTrue(answer.ok() && answer.out().startsWith("torii "), answer::text);
    }

    @Test
    void aUsageErrorEndsWithTwo() {
        assertEquals(2, Shell.run(Shell.SHORT, "env", "TORII_NO_BUILD=1", LAUNCHER.toString(), "lab", "--mode", "ospf").exit());
    }

    @Test
    void theJvmSaysNothingOfItsOwn() {
        assertEquals("", Shell.run(Shell.SHORT, "env", "TORII_NO_BUILD=1", LAUNCHER.toString(), "--version").err());
    }
}
