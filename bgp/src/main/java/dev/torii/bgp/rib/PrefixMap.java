package dev.torii.bgp.rib;

import dev.torii.bgp.wire.Prefix;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A map from prefixes. IPv4 ones are packed into a long each in an open-addressing table (12 octets a slot, at most two
 * thirds full), so that a full table does not cost an entry object a route; IPv6 ones are in an ordinary hash map.
 */
public final class PrefixMap<V> {
    private static final int SMALLEST = 16;
    private static final long FREE = -1;

    private long[] keys = new long[SMALLEST];
    private Object[] values = new Object[SMALLEST];
    private int size;
    private final Map<Prefix, V> ipv6 = new HashMap<>();

    public PrefixMap() { Arrays.fill(keys, FREE); }

    public int size() { return size + ipv6.size(); }

    public boolean isEmpty() { return size() == 0; }

    public @Nullable V get(Prefix prefix) {
        return prefix.ipv6() ? ipv6.get(prefix) : value(find(pack(prefix)));
    }

    /** Returns what was there before. */
    public @Nullable V put(Prefix prefix, V value) {
        if (prefix.ipv6()) return ipv6.put(prefix, value);
        long key = pack(prefix);
        int slot = find(key);
        V before = value(slot);
        values[slot] = value;
        if (keys[slot] == FREE) {
            keys[slot] = key;
            if (++size > keys.length / 3 * 2) resize(keys.length * 2);
        }
        return before;
    }

    /** Returns what was there before. */
    public @Nullable V remove(Prefix prefix) {
        if (prefix.ipv6()) return ipv6.remove(prefix);
        int slot = find(pack(prefix));
        if (keys[slot] == FREE) return null;
        V before = value(slot);
        free(slot);
        size--;
        if (keys.length > SMALLEST && size < keys.length / 8) resize(keys.length / 2);
        return before;
    }

    public void clear() {
        keys = new long[SMALLEST];
        values = new Object[SMALLEST];
        Arrays.fill(keys, FREE);
        size = 0;
        ipv6.clear();
    }

    /** In no order. The map must not be changed meanwhile. */
    public void forEach(BiConsumer<Prefix, V> action) {
        for (int slot = 0; slot < keys.length; slot++) {
            V value = value(slot);
            if (value != null) action.accept(unpack(keys[slot]), value);
        }
        ipv6.forEach(action);
    }

    /** What {@code search} finds first, in no order. The map must not be changed meanwhile. */
    public <T> Optional<T> first(BiFunction<Prefix, V, Optional<T>> search) {
        for (int slot = 0; slot < keys.length; slot++) {
            V value = value(slot);
            if (value == null) continue;
            var found = search.apply(unpack(keys[slot]), value);
            if (found.isPresent()) return found;
        }
        for (var entry : ipv6.entrySet()) {
            var found = search.apply(entry.getKey(), entry.getValue());
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    @SuppressWarnings("unchecked")
    private @Nullable V value(int slot) { return (V) values[slot]; }

    private int find(long key) {
        int mask = keys.length - 1;
        int slot = slot(key, mask);
        while (keys[slot] != key && keys[slot] != FREE) slot = slot + 1 & mask;
        return slot;
    }

    /** Moves later entries of the run up, so that no tombstones are needed. */
    private void free(int slot) {
        int mask = keys.length - 1;
        int hole = slot;
        for (int next = hole + 1 & mask; keys[next] != FREE; next = next + 1 & mask) {
            int home = slot(keys[next], mask);
            if ((next - home & mask) < (next - hole & mask)) continue;
            keys[hole] = keys[next];
            values[hole] = values[next];
            hole = next;
        }
        keys[hole] = FREE;
        values[hole] = null;
    }

    private void resize(int capacity) {
        var oldKeys = keys;
        var oldValues = values;
        keys = new long[capacity];
        values = new Object[capacity];
        Arrays.fill(keys, FREE);
        for (int i = 0; i < oldKeys.length; i++)
            if (oldKeys[i] != FREE) {
                int slot = find(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
    }

    private static int slot(long key, int mask) {
        long mixed = key * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32 ^ mixed >>> 15) & mask;
    }

    private static long pack(Prefix prefix) { return prefix.high() >>> 26 | prefix.length(); }

    private static Prefix unpack(long key) { return Prefix.ipv4((int) (key >>> 6), (int) (key & 63)); }
}
