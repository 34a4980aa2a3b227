package dev.torii.bgp.rib;

import dev.torii.bgp.wire.Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** What one peer was told, and which prefixes have to be looked at again before it is told more. */
public final class AdjRibOut {
    /** How many prefixes are taken at once: enough to pack them well, few enough to wait as objects while the transport is busy. */
    private static final int AT_ONCE = 1 << 16;

    private final PrefixIndex index;
    private final IdMap<RouteAttributes> advertised = new IdMap<>();    // each holds its id
    private final IdQueue pending;
    private final IdSet again = new IdSet();                            // to be sent whether changed or not

    public AdjRibOut(PrefixIndex index) {
        this.index = index;
        this.pending = new IdQueue(index);
    }

    /** One set of attributes and the prefixes to announce with it. */
    public record Announcement(RouteAttributes attributes, List<Prefix> prefixes) {}

    /** The difference between what the peer knows and what it should. */
    public record Diff(List<Prefix> withdrawn, List<Announcement> announced) {
        public boolean isEmpty() { return withdrawn.isEmpty() && announced.isEmpty(); }
    }

    /** The prefix of that id, held by somebody, may have changed. */
    public void touch(int id) { pending.add(id); }

    /** The same of a prefix that perhaps nobody holds. */
    public void touch(Prefix prefix) {
        int id = index.hold(prefix);
        touch(id);
        index.release(id);
    }

    /** ROUTE-REFRESH: everything that was announced is announced again, RFC 2918 section 4. */
    public void resend() {
        advertised.forEach((id, attributes) -> {
            touch(id);
            again.add(id);
        });
    }

    /** Whether the peer has been told of that prefix. */
    public boolean contains(Prefix prefix) {
        int id = index.find(prefix);
        return id != PrefixIndex.NONE && advertised.get(id) != null;
    }

    public int pending() { return pending.size(); }

    public int size() { return advertised.size(); }

    public void forEach(BiConsumer<Prefix, RouteAttributes> action) { advertised.forEach((id, attributes) -> action.accept(index.prefix(id), attributes)); }

    /**
     * Takes pending prefixes, the longest waiting first, and says what to send for them, packed by attribute set.
     *
     * @param wanted what the peer should be told of a prefix now, null for nothing; attributes from one pool
     */
    public Diff take(IntFunction<@Nullable RouteAttributes> wanted) {
        var withdrawn = new ArrayList<Prefix>();
        Map<RouteAttributes, List<Prefix>> announced = new LinkedHashMap<>();
        RouteAttributes last = null;                                    // routes come in runs with the same attributes
        List<Prefix> lastPrefixes = List.of();
        for (int left = Math.min(pending.size(), AT_ONCE); left > 0; left--) {
            int id = pending.poll();
            var now = wanted.apply(id);
            var before = now == null ? advertised.remove(id) : advertised.put(id, now);
            boolean anyway = again.remove(id);
            if (now == null) {
                if (before != null) withdrawn.add(index.prefix(id));
            } else if (anyway || !now.equals(before)) {
                if (now != last) {
                    last = now;
                    lastPrefixes = announced.computeIfAbsent(now, attributes -> new ArrayList<>());
                }
                lastPrefixes.add(index.prefix(id));
            }
            if (now != null && before == null) index.hold(id);
            if (now == null && before != null) index.release(id);
            index.release(id);
        }
        var list = new ArrayList<Announcement>(announced.size());
        announced.forEach((attributes, prefixes) -> list.add(new Announcement(attributes, prefixes)));
        return new Diff(withdrawn, list);
    }

    /** An announcement that could not be sent: the peer does not have these. */
    public void forget(Collection<Prefix> prefixes) {
        for (Prefix prefix : prefixes) {
            int id = index.find(prefix);
            if (id != PrefixIndex.NONE && advertised.remove(id) != null) index.release(id);
        }
    }

    /** The session is over. */
    public void clear() {
        advertised.forEach((id, attributes) -> index.release(id));
        advertised.clear();
        pending.clear();
        again.clear();
    }
}
