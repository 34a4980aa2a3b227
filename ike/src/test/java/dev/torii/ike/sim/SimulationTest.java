package dev.torii.ike.sim;

import dev.torii.ike.IkeVersion;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every scenario in a network with 30 % loss, 10 % duplicates and 20 % reordering, in both versions, and with additional key exchanges: 500 seeds each, ten of them with real
 * cryptography. The first seed and their number can be given as {@code -Dsim.first} and {@code -Dsim.seeds}.
 */
class SimulationTest {
    private static final long FIRST = Long.getLong("sim.first", 1);
    private static final int SEEDS = Integer.getInteger("sim.seeds", 500);
    private static final int REAL = 10;

    private static Stream<Arguments> all() {
        return Stream.of(Scenario.values()).flatMap(scenario -> Stream.concat(Stream.of(IkeVersion.values()).map(version -> Arguments.of(scenario, version, false)),
                Stream.of(Arguments.of(scenario, IkeVersion.V2, true))));
    }

    @ParameterizedTest
    @MethodSource("all")
    void everySeedHolds(Scenario scenario, IkeVersion version, boolean additionalKeys) {
        List<Failure> failures = LongStream.range(FIRST, FIRST + SEEDS).parallel().boxed().flatMap(seed -> failure(scenario, version, seed, additionalKeys).stream()).toList();
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " of " + SEEDS + " seeds fail: " + failures.stream().map(Failure::seed).toList()
                    + "\n" + failures.get(0).error().getMessage(), failures.get(0).error());
        }
    }

    private record Failure(long seed, AssertionError error) {
    }

    private static Optional<Failure> failure(Scenario scenario, IkeVersion version, long seed, boolean additionalKeys) {
        try {
            new Simulation(scenario, version, seed, seed < FIRST + REAL, additionalKeys).play();
            return Optional.empty();
        } catch (AssertionError error) {
            return Optional.of(new Failure(seed, error));
        }
    }
}
