package dev.torii.bgp.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The segments of an AS_PATH, RFC 4271 section 4.3 and RFC 5065. AS numbers are 0 to 2^32-1. */
public record AsPath(List<Segment> segments) {
    public static final AsPath EMPTY = new AsPath(List.of());
    public static final int MAX_SEGMENT = 255;

    /** The segment types. */
    public enum Kind {
        SET(1), SEQUENCE(2), CONFED_SEQUENCE(3), CONFED_SET(4);

        final int code;

        Kind(int code) { this.code = code; }
    }

    /** 1 to 255 AS numbers. */
    public record Segment(Kind kind, List<Long> asNumbers) {
        public Segment { asNumbers = List.copyOf(asNumbers); }
    }

    public AsPath { segments = List.copyOf(segments); }

    public static AsPath sequence(long... asNumbers) {
        return asNumbers.length == 0 ? EMPTY : new AsPath(List.of(new Segment(Kind.SEQUENCE, LongStream.of(asNumbers).boxed().toList())));
    }

    /** For comparison, RFC 4271 section 9.1.2.2 a: a set counts as one, confederation segments as none (RFC 5065 section 5.3). */
    public int length() {
        int length = 0;
        for (Segment segment : segments)
            length += switch (segment.kind()) {
                case SEQUENCE -> segment.asNumbers().size();
                case SET -> 1;
                case CONFED_SEQUENCE, CONFED_SET -> 0;
            };
        return length;
    }

    public boolean contains(long as) {
        for (Segment segment : segments) if (segment.asNumbers().contains(as)) return true;
        return false;
    }

    /** How often that AS is in it. */
    public int count(long as) {
        int count = 0;
        for (Segment segment : segments) for (long one : segment.asNumbers()) if (one == as) count++;
        return count;
    }

    /** The AS the route came from first: the last of a last sequence; 0 if there is none. */
    public long last() {
        if (segments.isEmpty() || segments.getLast().kind() != Kind.SEQUENCE) return 0;
        return segments.getLast().asNumbers().getLast();
    }

    /** With {@code by} in each place of {@code as}. */
    public AsPath replace(long as, long by) {
        if (!contains(as)) return this;
        return new AsPath(segments.stream().map(segment -> new Segment(segment.kind(), segment.asNumbers().stream().map(one -> one == as ? by : one).toList())).toList());
    }

    /** Without these. */
    public AsPath exclude(List<Long> some) {
        return new AsPath(segments.stream().map(segment -> new Segment(segment.kind(), segment.asNumbers().stream().filter(as -> !some.contains(as)).toList()))
                .filter(segment -> !segment.asNumbers().isEmpty()).toList());
    }

    /** The neighbouring AS: first of a leading sequence; 0 if there is none. */
    public long first() {
        for (Segment segment : segments)
            switch (segment.kind()) {
                case SEQUENCE -> { return segment.asNumbers().getFirst(); }
                case SET -> { return 0; }
                case CONFED_SEQUENCE, CONFED_SET -> { }         // inside our own confederation: look further
            }
        return 0;
    }

    /** Without the first numbers of a leading sequence, as many as it has. */
    public AsPath withoutFirst(int count) {
        if (count == 0 || segments.isEmpty() || segments.getFirst().kind() != Kind.SEQUENCE) return this;
        var rest = new ArrayList<>(segments);
        var head = rest.removeFirst().asNumbers();
        if (head.size() > count) rest.addFirst(new Segment(Kind.SEQUENCE, head.subList(count, head.size())));
        return head.size() >= count ? new AsPath(rest) : new AsPath(rest).withoutFirst(count - head.size());
    }

    /** With {@code more} in front, RFC 4271 section 5.1.2: into the leading sequence as long as it has room. */
    public AsPath prepend(List<Long> more) {
        if (more.isEmpty()) return this;
        var rest = new ArrayList<>(segments);
        var head = new ArrayList<>(more);
        if (!rest.isEmpty() && rest.getFirst().kind() == Kind.SEQUENCE) head.addAll(rest.removeFirst().asNumbers());
        var result = new ArrayList<Segment>();
        int odd = head.size() % MAX_SEGMENT;                    // the short segment comes first, so that the rest keeps its cut
        if (odd > 0) result.add(new Segment(Kind.SEQUENCE, head.subList(0, odd)));
        for (int i = odd; i < head.size(); i += MAX_SEGMENT) result.add(new Segment(Kind.SEQUENCE, head.subList(i, i + MAX_SEGMENT)));
        result.addAll(rest);
        return new AsPath(result);
    }

    /** As FRR prints it: {@code 65001 65002 {1,2} (64512)}. */
    @Override public String toString() {
        return segments.stream().map(segment -> switch (segment.kind()) {
            case SEQUENCE -> join(segment, " ", "", "");
            case SET -> join(segment, ",", "{", "}");
            case CONFED_SEQUENCE -> join(segment, " ", "(", ")");
            case CONFED_SET -> join(segment, ",", "[", "]");
        }).collect(Collectors.joining(" "));
    }

    private static String join(Segment segment, String between, String before, String after) {
        return segment.asNumbers().stream().map(String::valueOf).collect(Collectors.joining(between, before, after));
    }
}
