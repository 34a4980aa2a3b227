package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Effect;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.Event;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What only IKEv2 has between two of our own. */
class IkeV2Test {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final IkeProposal GCM = new IkeProposal(EncryptionAlgorithm.AES_GCM_16, 256, HashAlgorithm.SHA2_384, DhGroup.MODP2048);

    private static Configs left() {
        return Configs.left().version(IkeVersion.V2);
    }

    private static Configs right() {
        return Configs.right().version(IkeVersion.V2);
    }

    private static IkePair pair(long seed) {
        return new IkePair(seed, left().build(), right().build());
    }

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), "set-up");
        return pair;
    }

    /** Fails as soon as what one side sends cannot be received by the other. */
    private static void alwaysPasses(IkePair pair, Duration time, Duration step, String what) {
        Duration end = pair.now().plus(time);
        while (pair.now().compareTo(end) < 0) {
            pair.runFor(step);
            assertTrue(pair.trafficPasses(), () -> what + "\n" + pair.history());
        }
    }

    private static void oneOfEach(IkePair pair, String what) {
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            assertEquals(1, side.ikeSas.size(), what + ": IKE SAs of " + side.name + "\n" + pair.history());
            assertEquals(1, side.inbound.size(), what + ": children of " + side.name + "\n" + pair.history());
            assertEquals(1, side.bound.size(), what + ": SPIs of " + side.name);
            assertEquals(0, side.downs, what);
        }
    }

    @Test
    void fourMessagesMakeATunnel() {
        IkePair pair = up(pair(1));
        assertEquals(2, pair.left().sent.size());
        assertEquals(2, pair.right().sent.size());
        ChildSa child = pair.left().sending().orElseThrow();
        assertTrue(child.udpEncapsulated());
        assertEquals(Path.NAT_T_PORT, child.path().remote().getPort());
        assertEquals(List.of(), pair.left().reports);
        assertEquals(List.of(), pair.right().reports);
    }

    @Test
    void realGroupsAndCombinedCiphersWork() {
        var pair = new IkePair(1, left().ike(GCM).build(), right().ike(GCM, Configs.IKE).build(),
                new BouncyCastleCrypto(new SimCrypto.SeededRandom(1)), new BouncyCastleCrypto(new SimCrypto.SeededRandom(2)));
        up(pair);
        assertEquals(GCM, pair.left().ikeSas.get(0).proposal());
        alwaysPasses(pair, HOUR.multipliedBy(2), MINUTE, "renewals");
    }

    @Test
    void eitherSideRenewsTheIkeSaAndChildrenAreInherited() {
        for (boolean leftBegins : new boolean[] {true, false}) {
            Configs left = left().childLifetime(HOUR.multipliedBy(20));
            Configs right = right().childLifetime(HOUR.multipliedBy(20));
            (leftBegins ? left : right).ikeLifetime(HOUR);
            IkePair pair = up(new IkePair(1, left.build(), right.build()));
            Cookie first = pair.left().ikeSas.get(0).initiatorCookie();
            ChildSa child = pair.left().sending().orElseThrow();
            alwaysPasses(pair, HOUR.plus(MINUTE), Duration.ofSeconds(1), "renewal");
            oneOfEach(pair, "renewal");
            assertNotEquals(first, pair.left().ikeSas.get(0).initiatorCookie());
            assertEquals(leftBegins, pair.left().ikeSas.get(0).initiator());
            assertEquals(child, pair.left().sending().orElseThrow());
            pair.right().step(new Event.RekeyChild(pair.right().sending().orElseThrow().inbound()));
            alwaysPasses(pair, MINUTE, Duration.ofSeconds(1), "a child under the successor");
            assertNotEquals(child, pair.left().sending().orElseThrow());
            oneOfEach(pair, "a child under the successor");
        }
    }

    @Test
    void everythingSurvivesSimultaneousRenewalsForADay() {
        for (long seed = 1; seed <= 4; seed++) {
            IkePair pair = new IkePair(seed, left().ikeLifetime(Duration.ofMinutes(40)).childLifetime(Duration.ofMinutes(10)).build(),
                    right().ikeLifetime(Duration.ofMinutes(40)).childLifetime(Duration.ofMinutes(10)).build()).reorder(0.3);
            up(pair);
            alwaysPasses(pair, HOUR.multipliedBy(24), Duration.ofSeconds(7), "seed " + seed);
            pair.reorder(0);
            pair.runFor(MINUTE);
            assertTrue(pair.left().ikeSas.size() <= 2 && pair.left().inbound.size() <= 3, "SAs pile up at seed " + seed);
            assertEquals(1, pair.left().ups);
        }
    }

    @Test
    void anotherGroupIsTriedWhenThePeerAsksForIt() {
        var pair = new IkePair(1, left().ike(Configs.IKE, GCM).build(), right().ike(GCM).build());
        up(pair);
        assertEquals(GCM, pair.left().ikeSas.get(0).proposal());
        assertEquals(3, pair.left().sent.size(), "IKE_SA_INIT twice, IKE_AUTH");
    }

    @Test
    void wrongSecretsAndIdentitiesAreSaidInWordsOnBothSides() {
        for (Configs wrong : List.of(right().secret("other"), right().remote(Identity.fqdn("somebody")))) {
            var pair = new IkePair(1, left().build(), wrong.build());
            pair.left().start();
            pair.runFor(Duration.ofSeconds(1));
            assertFalse(pair.left().up || pair.right().up);
            assertTrue(pair.left().reports.get(0).contains("AUTHENTICATION_FAILED"), pair.left().reports.toString());
            assertTrue(pair.right().reports.get(0).matches(".*(pre-shared key mismatch|we want @somebody).*"), pair.right().reports.toString());
            pair.runFor(HOUR);
            assertTrue(pair.left().sent.size() > 100 && pair.left().sent.size() < 1000, "it goes on, but not madly: " + pair.left().sent.size());
            assertEquals(0, pair.right().ikeSas.size());
        }
    }

    @Test
    void aResponderThatIsNotWhoWeWantHearsSoAndEndsItsIkeSa() {
        var pair = new IkePair(1, left().remote(Identity.fqdn("somebody")).build(), right().build());
        pair.left().start();
        pair.runFor(Duration.ofMillis(400));
        assertTrue(pair.left().reports.get(0).contains("we want @somebody"), pair.left().reports.toString());
        assertEquals(0, pair.right().ikeSas.size(), pair.history());
    }

    @Test
    void nothingInCommonIsSaidInWords() {
        var cipher = new IkePair(1, left().ike(GCM).build(), right().build());
        cipher.left().start();
        cipher.runFor(Duration.ofSeconds(1));
        assertTrue(cipher.left().reports.get(0).contains("NO_PROPOSAL_CHOSEN"), cipher.left().reports.toString());
        assertEquals(0, cipher.right().bound.size());
        var traffic = new IkePair(1, left().localSelectors(TrafficSelector.ofPrefix(IkePair.address("172.16.0.0"), 16)).build(), right().build());
        traffic.left().start();
        traffic.runFor(Duration.ofSeconds(1));
        assertTrue(traffic.left().reports.get(0).contains("TS_UNACCEPTABLE"), traffic.left().reports.toString());
        assertEquals(1, traffic.right().ikeSas.size(), "the IKE SA is up all the same");
    }

    @Test
    void aWiderOfferIsNarrowedToOurs() {
        var wide = TrafficSelector.ofPrefix(IkePair.address("192.168.0.0"), 16);
        IkePair pair = up(new IkePair(1, left().localSelectors(wide).build(), right().build()));
        assertEquals("192.168.2.0/24", pair.left().sending().orElseThrow().local().get(0).toString());
        alwaysPasses(pair, HOUR.multipliedBy(2), MINUTE, "renewals");
    }

    @Test
    void aReplayedMessageMovesNothing() {
        IkePair pair = up(pair(1));
        List<Octets> old = List.copyOf(pair.left().sent);
        pair.runFor(HOUR.multipliedBy(2));
        int sas = pair.right().effects.size();
        Optional<ChildSa> sending = pair.right().sending();
        old.forEach(message -> pair.inject(pair.right(), message));
        assertEquals(sending, pair.right().sending());
        assertTrue(pair.right().effects.subList(sas, pair.right().effects.size()).stream().allMatch(e -> e instanceof Effect.Dropped || e instanceof Effect.Send
                || e instanceof Effect.Bound || e instanceof Effect.Arm), pair.history());
        alwaysPasses(pair, MINUTE, MINUTE, "after the replay");
    }

    @Test
    void messagesOfTheOtherVersionAreDropped() {
        var pair = new IkePair(1, Configs.left().build(), right().build());
        pair.left().start();
        pair.runFor(MINUTE);
        assertEquals(0, pair.right().sent.size());
        assertEquals(0, pair.right().bound.size());
    }

    @Test
    void theNextMessageFromAnotherAddressIsNotFollowedWithoutANat() {
        IkePair pair = up(pair(1));
        Octets probe = pair.left().sent.get(pair.left().sent.size() - 1);
        pair.right().step(new Event.Received(new Path(new InetSocketAddress(IkePair.address("198.51.100.11"), 4500),
                new InetSocketAddress(IkePair.address("192.0.2.66"), 4500)), probe));
        assertTrue(pair.right().effects.stream().noneMatch(Effect.PathChanged.class::isInstance));
    }
}
