package dev.torii.bgp.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The segments of an AS_PATH, RFC 4271 section 4.3 and RFC 5065. AS numbers are 0 to 2^32-1. Kept as the octets of the
 * wire with four octets an AS: a full table has a hundred thousand of them.
 */
public final class AsPath {
    public static final AsPath EMPTY = new AsPath(new byte[0]);
    public static final int MAX_SEGMENT = 255;

    private static final int HEADER = 2, AS = 4;

    private final byte[] octets;

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

    private AsPath(byte[] octets) { this.octets = octets; }

    public AsPath(List<Segment> segments) {
        int length = 0;
        for (Segment segment : segments) length += HEADER + AS * segment.asNumbers().size();
        var out = ByteBuffer.allocate(length);
        for (Segment segment : segments) {
            out.put((byte) segment.kind().code).put((byte) segment.asNumbers().size());
            for (long as : segment.asNumbers()) out.putInt((int) as);
        }
        this.octets = out.array();
    }

    public static AsPath sequence(long... asNumbers) {
        return asNumbers.length == 0 ? EMPTY : new AsPath(List.of(new Segment(Kind.SEQUENCE, LongStream.of(asNumbers).boxed().toList())));
    }

    /** Of the octets of the wire with four octets an AS, which {@link AsPathCodec} has checked. */
    static AsPath ofWire(byte[] octets) { return octets.length == 0 ? EMPTY : new AsPath(octets); }

    int wireLength() { return octets.length; }

    /** With four octets an AS. */
    void writeTo(ByteBuffer out) { out.put(octets); }

    public List<Segment> segments() {
        var segments = new ArrayList<Segment>(1);
        for (int at = 0; at < octets.length; at += HEADER + AS * count(at)) {
            var asNumbers = new ArrayList<Long>(count(at));
            for (int i = 0; i < count(at); i++) asNumbers.add(as(at, i));
            segments.add(new Segment(kind(at), asNumbers));
        }
        return List.copyOf(segments);
    }

    private int count(int at) { return Byte.toUnsignedInt(octets[at + 1]); }

    private long as(int at, int index) {
        int from = at + HEADER + AS * index;
        return (octets[from] & 0xFFL) << 24 | (octets[from + 1] & 0xFF) << 16 | (octets[from + 2] & 0xFF) << 8 | octets[from + 3] & 0xFF;
    }

    private Kind kind(int at) {
        return switch (octets[at]) {
            case 1 -> Kind.SET;
            case 2 -> Kind.SEQUENCE;
            case 3 -> Kind.CONFED_SEQUENCE;
            default -> Kind.CONFED_SET;
        };
    }

    /** For comparison, RFC 4271 section 9.1.2.2 a: a set counts as one, confederation segments as none (RFC 5065 section 5.3). */
    public int length() {
        int length = 0;
        for (int at = 0; at < octets.length; at += HEADER + AS * count(at))
            length += switch (kind(at)) {
                case SEQUENCE -> count(at);
                case SET -> 1;
                case CONFED_SEQUENCE, CONFED_SET -> 0;
            };
        return length;
    }

    public boolean contains(long as) { return count(as) > 0; }

    /** How often that AS is in it. */
    public int count(long as) {
        int count = 0;
        for (int at = 0; at < octets.length; at += HEADER + AS * count(at))
            for (int i = 0; i < count(at); i++) if (as(at, i) == as) count++;
        return count;
    }

    /** The AS the route came from first: the last of a last sequence; 0 if there is none. */
    public long last() {
        long last = 0;
        for (int at = 0; at < octets.length; at += HEADER + AS * count(at)) last = kind(at) == Kind.SEQUENCE ? as(at, count(at) - 1) : 0;
        return last;
    }

    /** With {@code by} in each place of {@code as}. */
    public AsPath replace(long as, long by) {
        if (!contains(as)) return this;
        return new AsPath(segments().stream().map(segment -> new Segment(segment.kind(), segment.asNumbers().stream().map(one -> one == as ? by : one).toList())).toList());
    }

    /** Without these. */
    public AsPath exclude(List<Long> some) {
        return new AsPath(segments().stream().map(segment -> new Segment(segment.kind(), segment.asNumbers().stream().filter(as -> !some.contains(as)).toList()))
                .filter(segment -> !segment.asNumbers().isEmpty()).toList());
    }

    /** The neighbouring AS: first of a leading sequence; 0 if there is none. */
    public long first() {
        for (int at = 0; at < octets.length; at += HEADER + AS * count(at))
            switch (kind(at)) {
                case SEQUENCE -> { return as(at, 0); }
                case SET -> { return 0; }
                case CONFED_SEQUENCE, CONFED_SET -> { }         // inside our own confederation: look further
            }
        return 0;
    }

    /** Without the first numbers of a leading sequence, as many as it has. */
    public AsPath withoutFirst(int count) {
        var segments = segments();
        if (count == 0 || segments.isEmpty() || segments.getFirst().kind() != Kind.SEQUENCE) return this;
        var rest = new ArrayList<>(segments);
        var head = rest.removeFirst().asNumbers();
        if (head.size() > count) rest.addFirst(new Segment(Kind.SEQUENCE, head.subList(count, head.size())));
        return head.size() >= count ? new AsPath(rest) : new AsPath(rest).withoutFirst(count - head.size());
    }

    /** With {@code more} in front, RFC 4271 section 5.1.2: into the leading sequence as long as it has room. */
    public AsPath prepend(List<Long> more) {
        if (more.isEmpty()) return this;
        if (octets.length > 0 && kind(0) == Kind.SEQUENCE && count(0) + more.size() <= MAX_SEGMENT) return longer(more);
        var rest = new ArrayList<>(segments());
        var head = new ArrayList<>(more);
        if (!rest.isEmpty() && rest.getFirst().kind() == Kind.SEQUENCE) head.addAll(rest.removeFirst().asNumbers());
        var result = new ArrayList<Segment>();
        int odd = head.size() % MAX_SEGMENT;                    // the short segment comes first, so that the rest keeps its cut
        if (odd > 0) result.add(new Segment(Kind.SEQUENCE, head.subList(0, odd)));
        for (int i = odd; i < head.size(); i += MAX_SEGMENT) result.add(new Segment(Kind.SEQUENCE, head.subList(i, i + MAX_SEGMENT)));
        result.addAll(rest);
        return new AsPath(result);
    }

    private AsPath longer(List<Long> more) {
        var out = ByteBuffer.allocate(octets.length + AS * more.size()).put(octets[0]).put((byte) (count(0) + more.size()));
        for (long as : more) out.putInt((int) as);
        return new AsPath(out.put(octets, HEADER, octets.length - HEADER).array());
    }

    @Override public boolean equals(Object other) { return other instanceof AsPath that && Arrays.equals(octets, that.octets); }

    @Override public int hashCode() { return Arrays.hashCode(octets); }

    /** As FRR prints it: {@code 65001 65002 {1,2} (64512)}. */
    @Override public String toString() {
        return segments().stream().map(segment -> switch (segment.kind()) {
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
