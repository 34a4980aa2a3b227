package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the fuzzer has kept under src/test/fuzz, and what it has found, again, without it. */
class CorpusTest {
    @Test void whatWasKeptStillHolds() throws IOException {
        int count = 0;
        try (var inputs = Files.list(Path.of("src/test/fuzz/PacketFuzz"))) {
            for (Path input : inputs.sorted().toList()) {
                try {
                    PacketFuzz.fuzzerTestOneInput(Files.readAllBytes(input));
                } catch (RuntimeException | Error found) {
                    throw new AssertionError(input.toString(), found);
                }
                count++;
            }
        }
        assertTrue(count > 0, "no corpus");
    }
}
