package dev.torii.ike.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the fuzzer has kept under src/test/fuzz, and what it has found, again, without it. */
class CorpusTest {
    private static final Path CORPUS = Path.of("src/test/fuzz");
    private static final Map<String, Consumer<byte[]>> TARGETS = new TreeMap<>(Map.of(
            "HeaderFuzz", HeaderFuzz::fuzzerTestOneInput,
            "MessageV1Fuzz", MessageV1Fuzz::fuzzerTestOneInput,
            "PayloadsV1Fuzz", PayloadsV1Fuzz::fuzzerTestOneInput,
            "MessageV2Fuzz", MessageV2Fuzz::fuzzerTestOneInput,
            "PayloadsV2Fuzz", PayloadsV2Fuzz::fuzzerTestOneInput,
            "SessionV1Fuzz", SessionV1Fuzz::fuzzerTestOneInput,
            "SessionV2Fuzz", SessionV2Fuzz::fuzzerTestOneInput,
            "AdditionalKeysFuzz", AdditionalKeysFuzz::fuzzerTestOneInput));

    static Stream<String> targets() {
        return TARGETS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void whatWasKeptStillHolds(String target) throws IOException {
        int count = 0;
        try (Stream<Path> inputs = Files.list(CORPUS.resolve(target))) {
            for (Path input : inputs.sorted().toList()) {
                try {
                    TARGETS.get(target).accept(Files.readAllBytes(input));
                } catch (RuntimeException | Error found) {
                    throw new AssertionError(input.toString(), found);
                }
                count++;
            }
        }
        assertTrue(count > 0, "no corpus for " + target);
    }
}
