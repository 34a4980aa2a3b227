package dev.torii.ike.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Retransmission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadPeerDetectionTest {
    @Test
    void fourQuestionsFitBetweenTheDelayAndTheTimeout() {
        var detection = new DeadPeerDetection(Duration.ofSeconds(10), Duration.ofSeconds(30));
        DeadPeerDetection.State state = DeadPeerDetection.State.heard(100);
        Duration silent = detection.idle();
        var asked = new ArrayList<Duration>();
        while (detection.silence(state) instanceof DeadPeerDetection.Verdict.Probe probe) {
            asked.add(silent);
            assertEquals(99 + asked.size(), probe.sequence());
            state = probe.state();
            silent = silent.plus(probe.next());
        }
        assertEquals(List.of(Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofSeconds(20), Duration.ofSeconds(25)), asked);
        assertEquals(Duration.ofSeconds(30), silent);
        assertTrue(state.asked(103) && state.asked(100));
        assertFalse(state.asked(104) || state.asked(90));
    }

    @Test
    void anyDelayEndsAtTheTimeout() {
        for (int delay = 1; delay < 60; delay += 3) {
            for (int timeout = delay + 1; timeout < 120; timeout += 7) {
                var detection = new DeadPeerDetection(Duration.ofSeconds(delay), Duration.ofSeconds(timeout));
                DeadPeerDetection.State state = DeadPeerDetection.State.heard(Integer.MAX_VALUE);
                Duration silent = detection.idle();
                while (detection.silence(state) instanceof DeadPeerDetection.Verdict.Probe probe) {
                    state = probe.state();
                    silent = silent.plus(probe.next());
                }
                assertEquals(Duration.ofSeconds(timeout), silent, delay + " of " + timeout);
            }
        }
    }

    @Test
    void retransmissionDoublesUpToThreeSecondsUntilTheTotal() {
        var waits = new ArrayList<Double>();
        for (int sent = 1; Retransmission.Policy.STANDARD.after(sent).isPresent(); sent++) {
            waits.add(Retransmission.Policy.STANDARD.after(sent).orElseThrow().toMillis() / 1000.0);
        }
        assertEquals(List.of(0.5, 1.0, 2.0, 3.0), waits.subList(0, 4));
        assertEquals(22, waits.size());
        assertTrue(waits.stream().allMatch(wait -> wait <= 3), waits.toString());
        assertEquals(60, waits.stream().mapToDouble(Double::doubleValue).sum());
    }
}
