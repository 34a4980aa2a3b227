package dev.torii.bgp.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.Prefix;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PrefixListTest {
    private static final OptionalInt NO = OptionalInt.empty();

    private static Prefix p(String text) { return Prefix.parse(text); }

    @Test void linesWithoutSeqAreNumberedInFives() {
        var list = PrefixList.builder("L").add(Action.PERMIT, p("10.0.0.0/8")).add(12, Action.PERMIT, p("11.0.0.0/8"), NO, NO)
                .add(Action.DENY, p("12.0.0.0/8")).add(3, Action.DENY, p("10.0.0.0/8"), NO, NO).add(Action.DENY, p("12.0.0.0/8")).build();
        assertEquals(java.util.List.of(3L, 5L, 12L, 15L), list.entries().stream().map(PrefixList.Entry::seq).toList());
        assertFalse(list.permits(p("10.0.0.0/8")), "seq 3 comes first");
    }

    @Test void withoutRangeOnlyThePrefixItselfMatches() {
        var list = PrefixList.builder("L").add(Action.PERMIT, p("192.168.2.0/24")).build();
        assertTrue(list.permits(p("192.168.2.0/24")));
        assertFalse(list.permits(p("192.168.2.0/25")));
        assertFalse(list.permits(p("192.168.0.0/16")));
        assertFalse(list.permits(p("192.168.3.0/24")));
    }

    @Test void geAndLeBoundTheLength() {
        var le = PrefixList.builder("L").add(Action.PERMIT, p("10.0.0.0/8"), NO, OptionalInt.of(24)).build();
        assertTrue(le.permits(p("10.0.0.0/8")));
        assertTrue(le.permits(p("10.1.1.0/24")));
        assertFalse(le.permits(p("10.1.1.0/25")));
        assertFalse(le.permits(p("11.0.0.0/16")));
        var ge = PrefixList.builder("L").add(Action.PERMIT, p("10.0.0.0/8"), OptionalInt.of(16), NO).build();
        assertFalse(ge.permits(p("10.0.0.0/8")));
        assertTrue(ge.permits(p("10.0.0.0/16")));
        assertTrue(ge.permits(p("10.0.0.1/32")));
        var any = PrefixList.builder("L").add(Action.PERMIT, p("0.0.0.0/0"), NO, OptionalInt.of(32)).build();
        assertTrue(any.permits(p("1.2.3.4/32")));
        assertTrue(any.permits(p("0.0.0.0/0")));
    }

    @Test void theFirstMatchDecidesAndTheEndDenies() {
        var list = PrefixList.builder("L").add(Action.DENY, p("10.1.0.0/16"), NO, OptionalInt.of(32))
                .add(Action.PERMIT, p("10.0.0.0/8"), NO, OptionalInt.of(32)).build();
        assertFalse(list.permits(p("10.1.2.0/24")));
        assertTrue(list.permits(p("10.2.2.0/24")));
        assertFalse(list.permits(p("11.0.0.0/8")));
        assertTrue(PrefixList.builder("EMPTY").build().permits(p("11.0.0.0/8")), "FRR: an empty list permits");
    }

    @Test void anImpossibleRangeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new PrefixList.Entry(5, Action.PERMIT, p("10.0.0.0/24"), OptionalInt.of(16), NO));
        assertThrows(IllegalArgumentException.class, () -> new PrefixList.Entry(5, Action.PERMIT, p("10.0.0.0/8"), OptionalInt.of(24), OptionalInt.of(16)));
        assertThrows(IllegalArgumentException.class, () -> new PrefixList.Entry(5, Action.PERMIT, p("10.0.0.0/8"), NO, OptionalInt.of(33)));
    }
}
