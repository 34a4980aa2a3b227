package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Effect;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How soon a peer is found again that was away, and how seldom one is asked that refuses. */
class PaceTest {
    private static final Duration LONGEST_SILENCE = Duration.ofMillis(3_001);
    private static final Duration DPD = Duration.ofSeconds(30);

    private static IkePair pair(long seed, IkeVersion version) {
        return new IkePair(seed, Configs.left().version(version).build(), Configs.right().version(version).build());
    }

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(1), "set-up");
        return pair;
    }

    /** When the left side sent something within {@code time} from now. */
    private static List<Duration> sending(IkePair pair, Duration time) {
        var moments = new ArrayList<Duration>();
        pair.meddle(message -> {
            moments.add(pair.now());
            return Octets.EMPTY;
        });
        pair.runFor(time);
        pair.meddle(message -> message);
        return moments;
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aPeerThatIsAwayIsTriedEveryThreeSecondsForEver(IkeVersion version) {
        var pair = pair(1, version);
        pair.left().start();
        var moments = sending(pair, Duration.ofHours(1));
        for (int i = 1; i < moments.size(); i++) {
            Duration gap = moments.get(i).minus(moments.get(i - 1));
            assertTrue(gap.compareTo(LONGEST_SILENCE) < 0, "nothing sent for " + gap + " at " + moments.get(i));
        }
        assertTrue(moments.size() > 1200 && moments.size() < 1900, moments.size() + " messages in an hour");
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aPeerThatReturnsIsBackWithinThreeSeconds(IkeVersion version) {
        for (int away = 31; away < 400; away += 7) {
            IkePair pair = up(pair(away, version));
            pair.cut(true);
            pair.runFor(Duration.ofSeconds(away).plusMillis(100L * away));
            pair.cut(false);
            pair.runUntil(() -> pair.bothUp() && pair.trafficPasses() && pair.left().ups == 2, Duration.ofMillis(3_200), "back after " + away + " s");
        }
    }

    /** In the middle of a set-up, of which the new life knows nothing. */
    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aPeerThatRestartsDuringTheSetUpIsBackWithinTheDpdTime(IkeVersion version) {
        for (int millis = 0; millis <= 70; millis += 5) {
            var pair = pair(millis, version);
            pair.left().start();
            pair.runFor(Duration.ofMillis(millis));
            pair.right().reboot(Configs.right().version(version).build(), new SimCrypto(99));
            int ups = pair.left().ups;
            pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), DPD.plusSeconds(3), "restarted " + millis + " ms after the start, up " + ups);
        }
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aPeerThatRestartsAgainAndAgainIsBackWithinTheDpdTimeEachTime(IkeVersion version) {
        IkePair pair = up(pair(1, version));
        for (int life = 1; life <= 12; life++) {
            int ups = pair.left().ups;
            pair.right().reboot(Configs.right().version(version).build(), new SimCrypto(100 + life));
            pair.runUntil(() -> pair.left().ups > ups && pair.bothUp() && pair.trafficPasses(), DPD.plusSeconds(3), "life " + life);
        }
    }

    /** An answer each time: the wait grows to 32 seconds. */
    @Test
    void aPeerThatRefusesIsAskedLessAndLess() {
        var pair = new IkePair(1, Configs.left().version(IkeVersion.V2).secret("another").build(), Configs.right().version(IkeVersion.V2).build());
        pair.left().start();
        pair.runFor(Duration.ofMinutes(5));
        long before = begun(pair);
        pair.runFor(Duration.ofHours(1));
        assertTrue(begun(pair) - before >= 112 && begun(pair) - before < 150, begun(pair) - before + " set-ups in an hour");
    }

    private static long begun(IkePair pair) {
        return pair.left().effects.stream().filter(Effect.Bound.class::isInstance).count();
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void tunnelsThatStartTogetherDoNotStayInStep(IkeVersion version) {
        var one = pair(1, version);
        var other = pair(2, version);
        one.left().start();
        other.left().start();
        var moments = sending(one, Duration.ofMinutes(1));
        var others = sending(other, Duration.ofMinutes(1));
        assertNotEquals(moments.subList(0, 4), others.subList(0, 4));
    }

    /** Without INITIAL-CONTACT: what the peer's former life left is not kept for hours. */
    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aRestartedPeerThatDoesNotSaySoLeavesNothingBehind(IkeVersion version) {
        IkePair pair = up(pair(1, version));
        Octets first = pair.left().sent.get(0);
        pair.left().reboot(Configs.left().version(version).build(), new SimCrypto(99));
        pair.inject(pair.left(), first);        // somebody else begins too: now it is not certain that this contact is the initial one
        pair.left().start();
        pair.runUntil(() -> pair.left().up && pair.trafficPasses(), Duration.ofMinutes(1), "set-up");
        pair.runFor(Duration.ofSeconds(2));
        assertEquals(2, pair.right().ikeSas.size(), "INITIAL-CONTACT was said");
        pair.runFor(DPD.plusSeconds(2));
        assertTrue(pair.trafficPasses(), pair::history);
        assertEquals(1, pair.right().ikeSas.size(), pair::history);
        assertEquals(1, pair.right().inbound.size(), pair::history);
        assertEquals(0, pair.right().downs);
        assertEquals(2, pair.left().ups, "with that of its former life");
    }
}
