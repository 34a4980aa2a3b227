package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.cli.daemon.Counters.Cause;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class CountersTest {
    @Test void manyThreadsLoseNoCount() {
        var counters = new Counters();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                threads.submit(() -> {
                    for (int n = 0; n < 10_000; n++) counters.count(Cause.IKE_MALFORMED);
                });
            }
        }
        assertEquals(80_000, counters.of(Cause.IKE_MALFORMED));
        assertEquals(0, counters.of(Cause.UDP_RUNT));
    }
}
