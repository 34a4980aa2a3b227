package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.Event;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import dev.torii.ike.wire.Notification;
import dev.torii.ike.wire.NotifyType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BadInputTest {
    private static final Duration MINUTES = Duration.ofMinutes(5);

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), MINUTES, "set-up");
        return pair;
    }

    private static IkePair up() {
        return up(new IkePair(1, Configs.left().build(), Configs.right().build()));
    }

    private static boolean said(Endpoint side, String text) {
        return side.reports.stream().anyMatch(line -> line.contains(text));
    }

    @Test
    void aWrongSecretIsNamedAtBothEndsAndNothingComesUp() {
        var pair = new IkePair(1, Configs.left().secret("one").build(), Configs.right().secret("another").build());
        pair.left().start();
        pair.runFor(MINUTES);
        assertFalse(pair.left().up || pair.right().up);
        assertEquals(0, pair.left().ikeSas.size() + pair.right().ikeSas.size() + pair.right().inbound.size());
        assertTrue(said(pair.left(), "probable pre-shared key mismatch"), pair.left().reports.toString());
        assertTrue(said(pair.right(), "probable pre-shared key mismatch"), pair.right().reports.toString());
        assertTrue(pair.left().session().status().lastFailure().isPresent());
    }

    @Test
    void aWrongIdentityIsRefusedWithItsName() {
        var pair = new IkePair(1, Configs.left().local(Identity.fqdn("stranger.example")).build(), Configs.right().build());
        pair.left().start();
        pair.runFor(MINUTES);
        assertFalse(pair.left().up || pair.right().up);
        assertEquals(0, pair.right().ikeSas.size());
        assertTrue(said(pair.right(), "@stranger.example"), pair.right().reports.toString());
        assertTrue(said(pair.left(), "INVALID-ID-INFORMATION"), pair.left().reports.toString());
    }

    @Test
    void aRespondersWrongIdentityIsRefused() {
        var pair = new IkePair(1, Configs.left().build(), Configs.right().local(Identity.fqdn("elsewhere")).build());
        pair.left().start();
        pair.runFor(Duration.ofSeconds(10));
        assertEquals(0, pair.left().ikeSas.size());
        assertTrue(said(pair.left(), "the peer says it is @elsewhere"), pair.left().reports.toString());
    }

    @Test
    void aRefusedProposalSaysWhatDiffers() {
        var other = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_384, DhGroup.MODP2048);
        var pair = new IkePair(1, Configs.left().ike(other).build(), Configs.right().build());
        pair.left().start();
        pair.runFor(MINUTES);
        assertTrue(said(pair.right(), "group MODP2048, we want MODP1536"), pair.right().reports.toString());
        assertTrue(said(pair.left(), "NO-PROPOSAL-CHOSEN (not authenticated)"), pair.left().reports.toString());
        assertEquals(0, pair.right().bound.size(), "what is refused leaves no state");
    }

    @Test
    void whatARefusingPeerSaidIsStillThereWhenTheExchangeIsGivenUp() {
        var other = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_384, DhGroup.MODP2048);
        var pair = new IkePair(1, Configs.left().ike(other).build(), Configs.right().build());
        pair.left().start();
        pair.runUntil(() -> said(pair.left(), "no answer to message 1"), MINUTES, "giving up");
        assertEquals("no answer to message 1; the peer says NO-PROPOSAL-CHOSEN (not authenticated)",
                pair.left().session().status().lastFailure().orElseThrow());
    }

    @Test
    void aRefusedChildProposalSaysWhatDiffers() {
        var pair = new IkePair(1, Configs.left().esp(Configs.ESP_WITHOUT_PFS).build(), Configs.right().build());
        pair.left().start();
        pair.runFor(Duration.ofSeconds(30));
        assertEquals(1, pair.left().ikeSas.size());
        assertTrue(said(pair.right(), "PFS group none, we want MODP1536"), pair.right().reports.toString());
        assertTrue(said(pair.left(), "NO-PROPOSAL-CHOSEN"), pair.left().reports.toString());
        assertTrue(pair.left().sent.size() < 60, "retries back off");
    }

    @Test
    void otherSelectorsAreRefused() {
        var pair = new IkePair(1, Configs.left().localSelectors(TrafficSelector.ofPrefix(IkePair.address("192.168.0.0"), 16)).build(),
                Configs.right().build());
        pair.left().start();
        pair.runFor(Duration.ofSeconds(30));
        assertFalse(pair.left().up);
        assertTrue(said(pair.right(), "192.168.0.0/16"), pair.right().reports.toString());
        assertTrue(said(pair.left(), "INVALID-ID-INFORMATION"), pair.left().reports.toString());
    }

    @Test
    void theRespondersPreferenceAmongTheOfferedIsTaken() {
        var weak = new IkeProposal(EncryptionAlgorithm.AES_CBC, 128, HashAlgorithm.SHA1, DhGroup.MODP2048);
        var strong = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_512, DhGroup.MODP3072);
        var pair = up(new IkePair(1, Configs.left().ike(Configs.IKE, weak, strong).build(), Configs.right().ike(strong, weak).build()));
        assertEquals(strong, pair.left().ikeSas.get(0).proposal());
        var stretched = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA1, DhGroup.MODP1536);
        up(new IkePair(1, Configs.left().ike(stretched).build(), Configs.right().ike(stretched).build()));
    }

    /** The n-th message of the whole set-up is changed once, at every place in turn; the tunnel comes up all the same. */
    @Test
    void oneDamagedOrForgedMessageDelaysButDoesNotPrevent() {
        for (int victim = 0; victim < 9; victim++) {
            for (int at = 8; at < 120; at += 7) {
                int message = victim;
                int place = at;
                var counter = new AtomicInteger();
                var pair = new IkePair(victim, Configs.left().build(), Configs.right().build());
                pair.meddle(original -> counter.getAndIncrement() == message ? flipped(original, place * 8 + 3) : original);
                pair.left().start();
                pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), MINUTES, "message " + victim + " changed at " + at);
            }
        }
    }

    private static Octets flipped(Octets message, int bit) {
        byte[] bytes = message.toByteArray();
        bytes[bit / 8 % bytes.length] ^= (byte) (1 << bit % 8);
        return Octets.of(bytes);
    }

    private record Snapshot(String ike, List<?> inbound, List<?> outbound, boolean up) {
        static Snapshot of(Endpoint side) {
            return new Snapshot(side.ikeSas.toString(), List.copyOf(side.inbound.keySet()), List.copyOf(side.outbound), side.up);
        }
    }

    /** Every kind of message there is: set-up, renewal, DPD, delete. */
    private static List<Octets> everything(Endpoint side) {
        return List.copyOf(side.sent);
    }

    private static IkePair busy() {
        IkePair pair = up();
        pair.left().step(new Event.RekeyChild(pair.left().sending().orElseThrow().inbound()));
        pair.runFor(Duration.ofMinutes(1));
        return pair;
    }

    @Test
    void oldMessagesChangeNothing() {
        IkePair pair = busy();
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            Snapshot before = Snapshot.of(side);
            for (int round = 0; round < 3; round++) {
                everything(pair.other(side)).forEach(message -> pair.inject(side, message));
                everything(side).forEach(message -> pair.inject(side, message));     // reflected
            }
            assertEquals(before, Snapshot.of(side));
        }
        pair.runFor(Duration.ofMinutes(2));
        assertTrue(pair.trafficPasses());
        assertEquals(0, pair.left().downs + pair.right().downs);
    }

    @Test
    void messagesCutAtEveryByteChangeNothing() {
        IkePair pair = busy();
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            Snapshot before = Snapshot.of(side);
            for (Octets message : everything(pair.other(side))) {
                for (int length = 0; length < message.length(); length++) {
                    pair.inject(side, message.slice(0, length));
                    if (length >= IkeHeader.BYTES) {
                        byte[] fitting = message.slice(0, length).toByteArray();
                        ByteBuffer.wrap(fitting).putInt(24, length);
                        pair.inject(side, Octets.of(fitting));
                    }
                }
            }
            assertEquals(before, Snapshot.of(side));
        }
    }

    @Test
    void everyFlippedBitOfAnEncryptedMessageChangesNothing() throws MalformedMessageException {
        IkePair pair = busy();
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            Snapshot before = Snapshot.of(side);
            for (Octets message : encrypted(everything(pair.other(side)))) {
                for (int bit = 0; bit < message.length() * 8; bit++) {
                    pair.inject(side, flipped(message, bit));
                }
            }
            assertEquals(before, Snapshot.of(side));
        }
        assertTrue(pair.trafficPasses());
    }

    /** Messages that were not seen before, so that nothing but their protection stands between a changed bit and the SAs. */
    @Test
    void everyFlippedBitOfAFreshMessageIsDroppedAndTheRealOneStillWorks() {
        IkePair pair = up();
        var caught = new ArrayList<Octets>();
        pair.meddle(message -> {
            caught.add(message);
            return Octets.EMPTY;
        });
        Endpoint to = pair.right();
        pair.left().step(new Event.RekeyChild(pair.left().sending().orElseThrow().inbound()));
        for (int message = 0; message < 3; message++) {         // the three of Quick Mode, one after the other
            Octets real = caught.get(caught.size() - 1);
            flipAll(pair, to, real);
            pair.inject(to, real);
            to = pair.other(to);
        }
        assertTrue(pair.trafficPasses());
        assertEquals(2, pair.right().outbound.size());
        int before = caught.size();
        pair.left().stop();
        List<Octets> deletes = List.copyOf(caught.subList(before, caught.size()));
        assertEquals(2, deletes.size());
        deletes.forEach(delete -> flipAll(pair, pair.right(), delete));
        deletes.forEach(delete -> pair.inject(pair.right(), delete));
        assertEquals(0, pair.right().inbound.size() + pair.right().ikeSas.size());
    }

    private static void flipAll(IkePair pair, Endpoint to, Octets real) {
        Snapshot before = Snapshot.of(to);
        for (int bit = 0; bit < real.length() * 8; bit++) {
            boolean protectedByNothing = bit / 8 == 17 || bit / 8 == 19;   // minor version and flags: IKEv1 does not authenticate them
            if (!protectedByNothing) {
                pair.inject(to, flipped(real, bit));
                assertEquals(before, Snapshot.of(to), "bit " + bit);
            }
        }
    }

    private static List<Octets> encrypted(List<Octets> messages) throws MalformedMessageException {
        var some = new ArrayList<Octets>();
        for (Octets message : messages) {
            if (IkeHeader.peek(message).encrypted() && some.size() < 8) {
                some.add(message);
            }
        }
        return some;
    }

    @Test
    void aFlippedBitOnItsWayInAnEncryptedMessageDoesNotEndATunnel() {
        for (long seed = 1; seed <= 10; seed++) {
            IkePair pair = up(new IkePair(seed, Configs.left().build(), Configs.right().build()));
            var counter = new AtomicInteger();
            pair.meddle(message -> counter.getAndIncrement() % 3 == 0 ? flipped(message, counter.get() * 37) : message);
            pair.left().step(new Event.RekeyChild(pair.left().sending().orElseThrow().inbound()));
            pair.runFor(Duration.ofMinutes(3));
            assertTrue(pair.trafficPasses(), "seed " + seed + "\n" + pair.history());
            assertEquals(0, pair.left().downs + pair.right().downs);
        }
    }

    @Test
    void plainNotificationsAreReportedAndNotBelieved() throws MalformedMessageException {
        IkePair pair = up();
        Snapshot before = Snapshot.of(pair.left());
        IkeHeader header = IkeHeader.peek(pair.left().sent.get(1));
        for (int type : new int[] {NotifyType.NO_PROPOSAL_CHOSEN, NotifyType.AUTHENTICATION_FAILED, NotifyType.INITIAL_CONTACT}) {
            pair.inject(pair.left(), Notification.unauthenticated(header, type));
        }
        assertEquals(before, Snapshot.of(pair.left()));
        assertTrue(said(pair.left(), "AUTHENTICATION-FAILED (not authenticated)"));
    }

    @Test
    void otherExchangesAndVersionsAreDropped() {
        IkePair pair = up();
        Snapshot before = Snapshot.of(pair.right());
        byte[] message = pair.left().sent.get(0).toByteArray();
        for (int exchange : new int[] {0, 1, 3, ExchangeType.AGGRESSIVE, 6, 33, 34, 255}) {
            message[18] = (byte) exchange;
            pair.inject(pair.right(), Octets.of(message));
        }
        message[17] = 0x20;
        pair.inject(pair.right(), Octets.of(message));
        assertEquals(before, Snapshot.of(pair.right()));
        assertEquals(9, pair.right().dropped.size(), pair.right().dropped.toString());
    }
}
