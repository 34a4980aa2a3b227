package dev.torii.bgp.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.SpeakerFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What the fuzzer has kept under src/test/fuzz, and what it has found, again, without it. */
class CorpusTest {
    @Test void whatWasKeptStillHolds() throws IOException {
        replay("UpdateFuzz", UpdateFuzz::fuzzerTestOneInput);
        replay("SpeakerFuzz", SpeakerFuzz::fuzzerTestOneInput);
    }

    private static void replay(String target, Consumer<byte[]> run) throws IOException {
        int count = 0;
        try (var inputs = Files.list(Path.of("src/test/fuzz", target))) {
            for (Path input : inputs.sorted().toList()) {
                try {
                    run.accept(Files.readAllBytes(input));
                } catch (RuntimeException | Error found) {
                    throw new AssertionError(input.toString(), found);
                }
                count++;
            }
        }
        assertTrue(count > 0, "no corpus");
    }

    @Test void randomSequencesOfEventsLeaveTheTablesRight() {
        for (int seed = 1; seed <= 500; seed++) {
            var input = new byte[200];
            new Random(seed).nextBytes(input);
            try {
                SpeakerFuzz.fuzzerTestOneInput(input);
            } catch (RuntimeException | Error found) {
                throw new AssertionError("seed " + seed, found);
            }
        }
    }
}
