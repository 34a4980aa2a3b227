package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Event;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Timer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A driver that wants to know at once whether the peer is there. */
class AskTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private static IkePair up(IkeVersion version) {
        var pair = new IkePair(1, Configs.left().version(version).build(), Configs.right().version(version).build());
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), "set-up");
        pair.runFor(SECOND);
        return pair;
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void eachQuestionIsAnsweredAtOnceByEitherSide(IkeVersion version) {
        var pair = up(version);
        for (var side : List.of(pair.left(), pair.right())) {
            for (int i = 1; i <= 20; i++) {
                side.step(new Event.Ask());
                pair.runFor(INTERVAL);
                assertEquals(List.of(i, i), List.of(side.asked, side.answered));
            }
        }
        assertEquals(0, pair.left().downs + pair.right().downs);
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void withoutAnAnswerItIsAskedAgainAndTheFirstMessageIsTheAnswerToAll(IkeVersion version) {
        var pair = up(version);
        pair.cut(true);
        int sent = pair.left().sent.size();
        for (int i = 0; i < 5; i++) {
            pair.left().step(new Event.Ask());
            pair.runFor(INTERVAL);
        }
        assertTrue(pair.left().sent.size() - sent >= 5, "each goes out");
        assertEquals(List.of(5, 0), List.of(pair.left().asked, pair.left().answered));
        pair.cut(false);
        pair.left().step(new Event.Ask());
        pair.runFor(INTERVAL);
        assertEquals(1, pair.left().answered);
        pair.runFor(Duration.ofMinutes(2));
        assertEquals(0, pair.left().downs + pair.right().downs);
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void whatThePeerSaysByItselfIsAnAnswerToo(IkeVersion version) {
        var pair = up(version);
        pair.cut(true);
        pair.left().step(new Event.Ask());
        pair.runFor(INTERVAL);
        pair.cut(false);
        pair.right().step(new Event.Ask());
        pair.runFor(INTERVAL);
        assertEquals(1, pair.left().answered);
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void questionsDoNotPostponeTheEndOfADeadPeer(IkeVersion version) {
        var pair = up(version);
        pair.cut(true);
        for (int second = 0; second < 32 && pair.left().up; second++) {
            pair.left().step(new Event.Ask());
            pair.runFor(SECOND);
        }
        assertTrue(!pair.left().up, "dead after the DPD timeout of 30 s");
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void whoHasNoIkeSaCannotBeAsked(IkeVersion version) {
        var pair = new IkePair(1, Configs.left().version(version).build(), Configs.right().version(version).build());
        pair.left().step(new Event.Ask());
        assertEquals(List.of(0, 0), List.of(pair.left().asked, pair.left().sent.size()));
    }

    /** RFC 7296, section 2.3: one request at a time. */
    @Test void aRenewalUnderWayIsTheQuestion() {
        var pair = up(IkeVersion.V2);
        pair.cut(true);
        pair.left().fire(Timer.Kind.CHILD_REKEY);
        Octets request = pair.left().sent.getLast();
        pair.left().step(new Event.Ask());
        assertEquals(request, pair.left().sent.getLast());
        pair.cut(false);
        pair.left().step(new Event.Ask());
        pair.runFor(SECOND);
        assertEquals(List.of(2, 1), List.of(pair.left().asked, pair.left().answered));
        assertTrue(pair.trafficPasses());
    }

    @Test void aRenewalWaitsForTheAnswerToAQuestionAndNoLonger() {
        var pair = up(IkeVersion.V2);
        var before = pair.left().sending().orElseThrow().inbound();
        pair.left().step(new Event.Ask());
        pair.left().fire(Timer.Kind.CHILD_REKEY);
        pair.runFor(SECOND);
        assertTrue(!before.equals(pair.left().sending().orElseThrow().inbound()), "renewed");
    }

    /** Half of the round trips lost, a question in each fifth of a second through renewals on both sides: nothing is taken for dead. */
    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void questionsDisturbNothing(IkeVersion version) {
        for (long seed = 1; seed <= 2; seed++) {
            var pair = new IkePair(seed, Configs.left().version(version).childLifetime(Duration.ofMinutes(2)).build(),
                    Configs.right().version(version).childLifetime(Duration.ofMinutes(2)).build());
            pair.left().start();
            pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), "set-up");
            pair.loss(0.3);
            for (int i = 0; i < 1500; i++) {
                pair.left().step(new Event.Ask());
                pair.right().step(new Event.Ask());
                pair.runFor(INTERVAL);
            }
            assertEquals(0, pair.left().downs + pair.right().downs, "seed " + seed);
            assertTrue(pair.left().answered > 400, "seed " + seed + ": " + pair.left().answered);
        }
    }
}
