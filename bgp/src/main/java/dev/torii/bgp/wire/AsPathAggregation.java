package dev.torii.bgp.wire;

import dev.torii.bgp.wire.AsPath.Kind;
import dev.torii.bgp.wire.AsPath.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The path of an aggregate, RFC 4271 appendix F.6: what the paths begin with in common, then a set of the other AS numbers. */
public final class AsPathAggregation {
    private AsPathAggregation() {}

    /** Of both; of a path with itself, that path. */
    public static AsPath of(AsPath one, AsPath other) {
        if (one.equals(other)) return one;
        var common = new ArrayList<Segment>();
        int segment = 0, in = 0;
        while (segment < one.segments().size() && segment < other.segments().size()) {
            var a = one.segments().get(segment);
            var b = other.segments().get(segment);
            if (a.kind() != b.kind()) break;
            int most = Math.min(a.asNumbers().size(), b.asNumbers().size());
            in = 0;
            while (in < most && a.asNumbers().get(in).equals(b.asNumbers().get(in))) in++;
            if (in > 0) common.add(new Segment(a.kind(), a.asNumbers().subList(0, in)));
            if (in < a.asNumbers().size() || in < b.asNumbers().size()) break;
            in = 0;
            segment++;
        }
        var known = new TreeSet<Long>();
        for (Segment shared : common) known.addAll(shared.asNumbers());
        var rest = new TreeSet<Long>();
        for (AsPath path : List.of(one, other))
            for (int i = segment; i < path.segments().size(); i++) {
                var numbers = path.segments().get(i).asNumbers();
                rest.addAll(numbers.subList(i == segment ? Math.min(in, numbers.size()) : 0, numbers.size()));
            }
        rest.removeAll(known);
        var left = List.copyOf(rest);
        for (int from = 0; from < left.size(); from += AsPath.MAX_SEGMENT) common.add(new Segment(Kind.SET, left.subList(from, Math.min(from + AsPath.MAX_SEGMENT, left.size()))));
        return new AsPath(common);
    }
}
