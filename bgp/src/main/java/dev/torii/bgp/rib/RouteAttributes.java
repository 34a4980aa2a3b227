package dev.torii.bgp.rib;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import dev.torii.bgp.wire.Octets;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.PathAttribute.Origin;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The path attributes of a route, immutable, shared by all routes that have the same ones ({@link Pool}).
 * What the decision process looks at is at hand; the rest is carried in a list.
 */
public final class RouteAttributes {
    private static final long NONE = -1;
    private static final int PARTIAL = 0x20;

    private final Origin origin;
    private final AsPath asPath;
    private final int asPathLength;
    private InetAddress nextHop;                        // only ever replaced by an equal one
    private final @Nullable InetAddress linkLocal;      // of the same router
    private final long med;
    private final long localPref;
    private final List<PathAttribute> others;           // by type
    private int hash;                                   // 0: not computed yet

    private RouteAttributes(Origin origin, AsPath asPath, InetAddress nextHop, @Nullable InetAddress linkLocal, long med, long localPref, List<PathAttribute> others) {
        this.origin = origin;
        this.asPath = asPath;
        this.asPathLength = asPath.length();
        this.nextHop = nextHop;
        this.linkLocal = linkLocal;
        this.med = med;
        this.localPref = localPref;
        this.others = others;
    }

    public static RouteAttributes of(Origin origin, AsPath asPath, InetAddress nextHop) {
        return new RouteAttributes(origin, asPath, nextHop, null, NONE, NONE, List.of());
    }

    /**
     * From the attributes of an UPDATE; the next hop is that of NEXT_HOP or of {@code reach}.
     *
     * @return empty if a mandatory one is missing
     */
    public static Optional<RouteAttributes> from(List<PathAttribute> attributes, Optional<PathAttribute.MpReach> reach) {
        Optional<Origin> origin = Optional.empty();
        Optional<AsPath> path = Optional.empty();
        Optional<InetAddress> nextHop = reach.map(PathAttribute.MpReach::nextHop);
        long med = NONE, localPref = NONE;
        var others = new ArrayList<PathAttribute>();
        for (PathAttribute attribute : attributes)
            switch (attribute) {
                case Origin value -> origin = Optional.of(value);
                case PathAttribute.AsPathAttribute value -> path = Optional.of(value.path());
                case PathAttribute.NextHop value -> { if (reach.isEmpty()) nextHop = Optional.of(value.address()); }
                case PathAttribute.MultiExitDisc value -> med = value.value();
                case PathAttribute.LocalPref value -> localPref = value.value();
                case PathAttribute.MpReach mp -> { }
                case PathAttribute.MpUnreach unreach -> { }
                case PathAttribute.UnknownAttribute unknown -> { if (unknown.transitive()) others.add(unknown); }     // RFC 4271 section 5: others end here
                case PathAttribute.AtomicAggregate value -> others.add(value);
                case PathAttribute.Aggregator value -> others.add(value);
                case PathAttribute.Communities value -> others.add(value);
                case PathAttribute.ExtendedCommunities value -> others.add(value);
                case PathAttribute.LargeCommunities value -> others.add(value);
                case PathAttribute.OriginatorId value -> others.add(value);
                case PathAttribute.ClusterList value -> others.add(value);
            }
        if (origin.isEmpty() || path.isEmpty() || nextHop.isEmpty()) return Optional.empty();
        others.sort(Comparator.comparingInt(PathAttribute::type));
        return Optional.of(new RouteAttributes(origin.get(), path.get(), nextHop.get(), reach.flatMap(PathAttribute.MpReach::linkLocal).orElse(null), med, localPref, List.copyOf(others)));
    }

    public Origin origin() { return origin; }

    public AsPath asPath() { return asPath; }

    /** {@code asPath().length()}, computed once. */
    public int asPathLength() { return asPathLength; }

    public InetAddress nextHop() { return nextHop; }

    /** The same, with the next hop's object shared, too. */
    public RouteAttributes sharing(Pool<InetAddress> addresses) {
        nextHop = addresses.shared(nextHop);
        return this;
    }

    /** The next hop's address on the link that the peer is on, if it said one (RFC 2545 section 3). */
    public Optional<InetAddress> linkLocal() { return Optional.ofNullable(linkLocal); }

    /** MULTI_EXIT_DISC; 0 where there is none, as the decision process takes it. */
    public long medOrZero() { return med == NONE ? 0 : med; }

    public OptionalLong med() { return med == NONE ? OptionalLong.empty() : OptionalLong.of(med); }

    public OptionalLong localPref() { return localPref == NONE ? OptionalLong.empty() : OptionalLong.of(localPref); }

    /** Everything else, by type. */
    public List<PathAttribute> others() { return others; }

    /** RFC 4456: the identifier of whoever brought the route into our AS, if a route reflector has passed it on. */
    public OptionalInt originatorId() {
        for (PathAttribute attribute : others) if (attribute instanceof PathAttribute.OriginatorId originator) return OptionalInt.of(originator.identifier());
        return OptionalInt.empty();
    }

    /** RFC 4456: how many route reflectors have passed it on. */
    public int clusterListLength() {
        for (PathAttribute attribute : others) if (attribute instanceof PathAttribute.ClusterList list) return list.length();
        return 0;
    }

    /** Without the attribute of that type; not for those that have an accessor of their own. */
    public RouteAttributes without(int type) {
        if (!has(type)) return this;
        return new RouteAttributes(origin, asPath, nextHop, linkLocal, med, localPref, others.stream().filter(attribute -> attribute.type() != type).toList());
    }

    private boolean has(int type) {
        for (PathAttribute attribute : others) if (attribute.type() == type) return true;
        return false;
    }

    /** Those of that kind; none if there is no such attribute. */
    public CommunitySet communities(CommunityKind kind) {
        for (PathAttribute attribute : others)
            if (attribute.type() == kind.attributeType()) return CommunitySet.of(attribute).orElseThrow();
        return CommunitySet.empty(kind);
    }

    /** With these in place of those of the same kind. */
    public RouteAttributes withCommunities(CommunitySet communities) {
        int type = communities.kind().attributeType();
        var attribute = communities.toAttribute(false);
        return attribute.isPresent() ? withOther(attribute.get()) : without(type);
    }

    /** Without the extended communities that stay in our AS (RFC 4360 section 6). */
    public RouteAttributes transitiveCommunities() {
        if (!has(CommunityKind.EXTENDED.attributeType())) return this;
        var all = communities(CommunityKind.EXTENDED);
        var passed = all.transitive();
        return all.size() == passed.size() ? this : withCommunities(passed);
    }

    /** With that attribute in place of the one of its type; not for those that have an accessor of their own. */
    public RouteAttributes withOther(PathAttribute attribute) {
        var changed = new ArrayList<>(others);
        changed.removeIf(other -> other.type() == attribute.type());
        changed.add(attribute);
        changed.sort(Comparator.comparingInt(PathAttribute::type));
        return new RouteAttributes(origin, asPath, nextHop, linkLocal, med, localPref, List.copyOf(changed));
    }

    public boolean hasCommunity(int community) {
        for (PathAttribute attribute : others)
            if (attribute instanceof PathAttribute.Communities communities) return contains(communities.values(), community);
        return false;
    }

    private static boolean contains(Octets values, int community) {
        var bytes = values.toBuffer();
        while (bytes.hasRemaining()) if (bytes.getInt() == community) return true;
        return false;
    }

    public RouteAttributes withOrigin(Origin value) { return new RouteAttributes(value, asPath, nextHop, linkLocal, med, localPref, others); }

    public RouteAttributes withAsPath(AsPath value) { return new RouteAttributes(origin, value, nextHop, linkLocal, med, localPref, others); }

    public RouteAttributes withNextHop(InetAddress value) { return withNextHop(value, Optional.empty()); }

    /** @param onLink its link-local address, for a peer on that link */
    public RouteAttributes withNextHop(InetAddress value, Optional<InetAddress> onLink) {
        return new RouteAttributes(origin, asPath, value, onLink.orElse(null), med, localPref, others);
    }

    public RouteAttributes withMed(long value) { return new RouteAttributes(origin, asPath, nextHop, linkLocal, value, localPref, others); }

    public RouteAttributes withoutMed() { return med == NONE ? this : withMed(NONE); }

    public RouteAttributes withLocalPref(long value) { return new RouteAttributes(origin, asPath, nextHop, linkLocal, med, value, others); }

    public RouteAttributes withoutLocalPref() { return localPref == NONE ? this : withLocalPref(NONE); }

    /**
     * In the order of their types; attributes not known here get the partial bit (RFC 4271 section 5). An IPv6 next hop comes first, in an MP_REACH_NLRI
     * without prefixes.
     */
    public List<PathAttribute> toWire() {
        var list = new ArrayList<PathAttribute>(5 + others.size());
        boolean ipv6 = nextHop instanceof Inet6Address;
        if (ipv6) list.add(new PathAttribute.MpReach(AddressFamily.IPV6_UNICAST, nextHop, linkLocal(), List.of()));
        list.add(origin);
        list.add(new PathAttribute.AsPathAttribute(asPath));
        if (!ipv6) list.add(new PathAttribute.NextHop(nextHop));
        if (med != NONE) list.add(new PathAttribute.MultiExitDisc(med));
        if (localPref != NONE) list.add(new PathAttribute.LocalPref(localPref));
        for (PathAttribute attribute : others)
            list.add(attribute instanceof PathAttribute.UnknownAttribute unknown
                    ? new PathAttribute.UnknownAttribute(unknown.flags() | PARTIAL, unknown.type(), unknown.value()) : attribute);
        return list;
    }

    @Override public boolean equals(Object other) {
        return this == other || other instanceof RouteAttributes that && hashCode() == that.hashCode() && origin == that.origin && med == that.med
                && localPref == that.localPref && nextHop.equals(that.nextHop) && Objects.equals(linkLocal, that.linkLocal) && asPath.equals(that.asPath) && others.equals(that.others);
    }

    @Override public int hashCode() {
        if (hash == 0) {
            int all = 31 * asPath.hashCode() + nextHop.hashCode();
            all = 31 * (31 * all + Long.hashCode(med)) + Long.hashCode(localPref);
            all = 31 * (31 * all + origin.ordinal()) + others.hashCode();
            hash = all == 0 ? 1 : all;
        }
        return hash;
    }

    @Override public String toString() {
        return origin.letter() + " [" + asPath + "] " + nextHop.getHostAddress() + " med " + med + " localPref " + localPref + " " + others;
    }
}
