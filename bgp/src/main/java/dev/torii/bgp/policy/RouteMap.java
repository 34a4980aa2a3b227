package dev.torii.bgp.policy;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;

/**
 * FRR's {@code route-map}: entries by sequence number. The first whose matches all hold decides; an entry without a
 * match holds for every route; past the end a route is denied.
 *
 * @param entries sorted by sequence number on construction
 */
public record RouteMap(String name, List<Entry> entries) {
    /** {@code route-map NAME permit|deny SEQ} with its lines. */
    public record Entry(int seq, Action action, List<Match> matches, List<SetAction> sets) {
        public Entry {
            matches = List.copyOf(matches);
            sets = List.copyOf(sets);
        }
    }

    /** A {@code match} line. */
    public sealed interface Match {
        /** {@code match ip address prefix-list NAME}; a name without a list matches nothing, as in FRR. */
        record PrefixListName(String name) implements Match {}

        /** {@code match metric N}. */
        record Metric(long value) implements Match {}

        /** {@code match local-preference N}. */
        record LocalPreference(long value) implements Match {}

        /** {@code match peer ADDRESS}. */
        record Peer(InetAddress address) implements Match {}
    }

    /** A {@code set} line. */
    public sealed interface SetAction {
        /** {@code set local-preference N}, 0 to 2^32-1. */
        record LocalPreference(long value) implements SetAction {}

        /** {@code set metric N}, 0 to 2^32-1. */
        record Metric(long value) implements SetAction {}

        /** {@code set metric +N | -N}: added to what the route has, kept within 0 to 2^32-1. */
        record MetricChange(long delta) implements SetAction {}

        /** {@code set weight N}: local to this speaker, highest wins. */
        record Weight(long value) implements SetAction {}

        /** {@code set as-path prepend AS...}: the list as written ends up in front. */
        record AsPathPrepend(List<Long> asNumbers) implements SetAction {
            public AsPathPrepend { asNumbers = List.copyOf(asNumbers); }
        }

        /** {@code set ip next-hop ADDRESS}. */
        record NextHop(InetAddress address) implements SetAction {}

        /** {@code set origin igp|egp|incomplete}: 0, 1, 2. */
        record Origin(int code) implements SetAction {}
    }

    public RouteMap {
        entries = entries.stream().sorted(Comparator.comparingInt(Entry::seq)).toList();
    }
}
