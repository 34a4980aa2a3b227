package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartsTest {
    private static final int MANY = 3 * Starts.AT_ONCE;

    private final ControlLoop loop = new ControlLoop(bug -> {
        throw new AssertionError(bug);
    });
    private final Starts<Integer> starts = new Starts<>(loop);
    private final LinkedBlockingQueue<Integer> begun = new LinkedBlockingQueue<>();

    @AfterEach void stop() {
        loop.close();
    }

    private void beginAll() throws Exception {
        onLoop(() -> {
            for (int i = 0; i < MANY; i++) {
                int one = i;
                starts.begin(one, () -> begun.add(one));
            }
        });
    }

    private void onLoop(Runnable task) throws Exception {
        loop.call(() -> {
            task.run();
            return true;
        }, Duration.ofSeconds(5));
    }

    @Test void aFewBeginAtOnceAndEachThatIsUpMakesRoomForTheNext() throws Exception {
        beginAll();
        for (int i = 0; i < Starts.AT_ONCE; i++) assertEquals(i, begun.poll());
        assertNull(begun.poll());
        onLoop(() -> starts.done(3));
        assertEquals(Starts.AT_ONCE, begun.poll());
        assertNull(begun.poll());
        onLoop(() -> starts.done(3));                           // known already
        assertNull(begun.poll());
    }

    @Test void whoDoesNotComeUpMakesRoomAfterAWhile() throws Exception {
        beginAll();
        for (int i = 0; i < MANY; i++) {
            assertEquals(i, begun.poll(5, TimeUnit.SECONDS));
            if (i == Starts.AT_ONCE - 1) assertTrue(begun.isEmpty(), "not before");
        }
    }

    @Test void whoIsNotToBeginAnyMoreDoesNot() throws Exception {
        beginAll();
        onLoop(() -> {
            starts.done(Starts.AT_ONCE);
            starts.done(0);
        });
        for (int i = 0; i < Starts.AT_ONCE; i++) assertEquals(i, begun.poll());
        assertEquals(Starts.AT_ONCE + 1, begun.poll());
    }
}
