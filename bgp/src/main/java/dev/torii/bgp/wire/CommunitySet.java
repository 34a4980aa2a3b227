package dev.torii.bgp.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Communities of one kind, each once, in the order of their numbers; read and written as FRR does. */
public final class CommunitySet {
    private static final Map<Integer, String> WELL_KNOWN = new TreeMap<>(Map.ofEntries(
            Map.entry(0xFFFF_0000, "graceful-shutdown"), Map.entry(0xFFFF_0001, "accept-own"), Map.entry(0xFFFF_0002, "route-filter-translated-v4"),
            Map.entry(0xFFFF_0003, "route-filter-v4"), Map.entry(0xFFFF_0004, "route-filter-translated-v6"), Map.entry(0xFFFF_0005, "route-filter-v6"),
            Map.entry(0xFFFF_0006, "llgr-stale"), Map.entry(0xFFFF_0007, "no-llgr"), Map.entry(0xFFFF_0008, "accept-own-nexthop"), Map.entry(0xFFFF_029A, "blackhole"),
            Map.entry(0xFFFF_FF01, "no-export"), Map.entry(0xFFFF_FF02, "no-advertise"), Map.entry(0xFFFF_FF03, "local-AS"), Map.entry(0xFFFF_FF04, "no-peer")));
    /** RFC 8326. */
    public static final CommunitySet GRACEFUL_SHUTDOWN = one(CommunityKind.STANDARD, ByteBuffer.allocate(4).putInt(0xFFFF_0000));

    private static final int ROUTE_TARGET = 2, SITE_OF_ORIGIN = 3;
    private static final long MAX_16 = 0xFFFF, MAX_32 = 0xFFFF_FFFFL;

    private final CommunityKind kind;
    private final List<Octets> values;

    private CommunitySet(CommunityKind kind, Collection<Octets> values) {
        this.kind = kind;
        var sorted = new TreeSet<Octets>((a, b) -> Arrays.compareUnsigned(a.toArray(), b.toArray()));
        sorted.addAll(values);
        this.values = List.copyOf(sorted);
    }

    public static CommunitySet empty(CommunityKind kind) { return new CommunitySet(kind, List.of()); }

    /** From an attribute's value, whose length is a multiple of the kind's. */
    static CommunitySet decode(CommunityKind kind, Octets octets) {
        var in = octets.toBuffer();
        var values = new ArrayList<Octets>();
        while (in.hasRemaining()) values.add(Octets.next(in, kind.octets()));
        return new CommunitySet(kind, values);
    }

    /** The communities that such an attribute carries; empty if it carries none. */
    public static Optional<CommunitySet> of(PathAttribute attribute) {
        return switch (attribute) {
            case PathAttribute.Communities list -> Optional.of(decode(CommunityKind.STANDARD, list.values()));
            case PathAttribute.ExtendedCommunities list -> Optional.of(decode(CommunityKind.EXTENDED, list.values()));
            case PathAttribute.LargeCommunities list -> Optional.of(decode(CommunityKind.LARGE, list.values()));
            default -> Optional.empty();                        // no other attribute has communities
        };
    }

    /**
     * One value as configurations have it: {@code 65000:1} or a well-known name, {@code rt 65000:1} (also {@code RT:65000:1}), {@code 65000:1:2}.
     *
     * @return empty if it is none of that kind
     */
    public static Optional<CommunitySet> parse(CommunityKind kind, String text) {
        return switch (kind) {
            case STANDARD -> standard(text);
            case LARGE -> {
                var parts = numbers(text, 3, MAX_32);
                yield parts.map(n -> one(kind, ByteBuffer.allocate(12).putInt(n.get(0).intValue()).putInt(n.get(1).intValue()).putInt(n.get(2).intValue())));
            }
            case EXTENDED -> {
                int subtype = text.toLowerCase(Locale.ROOT).startsWith("rt") ? ROUTE_TARGET : text.toLowerCase(Locale.ROOT).startsWith("soo") ? SITE_OF_ORIGIN : 0;
                yield subtype == 0 ? Optional.empty() : extended(subtype, text.replaceFirst("^[A-Za-z]+[ :]", ""));
            }
        };
    }

    private static Optional<CommunitySet> standard(String text) {
        for (var known : WELL_KNOWN.entrySet())
            if (known.getValue().equals(text)) return Optional.of(one(CommunityKind.STANDARD, ByteBuffer.allocate(4).putInt(known.getKey())));
        if (text.matches("\\d{1,10}") && Long.parseLong(text) <= MAX_32) return Optional.of(one(CommunityKind.STANDARD, ByteBuffer.allocate(4).putInt((int) Long.parseLong(text))));
        return numbers(text, 2, MAX_16).map(n -> one(CommunityKind.STANDARD, ByteBuffer.allocate(4).putShort(n.get(0).shortValue()).putShort(n.get(1).shortValue())));
    }

    private static Optional<CommunitySet> extended(int subtype, String text) {
        int colon = text.indexOf(':');
        if (colon > 0 && text.substring(0, colon).matches("(\\d{1,3}\\.){3}\\d{1,3}")) {
            try {
                int address = (int) (Prefix.parse(text.substring(0, colon) + "/32").high() >>> 32);
                return numbers("0" + text.substring(colon), 2, MAX_16).map(n -> one(CommunityKind.EXTENDED,
                        ByteBuffer.allocate(8).put((byte) 1).put((byte) subtype).putInt(address).putShort(n.get(1).shortValue())));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return numbers(text, 2, MAX_32).flatMap(n -> {
            var value = ByteBuffer.allocate(8);
            if (n.get(0) <= MAX_16) value.put((byte) 0).put((byte) subtype).putShort(n.get(0).shortValue()).putInt(n.get(1).intValue());
            else if (n.get(1) <= MAX_16) value.put((byte) 2).put((byte) subtype).putInt(n.get(0).intValue()).putShort(n.get(1).shortValue());
            else return Optional.empty();
            return Optional.of(one(CommunityKind.EXTENDED, value));
        });
    }

    private static Optional<List<Long>> numbers(String text, int count, long greatest) {
        String[] parts = text.split(":", -1);
        if (parts.length != count) return Optional.empty();
        var numbers = new ArrayList<Long>();
        for (String part : parts) {
            if (!part.matches("\\d{1,10}") || Long.parseLong(part) > greatest) return Optional.empty();
            numbers.add(Long.parseLong(part));
        }
        return Optional.of(numbers);
    }

    private static CommunitySet one(CommunityKind kind, ByteBuffer value) { return new CommunitySet(kind, List.of(Octets.rest(value.flip()))); }

    public CommunityKind kind() { return kind; }

    public boolean isEmpty() { return values.isEmpty(); }

    public int size() { return values.size(); }

    public boolean containsAll(CommunitySet others) { return values.containsAll(others.values); }

    public CommunitySet plus(CommunitySet others) {
        var all = new ArrayList<>(values);
        all.addAll(others.values);
        return new CommunitySet(kind, all);
    }

    public CommunitySet minus(CommunitySet others) { return new CommunitySet(kind, values.stream().filter(value -> !others.values.contains(value)).toList()); }

    /** Each value as a set of its own. */
    public List<CommunitySet> singles() { return values.stream().map(value -> new CommunitySet(kind, List.of(value))).toList(); }

    /** RFC 4360 section 6: what stays in its AS (type bit 0x40) left out. Other kinds are all transitive. */
    public CommunitySet transitive() {
        return kind == CommunityKind.EXTENDED ? new CommunitySet(kind, values.stream().filter(value -> (value.toBuffer().get(0) & 0x40) == 0).toList()) : this;
    }

    /** The attribute that carries these; empty if there are none. */
    public Optional<PathAttribute> toAttribute(boolean partial) {
        if (values.isEmpty()) return Optional.empty();
        var bytes = ByteBuffer.allocate(values.size() * kind.octets());
        values.forEach(value -> value.writeTo(bytes));
        var octets = Octets.rest(bytes.flip());
        return Optional.of(switch (kind) {
            case STANDARD -> new PathAttribute.Communities(octets, partial);
            case EXTENDED -> new PathAttribute.ExtendedCommunities(octets, partial);
            case LARGE -> new PathAttribute.LargeCommunities(octets, partial);
        });
    }

    /** Each as FRR prints it. */
    public List<String> texts() { return values.stream().map(this::text).toList(); }

    private String text(Octets value) {
        var in = value.toBuffer();
        return switch (kind) {
            case STANDARD -> {
                int number = in.getInt();
                yield WELL_KNOWN.getOrDefault(number, (number >>> 16) + ":" + (number & 0xFFFF));
            }
            case LARGE -> Integer.toUnsignedString(in.getInt()) + ":" + Integer.toUnsignedString(in.getInt()) + ":" + Integer.toUnsignedString(in.getInt());
            case EXTENDED -> {
                int type = Byte.toUnsignedInt(in.get());
                int subtype = Byte.toUnsignedInt(in.get());
                String name = subtype == ROUTE_TARGET ? "RT:" : "SoO:";
                boolean known = subtype == ROUTE_TARGET || subtype == SITE_OF_ORIGIN;
                yield !known ? "UNK:" + type + ", " + subtype : switch (type & ~0x40) {
                    case 0 -> name + Short.toUnsignedInt(in.getShort()) + ":" + Integer.toUnsignedString(in.getInt());
                    case 1 -> name + Prefix.ipv4(in.getInt(), 32).address().getHostAddress() + ":" + Short.toUnsignedInt(in.getShort());
                    case 2 -> name + Integer.toUnsignedString(in.getInt()) + ":" + Short.toUnsignedInt(in.getShort());
                    default -> "UNK:" + type + ", " + subtype;
                };
            }
        };
    }

    @Override public boolean equals(Object other) { return other instanceof CommunitySet that && kind == that.kind && values.equals(that.values); }

    @Override public int hashCode() { return values.hashCode(); }

    /** As FRR prints it: {@code 65000:1 65000:2 no-export}. */
    @Override public String toString() { return texts().stream().collect(Collectors.joining(" ")); }
}
