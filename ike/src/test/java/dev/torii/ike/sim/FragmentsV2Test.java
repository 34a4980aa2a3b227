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
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Retransmission;
import dev.torii.ike.v2.wire.PayloadType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** IKEv2 in fragments (RFC 7383) between two of our own: small limits, bad networks, paths that carry small packets only. */
class FragmentsV2Test {
    private static final IkeProposal GCM = new IkeProposal(EncryptionAlgorithm.AES_GCM_16, 256, HashAlgorithm.SHA2_384, DhGroup.MODP2048);
    private static final int HEADERS = 20 + 8 + 4;
    private static final int SMALL = 200;

    private static Configs left(int packetBytes) {
        return Configs.left().version(IkeVersion.V2).fragmentation(Fragmentation.Use.YES, packetBytes);
    }

    private static Configs right(int packetBytes) {
        return Configs.right().version(IkeVersion.V2).fragmentation(Fragmentation.Use.YES, packetBytes);
    }

    private static boolean fragment(Octets message) {
        return message.at(16) == PayloadType.SKF;
    }

    private static boolean init(Octets message) {
        return message.at(18) == 34;
    }

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(10), "set-up");
        return pair;
    }

    @Test
    void everythingButTheFirstExchangeIsCutToSize() {
        for (IkeProposal proposal : List.of(GCM, Configs.IKE)) {
            IkePair pair = up(new IkePair(1, left(SMALL).ike(proposal).build(), right(SMALL).ike(proposal).build()));
            pair.left().step(new Event.RekeyChild(pair.left().sending().orElseThrow().inbound()));
            pair.runFor(Duration.ofHours(9));       // with renewals of the IKE SA
            assertTrue(pair.trafficPasses());
            for (Endpoint side : List.of(pair.left(), pair.right())) {
                assertTrue(side.sent.stream().filter(FragmentsV2Test::fragment).count() > 10, side.name);
                assertTrue(side.sent.stream().allMatch(m -> init(m) || m.length() <= SMALL - HEADERS), side.name);
                assertFalse(side.sent.stream().anyMatch(m -> init(m) && fragment(m)), side.name);
                assertEquals(List.of(), side.reports);
                assertEquals(List.of(), side.dropped);
                assertEquals(0, side.downs);
            }
        }
    }

    @Test
    void fragmentsSurviveABadNetwork() {
        for (long seed = 1; seed <= 500; seed++) {
            IkeProposal proposal = seed % 2 == 0 ? GCM : Configs.IKE;
            IkePair pair = new IkePair(seed, left(SMALL + 100).dpdDelay(Duration.ZERO).ike(proposal).build(),
                    right(SMALL + 100).dpdDelay(Duration.ZERO).ike(proposal).build()).loss(0.3).duplicate(0.1).reorder(0.2);
            if (seed % 3 == 0) {
                pair.behindNat();
            }
            up(pair);
            pair.loss(0.1);         // with more, one in a few renewals of six messages each does not get through in time
            Endpoint side = seed % 5 == 0 ? pair.right() : pair.left();
            side.step(new Event.RekeyChild(side.sending().orElseThrow().inbound()));
            pair.runFor(Duration.ofSeconds(59));
            pair.loss(0).reorder(0);
            pair.runUntil(pair::trafficPasses, Duration.ofMinutes(3), "seed " + seed);
            pair.runFor(Duration.ofMinutes(1));
            assertTrue(pair.trafficPasses(), "seed " + seed + "\n" + pair.history());
        }
    }

    @Test
    void aSideThatDoesNotUnderstandFragmentsGetsNone() {
        for (boolean leftRefuses : new boolean[] {true, false}) {
            IkeConfig left = left(SMALL).fragmentation(leftRefuses ? Fragmentation.Use.NO : Fragmentation.Use.YES, SMALL).build();
            IkeConfig right = right(SMALL).fragmentation(leftRefuses ? Fragmentation.Use.YES : Fragmentation.Use.NO, SMALL).build();
            IkePair pair = up(new IkePair(1, left, right));
            assertTrue(pair.left().sent.stream().noneMatch(FragmentsV2Test::fragment));
            assertTrue(pair.right().sent.stream().noneMatch(FragmentsV2Test::fragment));
            assertEquals(2, pair.left().sent.size());
        }
    }

    /** Requests and answers both get smaller when they seem not to arrive. */
    @Test
    void aPathForSmallPacketsOnlyIsFoundOutInBothDirections() {
        for (IkeProposal proposal : List.of(new IkeProposal(EncryptionAlgorithm.AES_GCM_16, 256, HashAlgorithm.SHA2_384, DhGroup.MODP8192),
                new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_256, DhGroup.MODP8192))) {
            IkePair pair = up(new IkePair(1, left(1280).ike(proposal).build(), right(1280).ike(proposal).ikeLifetime(Duration.ofHours(100)).build()));
            pair.meddle(message -> message.length() > 576 - HEADERS ? Octets.EMPTY : message);
            pair.runFor(Duration.ofHours(8));       // renewals: public values of 1024 bytes
            assertTrue(pair.trafficPasses(), pair.history());
            assertEquals(0, pair.left().downs, pair.history());
            for (Endpoint side : List.of(pair.left(), pair.right())) {
                assertTrue(side.sent.stream().anyMatch(m -> !init(m) && m.length() > 576), side.name);
                assertTrue(side.sent.stream().anyMatch(m -> fragment(m) && m.length() <= 576 - HEADERS), side.name);
            }
        }
    }

    /** All fragments of a request arrive, and every answer is lost until the request has been cut anew: the answer is the first one. */
    @Test
    void aRequestCutAnewIsNotAnsweredTwice() {
        var pfs = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(DhGroup.MODP8192));
        IkePair large = up(new IkePair(2, left(700).ike(GCM).esp(pfs).build(), right(700).ike(GCM).esp(pfs).build()));
        int before = large.right().inbound.size();
        var answers = new int[1];
        large.meddle(message -> fromRight(message) && message.at(18) == 36 && answers[0]++ < 7 ? Octets.EMPTY : message);
        large.left().step(new Event.RekeyChild(large.left().sending().orElseThrow().inbound()));
        large.runFor(Retransmission.Policy.STANDARD.total());
        assertTrue(large.trafficPasses(), large.history());
        assertTrue(answers[0] > 7, "the third answer got through");
        assertTrue(large.right().dropped.contains("duplicate, answered again"), large.history());
        assertEquals(before, large.right().inbound.size(), large.history());
        assertEquals(0, large.left().downs);
    }

    private static boolean fromRight(Octets message) {
        return (message.at(19) & 0x08) == 0;
    }

    @Test
    void forgedFragmentsDisturbNothing() {
        for (long seed = 1; seed <= 20; seed++) {
            IkePair pair = new IkePair(seed, left(SMALL).build(), right(SMALL).build());
            var random = new java.util.Random(seed);
            pair.meddle(message -> {
                if (fragment(message) && random.nextInt(2) == 0) {
                    byte[] forged = message.toByteArray();
                    forged[32 + random.nextInt(forged.length - 32)] ^= (byte) (1 + random.nextInt(255));
                    Endpoint to = fromRight(message) ? pair.left() : pair.right();
                    pair.inject(to, Octets.of(forged));
                }
                return message;
            });
            up(pair);
            assertTrue(pair.trafficPasses());
            assertEquals(List.of(), pair.left().reports);
            assertEquals(List.of(), pair.right().reports);
        }
    }
}
