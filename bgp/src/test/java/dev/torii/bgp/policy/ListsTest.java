package dev.torii.bgp.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import dev.torii.bgp.wire.Prefix;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;

/** AS-path, community and access lists. */
class ListsTest {
    private static boolean path(String pattern, long... path) {
        return new AsPathList("A", List.of(new AsPathList.Entry(5, Action.PERMIT, Patterns.compile(pattern)))).permits(AsPath.sequence(path));
    }

    @Test void expressionsOfPathsMeanWhatFrrMeans() {
        assertTrue(path("_65001_", 1, 65001, 2));
        assertTrue(path("_65001_", 65001));
        assertFalse(path("_5001_", 65001));
        assertTrue(path("^65001_", 65001, 2));
        assertFalse(path("^65001$", 65001, 2));
        assertTrue(path("^$"));
        assertFalse(path("^$", 1));
        assertTrue(path(".*", 1));
        assertTrue(path("^[0-9]+$", 77));
        assertTrue(path("^[[:digit:]]+( 7)*$", 5, 7, 7));
        assertTrue(path("^1 (2|3)$", 1, 3));
        assertTrue(path("^1{2}$", 11));
        assertThrows(PatternSyntaxException.class, () -> Patterns.compile("(1"));
        assertThrows(PatternSyntaxException.class, () -> Patterns.compile("[[:nonsense:]]"));
        var set = new AsPath(List.of(new AsPath.Segment(AsPath.Kind.SEQUENCE, List.of(1L)), new AsPath.Segment(AsPath.Kind.SET, List.of(2L, 3L))));
        assertTrue(new AsPathList("A", List.of(new AsPathList.Entry(5, Action.PERMIT, Patterns.compile("{2,3}")))).permits(set));
        assertTrue(new AsPathList("A", List.of(new AsPathList.Entry(5, Action.PERMIT, Patterns.compile("_3_")))).permits(set));
    }

    @Test void theFirstEntryOfAPathListThatMatchesDecides() {
        var list = new AsPathList("A", List.of(new AsPathList.Entry(10, Action.PERMIT, Patterns.compile(".*")),
                new AsPathList.Entry(5, Action.DENY, Patterns.compile("_9_"))));
        assertTrue(list.permits(AsPath.sequence(1)));
        assertFalse(list.permits(AsPath.sequence(1, 9)));
        assertFalse(new AsPathList("A", List.of()).permits(AsPath.EMPTY));
    }

    private static CommunitySet standard(String... values) {
        var all = CommunitySet.empty(CommunityKind.STANDARD);
        for (String value : values) all = all.plus(CommunitySet.parse(CommunityKind.STANDARD, value).orElseThrow());
        return all;
    }

    @Test void communityListsAskForAllOfALineOrExactlyIt() {
        var list = new CommunityList(CommunityKind.STANDARD, "C", List.of(new CommunityList.Entry.Standard(5, Action.DENY, standard("65000:9")),
                new CommunityList.Entry.Standard(10, Action.PERMIT, standard("65000:1", "65000:2"))));
        assertTrue(list.matches(standard("65000:2", "65000:1", "65000:3"), false));
        assertFalse(list.matches(standard("65000:1"), false));
        assertFalse(list.matches(standard("65000:1", "65000:2", "65000:9"), false));
        assertTrue(list.matches(standard("65000:2", "65000:1"), true));
        assertFalse(list.matches(standard("65000:2", "65000:1", "65000:3"), true));
        assertFalse(list.matches(standard(), false));
    }

    @Test void expandedListsLookAtTheText() {
        var list = new CommunityList(CommunityKind.STANDARD, "C",
                List.of(new CommunityList.Entry.Expanded(5, Action.PERMIT, Patterns.compile("_6500[01]:.*_no-export"))));
        assertTrue(list.matches(standard("no-export", "65001:7"), false));
        assertFalse(list.matches(standard("65001:7"), false));
        assertFalse(list.matches(standard(), false));
        var delete = new CommunityList(CommunityKind.STANDARD, "C", List.of(new CommunityList.Entry.Expanded(5, Action.DENY, Patterns.compile("65000:1")),
                new CommunityList.Entry.Expanded(10, Action.PERMIT, Patterns.compile("65000:.*"))));
        assertEquals(standard("65000:1", "1:1"), delete.delete(standard("65000:1", "65000:2", "1:1", "65000:3")));
    }

    @Test void communitiesAreReadAndWrittenAsFrrDoes() {
        assertEquals("1:1 65534:7 no-export", standard("no-export", "65534:7", "1:1", "1:1").toString());
        assertEquals(standard("1:1"), standard("65537"));
        for (String wrong : List.of("65536:1", "1:65536", "x", "1:2:3", "-1:1", "", "4294967296")) {
            assertTrue(CommunitySet.parse(CommunityKind.STANDARD, wrong).isEmpty(), wrong);
        }
        assertEquals("RT:65000:4294967295", CommunitySet.parse(CommunityKind.EXTENDED, "rt 65000:4294967295").orElseThrow().toString());
        assertEquals("RT:4200000000:9", CommunitySet.parse(CommunityKind.EXTENDED, "rt 4200000000:9").orElseThrow().toString());
        assertEquals("SoO:10.0.0.1:9", CommunitySet.parse(CommunityKind.EXTENDED, "soo 10.0.0.1:9").orElseThrow().toString());
        assertTrue(CommunitySet.parse(CommunityKind.EXTENDED, "rt 4200000000:65536").isEmpty());
        assertTrue(CommunitySet.parse(CommunityKind.EXTENDED, "xx 1:2").isEmpty());
        assertTrue(CommunitySet.parse(CommunityKind.EXTENDED, "rt 10.0.0.300:2").isEmpty());
        assertTrue(CommunitySet.parse(CommunityKind.LARGE, "1:2").isEmpty());
    }

    @Test void accessListsKnowPrefixesAndWildcards() {
        var list = new AccessList("L", List.of(new AccessList.Entry.Inside(5, Action.DENY, Prefix.parse("10.1.0.0/16"), true),
                new AccessList.Entry.Inside(10, Action.PERMIT, Prefix.parse("10.0.0.0/8"), false),
                new AccessList.Entry.Wildcard(15, Action.PERMIT, 0xC0A80000, 0x0000FFFF)));
        assertFalse(list.permits(Prefix.parse("10.1.0.0/16")));
        assertTrue(list.permits(Prefix.parse("10.1.2.0/24")));
        assertTrue(list.permits(Prefix.parse("192.168.7.0/24")));
        assertFalse(list.permits(Prefix.parse("192.169.7.0/24")));
        assertFalse(list.permits(Prefix.parse("::/0")));
    }
}
