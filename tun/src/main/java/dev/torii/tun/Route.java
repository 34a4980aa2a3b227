package dev.torii.tun;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One route of the kernel, IPv4 or IPv6, with no, one or several next hops.
 *
 * <p>Two routes are equal when the kernel would treat them as the same, so a desired route can be compared with a listed one: next hops are kept in a
 * canonical order, and an IPv6 route of metric 0 has the kernel's default, 1024. A next hop without an interface is the exception: read back, it has one.
 *
 * @param destination the prefix, host bits zero
 * @param prefixLength 0 to 32 or 128
 * @param type what becomes of a matching packet
 * @param nextHops where it goes; empty unless the type is {@link Type#UNICAST} (or the kernel's own)
 * @param metric 0 to 2^32-1, the lower is preferred
 * @param protocol who made it, 0 to 255: {@link #PROTOCOL_TORII} for our own
 * @param table the routing table, {@link #TABLE_MAIN} mostly
 * @param preferredSource the source address for packets this host sends that way, if given
 */
public record Route(
        InetAddress destination, int prefixLength, Type type, List<NextHop> nextHops, long metric, int protocol, int table,
        Optional<InetAddress> preferredSource) {
    /** The value that marks the routes Torii made ({@code proto 116}); unassigned in iproute2's rt_protos. */
    public static final int PROTOCOL_TORII = 116;
    /** RTPROT_KERNEL: made by the kernel along with an address. */
    public static final int PROTOCOL_KERNEL = 2;
    /** RT_TABLE_MAIN. */
    public static final int TABLE_MAIN = 254;
    /** IP6_RT_PRIO_USER: what the kernel makes of metric 0 in IPv6. */
    public static final int IPV6_DEFAULT_METRIC = 1024;

    /** What becomes of a packet that matches (rtnetlink(7), rtm_type). */
    public enum Type {
        UNICAST(1),
        LOCAL(2),
        BROADCAST(3),
        ANYCAST(4),
        MULTICAST(5),
        BLACKHOLE(6),
        UNREACHABLE(7),
        PROHIBIT(8),
        THROW(9);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        /** Whether packets are dropped or refused rather than sent: such routes have no next hop. */
        boolean refuses() {
            return code >= BLACKHOLE.code;
        }

        static Optional<Type> of(int code) {
            return Arrays.stream(values()).filter(type -> type.code == code).findAny();
        }
    }

    private static final Comparator<NextHop> CANONICAL = Comparator.comparingInt(NextHop::interfaceIndex)
            .thenComparing((a, b) -> Arrays.compareUnsigned(gatewayOctets(a), gatewayOctets(b)))
            .thenComparingInt(NextHop::weight)
            .thenComparing(hop -> hop.onLink());

    public Route {
        int bits = destination.getAddress().length * 8;
        if (prefixLength < 0 || prefixLength > bits) throw new IllegalArgumentException("prefix length " + prefixLength);
        if (hasHostBits(destination.getAddress(), prefixLength))
            throw new IllegalArgumentException(destination.getHostAddress() + "/" + prefixLength + " has host bits");
        if (metric < 0 || metric > 0xFFFF_FFFFL) throw new IllegalArgumentException("metric " + metric);
        if (protocol < 0 || protocol > 255) throw new IllegalArgumentException("protocol " + protocol);
        if (type == Type.UNICAST && nextHops.isEmpty()) throw new IllegalArgumentException("a unicast route needs a next hop");
        if (type.refuses() && !nextHops.isEmpty()) throw new IllegalArgumentException("a " + type + " route has no next hop");
        if (metric == 0 && destination instanceof Inet6Address) metric = IPV6_DEFAULT_METRIC;
        nextHops = nextHops.stream().sorted(CANONICAL).toList();
    }

    /** A route of ours in the main table. */
    public static Route to(InetAddress destination, int prefixLength, NextHop... nextHops) {
        return to(destination, prefixLength, List.of(nextHops));
    }

    /** A route of ours in the main table. */
    public static Route to(InetAddress destination, int prefixLength, List<NextHop> nextHops) {
        return new Route(destination, prefixLength, Type.UNICAST, nextHops, 0, PROTOCOL_TORII, TABLE_MAIN, Optional.empty());
    }

    /** A route of ours in the main table that drops what matches. */
    public static Route blackhole(InetAddress destination, int prefixLength) {
        return new Route(destination, prefixLength, Type.BLACKHOLE, List.of(), 0, PROTOCOL_TORII, TABLE_MAIN, Optional.empty());
    }

    public Route withMetric(long newMetric) {
        return new Route(destination, prefixLength, type, nextHops, newMetric, protocol, table, preferredSource);
    }

    public Route withProtocol(int newProtocol) {
        return new Route(destination, prefixLength, type, nextHops, metric, newProtocol, table, preferredSource);
    }

    public Route withNextHops(List<NextHop> newNextHops) {
        return new Route(destination, prefixLength, type, newNextHops, metric, protocol, table, preferredSource);
    }

    public Route withPreferredSource(InetAddress source) {
        return new Route(destination, prefixLength, type, nextHops, metric, protocol, table, Optional.of(source));
    }

    /** Whether the kernel sees both as the same entry, so that {@link Routes#replace} of one would overwrite the other: prefix, metric, table. */
    public boolean sameKey(Route other) {
        return destination.equals(other.destination) && prefixLength == other.prefixLength && metric == other.metric && table == other.table;
    }

    /** Whether Torii made it. */
    public boolean isOurs() {
        return protocol == PROTOCOL_TORII;
    }

    /** The one interface it leaves by; empty with none or several. */
    public OptionalInt onlyInterface() {
        int[] distinct = nextHops.stream().mapToInt(NextHop::interfaceIndex).distinct().toArray();
        return distinct.length == 1 ? OptionalInt.of(distinct[0]) : OptionalInt.empty();
    }

    /** Near to what {@code ip route} prints. */
    @Override
    public String toString() {
        var text = new StringBuilder(type == Type.UNICAST ? "" : type.name().toLowerCase(Locale.ROOT) + " ");
        text.append(destination.getHostAddress()).append('/').append(prefixLength);
        for (NextHop hop : nextHops) text.append(nextHops.size() > 1 ? " nexthop " : " ").append(hop);
        text.append(" proto ").append(protocol);
        if (metric != 0) text.append(" metric ").append(metric);
        if (table != TABLE_MAIN) text.append(" table ").append(table);
        preferredSource.ifPresent(source -> text.append(" src ").append(source.getHostAddress()));
        return text.toString();
    }

    private static byte[] gatewayOctets(NextHop hop) {
        return hop.gateway().map(InetAddress::getAddress).orElse(new byte[0]);
    }

    private static boolean hasHostBits(byte[] address, int prefixLength) {
        for (int bit = prefixLength; bit < address.length * 8; bit++) {
            if ((address[bit / 8] & 0x80 >> bit % 8) != 0) return true;
        }
        return false;
    }
}
