package dev.torii.bgp.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The value of AS_PATH and AS4_PATH, RFC 4271 section 4.3 b and RFC 6793. */
final class AsPathCodec {
    /** Why a path is refused. */
    static final class MalformedPathException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedPathException(String why) { super(why, null, false, false); }
    }

    private AsPathCodec() {}

    /** RFC 7606 section 7.2. Confederation segments are refused: there is no confederation here (RFC 5065 section 5). */
    static AsPath decode(ByteBuffer in, int octetsPerAs) throws MalformedPathException {
        int asNumbers = 0, segments = 0;
        for (int at = in.position(); at < in.limit(); segments++) {
            if (in.limit() - at < 2) throw new MalformedPathException("segment header cut short");
            int code = Byte.toUnsignedInt(in.get(at));
            int count = Byte.toUnsignedInt(in.get(at + 1));
            if (code != AsPath.Kind.SET.code && code != AsPath.Kind.SEQUENCE.code) throw new MalformedPathException("segment type " + code);
            if (count == 0) throw new MalformedPathException("empty segment");
            at += 2;
            if (count * octetsPerAs > in.limit() - at) throw new MalformedPathException("segment of " + count + " in " + (in.limit() - at) + " octets");
            for (int end = at + count * octetsPerAs; at < end; at += octetsPerAs)
                if ((octetsPerAs == 4 ? in.getInt(at) : in.getShort(at)) == 0) throw new MalformedPathException("AS 0");     // RFC 7607 section 2
            asNumbers += count;
        }
        var octets = new byte[2 * segments + 4 * asNumbers];
        if (octetsPerAs == 4) {
            in.get(octets);
        } else {
            var out = ByteBuffer.wrap(octets);
            while (in.hasRemaining()) {
                out.put(in.get());
                int count = Byte.toUnsignedInt(in.get());
                out.put((byte) count);
                for (int i = 0; i < count; i++) out.putInt(Short.toUnsignedInt(in.getShort()));
            }
        }
        return AsPath.ofWire(octets);
    }

    static void encode(AsPath path, int octetsPerAs, ByteBuffer out) {
        if (octetsPerAs == 4) {
            path.writeTo(out);
            return;
        }
        for (AsPath.Segment segment : path.segments()) {
            out.put((byte) segment.kind().code).put((byte) segment.asNumbers().size());
            for (long as : segment.asNumbers()) out.putShort((short) twoOctets(as));
        }
    }

    static long twoOctets(long as) { return as > 0xFFFF ? Iana.AS_TRANS : as; }

    static boolean needsFourOctets(AsPath path) {
        return path.segments().stream().anyMatch(segment -> segment.asNumbers().stream().anyMatch(as -> as > 0xFFFF));
    }

    /** RFC 6793 section 4.2.3: the leading part of AS_PATH that AS4_PATH lacks, then AS4_PATH. */
    static AsPath merge(AsPath old, AsPath four) {
        int surplus = old.length() - four.length();
        if (surplus < 0) return old;
        var leading = new ArrayList<AsPath.Segment>();
        for (AsPath.Segment segment : old.segments()) {
            if (surplus == 0) break;
            boolean sequence = segment.kind() == AsPath.Kind.SEQUENCE;
            int take = sequence ? Math.min(surplus, segment.asNumbers().size()) : segment.asNumbers().size();
            surplus -= sequence ? take : 1;
            leading.add(new AsPath.Segment(segment.kind(), segment.asNumbers().subList(0, take)));
        }
        return join(leading, four.segments());
    }

    private static AsPath join(List<AsPath.Segment> leading, List<AsPath.Segment> rest) {
        boolean oneSequence = !leading.isEmpty() && !rest.isEmpty() && leading.getLast().kind() == AsPath.Kind.SEQUENCE
                && rest.getFirst().kind() == AsPath.Kind.SEQUENCE
                && leading.getLast().asNumbers().size() + rest.getFirst().asNumbers().size() <= AsPath.MAX_SEGMENT;
        var all = new ArrayList<>(leading);
        if (oneSequence) {
            var both = new ArrayList<>(all.removeLast().asNumbers());
            both.addAll(rest.getFirst().asNumbers());
            all.add(new AsPath.Segment(AsPath.Kind.SEQUENCE, both));
            all.addAll(rest.subList(1, rest.size()));
        } else {
            all.addAll(rest);
        }
        return new AsPath(all);
    }
}
