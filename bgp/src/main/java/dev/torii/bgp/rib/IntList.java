package dev.torii.bgp.rib;

import java.util.Arrays;

/** A stack of numbers. */
final class IntList {
    private static final int[] EMPTY = {};

    private int[] elements = EMPTY;
    private int size;

    boolean isEmpty() { return size == 0; }

    void add(int element) {
        if (size == elements.length) elements = Arrays.copyOf(elements, Math.max(16, size * 3 / 2));
        elements[size++] = element;
    }

    int removeLast() {
        int last = elements[--size];
        if (size == 0) elements = EMPTY;
        return last;
    }

    void clear() {
        elements = EMPTY;
        size = 0;
    }
}
