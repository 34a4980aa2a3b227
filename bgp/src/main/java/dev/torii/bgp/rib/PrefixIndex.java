package dev.torii.bgp.rib;

import dev.torii.bgp.wire.Prefix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The prefixes that some table of a speaker has something about. Each has a small number, its id, so that the tables
 * are arrays by id ({@link IdMap}, {@link IdSet}) and a prefix costs its bits once, whatever the number of tables. An id
 * is valid while somebody holds it; then it is given to another prefix. IPv4 prefixes are packed into a long each, IPv6
 * ones are kept as objects.
 */
public final class PrefixIndex {
    /** No id. */
    public static final int NONE = -1;

    private static final int SEGMENT_BITS = 8, SMALLEST = 8;
    private static final int GREATEST_COUNT = Character.MAX_VALUE;

    /** Open addressing by key, ids plus one, 0 is free: small ones, so that none is large when it grows. */
    private final int[][] segments = new int[1 << SEGMENT_BITS][];
    private final int[] used = new int[1 << SEGMENT_BITS];
    private long[][] keys = {};
    private char[][] holders = {};
    private final IdMap<Prefix> wide = new IdMap<>();       // of the IPv6 ones, whose key is but a hash
    private final IntList free = new IntList();
    private int bound;
    private int size;

    /** How many prefixes there are. */
    public int size() { return size; }

    /** All ids are below it. */
    public int bound() { return bound; }

    /** The prefix's id; {@link #NONE} if nobody holds it. */
    public int find(Prefix prefix) {
        long key = key(prefix);
        int hash = hash(key);
        var segment = segments[segment(hash)];
        return segment == null ? NONE : segment[slot(segment, hash, key, prefix)] - 1;
    }

    /** The prefix's id, a new one if need be, held once more. */
    public int hold(Prefix prefix) {
        long key = key(prefix);
        int hash = hash(key);
        int number = segment(hash);
        var segment = segments[number];
        if (segment == null) segment = segments[number] = new int[SMALLEST];
        int slot = slot(segment, hash, key, prefix);
        int id = segment[slot] - 1;
        if (id == NONE) {
            id = newId(key, prefix);
            segment[slot] = id + 1;
            if (++used[number] > segment.length / 4 * 3) grow(number);
        }
        hold(id);
        return id;
    }

    /** Holds an id that somebody holds already. */
    public void hold(int id) {
        var counts = holders[id >>> IdMap.PAGE_BITS];
        if (counts[id & IdMap.PAGE_MASK]++ == GREATEST_COUNT) throw new IllegalStateException("more holders of a prefix than can be counted");
    }

    /** Takes back one {@link #hold}; the id is nobody's any more after the last one. */
    public void release(int id) {
        var counts = holders[id >>> IdMap.PAGE_BITS];
        if (--counts[id & IdMap.PAGE_MASK] == 0) forget(id);
    }

    /** The prefix with that id, which somebody must hold. */
    public Prefix prefix(int id) {
        long key = keyOf(id);
        if (key >= 0) return Prefix.ipv4((int) (key >>> 6), (int) (key & 63));
        return held(wide.get(id));
    }

    private static Prefix held(@Nullable Prefix prefix) {
        if (prefix == null) throw new IllegalArgumentException("nobody holds that id");
        return prefix;
    }

    private int newId(long key, Prefix prefix) {
        int id = free.isEmpty() ? bound++ : free.removeLast();
        int page = id >>> IdMap.PAGE_BITS;
        if (page == keys.length) {
            keys = Arrays.copyOf(keys, Math.max(4, page + page / 2));
            holders = Arrays.copyOf(holders, keys.length);
        }
        if (keys[page] == null) {
            keys[page] = new long[IdMap.PAGE];
            holders[page] = new char[IdMap.PAGE];
        }
        keys[page][id & IdMap.PAGE_MASK] = key;
        if (prefix.ipv6()) wide.put(id, prefix);
        size++;
        return id;
    }

    private void forget(int id) {
        long key = keyOf(id);
        int hash = hash(key);
        int number = segment(hash);
        var segment = segments[number];
        int mask = segment.length - 1;
        int hole = hash & mask;
        while (segment[hole] != id + 1) hole = hole + 1 & mask;
        for (int next = hole + 1 & mask; segment[next] != 0; next = next + 1 & mask) {      // later entries of the run move up: no tombstones
            int home = hash(keyOf(segment[next] - 1)) & mask;
            if ((next - home & mask) < (next - hole & mask)) continue;
            segment[hole] = segment[next];
            hole = next;
        }
        segment[hole] = 0;
        used[number]--;
        if (key < 0) wide.remove(id);
        if (--size == 0) clear();
        else free.add(id);
    }

    private void clear() {
        Arrays.fill(segments, null);
        Arrays.fill(used, 0);
        keys = new long[0][];
        holders = new char[0][];
        free.clear();
        bound = 0;
    }

    private void grow(int number) {
        var old = segments[number];
        var larger = new int[old.length * 2];
        int mask = larger.length - 1;
        for (int entry : old) {
            if (entry == 0) continue;
            int slot = hash(keyOf(entry - 1)) & mask;
            while (larger[slot] != 0) slot = slot + 1 & mask;
            larger[slot] = entry;
        }
        segments[number] = larger;
    }

    private int slot(int[] segment, int hash, long key, Prefix prefix) {
        int mask = segment.length - 1;
        int slot = hash & mask;
        while (segment[slot] != 0 && !is(segment[slot] - 1, key, prefix)) slot = slot + 1 & mask;
        return slot;
    }

    private boolean is(int id, long key, Prefix prefix) { return keyOf(id) == key && (key >= 0 || prefix.equals(wide.get(id))); }

    private long keyOf(int id) { return keys[id >>> IdMap.PAGE_BITS][id & IdMap.PAGE_MASK]; }

    /** Of an IPv4 prefix all there is to know; of an IPv6 one a negative hash. */
    private static long key(Prefix prefix) {
        return prefix.ipv6() ? Long.MIN_VALUE | mix(mix(prefix.high()) ^ prefix.low()) + prefix.length() : prefix.high() >>> 26 | prefix.length();
    }

    private static long mix(long value) {
        long mixed = value * 0x9E37_79B9_7F4A_7C15L;
        return mixed ^ mixed >>> 29;
    }

    private static int hash(long key) {
        long mixed = key * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32 ^ mixed >>> 15);
    }

    private static int segment(int hash) { return hash >>> Integer.SIZE - SEGMENT_BITS; }
}
