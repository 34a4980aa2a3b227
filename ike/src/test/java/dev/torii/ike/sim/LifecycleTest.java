package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Lifecycle;
import dev.torii.ike.Octets;
import dev.torii.ike.Reason;
import dev.torii.ike.Spi;
import dev.torii.ike.Timer;
import dev.torii.ike.wire.ExchangeType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), "set-up");
        return pair;
    }

    private static IkePair up() {
        return up(new IkePair(1, Configs.left().build(), Configs.right().build()));
    }

    /** What is installed at both ends must fit together at every second. */
    private static void alwaysPasses(IkePair pair, Duration time, String what) {
        for (long second = 0; second < time.toSeconds(); second++) {
            pair.runFor(Duration.ofSeconds(1));
            assertTrue(pair.trafficPasses(), () -> what + " at " + pair.now() + "\n" + pair.history());
        }
    }

    @Test
    void aChildIsReplacedBeforeItsEndAndNothingIsInterrupted() {
        for (long seed = 1; seed <= 5; seed++) {
            IkePair pair = up(new IkePair(seed, Configs.left().build(), Configs.right().build()));
            Spi first = pair.left().sending().orElseThrow().inbound();
            alwaysPasses(pair, HOUR.multipliedBy(3), "seed " + seed);
            assertNotEquals(first, pair.left().sending().orElseThrow().inbound());
            assertTrue(pair.left().inbound.size() <= 2, "children pile up: " + pair.left().inbound.size());
            assertEquals(1, pair.left().ups);
        }
    }

    @Test
    void eitherSideCanAskForANewChild() {
        IkePair pair = up();
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

    /** The responder has the new child when message 3 is there, and not when it was sent. */
    @Test
    void atNoMomentIsAPacketSentThatThePeerCannotOpen() {
        for (int lost = 0; lost <= 4; lost++) {
            IkePair pair = up();
            int[] left = {lost};
            pair.meddle(message -> ExchangeType.QUICK_MODE == message.toByteArray()[18] && left[0]-- == 1 ? Octets.EMPTY : message);
            for (Endpoint side : new Endpoint[] {pair.left(), pair.right()}) {
                Spi old = side.sending().orElseThrow().inbound();
                side.step(new Event.RekeyChild(old));
                for (int milli = 0; milli < 20_000; milli++) {
                    pair.runFor(Duration.ofMillis(1));
                    assertTrue(pair.trafficPasses(), side.name + " renews, message " + lost + " is lost, at " + pair.now() + "\n" + pair.history());
                }
                assertNotEquals(old, side.sending().orElseThrow().inbound());
            }
        }
    }

    @Test
    void bothSidesAskingAtOnceLeavesAWorkingTunnel() {
        for (long seed = 1; seed <= 50; seed++) {
            IkePair pair = up(new IkePair(seed, Configs.left().build(), Configs.right().build()).reorder(0.2));
            pair.left().step(new Event.RekeyChild(pair.left().sending().orElseThrow().inbound()));
            pair.right().step(new Event.RekeyChild(pair.right().sending().orElseThrow().inbound()));
            pair.runFor(MINUTE);
            alwaysPasses(pair, HOUR.multipliedBy(2), "seed " + seed);
            assertEquals(0, pair.left().downs + pair.right().downs);
            assertTrue(pair.left().inbound.size() <= 4, "children pile up: " + pair.left().inbound.size());
        }
    }

    @Test
    void theIkeSaIsReplacedAndTheChildrenAreKept() {
        IkePair pair = up();
        var first = pair.left().ikeSas.get(0);
        alwaysPasses(pair, HOUR.multipliedBy(9), "nine hours");
        assertEquals(1, pair.left().ikeSas.size());
        assertEquals(1, pair.right().ikeSas.size());
        assertNotEquals(first.initiatorCookie(), pair.left().ikeSas.get(0).initiatorCookie());
        assertEquals(0, pair.left().downs + pair.right().downs);
        assertEquals(1, pair.left().bound.size());
    }

    @Test
    void renewalsSurviveABadNetwork() {
        for (long seed = 1; seed <= 20; seed++) {
            var pair = new IkePair(seed, Configs.left().ikeLifetime(HOUR).childLifetime(Duration.ofMinutes(25)).build(),
                    Configs.right().ikeLifetime(HOUR).childLifetime(Duration.ofMinutes(25)).build()).loss(0.2).duplicate(0.1).reorder(0.2);
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

    @Test
    void theShorterLifetimeIsUsed() {
        IkePair pair = up(new IkePair(1, Configs.left().build(), Configs.right().childLifetime(Duration.ofMinutes(2)).build()));
        int before = pair.left().effects.size();
        alwaysPasses(pair, Duration.ofMinutes(10), "short lifetime");
        long renewed = pair.right().effects.stream().filter(Effect.InstallOutbound.class::isInstance).count();
        assertTrue(renewed >= 5, renewed + " children in ten minutes");
        assertTrue(pair.left().effects.size() > before);
    }

    @Test
    void aResponderSaysThatItsLifetimesAreShorterAndTheInitiatorObeys() {
        IkePair pair = up(new IkePair(1, Configs.left().build(), Configs.right().ikeLifetime(HOUR).childLifetime(Duration.ofMinutes(5)).build()));
        assertEquals(HOUR, lastArmed(pair.left(), Timer.Kind.IKE_EXPIRE));
        assertEquals(Duration.ofMinutes(5), lastArmed(pair.left(), Timer.Kind.CHILD_EXPIRE));
        IkePair longer = up(new IkePair(1, Configs.left().ikeLifetime(HOUR).childLifetime(Duration.ofMinutes(5)).build(), Configs.right().build()));
        assertEquals(HOUR, lastArmed(longer.right(), Timer.Kind.IKE_EXPIRE));
        assertEquals(Duration.ofMinutes(5), lastArmed(longer.right(), Timer.Kind.CHILD_EXPIRE));
        assertTrue(longer.right().sent.get(2).length() < pair.right().sent.get(2).length(), "nothing is said where nothing is shorter");
    }

    private static Duration lastArmed(Endpoint side, Timer.Kind kind) {
        Duration last = Duration.ZERO;
        for (Effect effect : side.effects) {
            if (effect instanceof Effect.Arm(Timer timer, Duration after) && timer.kind() == kind) {
                last = after;
            }
        }
        return last;
    }

    @Test
    void whoIsBehindANatRenewsTheIkeSaAlsoIfThePeerBegan() {
        var pair = up(new IkePair(1, Configs.left().force(false).build(), Configs.right().lifecycle(new Lifecycle(0, false, false, true, Lifecycle.WhenDead.HOLD)).build())
                .behindNat());
        pair.right().start();
        pair.right().fire(Timer.Kind.IKE_REKEY);
        pair.left().fire(Timer.Kind.IKE_REKEY);
        pair.runFor(HOUR.multipliedBy(9));
        assertTrue(pair.left().ikeSas.get(0).initiator());
        assertEquals(0, pair.left().downs + pair.right().downs);
    }

    @Test
    void anIdlePeerIsAskedAndAnswers() {
        IkePair pair = up();
        int sent = pair.left().sent.size();
        pair.runFor(Duration.ofSeconds(11));
        assertTrue(pair.left().sent.size() > sent);
        pair.runFor(HOUR);
        assertEquals(0, pair.left().downs);
        assertEquals(0, pair.left().dropped.size(), pair.left().dropped.toString());
    }

    @Test
    void trafficSparesTheQuestion() {
        IkePair pair = up(new IkePair(1, Configs.left().build(), Configs.right().dpdDelay(Duration.ZERO).build()));
        int sent = pair.left().sent.size();
        for (int i = 0; i < 20; i++) {
            pair.runFor(Duration.ofSeconds(5));
            pair.left().step(new Event.Heard());
        }
        assertEquals(sent, pair.left().sent.size());
    }

    @Test
    void aDeadPeerTakesTheTunnelDownAndItComesBack() {
        IkePair pair = up();
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

    @Test
    void aPeerThatLostEverythingIsFoundAgain() {
        IkePair pair = up();
        pair.right().reboot(Configs.right().build(), new SimCrypto(99));
        pair.runUntil(() -> pair.left().ups == 2 && pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(2), "recovery");
        assertEquals(1, pair.left().downs);
    }

    @Test
    void anInitiatorThatLostEverythingReplacesWhatTheResponderHas() {
        IkePair pair = up();
        pair.left().reboot(Configs.left().build(), new SimCrypto(99));
        pair.left().start();
        pair.runUntil(() -> pair.left().up && pair.trafficPasses(), MINUTE, "set-up");
        assertEquals(1, pair.right().ikeSas.size(), "INITIAL-CONTACT removes what was");
        assertEquals(1, pair.right().inbound.size());
        assertTrue(pair.right().effects.contains(new Effect.TunnelDown(new Reason.PeerRestarted())));
    }

    @Test
    void stopDeletesEverythingAtBothEndsAndStartWorksAgain() {
        IkePair pair = up();
        pair.left().stop();
        pair.runFor(Duration.ofSeconds(1));
        for (Endpoint side : new Endpoint[] {pair.left(), pair.right()}) {
            assertFalse(side.up);
            assertEquals(0, side.inbound.size() + side.outbound.size() + side.ikeSas.size() + side.bound.size() + side.timers.size());
            assertEquals(IkeStatus.State.IDLE, side.session().status().state());
        }
        pair.runFor(HOUR);
        assertEquals(1, pair.left().ups, "it does not start by itself");
        up(pair);
    }

    @Test
    void whatThePeerDeletesIsMadeAnew() {
        IkePair pair = up();
        pair.right().stop();
        pair.runUntil(() -> pair.left().downs == 1, MINUTE, "delete");
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), MINUTE, "restart");
        assertEquals(2, pair.left().ups);
    }

    @Test
    void stopInTheMiddleOfAnythingLeavesNothing() {
        for (int millis = 0; millis < 120; millis += 5) {
            var pair = new IkePair(1, Configs.left().build(), Configs.right().build());
            pair.left().start();
            pair.runFor(Duration.ofMillis(millis));
            pair.left().stop();
            assertEquals(0, pair.left().inbound.size() + pair.left().ikeSas.size() + pair.left().bound.size() + pair.left().timers.size());
            pair.runFor(Duration.ofMinutes(3));
            assertEquals(0, pair.right().inbound.size(), "after " + millis + " ms\n" + pair.history());
        }
    }

    @Test
    void bothSidesMayBegin() {
        for (long seed = 1; seed <= 100; seed++) {
            var pair = new IkePair(seed, Configs.left().build(), Configs.right().initiate(true).build()).loss(0.2).reorder(0.3);
            pair.left().start();
            pair.right().start();
            pair.runUntil(pair::bothUp, Duration.ofMinutes(5), "seed " + seed);
            pair.loss(0).reorder(0);
            pair.runFor(Duration.ofMinutes(2));
            assertTrue(pair.trafficPasses(), "seed " + seed + "\n" + pair.history());
        }
    }

    @Test
    void aNewNatMappingIsFollowedWhenAMessageAuthenticates() {
        var pair = new IkePair(1, Configs.left().force(false).build(), Configs.right().build()).behindNat();
        up(pair);
        pair.remapNat();
        pair.runFor(Duration.ofSeconds(25));
        assertTrue(pair.right().effects.stream().anyMatch(e -> e instanceof Effect.PathChanged changed && changed.path().remote().getPort() == 40001));
        alwaysPasses(pair, HOUR.multipliedBy(2), "after the change");
        assertEquals(0, pair.left().downs + pair.right().downs);
        assertTrue(pair.left().effects.stream().anyMatch(Effect.NatKeepalive.class::isInstance));
    }

    @Test
    void aTunnelWithoutPfsWorks() {
        IkePair pair = up(new IkePair(1, Configs.left().esp(Configs.ESP_WITHOUT_PFS).build(), Configs.right().esp(Configs.ESP_WITHOUT_PFS).build()));
        alwaysPasses(pair, HOUR, "without PFS");
    }
}
