package dev.torii.bgp.rib;

import java.util.Arrays;

/** Ids of a {@link PrefixIndex} that wait for something, each once, first come first served. While one waits it is held. */
public final class IdQueue {
    private static final int[] EMPTY = {};

    private final PrefixIndex index;
    private final IdSet waiting = new IdSet();
    private int[] order = EMPTY;
    private int first;
    private int end;

    public IdQueue(PrefixIndex index) { this.index = index; }

    public int size() { return end - first; }

    public boolean isEmpty() { return first == end; }

    /** No effect if it waits already. */
    public void add(int id) {
        if (!waiting.add(id)) return;
        index.hold(id);
        if (end == order.length) makeRoom();
        order[end++] = id;
    }

    /** The next one; the hold is the caller's from here on. */
    public int poll() {
        int id = order[first++];
        waiting.remove(id);
        if (first == end) {
            first = end = 0;
            if (order.length > IdMap.PAGE) order = EMPTY;
        }
        return id;
    }

    private void makeRoom() {
        if (first > end / 2) {
            System.arraycopy(order, first, order, 0, end - first);
            end -= first;
            first = 0;
        } else {
            order = Arrays.copyOf(order, Math.max(16, end * 3 / 2));
        }
    }

    public void clear() {
        while (!isEmpty()) index.release(poll());
    }
}
