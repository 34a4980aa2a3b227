package dev.torii.bgp.rib;

import dev.torii.bgp.wire.Prefix;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What one peer announced, RFC 4271 section 3.2, by prefix id. With {@code soft-reconfiguration inbound} everything is
 * kept as it came; else the Loc-RIB has the routes, and here is but a bit for each.
 */
public final class AdjRibIn {
    private final PrefixIndex index;
    private final IdMap<RouteAttributes> received = new IdMap<>();  // each holds its id
    private final IdSet accepted = new IdSet();                     // what is in the Loc-RIB
    private final boolean beforePolicy;

    public AdjRibIn(PrefixIndex index, boolean beforePolicy) {
        this.index = index;
        this.beforePolicy = beforePolicy;
    }

    public boolean beforePolicy() { return beforePolicy; }

    /**
     * An announcement; the id is held by somebody.
     *
     * @param isAccepted whether policy lets it through
     * @return whether the prefix had an accepted route of this peer before
     */
    public boolean announced(int id, RouteAttributes attributes, boolean isAccepted) {
        if (beforePolicy && received.put(id, attributes) == null) index.hold(id);
        return isAccepted ? !accepted.add(id) : accepted.remove(id);
    }

    /** A withdrawal; the same answer. */
    public boolean withdrawn(int id) {
        boolean was = accepted.remove(id);
        if (received.remove(id) != null) index.release(id);
        return was;
    }

    /** How many prefixes policy let through. */
    public int accepted() { return accepted.size(); }

    /** Everything as it came; nothing without {@link #beforePolicy}. */
    public void forEach(BiConsumer<Prefix, RouteAttributes> action) { received.forEach((id, attributes) -> action.accept(index.prefix(id), attributes)); }

    /** How many prefixes there is something of. */
    public int size() { return beforePolicy ? received.size() : accepted.size(); }

    /** These prefixes. {@code action} must not change them. */
    public void forEachPrefix(Consumer<Prefix> action) {
        if (beforePolicy) received.forEach((id, attributes) -> action.accept(index.prefix(id)));
        else accepted.forEach(id -> action.accept(index.prefix(id)));
    }

    /** Forgets everything; {@code action} gets the ids that were accepted, before they are released. */
    public void clear(IntConsumer action) {
        accepted.forEach(action);
        accepted.clear();
        received.forEach((id, attributes) -> index.release(id));
        received.clear();
    }
}
