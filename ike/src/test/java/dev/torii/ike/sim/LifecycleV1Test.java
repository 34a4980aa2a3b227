package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Cookie;
import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Lifecycle;
import dev.torii.ike.Octets;
import dev.torii.ike.Spi;
import dev.torii.ike.Timer;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What only IKEv1 has in a tunnel's life: lifetimes that are agreed, Quick Mode's third message. */
class LifecycleV1Test {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int EXCHANGE_AT = 18;
    private static final int FLAGS_AT = 19;

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
                    assertTrue(pair.trafficPasses(), () -> side.name + " renews, at " + pair.now() + "\n" + pair.history());
                }
                assertNotEquals(old, side.sending().orElseThrow().inbound());
            }
        }
    }

    /** As by a limit of traffic: each is replaced before it is sent with. None is sent with sooner for that, and none that was replaced goes on and on. */
    @Test
    void childrenThatAreRenewedFasterThanTheyAreSentWithTakeTurns() {
        IkePair pair = up(new IkePair(1, Configs.left().childLifetime(HOUR).build(), Configs.right().childLifetime(HOUR).build()));
        Map<Spi, Duration> made = new HashMap<>();
        List<Duration> waits = new ArrayList<>();
        pair.left().watch((side, event, effects) -> effects.forEach(effect -> {
            if (effect instanceof Effect.InstallInbound(var child)) {
                made.put(child.inbound(), pair.now());
            } else if (effect instanceof Effect.InstallOutbound(var child)) {
                waits.add(pair.now().minus(made.get(child.inbound())));
            }
        }));
        for (int tenth = 0; tenth < 400; tenth++) {
            if (tenth % 20 == 0) {
                pair.left().step(new Event.RekeyChild(newest(pair.left())));
            }
            pair.runFor(Duration.ofMillis(100));
            assertTrue(pair.trafficPasses(), pair::history);
        }
        assertTrue(waits.size() >= 15, waits.toString());
        assertTrue(waits.stream().allMatch(wait -> wait.compareTo(Duration.ofSeconds(5)) >= 0 && wait.compareTo(Duration.ofSeconds(6)) < 0), waits.toString());
    }

    private static Spi newest(Endpoint side) {
        return side.session().status().children().stream().filter(IkeStatus.Child::current).findFirst().orElseThrow().inbound();
    }

    @Test
    void aPeerThatSetsTheCommitBitIsTolerated() {
        var pair = new IkePair(1, Configs.left().build(), Configs.right().build());
        pair.meddle(message -> {
            byte[] bytes = message.toByteArray();
            bytes[FLAGS_AT] |= IkeHeader.COMMIT;
            return Octets.of(bytes);
        });
        up(pair);
        alwaysPasses(pair, HOUR.multipliedBy(2), "with the commit bit in every message");
        assertEquals(0, pair.left().downs + pair.right().downs);
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

    /** Without a rule for which of two goes, both stay; the next renewal leaves one. */
    @Test
    void whatBothSidesBeganAtOnceIsOneAfterTheNextRenewal() {
        var pair = up(new IkePair(1, Configs.left().childLifetime(HOUR).build(), Configs.right().initiate(true).childLifetime(HOUR).build()));
        pair.right().start();
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            side.step(new Event.RekeyChild(side.sending().orElseThrow().inbound()));
        }
        pair.runFor(Duration.ofMinutes(2));
        assertEquals(List.of(2, 2), List.of(pair.left().inbound.size(), pair.right().inbound.size()));
        alwaysPasses(pair, HOUR.plusMinutes(10), "two children");
        assertEquals(List.of(1, 1), List.of(pair.left().inbound.size(), pair.right().inbound.size()));
        assertEquals(0, pair.left().downs + pair.right().downs);
    }

    /**
     * strongSwan gives a new IKE SA the children that are there at its establishment, and drops with an IKE SA the children that it still has then. (A child
     * that came up beside a renewal of the IKE SA was lost to it after two seconds, until its own renewal.)
     */
    @Test
    void aChildMadeBesideARenewalOfTheIkeSaIsNotLostWithTheOldOne() {
        for (long seed = 1; seed <= 200; seed++) {
            for (boolean childFirst : new boolean[] {true, false}) {
                IkePair pair = up(new IkePair(seed, Configs.left().build(), Configs.right().build()));
                pair.jitter(Duration.ofMillis(300)).reorder(0.3);
                var adopting = new AdoptingPeer(pair);
                for (boolean child : new boolean[] {childFirst, !childFirst}) {
                    if (child) {
                        pair.left().step(new Event.RekeyChild(pair.left().sending().orElseThrow().inbound()));
                    } else {
                        pair.left().fire(Timer.Kind.IKE_REKEY);
                    }
                    pair.runFor(Duration.ofMillis(seed % 40 * 20));
                }
                pair.runFor(Duration.ofMinutes(2));
                String story = "seed " + seed + (childFirst ? ", child first" : ", IKE SA first");
                assertEquals(List.of(), adopting.lost, () -> story + "\n" + pair.history());
                assertEquals(1, pair.left().ikeSas.size(), story);
                assertEquals(0, pair.left().downs, () -> story + "\n" + pair.history());
            }
        }
    }

    /** Whose children belong to IKE SAs, on the right side. */
    private static final class AdoptingPeer {
        final List<Spi> lost = new ArrayList<>();
        private final Map<Spi, Cookie> owners = new HashMap<>();

        AdoptingPeer(IkePair pair) {
            pair.right().inbound.keySet().forEach(spi -> owners.put(spi, pair.right().ikeSas.get(0).initiatorCookie()));
            pair.right().watch((side, event, effects) -> {
                for (Effect effect : effects) {
                    switch (effect) {
                        case Effect.IkeUp(var sa) -> owners.replaceAll((spi, owner) -> sa.initiatorCookie());
                        case Effect.InstallOutbound(var child) when event instanceof Event.Received(var path, var message) ->
                                owners.put(child.inbound(), cookie(message));
                        case Effect.IkeDown(var sa, var reason) -> owners.forEach((spi, owner) -> {
                            if (owner.equals(sa.initiatorCookie()) && sends(pair.left(), spi)
                                    && pair.left().sending().orElseThrow().outbound().equals(spi)) lost.add(spi);
                        });
                        default -> { }      // of no interest here
                    }
                }
            });
        }

        private static Cookie cookie(Octets message) {
            return Cookie.of(message.slice(0, Long.BYTES));
        }
    }

    /** Three times in all, the same bytes; who has heard it does nothing more. */
    @Test
    void aDeleteThatIsLostIsSaidAgain() {
        for (int lost = 0; lost <= 2; lost++) {
            IkePair pair = up();
            int[] left = {lost};
            pair.meddle(message -> deletesAChild(message) && left[0]-- > 0 ? Octets.EMPTY : message);
            Spi old = pair.left().sending().orElseThrow().inbound();
            int before = pair.left().sent.size();
            pair.left().fire(Timer.Kind.CHILD_EXPIRE);
            pair.runFor(Duration.ofSeconds(1));
            assertEquals(lost > 0, sends(pair.right(), old));
            pair.runFor(Duration.ofMinutes(1));
            assertFalse(sends(pair.right(), old));
            var deletes = pair.left().sent.stream().skip(before).filter(LifecycleV1Test::deletesAChild).toList();
            assertEquals(3, deletes.size());
            assertEquals(1, Set.copyOf(deletes).size());
            assertTrue(pair.trafficPasses());
        }
    }

    @Test
    void theDeleteOfAnIkeSaIsSaidAgainAfterItsEnd() {
        IkePair pair = up();
        int[] left = {1};
        pair.meddle(message -> ExchangeType.INFORMATIONAL == message.toByteArray()[EXCHANGE_AT] && left[0]-- > 0 ? Octets.EMPTY : message);
        pair.left().fire(Timer.Kind.IKE_EXPIRE);
        assertEquals(List.of(), pair.left().ikeSas);
        pair.runFor(Duration.ofSeconds(9));
        assertEquals(2, pair.right().ikeSas.size(), "the old one, of which it knows nothing, and the new one");
        pair.runFor(Duration.ofSeconds(2));
        assertEquals(1, pair.right().ikeSas.size());
        assertTrue(pair.trafficPasses());
    }

    /** By its length: dead peer detection's messages are longer. */
    private static boolean deletesAChild(Octets message) {
        return message.toByteArray()[EXCHANGE_AT] == ExchangeType.INFORMATIONAL && message.length() == 108;
    }

    private static boolean sends(Endpoint side, Spi spi) {
        return side.outbound.stream().anyMatch(child -> child.outbound().equals(spi));
    }

    @Test
    void whoSendsWithAChildThatIsGoneIsTold() {
        IkePair pair = up();
        boolean[] deaf = {true};
        pair.meddle(message -> deaf[0] && deletesAChild(message) ? Octets.EMPTY : message);
        Spi old = pair.left().sending().orElseThrow().inbound();
        pair.left().fire(Timer.Kind.CHILD_EXPIRE);
        pair.runFor(Duration.ofMinutes(2));
        assertTrue(sends(pair.right(), old));
        int before = pair.left().sent.size();
        pair.left().step(new Event.Orphaned(new Spi(0x12345)));
        pair.left().step(new Event.Orphaned(pair.left().sending().orElseThrow().inbound()));
        assertEquals(before, pair.left().sent.size(), "of what it has not deleted it says nothing");
        pair.left().step(new Event.Orphaned(old));
        pair.left().step(new Event.Orphaned(old));
        assertEquals(before + 1, pair.left().sent.size(), "once a second");
        deaf[0] = false;
        pair.runFor(Duration.ofSeconds(2));
        pair.left().step(new Event.Orphaned(old));
        pair.runFor(Duration.ofSeconds(2));
        assertFalse(sends(pair.right(), old));
        assertTrue(pair.trafficPasses());
    }

    @Test
    void anybodyWhoNamesAChildThatIsGoneGetsFewAnswers() {
        IkePair pair = up();
        Spi old = pair.left().sending().orElseThrow().inbound();
        pair.left().fire(Timer.Kind.CHILD_EXPIRE);
        pair.runFor(Duration.ofMinutes(2));
        int before = pair.left().sent.size();
        for (int second = 0; second < 60; second++) {
            pair.left().step(new Event.Orphaned(old));
            pair.runFor(Duration.ofSeconds(2));
        }
        long deletes = pair.left().sent.stream().skip(before).filter(LifecycleV1Test::deletesAChild).count();
        assertEquals(10, deletes);
        Spi another = pair.right().sending().orElseThrow().inbound();
        pair.left().fire(Timer.Kind.CHILD_EXPIRE);                  // the peer deletes it, so it needs not be told
        pair.runFor(Duration.ofMinutes(2));
        before = pair.right().sent.size();
        pair.right().step(new Event.Orphaned(another));
        assertEquals(before, pair.right().sent.size());
    }

    @Test
    void whoIsBehindANatRenewsTheIkeSaAlsoIfThePeerBegan() {
        var pair = up(new IkePair(1, Configs.left().force(false).build(),
                Configs.right().lifecycle(new Lifecycle(0, false, false, true, Lifecycle.WhenDead.HOLD)).build()).behindNat());
        pair.right().start();
        pair.right().fire(Timer.Kind.IKE_REKEY);
        pair.left().fire(Timer.Kind.IKE_REKEY);
        pair.runFor(HOUR.multipliedBy(9));
        assertTrue(pair.left().ikeSas.get(0).initiator());
        assertEquals(0, pair.left().downs + pair.right().downs);
    }
}
