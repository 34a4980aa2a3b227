package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.daemon.Recording.Exchange;
import dev.torii.ike.Event;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A driver only executes effects: a live exchange, replayed from its recording into a fresh session, yields the same effects. */
class RecordAndReplayTest {
    private static final Map<IkeVersion, LoopbackPair> PAIRS = new EnumMap<>(IkeVersion.class);

    @BeforeAll static void record() throws Exception {
        for (IkeVersion version : IkeVersion.values()) record(version);
    }

    /** A lost datagram, set-up, a renewal, probes, the end: over real sockets with real timers. */
    private static void record(IkeVersion version) throws Exception {
        try (var err = new Stderr(); var live = new LoopbackPair(version, Duration.ofMillis(300))) {
            PAIRS.put(version, live);
            live.start();
            live.left.await("up");
            live.right.await("up");
            renew(live.left);
            awaitProbe(live.left);
            live.left.loop.run(live.left.driver::stop);
            live.left.await("down");
            live.right.await("down");
            assertTrue(err.lines().stream().noneMatch(line -> line.contains("internal error")), err.lines()::toString);
        }
        var bugs = PAIRS.get(version).bugs;
        assertEquals(0, bugs.size(), bugs::toString);
    }

    private static void renew(LoopbackPair.Side side) throws Exception {
        var old = side.loop.call(() -> side.driver.status().children().stream().filter(IkeStatus.Child::current).findFirst().orElseThrow().inbound(),
                Duration.ofSeconds(5));
        side.loop.run(() -> side.driver.observeTraffic(List.of(old), List.of()));
        await(side, () -> side.driver.status().children().stream().anyMatch(child -> child.current() && !child.inbound().equals(old))
                && count(side.recording.exchanges(), "InstallOutbound") == 2);
    }

    private static void awaitProbe(LoopbackPair.Side side) throws Exception {
        await(side, () -> side.recording.exchanges().stream().anyMatch(exchange -> exchange.event() instanceof Event.Expired(Timer timer)
                && timer.kind() == Timer.Kind.LIVENESS && exchange.effects().stream().anyMatch(effect -> effect.startsWith("Send"))));
    }

    /** Looks on the side's loop until it is so. */
    private static void await(LoopbackPair.Side side, java.util.function.BooleanSupplier condition) throws InterruptedException {
        var seen = new CountDownLatch(1);
        side.loop.run(() -> look(side, condition, seen));
        assertTrue(seen.await(15, TimeUnit.SECONDS), () -> "it did not happen: " + side.recording.exchanges());
    }

    private static void look(LoopbackPair.Side side, java.util.function.BooleanSupplier condition, CountDownLatch seen) {
        if (condition.getAsBoolean()) seen.countDown();
        else side.loop.arm(seen, Duration.ofMillis(5), () -> look(side, condition, seen));
    }

    private static List<Event> events(Recording recording) {
        return recording.exchanges().stream().map(Exchange::event).toList();
    }

    @ParameterizedTest @EnumSource(IkeVersion.class) void bothSidesReplayExactly(IkeVersion version) {
        var pair = PAIRS.get(version);
        for (var side : List.of(pair.left, pair.right)) {
            var live = side.recording.exchanges();
            assertTrue(live.size() > 6, live::toString);
            assertEquals(live, side.recording.replay(side.config, events(side.recording)), side.config.name());
        }
    }

    @ParameterizedTest @EnumSource(IkeVersion.class) void theRecordingHasWhatTheTestIsAbout(IkeVersion version) {
        var pair = PAIRS.get(version);
        var live = pair.left.recording.exchanges();
        assertTrue(live.stream().anyMatch(exchange -> exchange.event() instanceof Event.Expired(Timer timer) && timer.kind() == Timer.Kind.RETRANSMIT),
                "the lost datagram");
        assertEquals(2, count(live, "InstallOutbound"), "set-up and renewal");
        assertEquals(1, count(live, "IkeUp"));
    }

    private static long count(List<Exchange> exchanges, String effect) {
        return exchanges.stream().flatMap(exchange -> exchange.effects().stream()).filter(text -> text.startsWith(effect)).count();
    }

    @ParameterizedTest @EnumSource(IkeVersion.class) void aMissingEventChangesTheEffects(IkeVersion version) {
        var pair = PAIRS.get(version);
        var events = new ArrayList<>(events(pair.left.recording));
        var lost = events.stream().filter(Event.Received.class::isInstance).findFirst().orElseThrow();
        events.remove(lost);
        var expected = pair.left.recording.exchanges().stream().filter(exchange -> !exchange.event().equals(lost)).toList();
        assertNotEquals(expected, pair.left.recording.replay(pair.left.config, events));
    }

    @ParameterizedTest @EnumSource(IkeVersion.class) void bothSidesInstalledTheSameKeys(IkeVersion version) {
        var pair = PAIRS.get(version);
        assertEquals(keys(pair.left, "InstallInbound"), keys(pair.right, "InstallOutbound"));
        assertEquals(keys(pair.left, "InstallOutbound"), keys(pair.right, "InstallInbound"));
    }

    private static List<String> keys(LoopbackPair.Side side, String effect) {
        return side.recording.exchanges().stream().flatMap(exchange -> exchange.effects().stream()).filter(text -> text.startsWith(effect))
                .map(text -> text.substring(text.lastIndexOf(' ') + 1)).toList();
    }
}
