package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Event;
import dev.torii.ike.Fragmentation;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.wire.PayloadType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** IKEv1 in fragments between two of our own: when they are sent, bad networks, and what strangers can do with them. */
class FragmentsV1Test {
    private static final IkeProposal LARGE = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_256, DhGroup.MODP8192);
    private static final EspProposal LARGE_PFS = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(DhGroup.MODP8192));
    private static final int HEADERS = 20 + 8 + 4;
    private static final int SMALL = 200;

    private static Configs left(Fragmentation.Use use, int packetBytes) {
        return Configs.left().fragmentation(use, packetBytes);
    }

    private static Configs right(Fragmentation.Use use, int packetBytes) {
        return Configs.right().fragmentation(use, packetBytes);
    }

    private static boolean fragment(Octets message) {
        return message.at(16) == (byte) PayloadType.FRAGMENT;
    }

    private static boolean first(Octets message) {
        return message.slice(8, 8).equals(Octets.of(new byte[8]));
    }

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(10), "set-up");
        return pair;
    }

    @Test
    void withForceEverythingButTheFirstMessageIsCutToSize() {
        IkePair pair = up(new IkePair(1, left(Fragmentation.Use.FORCE, SMALL).build(), right(Fragmentation.Use.FORCE, SMALL).build()));
        pair.right().step(new Event.RekeyChild(pair.right().sending().orElseThrow().inbound()));
        pair.runFor(Duration.ofHours(9));
        assertTrue(pair.trafficPasses());
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            assertTrue(side.sent.stream().filter(FragmentsV1Test::fragment).count() > 10, side.name);
            assertTrue(side.sent.stream().allMatch(m -> first(m) || m.length() <= SMALL - HEADERS), side.name);
            assertEquals(List.of(), side.reports);
            assertEquals(0, side.downs);
        }
    }

    @Test
    void withoutForceAMessageIsCutWhenItIsNotAnswered() {
        IkePair pair = new IkePair(1, left(Fragmentation.Use.YES, 1280).ike(LARGE).esp(LARGE_PFS).build(),
                right(Fragmentation.Use.YES, 1280).ike(LARGE).esp(LARGE_PFS).build());
        up(pair);
        assertFalse(pair.left().sent.stream().anyMatch(FragmentsV1Test::fragment));
        pair.meddle(message -> message.length() > 576 - HEADERS ? Octets.EMPTY : message);
        pair.left().step(new Event.RekeyChild(pair.left().sending().orElseThrow().inbound()));
        pair.runFor(Duration.ofMinutes(1));
        assertEquals(2, pair.left().inbound.size() + pair.right().inbound.size(), pair.history());
        assertTrue(pair.trafficPasses(), pair.history());
        assertTrue(pair.left().sent.stream().filter(FragmentsV1Test::fragment).count() >= 3);
        assertTrue(pair.right().sent.stream().filter(FragmentsV1Test::fragment).count() >= 3);
    }

    /** Once the peer sends fragments, so do we without being asked. */
    @Test
    void aPeerThatCutsIsAnsweredInFragments() {
        IkePair pair = up(new IkePair(1, left(Fragmentation.Use.FORCE, SMALL).build(), right(Fragmentation.Use.YES, SMALL).build()));
        assertTrue(pair.right().sent.stream().anyMatch(FragmentsV1Test::fragment));
        assertEquals(List.of(), pair.left().dropped);
    }

    @Test
    void aSideThatDoesNotUnderstandFragmentsGetsNone() {
        for (boolean leftRefuses : new boolean[] {true, false}) {
            Fragmentation.Use left = leftRefuses ? Fragmentation.Use.NO : Fragmentation.Use.FORCE;
            Fragmentation.Use right = leftRefuses ? Fragmentation.Use.FORCE : Fragmentation.Use.NO;
            IkePair pair = up(new IkePair(1, left(left, SMALL).build(), right(right, SMALL).build()));
            assertTrue(pair.left().sent.stream().noneMatch(FragmentsV1Test::fragment));
            assertTrue(pair.right().sent.stream().noneMatch(FragmentsV1Test::fragment));
        }
    }

    @Test
    void fragmentsSurviveABadNetwork() {
        for (long seed = 1; seed <= 500; seed++) {
            Fragmentation.Use use = seed % 2 == 0 ? Fragmentation.Use.FORCE : Fragmentation.Use.YES;
            IkePair pair = new IkePair(seed, left(use, SMALL + 100).dpdDelay(Duration.ZERO).build(), right(use, SMALL + 100).dpdDelay(Duration.ZERO).build())
                    .loss(0.3).duplicate(0.1).reorder(0.2);
            if (seed % 3 == 0) {
                pair.behindNat();
            }
            up(pair);
            pair.loss(0.1);
            Endpoint side = seed % 5 == 0 ? pair.right() : pair.left();
            side.step(new Event.RekeyChild(side.sending().orElseThrow().inbound()));
            pair.runFor(Duration.ofSeconds(90));
            pair.loss(0).reorder(0);
            pair.runUntil(pair::trafficPasses, Duration.ofMinutes(3), "seed " + seed);
            pair.runFor(Duration.ofMinutes(1));
            assertTrue(pair.trafficPasses(), "seed " + seed + "\n" + pair.history());
        }
    }

    /** Somebody who reads along spoils and adds fragments: set-up takes longer, and nothing that is established suffers. */
    @Test
    void forgedFragmentsCostTimeOnly() {
        for (long seed = 1; seed <= 30; seed++) {
            IkePair pair = new IkePair(seed, left(Fragmentation.Use.FORCE, SMALL).build(), right(Fragmentation.Use.FORCE, SMALL).build());
            var random = new Random(seed);
            pair.meddle(message -> {
                if (fragment(message) && random.nextInt(8) == 0) {
                    byte[] forged = message.toByteArray();
                    forged[32 + random.nextInt(forged.length - 32)] ^= (byte) (1 + random.nextInt(255));
                    pair.inject(random.nextBoolean() ? pair.left() : pair.right(), Octets.of(forged));
                }
                return message;
            });
            up(pair);
            pair.runFor(Duration.ofHours(2));
            assertTrue(pair.trafficPasses(), pair.history());
            assertEquals(0, pair.left().downs, pair.history());
            assertEquals(0, pair.right().downs, pair.history());
        }
    }
}
