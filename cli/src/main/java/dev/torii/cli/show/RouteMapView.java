package dev.torii.cli.show;

import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.wire.AddressText;
import dev.torii.bgp.wire.CommunityKind;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code show route-map [NAME]}, as FRR's bgpd prints it, without its counters. */
public record RouteMapView(List<RouteMap> maps) implements View {
    private static final List<String> ORIGINS = List.of("igp", "egp", "incomplete");

    @Override public String text() {
        var text = new StringBuilder("BGP:\n");
        for (RouteMap map : maps) {
            text.append("route-map: ").append(map.name()).append('\n');
            for (RouteMap.Entry entry : map.entries()) {
                text.append(' ').append(entry.action().name().toLowerCase(Locale.ROOT)).append(", sequence ").append(entry.seq())
                        .append("\n  Match clauses:\n");
                entry.matches().forEach(match -> text.append("    ").append(text(match)).append('\n'));
                text.append("  Set clauses:\n");
                entry.sets().forEach(set -> text.append("    ").append(text(set)).append('\n'));
                text.append("  Call clause:\n");
                entry.call().ifPresent(name -> text.append("    Call ").append(name).append('\n'));
                text.append("  Action:\n    ").append(action(entry)).append('\n');
            }
        }
        return text.toString();
    }

    private static String action(RouteMap.Entry entry) {
        return switch (entry.exit()) {
            case RouteMap.Exit.End end -> "Exit routemap";
            case RouteMap.Exit.Next next -> "Continue to next entry";
            case RouteMap.Exit.Goto to -> "Goto " + to.seq();
        };
    }

    private static String text(RouteMap.Match match) {
        return switch (match) {
            case RouteMap.Match.PrefixListName list -> "ip address prefix-list " + list.name();
            case RouteMap.Match.Ipv6PrefixListName list -> "ipv6 address prefix-list " + list.name();
            case RouteMap.Match.AccessListName list -> "ip address " + list.name();
            case RouteMap.Match.Ipv6AccessListName list -> "ipv6 address " + list.name();
            case RouteMap.Match.PrefixLength wanted -> (wanted.ipv6() ? "ipv6" : "ip") + " address prefix-len " + wanted.length();
            case RouteMap.Match.NextHopPrefixList list -> "ip next-hop prefix-list " + list.name();
            case RouteMap.Match.NextHopAccessList list -> "ip next-hop " + list.name();
            case RouteMap.Match.NextHop wanted -> (wanted.address() instanceof Inet6Address ? "ipv6" : "ip") + " next-hop address " + AddressText.of(wanted.address());
            case RouteMap.Match.AsPathListName list -> "as-path " + list.name();
            case RouteMap.Match.Communities wanted -> word(wanted.kind()) + " " + wanted.name() + (wanted.exactly() ? " exact-match" : "");
            case RouteMap.Match.Origin origin -> "origin " + ORIGINS.get(origin.code());
            case RouteMap.Match.Metric metric -> "metric " + metric.value();
            case RouteMap.Match.LocalPreference preference -> "local-preference " + preference.value();
            case RouteMap.Match.Peer peer -> "peer " + peer.address().getHostAddress();
            case RouteMap.Match.LocalPeer local -> "peer local";
        };
    }

    private static String text(RouteMap.SetAction set) {
        return switch (set) {
            case RouteMap.SetAction.LocalPreference preference -> "local-preference " + preference.value();
            case RouteMap.SetAction.LocalPreferenceChange change -> "local-preference " + signed(change.delta());
            case RouteMap.SetAction.Metric metric -> "metric " + metric.value();
            case RouteMap.SetAction.MetricChange change -> "metric " + signed(change.delta());
            case RouteMap.SetAction.Weight weight -> "weight " + weight.value();
            case RouteMap.SetAction.AsPathPrepend prepend -> "as-path prepend " + numbers(prepend.asNumbers());
            case RouteMap.SetAction.AsPathPrependLast prepend -> "as-path prepend last-as " + prepend.times();
            case RouteMap.SetAction.AsPathExclude exclude -> "as-path exclude " + numbers(exclude.asNumbers());
            case RouteMap.SetAction.Communities communities when communities.values().isEmpty() -> word(communities.values().kind()) + " none";
            case RouteMap.SetAction.Communities communities -> word(communities.values().kind()) + " " + communities.values()
                    + (communities.additive() && communities.values().kind() != CommunityKind.EXTENDED ? " additive" : "");
            case RouteMap.SetAction.DeleteCommunities delete -> (delete.kind() == CommunityKind.LARGE ? "large-comm-list " : "comm-list ")
                    + delete.name() + " delete";
            case RouteMap.SetAction.AtomicAggregate atomic -> "atomic-aggregate";
            case RouteMap.SetAction.Aggregator by -> "aggregator as " + by.as() + " " + by.address().getHostAddress();
            case RouteMap.SetAction.NextHop nextHop -> (nextHop.address() instanceof Inet6Address ? "ipv6 next-hop global " : "ip next-hop ") + AddressText.of(nextHop.address());
            case RouteMap.SetAction.NextHopPeerAddress peer -> (peer.ipv6() ? "ipv6" : "ip") + " next-hop peer-address";
            case RouteMap.SetAction.NextHopPreferGlobal prefer -> "ipv6 next-hop prefer-global";
            case RouteMap.SetAction.NextHopUnchanged unchanged -> "ip next-hop unchanged";
            case RouteMap.SetAction.Origin origin -> "origin " + ORIGINS.get(origin.code());
        };
    }

    private static String word(CommunityKind kind) {
        return switch (kind) {
            case STANDARD -> "community";
            case EXTENDED -> "extcommunity";
            case LARGE -> "large-community";
        };
    }

    private static String signed(long delta) { return delta < 0 ? Long.toString(delta) : "+" + delta; }

    private static String numbers(List<Long> asNumbers) { return asNumbers.stream().map(String::valueOf).collect(Collectors.joining(" ")); }

    @Override public Object json() {
        var all = new LinkedHashMap<String, Object>();
        for (RouteMap map : maps) {
            var rules = new ArrayList<Object>();
            for (RouteMap.Entry entry : map.entries()) {
                var rule = new LinkedHashMap<String, Object>();
                rule.put("sequenceNumber", entry.seq());
                rule.put("type", entry.action().name().toLowerCase(Locale.ROOT));
                rule.put("matchClauses", entry.matches().stream().map(RouteMapView::text).toList());
                rule.put("setClauses", entry.sets().stream().map(RouteMapView::text).toList());
                entry.call().ifPresent(name -> rule.put("callClause", name));
                rule.put("action", action(entry));
                rules.add(rule);
            }
            all.put(map.name(), Map.of("rules", rules));
        }
        return Map.of("BGP", all);
    }
}
