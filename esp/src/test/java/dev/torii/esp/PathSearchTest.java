package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathSearchTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int CEILING = 1438;

    private final PathSearch search = new PathSearch();
    private final Random random = new Random(8899);
    private final List<Long> sent = new ArrayList<>();
    private long now = Long.MAX_VALUE - 30 * SECOND;        // the clock may wrap
    private int carries = CEILING;
    private boolean answers = true;
    private double loss;

    private void run(int seconds) {
        for (int i = 0; i < 4 * seconds; i++) {
            search.ceiling(CEILING, now);
            var due = search.due(now);
            if (due.isPresent()) {
                sent.add(now);
                assertTrue(due.getAsInt() <= CEILING && due.getAsInt() >= PathSearch.BASE);
                if (answers && due.getAsInt() <= carries && random.nextDouble() >= loss) search.answered(search.sequence(), now);
            }
            now += SECOND / 4;
        }
    }

    @Test void aPathThatCarriesWhatTheKernelSaysIsSeenWithOneProbe() {
        run(30);
        assertEquals(CEILING, search.mtu());
        assertEquals(1, sent.size());
    }

    @Test void anyNarrowerPathIsFound() {
        for (int width = PathSearch.BASE; width < CEILING; width++) {
            var one = new PathSearchTest();
            one.carries = width;
            one.run(40);
            assertTrue(one.search.mtu() <= width && one.search.mtu() > width - PathSearch.NEAR - 4, one.search.mtu() + " of " + width);
        }
    }

    @Test void fromTheFirstAnswerOnNothingIsUsedThatWasNotCarried() {
        carries = 1203;
        run(5);
        assertEquals(PathSearch.BASE, search.mtu());
        for (int i = 0; i < 100; i++) {
            run(1);
            assertTrue(search.mtu() <= carries);
        }
    }

    @Test void aPeerThatAnswersNothingChangesNothing() {
        answers = false;
        run(3600);
        assertEquals(CEILING, search.mtu());
        assertTrue(sent.size() <= 2 * PathSearch.TRIES * 60, sent.size() + " probes in an hour");
    }

    @Test void aPathThatGetsNarrowerIsNoticedAndOneThatGetsWiderToo() {
        run(30);
        carries = 1300;
        run(100);
        assertTrue(search.mtu() <= 1300 && search.mtu() > 1288, "" + search.mtu());
        carries = CEILING;
        run(11 * 60);
        assertEquals(CEILING, search.mtu());
        carries = 1100;
        run(100);
        carries = 1400;
        run(12 * 60);
        assertTrue(search.mtu() <= 1400 && search.mtu() > 1388, "" + search.mtu());
    }

    @Test void aPathTooNarrowToBeSearchedIsLeftAlone() {
        carries = PathSearch.BASE - 1;
        run(600);
        assertEquals(CEILING, search.mtu());
    }

    @Test void probesAreASecondApartAndFewOnceItIsFound() {
        carries = 1234;
        run(60);
        for (int i = 1; i < sent.size(); i++) assertTrue(sent.get(i) - sent.get(i - 1) >= SECOND || search.mtu() < CEILING);
        int before = sent.size();
        run(500);
        assertTrue(sent.size() - before <= 10, "one a minute");
    }

    @Test void lossAloneRarelyMisleadsAndNeverForLong() {
        int right = 0;
        for (int seed = 0; seed < 200; seed++) {
            var one = new PathSearchTest();
            one.random.setSeed(seed);
            one.loss = 0.1;
            one.run(1500);
            assertTrue(one.search.mtu() >= PathSearch.BASE);
            if (one.search.mtu() == CEILING) right++;
        }
        assertTrue(right > 190, right + " of 200");
    }

    @Test void anAnswerToAnEarlierProbeProvesNothing() {
        search.ceiling(CEILING, now);
        search.due(now);
        int first = search.sequence();
        for (int i = 0; i < 4; i++) {
            now += SECOND;
            search.due(now);
        }
        search.answered(first, now);
        assertEquals(CEILING, search.mtu());
        search.answered(search.sequence(), now);
        assertEquals(PathSearch.BASE, search.mtu());
    }

    @Test void anotherCeilingBeginsAnew() {
        carries = 1234;
        run(60);
        search.ceiling(1100, now);
        assertEquals(1100, search.mtu());
        assertEquals(1100, search.due(now).orElseThrow());
    }
}
