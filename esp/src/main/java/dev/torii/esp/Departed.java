package dev.torii.esp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The inbound SAs removed last, of all tunnels, so that a peer which goes on sending with one is noticed. The control thread adds and asks; the inbound
 * packet thread marks. Nothing authenticates a mark: it says that a packet bore that SPI.
 */
final class Departed {
    private static final int REMEMBERED = 256;

    private static final int QUIET = 0;
    private static final int MARKED = 1;
    private static final int BEFORE = 2;                            // marked before the last look, and not since
    private static final int STILL = MARKED | BEFORE;

    private final AtomicIntegerArray spis = new AtomicIntegerArray(REMEMBERED);      // 0: none; it is no SPI
    private final AtomicIntegerArray marks = new AtomicIntegerArray(REMEMBERED);
    private final int[] tunnels = new int[REMEMBERED];
    private int next;

    /** An SA was removed. */
    void add(int tunnel, int spi) {
        spis.set(next, 0);
        tunnels[next] = tunnel;
        marks.set(next, QUIET);
        spis.set(next, spi);
        next = (next + 1) % REMEMBERED;
    }

    /** A packet came whose SPI is unknown. */
    void mark(int spi) {
        if (spi == 0) return;
        for (int i = 0; i < REMEMBERED; i++) {
            if (spis.get(i) == spi) {
                marks.getAndUpdate(i, mark -> mark | MARKED);
                return;
            }
        }
    }

    /** SPIs of this tunnel that were marked since it was last asked, and also before that: not only by what was under way when the SA went. */
    List<Integer> still(int tunnel) {
        var still = new ArrayList<Integer>();
        for (int i = 0; i < REMEMBERED; i++) {
            if (spis.get(i) == 0 || tunnels[i] != tunnel) continue;
            int mark = marks.getAndUpdate(i, seen -> (seen & MARKED) << 1);
            if (mark == STILL) still.add(spis.get(i));
        }
        return still;
    }
}
