package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlLoopTest {
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration LATER = Duration.ofMillis(20);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration PATIENT = Duration.ofSeconds(5);

    private final BlockingQueue<Throwable> bugs = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> happened = new LinkedBlockingQueue<>();
    private final ControlLoop loop = new ControlLoop(bugs::add);

    @AfterEach void close() {
        loop.close();
    }

    private void arm(String key, Duration delay, String what) {
        loop.arm(key, delay, () -> happened.add(what));
    }

    private String next() throws InterruptedException {
        return happened.poll(PATIENT.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Test void aTimerArmedAgainHasOnlyItsNewTime() throws Exception {
        loop.run(() -> {
            arm("a", SOON, "old");
            arm("a", LATER, "new");
        });
        assertEquals("new", next());
        assertNull(happened.poll());
    }

    @Test void aDisarmedTimerDoesNotExpireAndOthersDo() throws Exception {
        loop.run(() -> {
            arm("a", SOON, "disarmed");
            arm("b", LATER, "kept");
            loop.disarm("a");
            loop.disarm("never armed");
        });
        assertEquals("kept", next());
        assertNull(happened.poll());
    }

    @Test void aTimerPutOffAndBroughtForwardHasItsLastTime() throws Exception {
        loop.run(() -> {
            arm("a", SOON, "old");
            arm("a", NEVER, "put off");
            arm("b", LATER, "meanwhile");
        });
        assertEquals("meanwhile", next());
        loop.run(() -> {
            arm("a", SOON, "brought forward");
            arm("b", LATER, "last");
        });
        assertEquals("brought forward", next());
        assertEquals("last", next());
        assertNull(happened.poll());
    }

    @Test void aTimerMayArmItselfAgain() throws Exception {
        loop.run(() -> loop.arm("a", SOON, () -> {
            happened.add("first");
            arm("a", SOON, "second");
        }));
        assertEquals("first", next());
        assertEquals("second", next());
    }

    @Test void aBugInATaskIsReportedAndTheLoopLivesOn() throws Exception {
        var bug = new IllegalStateException("on purpose");
        loop.run(() -> {
            throw bug;
        });
        loop.run(() -> loop.arm("a", SOON, () -> {
            throw bug;
        }));
        assertSame(bug, bugs.poll(5, TimeUnit.SECONDS));
        assertSame(bug, bugs.poll(5, TimeUnit.SECONDS));
        assertEquals("alive", loop.call(() -> "alive", PATIENT));
    }

    @Test void aBugInARegularTaskDoesNotEndIt() throws Exception {
        loop.every(SOON, () -> {
            throw new IllegalStateException("on purpose");
        });
        for (int i = 0; i < 3; i++) assertEquals("on purpose", bugs.poll(5, TimeUnit.SECONDS).getMessage());
    }

    @Test void aCallersExceptionIsItsOwn() {
        assertEquals("on purpose", assertThrows(IllegalArgumentException.class, () -> loop.call(() -> {
            throw new IllegalArgumentException("on purpose");
        }, PATIENT)).getMessage());
        assertEquals(0, bugs.size());
    }

    @Test void aCallThatMustWaitTooLongSaysSo() {
        var held = new CountDownLatch(1);
        loop.run(() -> {
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThrows(TimeoutException.class, () -> loop.call(() -> "too late", SOON));
        held.countDown();
    }

    @Test void afterClosingNoTimerExpires() throws Exception {
        loop.run(() -> arm("a", NEVER, "never"));
        loop.close();
        assertNull(happened.poll());
    }
}
