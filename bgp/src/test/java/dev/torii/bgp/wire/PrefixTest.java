package dev.torii.bgp.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrefixTest {
    @Test void textComesBackWithHostBitsCleared() {
        assertEquals("10.0.2.0/24", Prefix.parse("10.0.2.74/24").toString());
        assertEquals("0.0.0.0/0", Prefix.parse("1.2.3.4/0").toString());
        assertEquals("1.2.3.4/32", Prefix.parse("1.2.3.4/32").toString());
        assertEquals(Prefix.parse("2001:db8::/32"), Prefix.parse("2001:db8:ffff::1/32"));
        assertEquals(Prefix.parse("2001:db8::1/128").address(), Prefix.parse("2001:db8:0:0:0:0:0:1/128").address());
        for (String bad : List.of("10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "example.org/24", "::/129", "/8"))
            assertThrows(IllegalArgumentException.class, () -> Prefix.parse(bad), bad);
    }

    @Test void aPrefixCoversItselfAndWhatIsInside() {
        assertTrue(Prefix.parse("10.0.0.0/8").covers(Prefix.parse("10.255.0.0/16")));
        assertTrue(Prefix.parse("10.0.0.0/8").covers(Prefix.parse("10.0.0.0/8")));
        assertFalse(Prefix.parse("10.0.0.0/8").covers(Prefix.parse("0.0.0.0/0")));
        assertTrue(Prefix.parse("0.0.0.0/0").covers(Prefix.parse("200.0.0.0/5")));
        assertFalse(Prefix.parse("0.0.0.0/0").covers(Prefix.parse("::/0")));
        assertTrue(Prefix.parse("2001:db8::/70").covers(Prefix.parse("2001:db8:0:0:300::/72")));
        assertFalse(Prefix.parse("2001:db8::/70").covers(Prefix.parse("2001:db8:0:0:400::/72")));
    }

    @Test void theOrderIsThatOfFrrsTables() {
        var sorted = List.of("0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.1.0/24", "200.0.0.0/8").stream().map(Prefix::parse).toList();
        assertEquals(sorted, sorted.reversed().stream().sorted().toList());
    }
}
