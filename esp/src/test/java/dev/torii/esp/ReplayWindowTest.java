package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
    /** The definition, word for word: a set of numbers and the highest of them. */
    private static final class Model {
        final Set<Long> seen = new HashSet<>();
        final int size;
        long top;

        Model(int size) {
            this.size = size;
        }

        boolean check(long n) {
            return n != 0 && n > top - size && !seen.contains(n);
        }

        void mark(long n) {
            seen.add(n);
            top = Math.max(top, n);
        }
    }

    @Test void everyRandomWalkAgreesWithTheModel() {
        int[] sizes = {1, 2, 31, 32, 63, 64, 65, 127, 128, 129, 1000, 1024, 4096};
        for (long seed = 1; seed <= 130; seed++) {
            var random = new Random(seed);
            int size = sizes[(int) seed % sizes.length];
            var window = new ReplayWindow(size);
            var model = new Model(size);
            for (int i = 0; i < 4000; i++) {
                long n = Math.max(0, model.top + switch (random.nextInt(20)) {
                    case 0 -> random.nextInt(3 * size + 200);                   // a jump, sometimes over the whole bitmap
                    case 1, 2, 3 -> 1;
                    case 4 -> -size;                                            // just outside
                    case 5 -> 1 - size;                                         // just inside
                    default -> -random.nextInt(size + 70);
                });
                boolean fresh = model.check(n);
                assertEquals(fresh, window.check(n),
                        "seed " + seed + ", size " + size + ", step " + i + ", number " + n + ", top " + model.top);
                if (fresh && random.nextInt(4) != 0) {                          // the rest were not authentic
                    model.mark(n);
                    window.mark(n);
                }
                assertEquals(model.top, window.top());
            }
        }
    }

    @Test void checkingDoesNotMark() {
        var window = new ReplayWindow(64);
        assertTrue(window.check(5));
        assertTrue(window.check(5));
        window.mark(5);
        assertFalse(window.check(5));
    }

    @Test void aForgedHighNumberThatIsOnlyCheckedMovesNothing() {
        var window = new ReplayWindow(64);
        window.mark(10);
        assertTrue(window.check(0xFFFF_FFFFL));
        assertTrue(window.check(9));
        assertEquals(10, window.top());
    }

    @Test void theWindowIsExactlyAsWideAsAsked() {
        var window = new ReplayWindow(1024);
        window.mark(5000);
        assertTrue(window.check(5000 - 1023));
        assertFalse(window.check(5000 - 1024));
    }

    @Test void theLastNumberOf32BitsIsAccepted() {
        var window = new ReplayWindow(1024);
        window.mark(0xFFFF_FFFFL);
        assertFalse(window.check(0xFFFF_FFFFL));
        assertTrue(window.check(0xFFFF_FFFEL));
    }

    @Test void windowZeroAcceptsEverything() {
        var window = new ReplayWindow(0);
        window.mark(7);
        assertTrue(window.check(7));
        assertTrue(window.check(1));
    }

    @Test void sizesOutsideTheRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ReplayWindow(-1));
        assertThrows(IllegalArgumentException.class, () -> new ReplayWindow(ReplayWindow.MAX_SIZE + 1));
    }
}
