package dev.torii.bgp;

import dev.torii.bgp.wire.CommunityKind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code address-family} says of one neighbour.
 *
 * @param weight                of the routes this neighbour sends, 0 to 65535
 * @param advertisementInterval minimum time between updates (RFC 4271 section 9.2.1.1); FRR's default is 0
 * @param sendCommunity         the kinds of communities sent to it; all unless configured otherwise, as in FRR
 * @param allowAsIn             how often our AS may be in a path it sends; 0 unless {@code allowas-in}
 * @param allowAsInOrigin       {@code allowas-in origin}: as often as it likes, if our AS is where the path began
 * @param maximumPrefixes       a limit of what it may send
 * @param defaultOriginate      a default route of our own, sent to it alone; none that was learnt is
 * @param asOverride            its AS in a path sent to it is replaced by ours
 */
public record FamilyConfig(boolean activate, boolean nextHopSelf, boolean softReconfigurationInbound, int weight, Duration advertisementInterval,
        Filters in, Filters out, Set<CommunityKind> sendCommunity, int allowAsIn, boolean allowAsInOrigin, boolean asOverride,
        Optional<MaximumPrefixes> maximumPrefixes, Optional<DefaultOriginate> defaultOriginate) {

    /**
     * {@code maximum-prefix}: how many accepted prefixes are too many.
     *
     * @param thresholdPercent of the limit, from which on it is said; 75 unless configured
     * @param warningOnly      more than the limit is said, too, and nothing else happens
     * @param restart          how long the session stays down; empty: until it is cleared
     */
    public record MaximumPrefixes(long limit, int thresholdPercent, boolean warningOnly, Optional<Duration> restart) {
        public static final int DEFAULT_THRESHOLD = 75;
    }

    /** {@code default-originate [route-map NAME]}: with a map, only while it permits one of the routes there are. */
    public record DefaultOriginate(Optional<String> routeMap) {}

    /**
     * The lists that a route has to pass, in FRR's order; resolved by name when a route is looked at: a name that nothing defines denies everything.
     *
     * @param distributeList an access list
     * @param filterList     an as-path access list
     */
    public record Filters(Optional<String> distributeList, Optional<String> prefixList, Optional<String> filterList, Optional<String> routeMap) {
        public static final Filters NONE = new Filters(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        /** Whether RFC 8212 asks for more. */
        public boolean isEmpty() { return equals(NONE); }

        public Filters withDistributeList(String name) { return new Filters(Optional.of(name), prefixList, filterList, routeMap); }

        public Filters withPrefixList(String name) { return new Filters(distributeList, Optional.of(name), filterList, routeMap); }

        public Filters withFilterList(String name) { return new Filters(distributeList, prefixList, Optional.of(name), routeMap); }

        public Filters withRouteMap(String name) { return new Filters(distributeList, prefixList, filterList, Optional.of(name)); }
    }

    public FamilyConfig { sendCommunity = Set.copyOf(sendCommunity); }

    /** An activated family without policy. */
    public static final FamilyConfig DEFAULT = new Builder().build();

    /** Nothing was said of it: FRR's default for all but IPv4 unicast. */
    public static final FamilyConfig INACTIVE = new Builder().activate(false).build();

    public static Builder builder() { return new Builder(); }

    public Builder toBuilder() {
        var builder = new Builder().activate(activate).nextHopSelf(nextHopSelf).softReconfigurationInbound(softReconfigurationInbound).weight(weight)
                .advertisementInterval(advertisementInterval).in(in).out(out).allowAsIn(allowAsIn).allowAsInOrigin(allowAsInOrigin).asOverride(asOverride);
        builder.maximumPrefixes = maximumPrefixes;
        builder.defaultOriginate = defaultOriginate;
        for (CommunityKind kind : CommunityKind.values()) builder.sendCommunity(kind, sendCommunity.contains(kind));
        return builder;
    }

    /** Starts from {@link #DEFAULT}. */
    public static final class Builder {
        private boolean activate = true;
        private boolean nextHopSelf;
        private boolean softReconfigurationInbound;
        private int weight;
        private Duration advertisementInterval = Duration.ZERO;
        private Filters in = Filters.NONE;
        private Filters out = Filters.NONE;
        private final Set<CommunityKind> sendCommunity = EnumSet.allOf(CommunityKind.class);
        private int allowAsIn;
        private boolean allowAsInOrigin;
        private boolean asOverride;
        private Optional<MaximumPrefixes> maximumPrefixes = Optional.empty();
        private Optional<DefaultOriginate> defaultOriginate = Optional.empty();

        private Builder() { }

        public Builder activate(boolean value) { activate = value; return this; }

        public Builder nextHopSelf(boolean value) { nextHopSelf = value; return this; }

        public Builder softReconfigurationInbound(boolean value) { softReconfigurationInbound = value; return this; }

        public Builder weight(int value) { weight = value; return this; }

        public Builder advertisementInterval(Duration value) { advertisementInterval = value; return this; }

        public Builder in(Filters filters) { in = filters; return this; }

        public Builder out(Filters filters) { out = filters; return this; }

        public Filters in() { return in; }

        public Filters out() { return out; }

        public Builder sendCommunity(CommunityKind kind, boolean value) {
            if (value) sendCommunity.add(kind);
            else sendCommunity.remove(kind);
            return this;
        }

        public Builder allowAsIn(int times) { allowAsIn = times; return this; }

        public Builder allowAsInOrigin(boolean value) { allowAsInOrigin = value; return this; }

        public Builder asOverride(boolean value) { asOverride = value; return this; }

        public Builder maximumPrefixes(MaximumPrefixes limit) { maximumPrefixes = Optional.of(limit); return this; }

        public Builder defaultOriginate(DefaultOriginate value) { defaultOriginate = Optional.of(value); return this; }

        public FamilyConfig build() {
            return new FamilyConfig(activate, nextHopSelf, softReconfigurationInbound, weight, advertisementInterval, in, out, sendCommunity, allowAsIn, allowAsInOrigin, asOverride,
                    maximumPrefixes, defaultOriginate);
        }
    }
}
