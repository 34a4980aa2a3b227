package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.ChildSa;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.session.Traffic;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several traffic selectors a side: in IKEv1 a child for each pair of them, in IKEv2 one for all, or as the peer wants it. */
class SelectorsTest {
    private static final TrafficSelector HERE = net("192.168.2.0", 24);
    private static final TrafficSelector HERE_TOO = net("192.168.3.0", 24);
    private static final TrafficSelector THERE = net("10.0.2.0", 24);
    private static final TrafficSelector THERE_TOO = net("10.0.3.0", 24);
    private static final List<Traffic> ALL = new Traffic(List.of(HERE, HERE_TOO), List.of(THERE, THERE_TOO)).pairs();
    private static final Duration SOON = Duration.ofSeconds(5);

    private static TrafficSelector net(String address, int length) {
        return TrafficSelector.ofPrefix(IkePair.address(address), length);
    }

    private static Configs left(IkeVersion version) {
        return Configs.left().version(version).localSelectors(HERE, HERE_TOO).remoteSelectors(THERE, THERE_TOO);
    }

    private static Configs right(IkeVersion version) {
        return Configs.right().version(version).localSelectors(THERE, THERE_TOO).remoteSelectors(HERE, HERE_TOO);
    }

    private static boolean all(IkePair pair) {
        return ALL.stream().allMatch(traffic -> pair.trafficPasses(traffic.local().get(0), traffic.remote().get(0)));
    }

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> all(pair), SOON, "all pairs up");
        return pair;
    }

    private static List<Traffic> carried(Endpoint side) {
        return side.outbound.stream().map(Traffic::of).toList();
    }

    @Test
    void ikeV1HasAChildForEachPair() {
        IkePair pair = up(new IkePair(1, left(IkeVersion.V1).build(), right(IkeVersion.V1).build()));
        assertEquals(ALL, carried(pair.left()));
        assertEquals(1, pair.left().ups);
        pair.runFor(Duration.ofMinutes(1));
        assertEquals(4, pair.left().outbound.size());
        List<IkeStatus.Child> shown = pair.left().session().status().children();
        assertEquals(ALL.stream().map(Traffic::toString).toList(), shown.stream().map(child -> child.local() + " === " + child.remote()).toList());
        assertTrue(shown.stream().allMatch(IkeStatus.Child::current));
    }

    @Test
    void ikeV2HasOneChildForAll() {
        IkePair pair = up(new IkePair(1, left(IkeVersion.V2).build(), right(IkeVersion.V2).build()));
        pair.runFor(Duration.ofMinutes(1));
        assertEquals(List.of(new Traffic(List.of(HERE, HERE_TOO), List.of(THERE, THERE_TOO))), carried(pair.left()));
        assertEquals(List.of(), pair.left().reports);
    }

    /** IPv4 and IPv6 on both sides: no child is asked for with one on this side and the other on that. */
    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void twoFamiliesComeUpInPairsOfOneFamily(IkeVersion version) {
        TrafficSelector here6 = net("2001:db8:2::", 64);
        TrafficSelector there6 = net("2001:db8:a::", 64);
        var both = new Traffic(List.of(HERE, here6), List.of(THERE, there6));
        assertEquals(List.of(Traffic.of(HERE, THERE), Traffic.of(here6, there6)), both.pairs());
        var pair = new IkePair(1, Configs.left().version(version).localSelectors(HERE, here6).remoteSelectors(THERE, there6).build(),
                Configs.right().version(version).localSelectors(THERE, there6).remoteSelectors(HERE, here6).build());
        pair.left().start();
        pair.runUntil(() -> pair.trafficPasses(HERE, THERE) && pair.trafficPasses(here6, there6), SOON, "both families");
        pair.runFor(Duration.ofMinutes(1));
        assertEquals(version == IkeVersion.V1 ? both.pairs() : List.of(both), carried(pair.left()));
        assertEquals(List.of(), pair.left().reports);
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aProtocolAndAPortAreAgreedUpon(IkeVersion version) {
        var here = TrafficSelector.ofPrefix(IkePair.address("192.168.2.0"), 24).restrictedTo(17, 0);
        var there = TrafficSelector.ofPrefix(IkePair.address("10.0.2.0"), 24).restrictedTo(17, 1701);
        var pair = new IkePair(1, Configs.left().version(version).localSelectors(here).remoteSelectors(there).build(),
                Configs.right().version(version).localSelectors(there).remoteSelectors(here).build());
        pair.left().start();
        pair.runUntil(pair::bothUp, Duration.ofMinutes(1), "set-up");
        for (var child : List.of(pair.left().outbound.get(0), pair.right().outbound.get(0))) {
            boolean left = child.local().equals(List.of(here));
            assertEquals(List.of(left ? here : there), child.local());
            assertEquals(List.of(left ? there : here), child.remote());
        }
    }

    @Test
    void oneFamilyHereAndAnotherThereIsRefused() {
        TrafficSelector here6 = net("2001:db8:2::", 64);
        TrafficSelector there6 = net("2001:db8:a::", 64);
        var pair = new IkePair(1, Configs.left().version(IkeVersion.V2).localSelectors(HERE, here6).remoteSelectors(THERE, there6).build(),
                Configs.right().version(IkeVersion.V2).localSelectors(THERE).remoteSelectors(here6, net("10.77.0.0", 24)).build());
        pair.left().start();
        pair.runFor(Duration.ofSeconds(20));
        assertEquals(0, pair.left().ups + pair.right().ups);
        assertTrue(pair.left().reports.stream().anyMatch(text -> text.contains("TS_UNACCEPTABLE")), pair.left().reports.toString());
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void allPairsComeUpOverABadLink(IkeVersion version) {
        for (long seed = 1; seed <= 100; seed++) {
            var pair = new IkePair(seed, left(version).build(), right(version).initiate(seed % 2 == 0).build()).loss(0.3).duplicate(0.1).reorder(0.2);
            pair.left().start();
            if (seed % 2 == 0) {
                pair.right().start();
            }
            pair.runUntil(() -> all(pair), Duration.ofMinutes(5), version + " seed " + seed);
            if (seed % 2 == 1) {            // else both set up an IKE SA, and one of them goes
                assertEquals(0, pair.left().downs + pair.right().downs, version + " seed " + seed);
            }
        }
    }

    /** Seconds of lifetime, an hour of renewals by both sides: each pair is carried all the time. */
    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void everyPairIsRenewedWithoutAGap(IkeVersion version) {
        Duration lifetime = Duration.ofMinutes(5);
        for (long seed = 1; seed <= 10; seed++) {
            IkePair pair = up(new IkePair(seed, left(version).childLifetime(lifetime).ikeLifetime(Duration.ofMinutes(17)).build(),
                    right(version).childLifetime(lifetime).ikeLifetime(Duration.ofMinutes(19)).build()));
            pair.loss(0.05).duplicate(0.05);
            List<ChildSa> first = List.copyOf(pair.left().outbound);
            for (int i = 0; i < 360; i++) {
                pair.runFor(Duration.ofSeconds(10));
                assertEquals(ALL, ALL.stream().filter(traffic -> pair.left().sending(traffic.local().get(0), traffic.remote().get(0)).isPresent()
                        && pair.right().sending(traffic.remote().get(0), traffic.local().get(0)).isPresent()).toList(), version + " seed "
                        + seed + " at " + pair.now());
            }
            pair.loss(0);
            pair.runUntil(() -> all(pair), Duration.ofMinutes(1), version + " seed " + seed);
            assertTrue(first.stream().noneMatch(pair.left().outbound::contains));
            assertTrue(carried(pair.left()).containsAll(version == IkeVersion.V1 ? ALL : List.of()));
            assertEquals(0, pair.left().downs + pair.right().downs);
        }
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aPairThatThePeerRefusesHoldsUpNothingAndIsTriedAgain(IkeVersion version) {
        var narrow = right(version).localSelectors(THERE_TOO).build();
        var pair = new IkePair(1, left(version).build(), narrow);
        pair.left().start();
        pair.runUntil(() -> pair.trafficPasses(HERE, THERE_TOO) && pair.trafficPasses(HERE_TOO, THERE_TOO), SOON, "what both have");
        pair.runFor(Duration.ofMinutes(3));
        assertEquals(1, pair.left().ups);
        assertEquals(0, pair.left().downs);
        assertEquals(1, pair.left().ikeSas.size());
        assertTrue(pair.left().sending(HERE, THERE).isEmpty());
        long asked = pair.left().reports.stream().filter(text -> text.contains("INVALID_ID_INFORMATION") || text.contains("TS_UNACCEPTABLE")
                || text.contains("INVALID-ID-INFORMATION")).count();
        assertTrue(asked >= 8 && asked <= 24, asked + " times in three minutes: " + pair.left().reports);
    }

    /** The peer forgets everything and comes back with more than before: what was refused is there within the longest wait. */
    @Test
    void aPairThatWasRefusedComesUpWhenThePeerHasIt() {
        var pair = new IkePair(1, left(IkeVersion.V1).build(), right(IkeVersion.V1).localSelectors(THERE_TOO).build());
        pair.left().start();
        pair.runFor(Duration.ofMinutes(2));
        pair.right().reboot(right(IkeVersion.V1).build(), new SimCrypto(99));
        pair.runUntil(() -> all(pair), Duration.ofMinutes(2), "all pairs up");
    }

    @Test
    void nothingInCommonIsTriedAgainAsAWhole() {
        for (IkeVersion version : IkeVersion.values()) {
            var pair = new IkePair(1, left(version).build(), right(version).localSelectors(net("10.9.0.0", 16)).build());
            pair.left().start();
            pair.runFor(Duration.ofMinutes(2));
            assertEquals(0, pair.left().ups);
            assertEquals(1, pair.left().ikeSas.size(), version + " keeps its IKE SA");
            assertEquals(IkeStatus.State.WAITING, pair.left().session().status().state());
            int sent = pair.left().sent.size();
            pair.runFor(Duration.ofSeconds(60));
            assertTrue(pair.left().sent.size() - sent <= 5 * 3 + 12, version + " sends " + (pair.left().sent.size() - sent) + " messages a minute");
        }
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void stoppingLeavesNothing(IkeVersion version) {
        var pair = new IkePair(1, left(version).build(), right(version).localSelectors(THERE_TOO).build());
        pair.left().start();
        pair.runFor(Duration.ofSeconds(30));
        pair.left().stop();
        assertEquals(0, pair.left().inbound.size() + pair.left().outbound.size());
        pair.runFor(Duration.ofSeconds(60));
        assertEquals(0, pair.left().timers() + pair.right().inbound.size());
    }

    @Test
    void theResponderFillsWhatTheInitiatorDoesNotAskFor() {
        for (IkeVersion version : IkeVersion.values()) {
            var pair = new IkePair(1, left(version).localSelectors(HERE).build(), right(version).initiate(true).build());
            pair.left().start();
            pair.runUntil(() -> pair.trafficPasses(HERE, THERE), SOON, "set-up");
            pair.right().start();
            pair.runFor(Duration.ofSeconds(10));
            assertFalse(pair.left().reports.isEmpty(), version + ": the peer asks for what we do not have");
            assertEquals(0, pair.right().downs);
        }
    }
}
