package dev.torii.cli.config.frr;

import dev.torii.bgp.policy.Action;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.cli.config.frr.Grammar.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** {@code route-map NAME permit|deny N} and the lines below it. */
final class RouteMapCommands {
    private final FrrState state;
    private final FrrValues values;
    private final Contexts contexts;
    private RouteMapEntry current = new RouteMapEntry(0, Action.DENY);

    RouteMapCommands(FrrState state, FrrValues values, Contexts contexts) {
        this.state = state;
        this.values = values;
        this.contexts = contexts;
    }

    void define() {
        contexts.grammar(Context.TOP).only("route-map <name> permit|deny <num>", this::enter);
        var map = contexts.grammar(Context.ROUTE_MAP);
        map.add("description <rest>", FrrValues::quiet).only("exit-route-map", match -> contexts.leaveAll());
        map.add("match ip address prefix-list <name>", this::matchPrefixList)
                .add("match metric <num>", match -> number(match, FrrValues.MAX_32).ifPresent(n -> current.match(match.no(), new RouteMap.Match.Metric(n))))
                .add("match local-preference <num>", match -> number(match, FrrValues.MAX_32).ifPresent(n -> current.match(match.no(), new RouteMap.Match.LocalPreference(n))))
                .add("match peer <addr>", match -> values.address(match.word(0)).ifPresent(a -> current.match(match.no(), new RouteMap.Match.Peer(a))));
        map.add("set local-preference <num>", match -> number(match, FrrValues.MAX_32).ifPresent(n -> current.set(match.no(), "local-preference", new RouteMap.SetAction.LocalPreference(n))))
                .add("set metric <number>", this::setMetric)
                .add("set weight <num>", match -> number(match, 0xFFFF).ifPresent(n -> current.set(match.no(), "weight", new RouteMap.SetAction.Weight(n))))
                .add("set as-path prepend <rest>", this::setPrepend)
                .add("set ip next-hop <addr>", match -> values.address(match.word(0)).ifPresent(a -> current.set(match.no(), "next-hop", new RouteMap.SetAction.NextHop(a))))
                .add("set origin igp|egp|incomplete", match -> current.set(match.no(), "origin",
                        new RouteMap.SetAction.Origin(List.of("igp", "egp", "incomplete").indexOf(match.text(0)))));
        // a match or set that is left out would let other routes through than the author meant
        for (String other : List.of("match ip next-hop|route-source <rest>", "match ip address prefix-len <rest>", "match ipv6 <rest>",
                "match as-path|community|large-community|extcommunity|interface|tag|origin|probability|source-protocol|source-vrf|evpn|rpki|src-peer|source-instance <rest>",
                "set as-path exclude|replace <rest>", "set ipv6 <rest>",
                "set community|comm-list|large-community|large-comm-list|extcommunity|tag|src|aggregator|atomic-aggregate|originator-id|table|distance|label-index|l3vpn|evpn|aigp-metric|min-metric|max-metric <rest>",
                "on-match <rest>", "continue <rest>", "call <rest>")) {
            map.add(other, values.refused("this line of a route-map is", "use match ip address prefix-list, metric, local-preference, peer; set local-preference, metric, weight, as-path prepend, ip next-hop, origin"));
        }
    }

    private void enter(Match match) {
        contexts.enter(Context.ROUTE_MAP);
        OptionalLong sequence = values.number(match.word(2), 1, 65535);
        if (sequence.isEmpty()) {
            current = new RouteMapEntry(0, Action.DENY);        // its lines are checked, and then forgotten
            return;
        }
        var action = match.text(1).equals("permit") ? Action.PERMIT : Action.DENY;
        var entries = state.routeMaps.computeIfAbsent(match.text(0), unseen -> new TreeMap<>());
        current = entries.compute((int) sequence.getAsLong(), (number, before) -> before == null ? new RouteMapEntry(number, action) : before.with(action));
    }

    private void matchPrefixList(Match match) {
        current.match(match.no(), new RouteMap.Match.PrefixListName(match.text(0)));
        current.prefixList = match.no() ? Optional.empty() : Optional.of(new Neighbor.Reference(match.text(0), match.at(0)));
    }

    private Optional<Long> number(Match match, long greatest) {
        var number = values.number(match.word(0), 0, greatest);
        return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
    }

    private void setMetric(Match match) {
        String text = match.text(0);
        boolean change = text.startsWith("+") || text.startsWith("-");
        var number = values.number(change ? new Word(text.substring(1), match.at(0)) : match.word(0), 0, FrrValues.MAX_32);
        if (number.isEmpty()) return;
        long value = number.getAsLong();
        current.set(match.no(), "metric", change ? new RouteMap.SetAction.MetricChange(text.startsWith("-") ? -value : value) : new RouteMap.SetAction.Metric(value));
    }

    private void setPrepend(Match match) {
        var path = new ArrayList<Long>();
        if (match.taken().isEmpty()) values.error(match.first().at(), "no AS number to prepend", "write set as-path prepend 65000 65000");
        for (Word word : match.taken()) {
            if (word.text().equals("last-as")) {
                values.error(word, "is not supported yet", "write the AS numbers");
                return;
            }
            var as = values.as(word);
            if (as.isEmpty()) return;
            path.add(as.getAsLong());
        }
        current.set(match.no(), "as-path", new RouteMap.SetAction.AsPathPrepend(path));
    }
}
