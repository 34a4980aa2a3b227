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
import dev.torii.ike.Reason;
import dev.torii.ike.Spi;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a tunnel lives through, in both versions alike. Bad networks and collisions: {@link SimulationTest}. */
class LifecycleTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private static Configs left(IkeVersion version) {
        return Configs.left().version(version);
    }

    private static Configs right(IkeVersion version) {
        return Configs.right().version(version);
    }

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), "set-up");
        return pair;
    }

    private static IkePair up(IkeVersion version) {
        return up(new IkePair(1, left(version).build(), right(version).build()));
    }

    /** What is installed at both ends must fit together at every second. */
    private static void alwaysPasses(IkePair pair, Duration time, String what) {
        for (long second = 0; second < time.toSeconds(); second++) {
            pair.runFor(Duration.ofSeconds(1));
            assertTrue(pair.trafficPasses(), () -> what + " at " + pair.now() + "\n" + pair.history());
        }
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aChildIsReplacedBeforeItsEndAndNothingIsInterrupted(IkeVersion version) {
        for (long seed = 1; seed <= 5; seed++) {
            IkePair pair = up(new IkePair(seed, left(version).build(), right(version).build()));
            Spi first = pair.left().sending().orElseThrow().inbound();
            alwaysPasses(pair, HOUR.multipliedBy(3), "seed " + seed);
            assertNotEquals(first, pair.left().sending().orElseThrow().inbound());
            assertTrue(pair.left().inbound.size() <= 2, "children pile up: " + pair.left().inbound.size());
            assertEquals(1, pair.left().ups);
        }
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void eitherSideCanAskForANewChild(IkeVersion version) {
        IkePair pair = up(version);
        for (Endpoint side : new Endpoint[] {pair.left(), pair.right()}) {
            Spi old = side.sending().orElseThrow().inbound();
            side.step(new Event.RekeyChild(old));
            alwaysPasses(pair, Duration.ofSeconds(20), side.name);
            assertNotEquals(old, side.sending().orElseThrow().inbound());
            assertEquals(1, pair.left().inbound.size());
            assertEquals(1, pair.right().inbound.size());
        }
        assertEquals(0, pair.left().downs + pair.right().downs);
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void theIkeSaIsReplacedAndTheChildrenAreKept(IkeVersion version) {
        IkePair pair = up(version);
        var first = pair.left().ikeSas.get(0);
        alwaysPasses(pair, HOUR.multipliedBy(9), "nine hours");
        assertEquals(1, pair.left().ikeSas.size());
        assertEquals(1, pair.right().ikeSas.size());
        assertNotEquals(first.initiatorCookie(), pair.left().ikeSas.get(0).initiatorCookie());
        assertEquals(0, pair.left().downs + pair.right().downs);
        assertEquals(1, pair.left().bound.size());
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void renewalsSurviveABadNetwork(IkeVersion version) {
        for (long seed = 1; seed <= 20; seed++) {
            var pair = new IkePair(seed, left(version).ikeLifetime(HOUR).childLifetime(Duration.ofMinutes(25)).build(),
                    right(version).ikeLifetime(HOUR).childLifetime(Duration.ofMinutes(25)).build()).loss(0.2).duplicate(0.1).reorder(0.2);
            up(pair);
            for (int second = 0; second < HOUR.multipliedBy(4).toSeconds(); second += 5) {
                pair.left().step(new Event.Heard());        // there is traffic: losses of probes are no reason to die
                pair.right().step(new Event.Heard());
                pair.runFor(Duration.ofSeconds(5));
            }
            pair.loss(0).duplicate(0).reorder(0);
            pair.runFor(MINUTE);
            assertTrue(pair.trafficPasses(), "seed " + seed + "\n" + pair.history());
            assertEquals(0, pair.left().downs + pair.right().downs, "seed " + seed + "\n" + pair.history());
            assertTrue(pair.left().ikeSas.size() <= 3 && pair.left().inbound.size() <= 4, "SAs pile up at seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void anIdlePeerIsAskedAndAnswers(IkeVersion version) {
        IkePair pair = up(version);
        int sent = pair.left().sent.size();
        pair.runFor(Duration.ofSeconds(11));
        assertTrue(pair.left().sent.size() > sent);
        pair.runFor(HOUR);
        assertEquals(0, pair.left().downs);
        assertEquals(0, pair.left().dropped.size(), pair.left().dropped.toString());
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void trafficSparesTheQuestion(IkeVersion version) {
        IkePair pair = up(new IkePair(1, left(version).build(), right(version).dpdDelay(Duration.ZERO).build()));
        int sent = pair.left().sent.size();
        for (int i = 0; i < 20; i++) {
            pair.runFor(Duration.ofSeconds(5));
            pair.left().step(new Event.Heard());
        }
        assertEquals(sent, pair.left().sent.size());
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aDeadPeerTakesTheTunnelDownAndItComesBack(IkeVersion version) {
        IkePair pair = up(version);
        pair.cut(true);
        Duration cut = pair.now();
        pair.runUntil(() -> !pair.left().up, MINUTE, "dead peer detection");
        Duration took = pair.now().minus(cut);
        assertTrue(took.compareTo(Duration.ofSeconds(20)) >= 0 && took.compareTo(Duration.ofSeconds(31)) <= 0, took.toString());
        assertTrue(pair.left().effects.contains(new Effect.TunnelDown(new Reason.PeerDead())));
        assertEquals(0, pair.left().inbound.size());
        pair.runFor(Duration.ofMinutes(10));
        pair.cut(false);
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(2), "recovery");
        assertEquals(2, pair.left().ups);
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aPeerThatLostEverythingIsFoundAgain(IkeVersion version) {
        IkePair pair = up(version);
        pair.right().reboot(right(version).build(), new SimCrypto(99));
        pair.runUntil(() -> pair.left().ups == 2 && pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(2), "recovery");
        assertEquals(1, pair.left().downs);
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void anInitiatorThatLostEverythingReplacesWhatTheResponderHas(IkeVersion version) {
        IkePair pair = up(version);
        pair.left().reboot(left(version).build(), new SimCrypto(99));
        pair.left().start();
        pair.runUntil(() -> pair.left().up && pair.trafficPasses(), MINUTE, "set-up");
        assertEquals(1, pair.right().ikeSas.size(), "INITIAL-CONTACT removes what was");
        assertEquals(1, pair.right().inbound.size());
        assertTrue(pair.right().effects.stream().anyMatch(e -> e instanceof Effect.IkeDown(var sa, Reason.PeerRestarted restarted)));
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void stopDeletesEverythingAtBothEndsAndStartWorksAgain(IkeVersion version) {
        IkePair pair = up(version);
        pair.left().stop();
        pair.runFor(Duration.ofSeconds(2));
        for (Endpoint side : new Endpoint[] {pair.left(), pair.right()}) {
            assertFalse(side.up);
            assertEquals(0, side.inbound.size() + side.outbound.size() + side.ikeSas.size() + side.bound.size());
            assertEquals(IkeStatus.State.IDLE, side.session().status().state());
        }
        pair.runFor(MINUTE);
        assertEquals(0, pair.left().timers.size() + pair.right().timers.size(), "IKEv1 says Delete for most of a minute");
        pair.runFor(HOUR);
        assertEquals(1, pair.left().ups, "it does not start by itself");
        up(pair);
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void whatThePeerDeletesIsMadeAnew(IkeVersion version) {
        IkePair pair = up(version);
        pair.right().stop();
        pair.runUntil(() -> pair.left().downs == 1, MINUTE, "delete");
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), MINUTE, "restart");
        assertEquals(2, pair.left().ups);
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void stopInTheMiddleOfAnythingLeavesNothing(IkeVersion version) {
        for (int millis = 0; millis < 120; millis += 5) {
            var pair = new IkePair(1, left(version).build(), right(version).build());
            pair.left().start();
            pair.runFor(Duration.ofMillis(millis));
            pair.left().stop();
            assertEquals(0, pair.left().inbound.size() + pair.left().ikeSas.size());
            pair.runFor(Duration.ofSeconds(2));
            assertEquals(0, pair.left().bound.size());
            pair.runFor(Duration.ofMinutes(3));
            assertEquals(0, pair.left().timers.size());
            assertEquals(0, pair.right().inbound.size(), "after " + millis + " ms\n" + pair.history());
        }
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void keepalivesForANatGoAsOftenAsConfigured(IkeVersion version) {
        var often = new Lifecycle(0, true, false, true, Lifecycle.WhenDead.HOLD, Duration.ofSeconds(7));
        var pair = up(new IkePair(1, left(version).force(false).lifecycle(often).build(), right(version).build()).behindNat());
        pair.runFor(Duration.ofSeconds(71));
        assertEquals(10, pair.left().effects.stream().filter(Effect.NatKeepalive.class::isInstance).count());
        assertEquals(0, pair.right().effects.stream().filter(Effect.NatKeepalive.class::isInstance).count(), "there is no NAT before it");
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aNewNatMappingIsFollowedWhenAMessageAuthenticates(IkeVersion version) {
        var pair = new IkePair(1, left(version).force(false).build(), right(version).build()).behindNat();
        up(pair);
        pair.remapNat();
        pair.runFor(Duration.ofSeconds(25));
        assertTrue(pair.right().effects.stream().anyMatch(e -> e instanceof Effect.PathChanged changed && changed.path().remote().getPort() == 40001));
        alwaysPasses(pair, HOUR.multipliedBy(2), "after the change");
        assertEquals(0, pair.left().downs + pair.right().downs);
        assertTrue(pair.left().effects.stream().anyMatch(Effect.NatKeepalive.class::isInstance));
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aTunnelWithoutPfsWorks(IkeVersion version) {
        IkePair pair = up(new IkePair(1, left(version).esp(Configs.ESP_WITHOUT_PFS).build(), right(version).esp(Configs.ESP_WITHOUT_PFS).build()));
        alwaysPasses(pair, HOUR, "without PFS");
    }
}
