package dev.torii.bgp.rib;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One instance of each value in use, so that a million routes share a few attribute sets and compare them by identity
 * first. It does not keep them in use: what nobody else refers to goes.
 */
public final class Pool<T> {
    private static final int SMALLEST = 16;

    private final ReferenceQueue<T> gone = new ReferenceQueue<>();
    private @Nullable Entry<T>[] table = empty(SMALLEST);
    private int size;

    private static final class Entry<T> extends WeakReference<T> {
        final int hash;
        @Nullable Entry<T> next;

        Entry(T value, int hash, @Nullable Entry<T> next, ReferenceQueue<T> gone) {
            super(value, gone);
            this.hash = hash;
            this.next = next;
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> @Nullable Entry<T>[] empty(int capacity) { return (Entry<T>[]) new Entry<?>[capacity]; }

    /** The first of all that are equal to it. */
    public T shared(T value) {
        int hash = spread(value.hashCode());
        for (var entry = table[hash & table.length - 1]; entry != null; entry = entry.next) {
            if (entry.hash != hash) continue;
            T known = entry.get();
            if (known != null && (known == value || known.equals(value))) return known;
        }
        forget();
        if (size >= table.length) resize(table.length * 2);
        int slot = hash & table.length - 1;
        table[slot] = new Entry<>(value, hash, table[slot], gone);
        size++;
        return value;
    }

    private void forget() {
        for (var dead = gone.poll(); dead != null; dead = gone.poll()) remove((Entry<?>) dead);
        if (table.length > SMALLEST && size < table.length / 8) resize(table.length / 2);
    }

    private void remove(Entry<?> dead) {
        int slot = dead.hash & table.length - 1;
        Entry<T> before = null;
        for (var entry = table[slot]; entry != null; before = entry, entry = entry.next) {
            if (entry != dead) continue;
            if (before == null) table[slot] = entry.next;
            else before.next = entry.next;
            size--;
            return;
        }
    }

    private void resize(int capacity) {
        var old = table;
        table = empty(capacity);
        for (var first : old)
            for (var entry = first; entry != null; ) {
                var next = entry.next;
                int slot = entry.hash & capacity - 1;
                entry.next = table[slot];
                table[slot] = entry;
                entry = next;
            }
        Arrays.fill(old, null);
    }

    private static int spread(int hash) { return hash ^ hash >>> 16; }
}
