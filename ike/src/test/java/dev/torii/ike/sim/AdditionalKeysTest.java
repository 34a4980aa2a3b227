package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Authentication;
import dev.torii.ike.ChildSa;
import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Event;
import dev.torii.ike.Fragmentation;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.PostQuantumKeys;
import dev.torii.ike.Secret;
import dev.torii.ike.Timer;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.PayloadType;
import dev.torii.ike.v2.wire.Proposal;
import dev.torii.ike.v2.wire.Transform;
import dev.torii.ike.wire.ExchangeType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Additional key exchanges: RFC 9370, with RFC 9242 for those of a set-up. */
class AdditionalKeysTest {
    private static final IkeProposal ONE = proposal(EncryptionAlgorithm.AES_CBC, DhGroup.X25519, DhGroup.ECP384);
    private static final IkeProposal THREE = proposal(EncryptionAlgorithm.AES_GCM_16, DhGroup.X25519, DhGroup.ECP384, DhGroup.MODP2048, DhGroup.ECP256);
    private static final IkeProposal PLAIN = proposal(EncryptionAlgorithm.AES_GCM_16, DhGroup.X25519);
    private static final int SMALL = 200;

    static IkeProposal proposal(EncryptionAlgorithm encryption, DhGroup group, DhGroup... additional) {
        return new IkeProposal(encryption, 256, HashAlgorithm.SHA2_256, group, List.of(additional));
    }

    private static Configs left(IkeProposal... proposals) {
        return Configs.left().version(IkeVersion.V2).ike(proposals);
    }

    private static Configs right(IkeProposal... proposals) {
        return Configs.right().version(IkeVersion.V2).ike(proposals);
    }

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(10), "set-up");
        return pair;
    }

    private static void agreed(IkePair pair, IkeProposal proposal) {
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            assertEquals(proposal, side.ikeSas.get(0).proposal());
            assertEquals(List.of(), side.dropped);
            assertEquals(List.of(), side.reports);
        }
    }

    private static long intermediate(Endpoint side) {
        return side.sent.stream().filter(message -> message.at(18) == ExchangeType.IKE_INTERMEDIATE).count();
    }

    @Test
    void eachAdditionalKeyExchangeIsAnExchangeOfItsOwn() {
        for (IkeProposal proposal : List.of(ONE, THREE)) {
            IkePair pair = up(new IkePair(1, left(proposal).build(), right(proposal).build()));
            agreed(pair, proposal);
            assertEquals(proposal.additional().size(), intermediate(pair.left()));
            assertEquals(proposal.additional().size(), intermediate(pair.right()));
            assertEquals(2 + proposal.additional().size(), pair.left().sent.size());
            pair.left().stop();
            pair.runFor(Duration.ofSeconds(5));
            assertTrue(pair.right().ikeSas.isEmpty(), "message ids go on behind them");
        }
    }

    @Test
    void postQuantumKeysGoWithThem() {
        var psk = new Authentication.PreSharedKey(Secret.ofText("Shared_secret_tunnel1"));
        for (String theirs : List.of("one", "two")) {
            IkePair pair = up(new IkePair(1, left(THREE).authentication(new Authentication(psk, psk, key("one"))).build(),
                    right(THREE).authentication(new Authentication(psk, psk, key(theirs))).build()));
            agreed(pair, THREE);
        }
    }

    private static PostQuantumKeys key(String name) {
        return new PostQuantumKeys(PostQuantumKeys.Use.PROPOSE, List.of(new PostQuantumKeys.Key(Octets.of(name.getBytes(StandardCharsets.UTF_8)),
                Secret.ofText("0123456789abcdef0123456789abcdef"))));
    }

    @Test
    void aPeerThatDoesNotHaveThemGetsTheProposalWithout() {
        agreed(up(new IkePair(1, left(THREE, PLAIN).build(), right(PLAIN).build())), PLAIN);
        agreed(up(new IkePair(1, left(PLAIN).build(), right(THREE, PLAIN).build())), PLAIN);
        agreed(up(new IkePair(1, left(PLAIN, THREE).build(), right(THREE, PLAIN).build())), THREE);
        IkePair insists = new IkePair(1, left(THREE).build(), right(PLAIN).build());
        insists.left().start();
        insists.runFor(Duration.ofSeconds(5));
        assertTrue(insists.left().reports.toString().contains("NO_PROPOSAL_CHOSEN"), insists.left().reports.toString());
        assertFalse(insists.bothUp());
    }

    /** In the order in which they are named, and one that differs is another proposal. */
    @Test
    void theOrderIsPartOfTheProposal() {
        IkeProposal other = proposal(EncryptionAlgorithm.AES_GCM_16, DhGroup.X25519, DhGroup.MODP2048, DhGroup.ECP384, DhGroup.ECP256);
        IkePair pair = new IkePair(1, left(THREE).build(), right(other).build());
        pair.left().start();
        pair.runFor(Duration.ofSeconds(5));
        assertFalse(pair.bothUp());
        agreed(up(new IkePair(1, left(other, THREE).build(), right(THREE).build())), THREE);
    }

    @Test
    void noKeyExchangeIsThereTwice() {
        assertThrows(IllegalArgumentException.class, () -> proposal(EncryptionAlgorithm.AES_CBC, DhGroup.ECP256, DhGroup.ECP256));
        assertThrows(IllegalArgumentException.class, () -> proposal(EncryptionAlgorithm.AES_CBC, DhGroup.X25519, DhGroup.ECP256, DhGroup.ECP256));
        assertThrows(IllegalArgumentException.class, () -> Configs.left().version(IkeVersion.V1).ike(ONE).build());
    }

    /** Somebody who takes them out of IKE_SA_INIT is found out by AUTH. */
    @Test
    void nobodyCanTakeThemOut() {
        IkePair pair = new IkePair(1, left(ONE, proposal(EncryptionAlgorithm.AES_CBC, DhGroup.X25519)).build(),
                right(ONE, proposal(EncryptionAlgorithm.AES_CBC, DhGroup.X25519)).build());
        pair.meddle(AdditionalKeysTest::without);
        pair.left().start();
        pair.runFor(Duration.ofSeconds(10));
        assertEquals(0, intermediate(pair.left()));
        assertFalse(pair.bothUp());
        assertTrue(pair.right().reports.toString().contains("cannot be authenticated"), pair.right().reports.toString());
    }

    private static Octets without(Octets message) {
        if (message.at(18) != ExchangeType.IKE_SA_INIT) {
            return message;
        }
        try {
            var decoded = MessageCodec.decode(message);
            return MessageCodec.encode(decoded.header(), decoded.payloads().stream().filter(payload -> !(payload instanceof Payload.Notify notify
                    && notify.notifyType() == NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED)).map(AdditionalKeysTest::plain).toList());
        } catch (dev.torii.ike.IkeException ours) {
            throw new AssertionError(ours);
        }
    }

    private static Payload plain(Payload payload) {
        return payload instanceof Payload.Sa sa ? new Payload.Sa(sa.proposals().stream().map(proposal -> new Proposal(proposal.number(), proposal.protocol(),
                proposal.spi(), proposal.transforms().stream().filter(each -> each.type() < Transform.FIRST_ADDITIONAL).toList())).toList()) : payload;
    }

    /** Who has sent IKE_INTERMEDIATE has shown that it can receive: it does not give way to first messages in its name. */
    @Test
    void whoHasGoneOnKeepsItsPlace() {
        IkePair pair = new IkePair(1, left(ONE).build(), right(ONE).build());
        pair.meddle(message -> message.at(18) == ExchangeType.IKE_AUTH ? Octets.EMPTY : message);
        pair.left().start();
        pair.runFor(Duration.ofSeconds(1));
        byte[] first = pair.left().sent.get(0).toByteArray();
        for (int i = 1; i <= 20; i++) {
            first[0] = (byte) i;
            pair.inject(pair.right(), Octets.of(first));
        }
        int places = pair.right().bound.size();
        assertTrue(places > 1 && places < 20, "places " + places);
        pair.runFor(Duration.ofSeconds(5));
        pair.meddle(message -> message);
        pair.runUntil(pair::bothUp, Duration.ofSeconds(10), "the rest of the set-up");
        assertEquals(1, pair.left().sent.stream().filter(message -> message.at(18) == ExchangeType.IKE_SA_INIT).count());
    }

    // ---- renewals

    private static IkePair renewing(DhGroup... additional) {
        IkeProposal ike = proposal(EncryptionAlgorithm.AES_GCM_16, DhGroup.X25519, additional);
        EspProposal esp = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(DhGroup.X25519)).with(List.of(additional));
        return up(new IkePair(1, left(ike).esp(esp).build(), right(ike).esp(esp).build()));
    }

    private static long followUps(Endpoint side) {
        return side.sent.stream().filter(message -> message.at(18) == ExchangeType.IKE_FOLLOWUP_KE).count();
    }

    @Test
    void aChildIsRenewedWithThemByEitherSide() {
        for (boolean byLeft : new boolean[] {true, false}) {
            IkePair pair = renewing(DhGroup.ECP384, DhGroup.ECP256);
            Endpoint side = byLeft ? pair.left() : pair.right();
            ChildSa old = side.sending().orElseThrow();
            side.step(new Event.RekeyChild(old.inbound()));
            pair.runFor(Duration.ofSeconds(10));
            assertTrue(pair.trafficPasses());
            assertNotEquals(old, side.sending().orElseThrow());
            assertEquals("AES_GCM_16_256-X25519-KE1_ECP384-KE2_ECP256", side.sending().orElseThrow().suite().toString());
            assertEquals(2, followUps(side));
            assertEquals(2, followUps(pair.other(side)));
            assertEquals(List.of(), side.reports);
            assertEquals(1, side.inbound.size());
            assertEquals(1, pair.other(side).inbound.size());
        }
    }

    @Test
    void theIkeSaIsRenewedWithThemByEitherSide() {
        for (boolean byLeft : new boolean[] {true, false}) {
            IkePair pair = renewing(DhGroup.ECP384, DhGroup.ECP256);
            Endpoint side = byLeft ? pair.left() : pair.right();
            Cookie old = side.ikeSas.get(0).initiatorCookie();
            side.fire(Timer.Kind.IKE_REKEY);
            pair.runFor(Duration.ofSeconds(10));
            assertEquals(1, side.ikeSas.size());
            assertNotEquals(old, side.ikeSas.get(0).initiatorCookie());
            assertEquals(2, followUps(side));
            side.step(new Event.RekeyChild(side.sending().orElseThrow().inbound()));
            pair.runFor(Duration.ofSeconds(10));
            assertTrue(pair.trafficPasses(), "the successor's keys are the same on both sides");
            assertEquals(List.of(), pair.left().reports);
            assertEquals(0, pair.left().downs);
        }
    }

    @Test
    void childrenMayDoWithoutThem() {
        IkeProposal ike = proposal(EncryptionAlgorithm.AES_GCM_16, DhGroup.X25519, DhGroup.ECP384);
        EspProposal plain = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(DhGroup.X25519));
        IkePair pair = new IkePair(1, left(ike).esp(plain.with(List.of(DhGroup.ECP384)), plain).build(), right(ike).esp(plain).build());
        pair.left().start();
        pair.runUntil(pair::bothUp, Duration.ofSeconds(5), "set-up, where no key exchange of a child is spoken of");
        pair.left().step(new Event.RekeyChild(pair.left().sending().orElseThrow().inbound()));
        pair.runFor(Duration.ofSeconds(10));
        assertTrue(pair.trafficPasses());
        assertEquals(0, followUps(pair.left()));
        assertEquals(plain, pair.left().sending().orElseThrow().suite());
    }

    /** A peer that begins and does not go on is waited for 20 seconds; then nothing of it is left, and the old SA is as good as before. */
    @Test
    void aSeriesThatIsBrokenOffLeavesNothing() {
        for (boolean child : new boolean[] {true, false}) {
            IkePair pair = renewing(DhGroup.ECP384);
            pair.meddle(message -> message.at(18) == ExchangeType.IKE_FOLLOWUP_KE ? Octets.EMPTY : message);
            if (child) {
                pair.left().step(new Event.RekeyChild(pair.left().sending().orElseThrow().inbound()));
            } else {
                pair.left().fire(Timer.Kind.IKE_REKEY);
            }
            pair.runFor(Duration.ofSeconds(25));
            pair.meddle(message -> message);
            pair.runFor(Duration.ofSeconds(15));
            assertTrue(pair.trafficPasses());
            assertEquals(0, pair.right().downs);
            assertTrue(pair.right().reports.toString().contains("belongs to nothing"), pair.right().reports.toString());
            assertTrue(pair.left().reports.toString().contains("STATE_NOT_FOUND"), pair.left().reports.toString());
            assertEquals(1, pair.left().ikeSas.size());
            assertEquals(1, pair.right().ikeSas.size());
            assertEquals(1, pair.right().inbound.size());
        }
    }

    // ---- ML-KEM

    /** With the real thing, in a set-up and in renewals by either side; fragments where they must be. */
    @ParameterizedTest
    @EnumSource(names = {"ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"})
    void mlKemIsOneOfThem(DhGroup kem) {
        IkeProposal ike = proposal(EncryptionAlgorithm.AES_GCM_16, DhGroup.X25519, kem);
        EspProposal esp = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(DhGroup.X25519)).with(List.of(kem));
        IkePair pair = up(new IkePair(1, left(ike).esp(esp).build(), right(ike).esp(esp).build(), new BouncyCastleCrypto(new SimCrypto.SeededRandom(1)),
                new BouncyCastleCrypto(new SimCrypto.SeededRandom(2))));
        agreed(pair, ike);
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            side.step(new Event.RekeyChild(side.sending().orElseThrow().inbound()));
            pair.runFor(Duration.ofSeconds(10));
            side.fire(Timer.Kind.IKE_REKEY);
            pair.runFor(Duration.ofSeconds(10));
            assertTrue(pair.trafficPasses());
            assertEquals(List.of(), side.reports);
            assertEquals(0, side.downs);
            assertTrue(followUps(side) >= 2);
        }
        assertEquals(kem != DhGroup.ML_KEM_512, pair.left().sent.stream().anyMatch(AdditionalKeysTest::fragment));
    }

    @Test
    void mlKemIsNotTheOnlyOne() {
        assertThrows(IllegalArgumentException.class, () -> proposal(EncryptionAlgorithm.AES_CBC, DhGroup.ML_KEM_768));
        assertThrows(IllegalArgumentException.class, () -> new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(DhGroup.ML_KEM_768)));
    }

    // ---- a network as it is

    private static boolean fragment(Octets message) {
        return message.at(16) == PayloadType.SKF;
    }

    @Test
    void theyGoInFragments() {
        for (IkeProposal proposal : List.of(ONE, THREE)) {
            IkePair pair = up(new IkePair(1, left(proposal).fragmentation(Fragmentation.Use.YES, SMALL).build(),
                    right(proposal).fragmentation(Fragmentation.Use.YES, SMALL).build()));
            agreed(pair, proposal);
            for (Endpoint side : List.of(pair.left(), pair.right())) {
                assertTrue(side.sent.stream().anyMatch(m -> fragment(m) && m.at(18) == ExchangeType.IKE_INTERMEDIATE), side.name);
            }
        }
    }

    /** Requests and answers are cut smaller when they do not arrive, while the keys that they went under are being replaced. */
    @ParameterizedTest
    @EnumSource(value = EncryptionAlgorithm.class)
    void aPathForSmallPacketsOnlyIsFoundOut(EncryptionAlgorithm encryption) {
        IkeProposal large = proposal(encryption, DhGroup.X25519, DhGroup.MODP8192, DhGroup.MODP6144);
        IkePair pair = new IkePair(1, left(large).build(), right(large).build());
        pair.meddle(message -> message.at(18) != ExchangeType.IKE_SA_INIT && message.length() > 560 ? Octets.EMPTY : message);
        up(pair);
        assertTrue(pair.now().toSeconds() < 20, pair.history());
        assertEquals(large, pair.right().ikeSas.get(0).proposal());
    }

    @Test
    void theySurviveABadNetwork() {
        for (long seed = 1; seed <= 500; seed++) {
            IkeProposal proposal = seed % 2 == 0 ? ONE : THREE;
            int size = seed % 4 < 2 ? SMALL + 100 : 1280;
            IkePair pair = new IkePair(seed, left(proposal).dpdDelay(Duration.ZERO).fragmentation(Fragmentation.Use.YES, size).build(),
                    right(proposal).dpdDelay(Duration.ZERO).fragmentation(Fragmentation.Use.YES, size).build()).loss(0.3).duplicate(0.1).reorder(0.2);
            if (seed % 3 == 0) {
                pair.behindNat();
            }
            up(pair);
            assertEquals(proposal, pair.left().ikeSas.get(0).proposal());
        }
    }
}
