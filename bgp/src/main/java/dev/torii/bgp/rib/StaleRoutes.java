package dev.torii.bgp.rib;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Prefix;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Prefixes of one peer that it has to announce again: after its restart (RFC 4724 section 4.2) or within a route refresh
 * (RFC 7313 section 4). Their routes are used like all others; those that have not come by the end are withdrawn.
 */
public final class StaleRoutes {
    private final Map<AddressFamily, Set<Prefix>> waiting = new HashMap<>();

    /** All of these have to come again. */
    public void mark(AddressFamily family, List<Prefix> prefixes) {
        if (prefixes.isEmpty()) waiting.remove(family);
        else waiting.put(family, new LinkedHashSet<>(prefixes));
    }

    /** The peer has said something of it. */
    public void heard(AddressFamily family, Prefix prefix) {
        if (waiting.isEmpty()) return;
        var left = waiting.get(family);
        if (left != null) left.remove(prefix);
    }

    /** Whether its route is there because the peer announced it before. */
    public boolean contains(AddressFamily family, Prefix prefix) { return waiting.getOrDefault(family, Set.of()).contains(prefix); }

    /** Whether no end is waited for. */
    public boolean isEmpty() { return waiting.isEmpty(); }

    /** The families whose end is waited for. */
    public Set<AddressFamily> families() { return Set.copyOf(waiting.keySet()); }

    /** The end: what has not come, which is forgotten here. */
    public List<Prefix> end(AddressFamily family) {
        var left = waiting.remove(family);
        return left == null ? List.of() : List.copyOf(left);
    }
}
