package dev.torii.bgp.rib;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;

/** One instance of each value in use, so that a million routes share a few attribute sets and compare them by identity first. */
public final class Pool<T> {
    private final Map<T, WeakReference<T>> pool = new WeakHashMap<>();

    public T shared(T value) {
        var known = pool.get(value);
        T first = known == null ? null : known.get();
        if (first != null) return first;
        pool.put(value, new WeakReference<>(value));
        return value;
    }
}
