package dev.torii.bgp.rib;

import dev.torii.bgp.wire.Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** What one peer was told, and which prefixes have to be looked at again before it is told more. */
public final class AdjRibOut {
    private final PrefixMap<RouteAttributes> advertised = new PrefixMap<>();
    private final LinkedHashSet<Prefix> pending = new LinkedHashSet<>();
    private boolean everything;                         // resend, whether changed or not

    /** One set of attributes and the prefixes to announce with it. */
    public record Announcement(RouteAttributes attributes, List<Prefix> prefixes) {}

    /** The difference between what the peer knows and what it should. */
    public record Diff(List<Prefix> withdrawn, List<Announcement> announced) {
        public boolean isEmpty() { return withdrawn.isEmpty() && announced.isEmpty(); }
    }

    /** The prefix may have changed. */
    public void touch(Prefix prefix) { pending.add(prefix); }

    /** ROUTE-REFRESH: everything that was announced is announced again, RFC 2918 section 4. */
    public void resend() {
        everything = true;
        advertised.forEach((prefix, attributes) -> pending.add(prefix));
    }

    /** Whether the peer has been told of that prefix. */
    public boolean contains(Prefix prefix) { return advertised.get(prefix) != null; }

    public int pending() { return pending.size(); }

    public int size() { return advertised.size(); }

    public void forEach(BiConsumer<Prefix, RouteAttributes> action) { advertised.forEach(action); }

    /**
     * Takes all pending prefixes and says what to send for them, packed by attribute set.
     *
     * @param wanted what the peer should be told of a prefix now; attributes from one pool
     */
    public Diff take(Function<Prefix, Optional<RouteAttributes>> wanted) {
        var withdrawn = new ArrayList<Prefix>();
        Map<RouteAttributes, List<Prefix>> announced = new LinkedHashMap<>();
        for (Prefix prefix : pending) {
            var now = wanted.apply(prefix).orElse(null);
            var before = now == null ? advertised.remove(prefix) : advertised.put(prefix, now);
            if (now == null) {
                if (before != null) withdrawn.add(prefix);
            } else if (everything || !now.equals(before)) {
                announced.computeIfAbsent(now, attributes -> new ArrayList<>()).add(prefix);
            }
        }
        pending.clear();
        everything = false;
        var list = new ArrayList<Announcement>(announced.size());
        announced.forEach((attributes, prefixes) -> list.add(new Announcement(attributes, prefixes)));
        return new Diff(withdrawn, list);
    }

    /** An announcement that could not be sent: the peer does not have these. */
    public void forget(Collection<Prefix> prefixes) {
        for (Prefix prefix : prefixes) advertised.remove(prefix);
    }

    public void clear() {
        advertised.clear();
        pending.clear();
        everything = false;
    }
}
