package dev.torii.bgp.policy;

import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * FRR's {@code route-map}: entries by sequence number. The first whose matches all hold decides; an entry without a
 * match holds for every route; past the end a route is denied.
 *
 * @param entries sorted by sequence number on construction
 */
public record RouteMap(String name, List<Entry> entries) {
    /**
     * {@code route-map NAME permit|deny SEQ} with its lines.
     *
     * @param call another map that the route has to pass as well
     */
    public record Entry(int seq, Action action, List<Match> matches, List<SetAction> sets, Optional<String> call, Exit exit) {
        public Entry {
            matches = List.copyOf(matches);
            sets = List.copyOf(sets);
        }

        /** An entry that ends the map. */
        public Entry(int seq, Action action, List<Match> matches, List<SetAction> sets) { this(seq, action, matches, sets, Optional.empty(), new Exit.End()); }
    }

    /** Where a route goes that an entry has permitted. */
    public sealed interface Exit {
        /** Out of the map, permitted. */
        record End() implements Exit {}

        /** {@code on-match next}. */
        record Next() implements Exit {}

        /** {@code on-match goto N}: to the entry of that number, or the first one after it. */
        record Goto(int seq) implements Exit {}
    }

    /** A {@code match} line. */
    public sealed interface Match {
        /** {@code match ip address prefix-list NAME}: IPv4 prefixes only. In all matches a name without a list matches nothing, as in FRR. */
        record PrefixListName(String name) implements Match {}

        /** {@code match ipv6 address prefix-list NAME}: IPv6 prefixes only. */
        record Ipv6PrefixListName(String name) implements Match {}

        /** {@code match ip address NAME}: an access list. */
        record AccessListName(String name) implements Match {}

        /** {@code match ipv6 address NAME}: an access list. */
        record Ipv6AccessListName(String name) implements Match {}

        /** {@code match ip|ipv6 address prefix-len N}. */
        record PrefixLength(boolean ipv6, int length) implements Match {}

        /** {@code match ip next-hop prefix-list NAME}: of the next hop's host route. */
        record NextHopPrefixList(String name) implements Match {}

        /** {@code match ip next-hop NAME}: an access list, for the next hop's host route. */
        record NextHopAccessList(String name) implements Match {}

        /** {@code match ip|ipv6 next-hop address ADDRESS}. */
        record NextHop(InetAddress address) implements Match {}

        /** {@code match as-path NAME}. */
        record AsPathListName(String name) implements Match {}

        /** {@code match community|large-community|extcommunity NAME [exact-match]}. */
        record Communities(CommunityKind kind, String name, boolean exactly) implements Match {}

        /** {@code match origin igp|egp|incomplete}: 0, 1, 2. */
        record Origin(int code) implements Match {}

        /** {@code match peer local}: routes of our own. */
        record LocalPeer() implements Match {}

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

        /** {@code set local-preference +N | -N}: added to what the route has, kept within 0 to 2^32-1. */
        record LocalPreferenceChange(long delta) implements SetAction {}

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

        /** {@code set as-path prepend last-as N}: the neighbouring AS, N times more. */
        record AsPathPrependLast(int times) implements SetAction {}

        /** {@code set as-path exclude AS...}. */
        record AsPathExclude(List<Long> asNumbers) implements SetAction {
            public AsPathExclude { asNumbers = List.copyOf(asNumbers); }
        }

        /** {@code set community|large-community VALUE... [additive]}, {@code set extcommunity rt|soo VALUE...} (which adds), {@code ... none}. */
        record Communities(CommunitySet values, boolean additive) implements SetAction {}

        /** {@code set comm-list|large-comm-list NAME delete}: without what the list permits. */
        record DeleteCommunities(CommunityKind kind, String name) implements SetAction {}

        /** {@code set atomic-aggregate}. */
        record AtomicAggregate() implements SetAction {}

        /** {@code set aggregator as AS ADDRESS}. */
        record Aggregator(long as, Inet4Address address) implements SetAction {}

        /** {@code set ip|ipv6 next-hop peer-address}: inbound the peer's address, outbound ours. Of routes of that family. */
        record NextHopPeerAddress(boolean ipv6) implements SetAction {}

        /** {@code set ipv6 next-hop prefer-global}: inbound, the link-local next hop is not used. */
        record NextHopPreferGlobal() implements SetAction {}

        /** {@code set ip next-hop unchanged}: outbound, as it was learnt. */
        record NextHopUnchanged() implements SetAction {}

        /** {@code set ip next-hop ADDRESS}, {@code set ipv6 next-hop global ADDRESS}: of routes of the address's family. */
        record NextHop(InetAddress address) implements SetAction {}

        /** {@code set origin igp|egp|incomplete}: 0, 1, 2. */
        record Origin(int code) implements SetAction {}
    }

    public RouteMap {
        entries = entries.stream().sorted(Comparator.comparingInt(Entry::seq)).toList();
    }
}
