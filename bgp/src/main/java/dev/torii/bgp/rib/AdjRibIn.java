package dev.torii.bgp.rib;

import dev.torii.bgp.wire.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one peer announced, RFC 4271 section 3.2. With {@code soft-reconfiguration inbound} everything is kept as it
 * came; else only the attributes of what policy let through, which costs nothing more than the Loc-RIB's own.
 */
public final class AdjRibIn {
    private final PrefixMap<RouteAttributes> routes = new PrefixMap<>();
    private final boolean beforePolicy;
    private int accepted;

    public AdjRibIn(boolean beforePolicy) { this.beforePolicy = beforePolicy; }

    public boolean beforePolicy() { return beforePolicy; }

    /**
     * An announcement.
     *
     * @param received    as it came
     * @param imported    what policy made of it; null: refused
     * @param wasAccepted whether the prefix had an accepted route of this peer before
     */
    public void announced(Prefix prefix, RouteAttributes received, @Nullable RouteAttributes imported, boolean wasAccepted) {
        if (beforePolicy) routes.put(prefix, received);
        else if (imported != null) routes.put(prefix, imported);
        else routes.remove(prefix);
        accepted += (imported != null ? 1 : 0) - (wasAccepted ? 1 : 0);
    }

    public void withdrawn(Prefix prefix, boolean wasAccepted) {
        routes.remove(prefix);
        if (wasAccepted) accepted--;
    }

    /** How many prefixes policy let through. */
    public int accepted() { return accepted; }

    public int size() { return routes.size(); }

    public void forEach(BiConsumer<Prefix, RouteAttributes> action) { routes.forEach(action); }

    /** Forgets everything; returns the prefixes there were. */
    public List<Prefix> clear() {
        var prefixes = new ArrayList<Prefix>(routes.size());
        routes.forEach((prefix, attributes) -> prefixes.add(prefix));
        routes.clear();
        accepted = 0;
        return prefixes;
    }
}
