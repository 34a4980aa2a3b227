package dev.torii.bgp.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class AsPathAggregationTest {
    private static String of(AsPath... paths) {
        var all = paths[0];
        for (AsPath path : paths) all = AsPathAggregation.of(all, path);
        return all.toString();
    }

    /** RFC 4271 appendix F.6. */
    @Test void whatPathsBeginWithIsKeptAndTheRestIsASet() {
        var a = AsPath.sequence(1, 2, 3);
        assertEquals("1 2 3", of(a, a));
        assertEquals("1 2 {3,4}", of(a, AsPath.sequence(1, 2, 4)));
        assertEquals("1 {2,3}", of(a, AsPath.sequence(1)));
        assertEquals("{1,2,3,9}", of(a, AsPath.sequence(9, 2, 1)));
        assertEquals("1 {2,3,4,5}", of(a, AsPath.sequence(1, 2, 4), AsPath.sequence(1, 5)));
        assertEquals("{1,2,3}", of(AsPath.EMPTY, a));
        assertEquals("1 2 {3,4,5}", of(a, new AsPath(List.of(new AsPath.Segment(AsPath.Kind.SEQUENCE, List.of(1L, 2L)), new AsPath.Segment(AsPath.Kind.SET, List.of(5L, 4L))))));
        assertEquals("1 2", of(AsPath.sequence(1, 2), AsPath.sequence(1, 2, 1)), "a number that is there already is not added");
    }
}
