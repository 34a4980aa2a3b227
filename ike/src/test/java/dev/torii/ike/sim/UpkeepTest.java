package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Lifecycle;
import dev.torii.ike.Lifecycle.WhenDead;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What both versions do alike over time: attempts, back-off, a dead peer, the network's return. */
class UpkeepTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private static Configs left(IkeVersion version) {
        return Configs.left().version(version);
    }

    private static Configs right(IkeVersion version) {
        return Configs.right().version(version);
    }

    private static Lifecycle tries(int attempts) {
        return new Lifecycle(attempts, true, false, true, WhenDead.HOLD);
    }

    private static Lifecycle whenDead(WhenDead action) {
        return new Lifecycle(0, true, false, true, action);
    }

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), "set-up");
        return pair;
    }

    private static long firstMessages(Endpoint side) {
        return side.effects.stream().filter(Effect.Bound.class::isInstance).count();
    }

    @ParameterizedTest
    @EnumSource
    void afterTheLastAttemptItIsGivenUpInClearWordsAndStartBeginsAgain(IkeVersion version) {
        var pair = new IkePair(1, left(version).lifecycle(tries(2)).build(), right(version).build());
        pair.cut(true);
        pair.left().start();
        pair.runFor(HOUR);
        assertEquals(2, firstMessages(pair.left()));
        assertEquals(1, pair.left().reports.stream().filter(line -> line.startsWith("given up after 2 attempts (keyingtries), the last one: no answer"))
                .count(), pair.left().reports.toString());
        assertEquals(IkeStatus.State.IDLE, pair.left().session().status().state());
        assertEquals(0, pair.left().timers());
        pair.cut(false);
        up(pair);
    }

    @ParameterizedTest
    @EnumSource
    void aTunnelThatWasUpHasAllItsAttemptsAgain(IkeVersion version) {
        var pair = up(new IkePair(1, left(version).lifecycle(tries(2)).build(), right(version).build()));
        int before = (int) firstMessages(pair.left());
        pair.cut(true);
        pair.runFor(HOUR);
        assertEquals(before + 2, firstMessages(pair.left()));
        assertEquals(IkeStatus.State.IDLE, pair.left().session().status().state());
    }

    @ParameterizedTest
    @EnumSource
    void withoutALimitAttemptsGoOn(IkeVersion version) {
        var pair = new IkePair(1, left(version).build(), right(version).build());
        pair.cut(true);
        pair.left().start();
        pair.runFor(HOUR.multipliedBy(3));
        pair.cut(false);
        pair.runUntil(pair::bothUp, Duration.ofMinutes(2), "set-up after three hours");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsAskedForIsTriedAgainAlsoIfItIsNotOursToKeepUp(IkeVersion version) {
        var pair = new IkePair(1, left(version).initiate(false).build(), right(version).build());
        pair.cut(true);
        pair.left().start();
        pair.runFor(Duration.ofMinutes(3));
        pair.cut(false);
        pair.runUntil(pair::bothUp, Duration.ofMinutes(2), "set-up");
    }

    @ParameterizedTest
    @EnumSource
    void withoutRekeyingAnSaEndsWithItsLifetime(IkeVersion version) {
        var never = new Lifecycle(0, false, false, true, WhenDead.HOLD);
        var pair = up(new IkePair(1, left(version).lifecycle(never).build(), right(version).lifecycle(never).build()));
        var child = pair.left().sending().orElseThrow();
        pair.runFor(Duration.ofMinutes(59));
        assertEquals(child, pair.left().sending().orElseThrow());
        pair.runFor(Duration.ofMinutes(2));
        assertEquals(1, pair.left().downs);
        assertNotEquals(child, pair.left().sending().orElseThrow());
        assertTrue(pair.bothUp(), "what is wanted is begun again");
    }

    @ParameterizedTest
    @EnumSource
    void whoDoesNotRekeyAnswersAPeerThatDoes(IkeVersion version) {
        var never = new Lifecycle(0, false, false, true, WhenDead.HOLD);
        var pair = up(new IkePair(1, left(version).lifecycle(never).build(), right(version).build()));
        var child = pair.left().sending().orElseThrow();
        pair.runFor(HOUR.multipliedBy(10));
        assertNotEquals(child, pair.left().sending().orElseThrow());
        assertEquals(0, pair.left().downs + pair.right().downs);
    }

    @ParameterizedTest
    @EnumSource
    void initialContactIsSaidOrNotAsConfigured(IkeVersion version) {
        var silent = new Lifecycle(0, true, false, false, WhenDead.HOLD);
        for (boolean said : new boolean[] {true, false}) {
            var config = left(version).dpdDelay(Duration.ZERO).lifecycle(said ? Lifecycle.STANDARD : silent);
            var pair = up(new IkePair(1, config.build(), right(version).dpdDelay(Duration.ZERO).build()));
            pair.left().reboot(config.build(), new SimCrypto(99));
            pair.left().start();
            pair.runUntil(() -> pair.left().up, MINUTE, "set-up");
            pair.runFor(Duration.ofSeconds(10));
            assertEquals(said ? 1 : 2, pair.right().ikeSas.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClearedTunnelStaysDownUnlessItIsOursToKeepUp(IkeVersion version) {
        for (boolean kept : new boolean[] {false, true}) {
            var pair = up(new IkePair(1, left(version).initiate(kept).lifecycle(whenDead(WhenDead.CLEAR)).build(), right(version).build()));
            pair.cut(true);
            pair.runUntil(() -> !pair.left().up, Duration.ofMinutes(2), "dead peer detection");
            pair.cut(false);
            pair.runFor(Duration.ofMinutes(5));
            assertEquals(kept, pair.left().up);
            assertEquals(kept ? IkeStatus.State.UP : IkeStatus.State.IDLE, pair.left().session().status().state());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRestartedTunnelIsBegunByWhoWasBegunWith(IkeVersion version) {
        for (var action : new WhenDead[] {WhenDead.RESTART, WhenDead.HOLD}) {
            var pair = up(new IkePair(1, left(version).build(), right(version).lifecycle(whenDead(action)).build()));
            pair.left().reboot(left(version).build(), new SimCrypto(99));
            pair.runUntil(() -> !pair.right().up, Duration.ofMinutes(2), "dead peer detection");
            pair.runFor(Duration.ofMinutes(2));
            assertEquals(action == WhenDead.RESTART, pair.bothUp(), pair.history());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenTheNetworkReturnsAWaitingConnectionTriesAtOnce(IkeVersion version) {
        for (int second = 0; second < 240; second += 7) {        // between two attempts, and in the middle of one
            var pair = new IkePair(1, left(version).build(), right(version).build());
            pair.cut(true);
            pair.left().start();
            pair.runFor(Duration.ofSeconds(second));
            pair.cut(false);
            pair.left().step(new Event.NetworkReturned());
            pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMillis(500), "set-up after " + second + " s");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNetworksReturnDisturbsNothingThatIsUpOrStopped(IkeVersion version) {
        var pair = up(new IkePair(1, left(version).build(), right(version).build()));
        int sent = pair.left().sent.size();
        pair.left().step(new Event.NetworkReturned());
        pair.right().step(new Event.NetworkReturned());
        assertEquals(sent, pair.left().sent.size());
        assertTrue(pair.trafficPasses());
        pair.left().stop();
        pair.runFor(MINUTE);
        pair.left().step(new Event.NetworkReturned());
        assertFalse(pair.left().up);
        assertEquals(0, pair.left().timers());
    }
}
