package dev.torii.cli.config.frr;

import dev.torii.bgp.policy.Action;
import dev.torii.bgp.policy.RouteMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code route-map NAME permit|deny N} while its lines are read. A second line of the same words replaces the first, as in FRR. */
final class RouteMapEntry {
    private final int sequence;
    private final Action action;
    private final Map<String, Line<RouteMap.Match>> matches = new LinkedHashMap<>();
    private final Map<String, Line<RouteMap.SetAction>> sets = new LinkedHashMap<>();
    Optional<Reference> call = Optional.empty();
    RouteMap.Exit exit = new RouteMap.Exit.End();

    private record Line<T>(T value, Optional<Reference> reference) {}

    RouteMapEntry(int sequence, Action action) {
        this.sequence = sequence;
        this.action = action;
    }

    /** The same lines under another action: {@code route-map NAME deny 10} after {@code permit 10}. */
    RouteMapEntry with(Action other) {
        var entry = new RouteMapEntry(sequence, other);
        entry.matches.putAll(matches);
        entry.sets.putAll(sets);
        entry.call = call;
        entry.exit = exit;
        return entry;
    }

    /** @param words the command's, by which it is replaced and undone */
    void match(String words, RouteMap.Match match, Optional<Reference> reference) { matches.put(words, new Line<>(match, reference)); }

    void set(String words, RouteMap.SetAction set, Optional<Reference> reference) { sets.put(words, new Line<>(set, reference)); }

    void undo(String words) {
        matches.remove(words);
        sets.remove(words);
    }

    /** The lists and maps that it names. */
    List<Reference> references() {
        return Stream.concat(Stream.concat(matches.values().stream().map(Line::reference), sets.values().stream().map(Line::reference)), Stream.of(call))
                .flatMap(Optional::stream).toList();
    }

    RouteMap.Entry build() {
        return new RouteMap.Entry(sequence, action, matches.values().stream().map(Line::value).toList(), sets.values().stream().map(Line::value).toList(),
                call.map(Reference::name), exit);
    }
}
