package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private long now = -5;
    private final EventLog log = new EventLog(() -> now);

    @Test void aCauseIsWrittenOnceAMinuteThenCounted() {
        try (var err = new Stderr()) {
            for (int i = 0; i < 105; i++) log.limited("malformed", "packet from 198.51.100.1:500", "garbage of " + i + " bytes");
            assertEquals(1, err.lines().size());
            assertTrue(err.lines().getFirst().endsWith("packet from 198.51.100.1:500: garbage of 0 bytes"), err.lines()::toString);
            now += TimeUnit.SECONDS.toNanos(61);
            log.limited("malformed", "packet from 198.51.100.1:500", "garbage of 9 bytes");
            assertEquals(2, err.lines().size());
            assertTrue(err.lines().getLast().endsWith("garbage of 9 bytes (104 more like this were not logged)"), err.lines()::toString);
        }
    }

    @Test void otherCausesOfAKindAreWrittenTooButNotMany() {
        try (var err = new Stderr()) {
            for (int i = 0; i < 100; i++) log.limited("report", "oci-tunnel1", "the peer says " + Character.toString('a' + i % 26));
            assertEquals(5, err.lines().size());
            assertTrue(err.lines().getLast().endsWith("the peer says e"), err.lines()::toString);
        }
    }

    @Test void anotherSubjectIsAnotherCause() {
        try (var err = new Stderr()) {
            for (int i = 0; i < 30; i++) log.limited("unknown peer", "packet from 198.51.100." + i % 3 + ":500", "no connection");
            assertEquals(3, err.lines().size(), err.lines()::toString);
        }
    }

    @Test void eachKindHasAMinuteOfItsOwn() {
        try (var err = new Stderr()) {
            for (int i = 0; i < 10; i++) log.limited("one", "s", "t");
            for (int i = 0; i < 10; i++) log.limited("two", "s", "t");
            assertEquals(2, err.lines().size());
        }
    }

    @Test void whatNoStrangerCanCauseIsNeverLimited() {
        try (var err = new Stderr()) {
            for (int i = 0; i < 50; i++) log.warn("oci-tunnel1", "down");
            assertEquals(50, err.lines().size());
        }
    }

    @Test void aLineBreakInATextDoesNotMakeASecondLine() {
        try (var err = new Stderr()) {
            log.limited("report", "oci-tunnel1", "the peer says: hello\n2026-11-23T00:00:00.000Z INFO daemon: forged");
            log.info("oci-tunnel1", "a\r\nb");
            assertEquals(2, err.lines().size(), err.lines()::toString);
        }
    }
}
