package dev.torii.ike.sim;

import dev.torii.ike.IkeVersion;
import dev.torii.ike.sim.Simulation.With;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every scenario in a network with 30 % loss, 10 % duplicates and 20 % reordering, in both versions, and with additional key exchanges: 500 seeds each, ten of
 * them with real cryptography; and 25 each with an attacker on a link that changes bits. The first seed and their number can be given as {@code -Dsim.first}
 * and {@code -Dsim.seeds}.
 */
class SimulationTest {
    private static final long FIRST = Long.getLong("sim.first", 1);
    private static final int SEEDS = Integer.getInteger("sim.seeds", 500);
    private static final int ATTACKED = Integer.getInteger("sim.seeds", 25);
    private static final int REAL = 10;
    private static final int REAL_ATTACKED = 2;

    private static Stream<Arguments> all() {
        return Stream.of(Scenario.values()).flatMap(scenario -> Stream.concat(
                Stream.of(IkeVersion.values()).map(version -> Arguments.of(scenario, version, With.PLAIN)),
                Stream.of(Arguments.of(scenario, IkeVersion.V2, With.ADDITIONAL_KEYS))));
    }

    @ParameterizedTest
    @MethodSource("all")
    void everySeedHolds(Scenario scenario, IkeVersion version, With with) {
        play(scenario, version, with, SEEDS, REAL);
    }

    private static Stream<Arguments> attacked() {
        return Stream.of(Scenario.values()).flatMap(scenario -> Stream.of(IkeVersion.values()).map(version -> Arguments.of(scenario, version)));
    }

    @ParameterizedTest
    @MethodSource("attacked")
    void everySeedHoldsAgainstAnAttacker(Scenario scenario, IkeVersion version) {
        play(scenario, version, With.ATTACKER, ATTACKED, REAL_ATTACKED);
    }

    private static void play(Scenario scenario, IkeVersion version, With with, int seeds, int real) {
        List<Failure> failures = LongStream.range(FIRST, FIRST + seeds).parallel().boxed()
                .flatMap(seed -> failure(scenario, version, seed, seed < FIRST + real, with).stream()).toList();
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " of " + seeds + " seeds fail: " + failures.stream().map(Failure::seed).toList()
                    + "\n" + failures.get(0).error().getMessage(), failures.get(0).error());
        }
    }

    private record Failure(long seed, AssertionError error) {
    }

    private static Optional<Failure> failure(Scenario scenario, IkeVersion version, long seed, boolean real, With with) {
        try {
            new Simulation(scenario, version, seed, real, with).play();
            return Optional.empty();
        } catch (AssertionError error) {
            return Optional.of(new Failure(seed, error));
        }
    }
}
