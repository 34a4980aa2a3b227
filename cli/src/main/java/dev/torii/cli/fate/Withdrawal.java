package dev.torii.cli.fate;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Whose next hops are withdrawn: suspects for which another tunnel can stand in. */
public final class Withdrawal {
    private Withdrawal() {}

    /**
     * Of suspects that can stand in for one another the latest stays in use: better one that may be dead than none.
     *
     * @param up       the tunnels that are up, suspects included
     * @param suspects in the order in which they became that
     * @param standIns which others can stand in for a tunnel
     */
    public static <T> Set<T> of(Collection<T> up, Collection<T> suspects, Function<T, Stream<T>> standIns) {
        var usable = new HashSet<>(up);
        var withdrawn = new LinkedHashSet<T>();
        for (T suspect : suspects) {
            if (standIns.apply(suspect).noneMatch(usable::contains)) continue;
            usable.remove(suspect);
            withdrawn.add(suspect);
        }
        return withdrawn;
    }
}
