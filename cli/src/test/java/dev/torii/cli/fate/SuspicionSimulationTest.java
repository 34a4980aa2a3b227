package dev.torii.cli.fate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.fate.Suspicion.Effect;
import dev.torii.cli.fate.Suspicion.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One tunnel over a path that delays and loses, under virtual time, looked at every 50 ms as the daemon does. */
class SuspicionSimulationTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MILLI = SECOND / 1000;
    private static final long LOOK = 50 * MILLI;
    private static final int SEEDS = 12;

    /** A tunnel with its traffic. */
    private static final class Tunnel {
        private final Suspicion machine = new Suspicion(Suspicion.Rules.STANDARD);
        private final Random chance;
        private final double loss;
        private final long oneWay;
        private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
        private Suspicion.State state;
        private long now;
        private long order;
        private long timer = Long.MAX_VALUE;
        private boolean cut;
        private boolean heard;
        private boolean sent;
        final List<Long> questions = new ArrayList<>();
        final List<Long> doubts = new ArrayList<>();
        final List<Long> trusts = new ArrayList<>();

        private record Task(long at, long order, Runnable run) {}

        /** @param loss in each direction */
        Tunnel(long seed, double loss, long roundTripMillis) {
            this.chance = new Random(seed);
            this.loss = loss;
            this.oneWay = roundTripMillis * MILLI / 2;
            var begun = machine.begin(0);
            state = begun.next();
            execute(begun);
            every(LOOK, chance.nextLong(LOOK), this::look);
        }

        private void at(long time, Runnable run) {
            tasks.add(new Task(time, order++, run));
        }

        private void every(long period, long first, Runnable run) {
            at(first, () -> {
                run.run();
                every(period, now + period, run);
            });
        }

        private void carry(Runnable arrival) {
            if (cut || chance.nextDouble() < loss) return;
            at(now + oneWay, () -> {
                if (!cut) arrival.run();
            });
        }

        /** Packets of which each has an answer. */
        Tunnel ping(long everyMillis) {
            every(everyMillis * MILLI, chance.nextLong(everyMillis * MILLI), () -> {
                sent = true;
                carry(() -> carry(() -> {
                    heard = true;
                    sent = false;
                }));
            });
            return this;
        }

        /** Packets of which none has. */
        Tunnel syslog(long everyMillis) {
            every(everyMillis * MILLI, chance.nextLong(everyMillis * MILLI), () -> sent = true);
            return this;
        }

        private void look() {
            if (heard) step(new Event.Heard());
            if (sent) step(new Event.Sent());
            heard = false;
            sent = false;
        }

        private void step(Event event) {
            var step = machine.step(state, event, now);
            state = step.next();
            execute(step);
        }

        private void execute(Suspicion.Step step) {
            for (Effect effect : step.effects()) {
                switch (effect) {
                    case Effect.Ask ask -> {
                        questions.add(now);
                        carry(() -> carry(() -> step(new Event.Answered())));
                    }
                    case Effect.Wait(Duration time) -> timer = now + time.toNanos();
                    case Effect.Rest rest -> timer = Long.MAX_VALUE;
                    case Effect.Doubt doubt -> doubts.add(now);
                    case Effect.Trust trust -> trusts.add(now);
                }
            }
        }

        Tunnel run(Duration time) {
            long end = now + time.toNanos();
            while (true) {
                long next = Math.min(timer, tasks.peek().at());
                if (next > end) {
                    now = end;
                    return this;
                }
                now = next;
                if (timer == next) {
                    timer = Long.MAX_VALUE;
                    step(new Event.Expired());
                } else {
                    tasks.poll().run().run();
                }
            }
        }
    }

    private static int[] doubts(IntFunction<Tunnel> tunnels) {
        return IntStream.range(0, SEEDS).map(seed -> tunnels.apply(seed).run(Duration.ofMinutes(10)).doubts.size()).toArray();
    }

    private static void atMost(int each, int all, int[] doubts) {
        assertTrue(IntStream.of(doubts).max().orElseThrow() <= each && IntStream.of(doubts).sum() <= all, () -> Arrays.toString(doubts));
    }

    @Test void aCutIsNoticedWithinASecondAndSoIsTheReturn() {
        for (int seed = 0; seed < 100; seed++) {
            var tunnel = new Tunnel(seed, 0, 20).ping(100).run(Duration.ofSeconds(20).plusMillis(seed * 7));
            tunnel.cut = true;
            long cutAt = tunnel.now;
            tunnel.run(Duration.ofSeconds(10));
            assertEquals(1, tunnel.doubts.size());
            long noticed = (tunnel.doubts.getFirst() - cutAt) / MILLI;
            assertTrue(noticed <= 960, "noticed after " + noticed + " ms");
            tunnel.cut = false;
            long healedAt = tunnel.now;
            tunnel.run(Duration.ofSeconds(10));
            long restored = (tunnel.trusts.getFirst() - healedAt) / MILLI;
            assertTrue(restored <= 1020 && tunnel.doubts.size() == 1, "restored after " + restored + " ms");
        }
    }

    @Test void aCutCostsOneQuestionASecond() {
        var tunnel = new Tunnel(1, 0, 20).ping(100).run(Duration.ofSeconds(20));
        tunnel.cut = true;
        int before = tunnel.questions.size();
        tunnel.run(Duration.ofSeconds(30));
        int asked = tunnel.questions.size() - before;
        assertTrue(asked >= 30 && asked <= 36, asked + " questions");
    }

    @Test void trafficBothWaysAsksNothingButTheRoundTrip() {
        var tunnel = new Tunnel(1, 0, 20).ping(100).run(Duration.ofMinutes(10));
        assertEquals(1, tunnel.questions.size());
    }

    @Test void oneWayTrafficCostsOneQuestionASecondAndNoMore() {
        var tunnel = new Tunnel(1, 0, 20).syslog(30).run(Duration.ofMinutes(10));
        assertEquals(List.of(), tunnel.doubts);
        assertTrue(tunnel.questions.size() <= 602, tunnel.questions.size() + " questions in ten minutes");
        tunnel.cut = true;
        long cutAt = tunnel.now;
        tunnel.run(Duration.ofSeconds(20));
        assertTrue(tunnel.doubts.getFirst() - cutAt < 1600 * MILLI, "noticed all the same");
    }

    @Test void noPathIsTooLong() {
        for (long roundTrip : new long[] {50, 150, 300, 700, 1500}) {
            var tunnel = new Tunnel(1, 0, roundTrip).syslog(30).run(Duration.ofMinutes(5));
            assertEquals(List.of(), tunnel.doubts, roundTrip + " ms");
            for (int i = roundTrip < 1000 ? 1 : 2; i < tunnel.questions.size(); i++) {        // nothing is known before the first answer
                long apart = (tunnel.questions.get(i) - tunnel.questions.get(i - 1)) / MILLI;
                assertTrue(apart >= 200 && apart >= 3 * roundTrip, apart + " ms between two questions, of " + roundTrip + " ms there and back");
            }
        }
    }

    @Test void aThirdOfThePacketsLostEachWayDoesNotFlapWhereTrafficGoesBothWays() {
        atMost(0, 0, doubts(seed -> new Tunnel(seed, 0.3, 20).ping(20)));
        atMost(1, 4, doubts(seed -> new Tunnel(seed, 0.3, 20).ping(100)));
    }

    @Test void norWhereItGoesOneWay() {
        atMost(2, 12, doubts(seed -> new Tunnel(seed, 0.3, 20).syslog(30)));
        atMost(1, 3, doubts(seed -> new Tunnel(seed, 0.15, 20).syslog(30)));
        atMost(1, 2, doubts(seed -> new Tunnel(seed, 0.05, 20).syslog(30)));
    }
}
