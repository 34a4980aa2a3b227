package dev.torii.bgp.rib;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Values by the ids of a {@link PrefixIndex}: four octets each, in pages, so that growing copies nothing. */
public final class IdMap<V> {
    static final int PAGE_BITS = 10, PAGE = 1 << PAGE_BITS, PAGE_MASK = PAGE - 1;

    private Object[][] pages = {};
    private int size;

    /** What {@link #forEach} calls. */
    @FunctionalInterface
    public interface Action<V> {
        void accept(int id, V value);
    }

    /** What {@link #first} asks. */
    @FunctionalInterface
    public interface Search<V, T> {
        Optional<T> apply(int id, V value);
    }

    /** How many ids have a value. */
    public int size() { return size; }

    /** Null if there is none. */
    @SuppressWarnings("unchecked")
    public @Nullable V get(int id) {
        int number = id >>> PAGE_BITS;
        if (number >= pages.length) return null;
        var page = pages[number];
        return page == null ? null : (V) page[id & PAGE_MASK];
    }

    /** Returns what was there before. */
    @SuppressWarnings("unchecked")
    public @Nullable V put(int id, V value) {
        int number = id >>> PAGE_BITS;
        if (number >= pages.length) pages = Arrays.copyOf(pages, Math.max(number + 1, number + number / 2));
        var page = pages[number];
        if (page == null) page = pages[number] = new Object[PAGE];
        var before = page[id & PAGE_MASK];
        page[id & PAGE_MASK] = value;
        if (before == null) size++;
        return (V) before;
    }

    /** Returns what was there before. */
    @SuppressWarnings("unchecked")
    public @Nullable V remove(int id) {
        int number = id >>> PAGE_BITS;
        var page = number < pages.length ? pages[number] : null;
        if (page == null) return null;
        var before = page[id & PAGE_MASK];
        page[id & PAGE_MASK] = null;
        if (before != null && --size == 0) pages = new Object[0][];
        return (V) before;
    }

    public void clear() {
        pages = new Object[0][];
        size = 0;
    }

    /** In the order of the ids. What {@code action} puts or removes meanwhile it may or may not see. */
    @SuppressWarnings("unchecked")
    public void forEach(Action<V> action) {
        var all = pages;
        for (int number = 0; number < all.length; number++) {
            var page = all[number];
            if (page == null) continue;
            for (int i = 0; i < PAGE; i++) if (page[i] != null) action.accept(number << PAGE_BITS | i, (V) page[i]);
        }
    }

    /** What {@code search} finds first, in the order of the ids. */
    @SuppressWarnings("unchecked")
    public <T> Optional<T> first(Search<V, T> search) {
        for (int number = 0; number < pages.length; number++) {
            var page = pages[number];
            if (page == null) continue;
            for (int i = 0; i < PAGE; i++) {
                if (page[i] == null) continue;
                var found = search.apply(number << PAGE_BITS | i, (V) page[i]);
                if (found.isPresent()) return found;
            }
        }
        return Optional.empty();
    }
}
