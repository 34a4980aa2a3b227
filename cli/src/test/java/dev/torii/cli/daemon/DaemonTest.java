package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.config.SiteConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonTest {
    @TempDir
    private Path directory;

    /** Before anything of the host is touched, which needs no root. */
    @Test void withAnUnknownSecurityProviderNothingIsStarted() throws Exception {
        var config = SiteConfig.load(directory, Set::of);
        var failure = assertThrows(GeneralSecurityException.class,
                () -> Daemon.start(config, new Daemon.Options(directory.resolve("run"), Optional.empty(), "Nobody")));
        assertTrue(failure.getMessage().startsWith("no security provider is called Nobody; with AES-GCM there are JDK, "), failure.getMessage());
        try (var files = Files.list(directory)) {
            assertEquals(List.of(), files.toList());
        }
    }
}
