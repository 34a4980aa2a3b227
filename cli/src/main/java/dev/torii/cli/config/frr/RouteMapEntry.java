package dev.torii.cli.config.frr;

import dev.torii.bgp.policy.Action;
import dev.torii.bgp.policy.RouteMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code route-map NAME permit|deny N} while its lines are read. A second line of the same kind replaces the first, as in FRR. */
final class RouteMapEntry {
    private final int sequence;
    private final Action action;
    private final Map<Class<?>, RouteMap.Match> matches = new LinkedHashMap<>();
    private final Map<String, RouteMap.SetAction> sets = new LinkedHashMap<>();
    Optional<Neighbor.Reference> prefixList = Optional.empty();

    RouteMapEntry(int sequence, Action action) {
        this.sequence = sequence;
        this.action = action;
    }

    /** The same lines under another action: {@code route-map NAME deny 10} after {@code permit 10}. */
    RouteMapEntry with(Action other) {
        var entry = new RouteMapEntry(sequence, other);
        entry.matches.putAll(matches);
        entry.sets.putAll(sets);
        entry.prefixList = prefixList;
        return entry;
    }

    void match(boolean no, RouteMap.Match match) {
        if (no) matches.remove(match.getClass());
        else matches.put(match.getClass(), match);
    }

    void set(boolean no, String what, RouteMap.SetAction set) {
        if (no) sets.remove(what);
        else sets.put(what, set);
    }

    RouteMap.Entry build() { return new RouteMap.Entry(sequence, action, List.copyOf(matches.values()), List.copyOf(sets.values())); }
}
