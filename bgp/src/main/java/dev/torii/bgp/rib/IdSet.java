package dev.torii.bgp.rib;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** Ids of a {@link PrefixIndex}: a bit each. */
public final class IdSet {
    private long[] bits = {};
    private int size;

    public int size() { return size; }

    public boolean contains(int id) { return id >>> 6 < bits.length && (bits[id >>> 6] & 1L << id) != 0; }

    /** False: it was in it already. */
    public boolean add(int id) {
        int word = id >>> 6;
        if (word >= bits.length) bits = Arrays.copyOf(bits, Math.max(word + 1, bits.length * 3 / 2));
        if ((bits[word] & 1L << id) != 0) return false;
        bits[word] |= 1L << id;
        size++;
        return true;
    }

    /** False: it was not in it. */
    public boolean remove(int id) {
        if (!contains(id)) return false;
        bits[id >>> 6] &= ~(1L << id);
        if (--size == 0) bits = new long[0];
        return true;
    }

    public void clear() {
        bits = new long[0];
        size = 0;
    }

    /** In their order. {@code action} may remove what it is given. */
    public void forEach(IntConsumer action) {
        var all = bits;
        for (int word = 0; word < all.length; word++)
            for (long left = all[word]; left != 0; left &= left - 1) action.accept(word << 6 | Long.numberOfTrailingZeros(left));
    }
}
