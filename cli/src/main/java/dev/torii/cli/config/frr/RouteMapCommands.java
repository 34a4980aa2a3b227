package dev.torii.cli.config.frr;

import dev.torii.bgp.policy.Action;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import dev.torii.cli.config.frr.Grammar.Match;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

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
        contexts.grammar(Context.TOP).undo("route-map <name>", match -> state.routeMaps.remove(match.text(0)));
        contexts.grammar(Context.TOP).undo("route-map <name> permit|deny <num>", match -> Optional.ofNullable(state.routeMaps.get(match.text(0))).ifPresent(map -> map.remove(Integer.parseInt(match.text(2)))));
        var map = contexts.grammar(Context.ROUTE_MAP);
        map.add("description <rest>", FrrValues::quiet).only("exit-route-map", match -> contexts.leaveAll());
        matches(map);
        sets(map);
        communities(map);
        flow(map);
        // a match or set that is left out would let other routes through than the author meant
        for (String other : List.of("match ip route-source <rest>", "match ip next-hop prefix-len|type <rest>", "match ipv6 <rest>",
                "match interface|tag|probability|source-protocol|source-vrf|evpn|rpki|src-peer|source-instance|alias <rest>",
                "set as-path replace <rest>", "set ipv6 <rest>",
                "set tag|src|originator-id|table|distance|label-index|l3vpn|evpn|aigp-metric|min-metric|max-metric <rest>", "set extcommunity bandwidth|nt|color <rest>", "set extended-comm-list <rest>")) {
            map.add(other, values.refused("this line of a route-map is", "use match ip|ipv6 address, ip|ipv6 next-hop, as-path, community, metric, local-preference, origin, peer; "
                    + "set local-preference, metric, weight, as-path, community, ip next-hop, ipv6 next-hop global, origin, aggregator"));
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

    private void matches(Grammar map) {
        named(map, "match ip address prefix-list <name>", Reference.Kind.PREFIX_LIST, RouteMap.Match.PrefixListName::new);
        named(map, "match ip address <name>", Reference.Kind.ACCESS_LIST, RouteMap.Match.AccessListName::new);
        match(map, "match ip address prefix-len <num>", match -> number(match, 32, n -> new RouteMap.Match.PrefixLength(false, (int) n)));
        named(map, "match ip next-hop prefix-list <name>", Reference.Kind.PREFIX_LIST, RouteMap.Match.NextHopPrefixList::new);
        named(map, "match ip next-hop <name>", Reference.Kind.ACCESS_LIST, RouteMap.Match.NextHopAccessList::new);
        match(map, "match ip next-hop address <addr>", match -> values.address(match.word(0)).map(RouteMap.Match.NextHop::new));
        named(map, "match as-path <name>", Reference.Kind.AS_PATH_LIST, RouteMap.Match.AsPathListName::new);
        match(map, "match metric <num>", match -> number(match, FrrValues.MAX_32, RouteMap.Match.Metric::new));
        match(map, "match local-preference <num>", match -> number(match, FrrValues.MAX_32, RouteMap.Match.LocalPreference::new));
        named(map, "match ipv6 address prefix-list <name>", Reference.Kind.IPV6_PREFIX_LIST, RouteMap.Match.Ipv6PrefixListName::new);
        named(map, "match ipv6 address <name>", Reference.Kind.IPV6_ACCESS_LIST, RouteMap.Match.Ipv6AccessListName::new);
        match(map, "match ipv6 address prefix-len <num>", match -> number(match, 128, n -> new RouteMap.Match.PrefixLength(true, (int) n)));
        for (String words : List.of("match ipv6 next-hop <addr>", "match ipv6 next-hop address <addr>"))
            match(map, words, match -> values.ipv6(match.word(0)).map(RouteMap.Match.NextHop::new));
        match(map, "match peer <addr>", match -> values.ip(match.word(0)).map(RouteMap.Match.Peer::new));
        match(map, "match peer local", match -> Optional.of(new RouteMap.Match.LocalPeer()));
        match(map, "match origin igp|egp|incomplete", match -> Optional.of(new RouteMap.Match.Origin(origin(match.text(0)))));
    }

    private void sets(Grammar map) {
        set(map, "set local-preference <number>", match -> signed(match, RouteMap.SetAction.LocalPreference::new, RouteMap.SetAction.LocalPreferenceChange::new));
        set(map, "set metric <number>", match -> signed(match, RouteMap.SetAction.Metric::new, RouteMap.SetAction.MetricChange::new));
        set(map, "set weight <num>", match -> number(match, 0xFFFF, RouteMap.SetAction.Weight::new));
        set(map, "set as-path prepend last-as <num>", match -> number(match, 10, n -> new RouteMap.SetAction.AsPathPrependLast((int) n)));
        set(map, "set as-path prepend <rest>", match -> asNumbers(match, "no AS number to prepend", "write set as-path prepend 65000 65000").map(RouteMap.SetAction.AsPathPrepend::new));
        set(map, "set as-path exclude <rest>", match -> asNumbers(match, "no AS number to exclude", "write set as-path exclude 65000").map(RouteMap.SetAction.AsPathExclude::new));
        set(map, "set ip next-hop <addr>", match -> values.address(match.word(0)).map(RouteMap.SetAction.NextHop::new));
        set(map, "set ip next-hop peer-address", match -> Optional.of(new RouteMap.SetAction.NextHopPeerAddress(false)));
        set(map, "set ip next-hop unchanged", match -> Optional.of(new RouteMap.SetAction.NextHopUnchanged()));
        set(map, "set ipv6 next-hop global <addr>", match -> values.ipv6(match.word(0)).map(RouteMap.SetAction.NextHop::new));
        set(map, "set ipv6 next-hop peer-address", match -> Optional.of(new RouteMap.SetAction.NextHopPeerAddress(true)));
        set(map, "set ipv6 next-hop prefer-global", match -> Optional.of(new RouteMap.SetAction.NextHopPreferGlobal()));
        set(map, "set origin igp|egp|incomplete", match -> Optional.of(new RouteMap.SetAction.Origin(origin(match.text(0)))));
        set(map, "set atomic-aggregate", match -> Optional.of(new RouteMap.SetAction.AtomicAggregate()));
        set(map, "set aggregator as <as> <addr>", match -> {
            var as = values.as(match.word(0));
            var address = values.address(match.word(1));
            return as.isEmpty() ? Optional.empty() : address.map(by -> new RouteMap.SetAction.Aggregator(as.getAsLong(), by));
        });
    }

    private void communities(Grammar map) {
        communityList(map, "community", "comm-list", CommunityKind.STANDARD, Reference.Kind.COMMUNITY_LIST);
        communityList(map, "large-community", "large-comm-list", CommunityKind.LARGE, Reference.Kind.LARGE_COMMUNITY_LIST);
        communityList(map, "extcommunity", "", CommunityKind.EXTENDED, Reference.Kind.EXTENDED_COMMUNITY_LIST);
        for (var kind : List.of(CommunityKind.STANDARD, CommunityKind.LARGE)) {
            String word = kind == CommunityKind.STANDARD ? "community" : "large-community";
            set(map, "set " + word + " none", match -> Optional.of(new RouteMap.SetAction.Communities(CommunitySet.empty(kind), false)));
            set(map, "set " + word + " <rest>", match -> communities(match, kind, ""));
        }
        set(map, "set extcommunity none", match -> Optional.of(new RouteMap.SetAction.Communities(CommunitySet.empty(CommunityKind.EXTENDED), false)));
        set(map, "set extcommunity rt <rest>", match -> communities(match, CommunityKind.EXTENDED, "rt "));
        set(map, "set extcommunity soo <rest>", match -> communities(match, CommunityKind.EXTENDED, "soo "));
    }

    private void communityList(Grammar map, String word, String listWord, CommunityKind kind, Reference.Kind reference) {
        named(map, "match " + word + " <name>", reference, name -> new RouteMap.Match.Communities(kind, name, false));
        named(map, "match " + word + " <name> exact-match", reference, name -> new RouteMap.Match.Communities(kind, name, true));
        if (listWord.isEmpty()) return;
        map.add("set " + listWord + " <name> delete", match -> {
            if (match.no()) current.undo("set " + listWord);
            else current.set("set " + listWord, new RouteMap.SetAction.DeleteCommunities(kind, match.text(0)), Optional.of(new Reference(reference, match.text(0), match.at(0))));
        });
    }

    private void flow(Grammar map) {
        map.add("on-match next", match -> current.exit = match.no() ? new RouteMap.Exit.End() : new RouteMap.Exit.Next());
        for (String word : List.of("on-match goto <num>", "continue <num>"))
            map.add(word, match -> values.number(match.word(0), 1, 65535).ifPresent(n -> current.exit = match.no() ? new RouteMap.Exit.End() : new RouteMap.Exit.Goto((int) n)));
        map.add("continue", match -> current.exit = match.no() ? new RouteMap.Exit.End() : new RouteMap.Exit.Next()).undo("on-match goto", match -> current.exit = new RouteMap.Exit.End());
        map.add("call <name>", match -> current.call = match.no() ? Optional.empty() : Optional.of(new Reference(Reference.Kind.ROUTE_MAP, match.text(0), match.at(0))))
                .undo("call", match -> current.call = Optional.empty());
    }

    // ---- the forms of a line

    private void match(Grammar map, String pattern, Function<Match, Optional<? extends RouteMap.Match>> reading) {
        String words = words(pattern);
        map.add(pattern, match -> {
            if (match.no()) current.undo(words);
            else reading.apply(match).ifPresent(value -> current.match(words, value, Optional.empty()));
        });
        if (!words.equals(pattern)) map.undo(words, match -> current.undo(words));
    }

    private void named(Grammar map, String pattern, Reference.Kind kind, Function<String, RouteMap.Match> match) {
        String words = words(pattern);
        map.add(pattern, line -> {
            if (line.no()) current.undo(words);
            else current.match(words, match.apply(line.text(0)), Optional.of(new Reference(kind, line.text(0), line.at(0))));
        });
        map.undo(words, line -> current.undo(words));
    }

    /** All next hops share one place, and so do all prepends, as in FRR. */
    private void set(Grammar map, String pattern, Function<Match, Optional<? extends RouteMap.SetAction>> reading) {
        String literals = words(pattern);
        String words = literals.startsWith("set ip next-hop") ? "set ip next-hop" : literals.startsWith("set as-path prepend") ? "set as-path prepend"
                : literals.endsWith(" none") ? literals.substring(0, literals.length() - " none".length()) : literals;
        map.add(pattern, match -> {
            if (match.no()) current.undo(words);
            else reading.apply(match).ifPresent(value -> current.set(words, value, Optional.empty()));
        });
        if (!literals.equals(pattern) && !pattern.endsWith("<rest>")) map.undo(literals, match -> current.undo(words));
    }

    private static String words(String pattern) {
        return Arrays.stream(pattern.split(" ")).takeWhile(word -> !word.startsWith("<") && !word.contains("|")).collect(Collectors.joining(" "));
    }

    // ---- values

    private static int origin(String word) { return List.of("igp", "egp", "incomplete").indexOf(word); }

    private <T> Optional<T> number(Match match, long greatest, LongFunction<T> value) {
        var number = values.number(match.word(0), 0, greatest);
        return number.isPresent() ? Optional.of(value.apply(number.getAsLong())) : Optional.empty();
    }

    private Optional<RouteMap.SetAction> signed(Match match, LongFunction<RouteMap.SetAction> absolute, LongFunction<RouteMap.SetAction> change) {
        String text = match.text(0);
        boolean signed = text.startsWith("+") || text.startsWith("-");
        var number = values.number(signed ? new Word(text.substring(1), match.at(0)) : match.word(0), 0, FrrValues.MAX_32);
        if (number.isEmpty()) return Optional.empty();
        long value = number.getAsLong();
        return Optional.of(signed ? change.apply(text.startsWith("-") ? -value : value) : absolute.apply(value));
    }

    private Optional<List<Long>> asNumbers(Match match, String none, String suggestion) {
        var path = new ArrayList<Long>();
        if (match.taken().isEmpty() && !match.no()) {
            values.error(match.first().at(), none, suggestion);
            return Optional.empty();
        }
        for (Word word : match.taken()) {
            var as = values.as(word);
            if (as.isEmpty()) return Optional.empty();
            path.add(as.getAsLong());
        }
        return Optional.of(path);
    }

    private Optional<RouteMap.SetAction> communities(Match match, CommunityKind kind, String prefix) {
        boolean additive = kind == CommunityKind.EXTENDED || !match.taken().isEmpty() && match.taken().getLast().text().equals("additive");
        var words = additive && kind != CommunityKind.EXTENDED ? match.taken().subList(0, match.taken().size() - 1) : match.taken();
        return values.communities(match.first(), words, kind, prefix).map(all -> new RouteMap.SetAction.Communities(all, additive));
    }
}
