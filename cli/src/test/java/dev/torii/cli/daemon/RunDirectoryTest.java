package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    @TempDir
    private Path parent;

    @Test void itIsMadeForItsOwnerOnly() throws IOException {
        try (var run = RunDirectory.take(parent.resolve("a/b"))) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(run.path())));
        }
    }

    @Test void aSecondDaemonIsRefusedAndTheFirstKeepsItsLock() throws IOException {
        var path = parent.resolve("run");
        try (var first = RunDirectory.take(path)) {
            for (int i = 0; i < 2; i++) {
                var refused = assertThrows(IOException.class, () -> RunDirectory.take(first.path()));
                assertEquals("another torii runs in " + path + " (stop it, or give this one its own --run-dir)", refused.getMessage());
            }
        }
    }

    @Test void whenTheFirstHasEndedTheNextMayRun() throws IOException {
        var path = parent.resolve("run");
        RunDirectory.take(path).close();
        RunDirectory.take(path).close();
    }

    @Test void twoDaemonsWithDirectoriesOfTheirOwnDoNotMeet() throws IOException {
        try (var one = RunDirectory.take(parent.resolve("one")); var two = RunDirectory.take(parent.resolve("two"))) {
            assertEquals(one.path().getParent(), two.path().getParent());
        }
    }

    @Test void aLockFileThatAKilledDaemonLeftIsNoLock() throws IOException {
        FileChannel.open(parent.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
        RunDirectory.take(parent).close();
    }
}
