package dev.torii.cli.fate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tunnels a, b and c for one destination, d and e for another. */
class WithdrawalTest {
    private static final Map<String, List<String>> STAND_INS =
            Map.of("a", List.of("b", "c"), "b", List.of("a", "c"), "c", List.of("a", "b"), "d", List.of("e"), "e", List.of("d"));

    private static Set<String> withdrawn(List<String> up, String... suspects) {
        return Withdrawal.of(up, List.of(suspects), tunnel -> STAND_INS.get(tunnel).stream());
    }

    @Test void aSuspectIsWithdrawnWhereAnotherTunnelIsUp() {
        assertEquals(Set.of("a"), withdrawn(List.of("a", "b", "d"), "a", "d"));
    }

    @Test void theLatestOfAllSuspectsStays() {
        assertEquals(Set.of("b", "a"), withdrawn(List.of("a", "b", "c"), "b", "a", "c"));
        assertEquals(Set.of("c", "a"), withdrawn(List.of("a", "b", "c"), "c", "a", "b"));
    }

    @Test void oneOfAnotherDestinationStandsInForNobody() {
        assertEquals(Set.of("d"), withdrawn(List.of("a", "d", "e"), "a", "d", "e"));
    }
}
