package dev.torii.ike.v2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Effect;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Event;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Lifecycle;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Spi;
import dev.torii.ike.Timer;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.sim.Configs;
import dev.torii.ike.sim.Endpoint;
import dev.torii.ike.sim.IkePair;
import dev.torii.ike.sim.SimCrypto;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** RFC 7296, sections 1.3, 2.8 and 2.25, against a peer that says what we like: refusals of renewals, collisions, ends. */
class ExchangeRulesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final IkeProposal OTHER_GROUP = new IkeProposal(Configs.IKE.encryption(), Configs.IKE.keyBits(), Configs.IKE.hash(), DhGroup.MODP2048);
    private static final EspProposal OTHER_ESP = new EspProposal(Configs.ESP.cipher(), Configs.ESP.keyBits(), Optional.empty(), Optional.of(DhGroup.MODP2048));

    private final SimCrypto crypto = new SimCrypto(78);

    private static Configs left() {
        return Configs.left().version(IkeVersion.V2).dpdDelay(Duration.ZERO);
    }

    private static Configs right() {
        return Configs.right().version(IkeVersion.V2).dpdDelay(Duration.ZERO);
    }

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), "set-up");
        return pair;
    }

    private static IkePair up() {
        return up(new IkePair(1, left().build(), right().build()));
    }

    private static Octets last(Endpoint side) {
        return side.sent.get(side.sent.size() - 1);
    }

    // ---- in a peer's place

    private Protection as(Endpoint side) {
        IkeSa sa = side.ikeSas.get(0);
        var keys = (IkeSa.KeysV2) sa.keys();
        var material = new KeyMaterialV2(sa.proposal().hash(), keys.encryptionInitiator(), keys.integrityInitiator(), keys.integrityResponder(),
                keys.encryptionInitiator(), keys.encryptionResponder(), keys.encryptionInitiator(), keys.encryptionResponder());
        return new Protection(crypto, sa.proposal(), material, sa.initiator());
    }

    private static IkeHeader header(IkeSa sa, int exchange, boolean response, int messageId) {
        return IkeHeader.v2(sa.initiatorCookie(), sa.responderCookie(), exchange, (sa.initiator() ? IkeHeader.INITIATOR : 0)
                | (response ? IkeHeader.RESPONSE : 0), messageId);
    }

    /** What {@code from} has sent last, as the other side reads it. */
    private Message read(Endpoint from, Endpoint to) throws IkeException {
        IkeHeader header = MessageCodec.header(last(from));
        return Opened.of(as(to), header, last(from)).decode();
    }

    /** Answers what {@code to} has asked last. */
    private void answer(IkePair pair, Endpoint from, Endpoint to, Payload... payloads) throws IkeException {
        IkeHeader asked = MessageCodec.header(last(to));
        pair.inject(to, as(from).seal(header(from.ikeSas.get(0), asked.exchange(), true, asked.messageId()), List.of(payloads), Limits.NONE).whole());
    }

    /** Asks {@code to} something and returns its answer. */
    private Message ask(IkePair pair, Endpoint from, Endpoint to, int exchange, int messageId, List<? extends Payload> payloads) throws IkeException {
        pair.inject(to, as(from).seal(header(from.ikeSas.get(0), exchange, false, messageId), payloads, Limits.NONE).whole());
        return read(to, from);
    }

    private static Payload.Notify refusal(int type) {
        return Payload.Notify.of(type, Octets.EMPTY);
    }

    private static Payload.Notify wants(DhGroup group) {
        return Payload.Notify.of(NotifyType.INVALID_KE_PAYLOAD, Octets.of((byte) 0, (byte) group.id()));
    }

    private static int error(Message answer) {
        return answer.error().map(Payload.Notify::notifyType).orElse(0);
    }

    private List<Payload> newChild(Optional<Spi> replaced) {
        return ChildNegotiation.request(left().build(), ChildNegotiation.Offer.fresh(crypto, new Spi(crypto.random(2)[0] + 0x2000), Traffic.of(left().build()),
                Optional.of(DhGroup.MODP1536)), replaced);
    }

    private List<Payload> newIkeSa() {
        return IkeRekey.request(left().build(), IkeRekey.Offer.fresh(crypto, DhGroup.MODP1536, new Cookie(0x99)));
    }

    // ---- refusals of what we ask

    @Test
    void aRenewalOfTheIkeSaFollowsTheGroupThatIsAskedFor() throws IkeException {
        var pair = up(new IkePair(1, left().ike(Configs.IKE, OTHER_GROUP).build(), right().ike(Configs.IKE, OTHER_GROUP).build()));
        pair.cut(true);
        pair.left().fire(Timer.Kind.IKE_REKEY);
        assertEquals(DhGroup.MODP1536.id(), read(pair.left(), pair.right()).the(Payload.Ke.class).group());
        answer(pair, pair.right(), pair.left(), wants(DhGroup.MODP2048));
        assertEquals(DhGroup.MODP2048.id(), read(pair.left(), pair.right()).the(Payload.Ke.class).group());
        int sent = pair.left().sent.size();
        answer(pair, pair.right(), pair.left(), wants(DhGroup.MODP1536));
        assertEquals(sent, pair.left().sent.size(), "not to and fro");
        pair.runFor(Duration.ofSeconds(5));
        assertTrue(pair.left().sent.size() > sent, "but again later");
    }

    @Test
    void aGroupThatIsNotOursIsNotFollowed() throws IkeException {
        var pair = up();
        pair.cut(true);
        pair.left().fire(Timer.Kind.IKE_REKEY);
        int sent = pair.left().sent.size();
        answer(pair, pair.right(), pair.left(), wants(DhGroup.MODP4096));
        assertEquals(sent, pair.left().sent.size());
        assertTrue(pair.left().reports.get(0).contains("INVALID_KE_PAYLOAD"), pair.left().reports.toString());
        assertEquals(1, pair.left().ikeSas.size());
    }

    @Test
    void aRenewalOfAChildFollowsTheGroupAndKeepsToIt() {
        var pair = new IkePair(1, left().esp(Configs.ESP, OTHER_ESP).build(), right().esp(OTHER_ESP).build());
        pair.left().start();
        pair.runUntil(pair::bothUp, SECOND, "set-up, where no group of a child is spoken of");
        for (int renewal = 0; renewal < 2; renewal++) {
            ChildSa old = pair.left().sending().orElseThrow();
            int sent = pair.left().sent.size();
            pair.left().step(new Event.RekeyChild(old.inbound()));
            pair.runUntil(() -> !pair.left().sending().orElseThrow().equals(old) && pair.left().inbound.size() == 1, Duration.ofSeconds(10), "renewal");
            assertEquals(OTHER_ESP, pair.left().sending().orElseThrow().suite());
            assertTrue(pair.trafficPasses());
            assertEquals(renewal == 0 ? 3 : 2, pair.left().sent.size() - sent, "renewal and Delete, the first time asked twice");
        }
        pair.right().step(new Event.RekeyChild(pair.right().sending().orElseThrow().inbound()));
        pair.runFor(Duration.ofSeconds(10));
        assertTrue(pair.trafficPasses());
        assertEquals(0, pair.left().downs + pair.right().downs);
    }

    @Test
    void aTemporaryFailureIsTriedAgainAfterAWhileAndSaysNothing() throws IkeException {
        for (Timer.Kind kind : List.of(Timer.Kind.IKE_REKEY, Timer.Kind.CHILD_REKEY)) {
            var pair = up();
            pair.cut(true);
            pair.left().fire(kind);
            int sent = pair.left().sent.size();
            answer(pair, pair.right(), pair.left(), refusal(NotifyType.TEMPORARY_FAILURE));
            pair.runFor(Duration.ofMillis(1900));
            assertEquals(sent, pair.left().sent.size());
            pair.runFor(Duration.ofMillis(2200));
            assertTrue(pair.left().sent.size() > sent, kind.toString());
            assertEquals(List.of(), pair.left().reports);
        }
    }

    @Test
    void aChildThatThePeerDoesNotKnowIsForgottenAndAnotherOneIsMade() throws IkeException {
        var pair = up();
        ChildSa old = pair.left().sending().orElseThrow();
        pair.cut(true);
        pair.left().fire(Timer.Kind.CHILD_REKEY);
        answer(pair, pair.right(), pair.left(), refusal(NotifyType.CHILD_SA_NOT_FOUND));
        assertEquals(0, pair.left().inbound.size());
        pair.runFor(SECOND);
        Message again = read(pair.left(), pair.right());
        assertEquals(1, again.all(Payload.Sa.class).size());
        assertTrue(again.notify(NotifyType.REKEY_SA).isEmpty());
        assertNotEquals(Optional.of(old), pair.left().sending());
    }

    @Test
    void aPeerThatTakesNoMoreChildrenGetsANewIkeSaAndNothingIsLost() throws IkeException {
        for (Timer.Kind kind : List.of(Timer.Kind.CHILD_REKEY, Timer.Kind.IKE_REKEY)) {
            var pair = up();
            ChildSa old = pair.left().sending().orElseThrow();
            pair.cut(true);
            pair.left().fire(kind);
            answer(pair, pair.right(), pair.left(), refusal(NotifyType.NO_ADDITIONAL_SAS));
            assertEquals(ExchangeType.IKE_SA_INIT, MessageCodec.header(last(pair.left())).exchange());
            pair.cut(false);
            pair.runUntil(() -> !pair.left().sending().orElseThrow().equals(old), Duration.ofSeconds(5), "the new IKE SA");
            assertTrue(pair.trafficPasses());
            assertEquals(0, pair.left().downs);
        }
    }

    // ---- what the peer asks while we ask

    @Test
    void section225sTableOfTheChild() throws IkeException {
        var rekeying = up();
        rekeying.cut(true);
        rekeying.right().fire(Timer.Kind.CHILD_REKEY);
        assertEquals(NotifyType.TEMPORARY_FAILURE, error(ask(rekeying, rekeying.left(), rekeying.right(), ExchangeType.CREATE_CHILD_SA, 2, newIkeSa())));
        var delete = new Payload.Delete(Payload.PROTOCOL_ESP, List.of(rekeying.left().sending().orElseThrow().inbound().octets()));
        Message closed = ask(rekeying, rekeying.left(), rekeying.right(), ExchangeType.IKEV2_INFORMATIONAL, 3, List.of(delete));
        assertEquals(1, closed.all(Payload.Delete.class).size(), "closed as usual, although we are rekeying it");

        var closing = up();
        closing.cut(true);
        closing.right().fire(Timer.Kind.CHILD_EXPIRE);
        Spi child = closing.left().sending().orElseThrow().inbound();
        assertEquals(NotifyType.TEMPORARY_FAILURE, error(ask(closing, closing.left(), closing.right(), ExchangeType.CREATE_CHILD_SA, 2,
                newChild(Optional.of(child)))));
        assertEquals(NotifyType.TEMPORARY_FAILURE, error(ask(closing, closing.left(), closing.right(), ExchangeType.CREATE_CHILD_SA, 3, newIkeSa())));
        Message both = ask(closing, closing.left(), closing.right(), ExchangeType.IKEV2_INFORMATIONAL, 4,
                List.of(new Payload.Delete(Payload.PROTOCOL_ESP, List.of(child.octets()))));
        assertEquals(List.of(), both.payloads(), "both close it");

        var unknown = up();
        Message notFound = ask(unknown, unknown.left(), unknown.right(), ExchangeType.CREATE_CHILD_SA, 2, newChild(Optional.of(new Spi(0x3000))));
        assertEquals(NotifyType.CHILD_SA_NOT_FOUND, error(notFound));
        assertEquals(new Spi(0x3000).octets(), notFound.error().orElseThrow().spi());
        assertEquals(Payload.PROTOCOL_ESP, notFound.error().orElseThrow().protocol());
    }

    @Test
    void section225sTableOfTheIkeSa() throws IkeException {
        var rekeying = up();
        rekeying.cut(true);
        rekeying.right().fire(Timer.Kind.IKE_REKEY);
        Spi child = rekeying.left().sending().orElseThrow().inbound();
        int messageId = 2;
        for (var asked : List.of(newChild(Optional.empty()), newChild(Optional.of(child)))) {
            assertEquals(NotifyType.TEMPORARY_FAILURE, error(ask(rekeying, rekeying.left(), rekeying.right(),
                    ExchangeType.CREATE_CHILD_SA, messageId++, asked)));
        }
        Message deleted = ask(rekeying, rekeying.left(), rekeying.right(), ExchangeType.IKEV2_INFORMATIONAL, 4,
                List.of(new Payload.Delete(Payload.PROTOCOL_IKE, List.of())));
        assertEquals(List.of(), deleted.payloads());
        assertEquals(0, rekeying.right().ikeSas.size(), "closed as usual, although we are rekeying it");
    }

    @Test
    void moreChildrenThanCanBeAreRefused() throws IkeException {
        var pair = up();
        pair.cut(true);
        for (int messageId = 2; messageId < 65; messageId++) {
            assertEquals(0, error(ask(pair, pair.left(), pair.right(), ExchangeType.CREATE_CHILD_SA, messageId, newChild(Optional.empty()))));
        }
        assertEquals(NotifyType.NO_ADDITIONAL_SAS, error(ask(pair, pair.left(), pair.right(), ExchangeType.CREATE_CHILD_SA, 65, newChild(Optional.empty()))));
        assertEquals(64, pair.right().inbound.size());
        assertEquals(1, pair.right().ikeSas.size());
    }

    @Test
    void notificationsThatNobodyKnowsChangeNothing() throws IkeException {
        var pair = up();
        pair.cut(true);
        int messageId = 2;
        for (int type : new int[] {16385, 16396, 40000, 65535, 33, 8000, 16383}) {
            assertEquals(List.of(), ask(pair, pair.left(), pair.right(), ExchangeType.IKEV2_INFORMATIONAL, messageId++,
                    List.of(Payload.Notify.of(type, Octets.of((byte) 0, (byte) 0, (byte) 0, (byte) 9)))).payloads(), "type " + type);
        }
        assertEquals(1, pair.right().ikeSas.size());
        assertEquals(1, pair.right().inbound.size());
    }

    @Test
    void anUnknownCriticalPayloadInsideIsNamedAndTheIkeSaStays() throws IkeException {
        var pair = up();
        var raw = Octets.of((byte) 0, (byte) 0x80, (byte) 0, (byte) 5, (byte) 1);
        pair.inject(pair.right(), as(pair.left()).cut(header(pair.left().ikeSas.get(0), ExchangeType.IKEV2_INFORMATIONAL, false, 2), 200, raw, 9999, 0).get(0));
        Payload.Notify said = read(pair.right(), pair.left()).error().orElseThrow();
        assertEquals(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD, said.notifyType());
        assertEquals(Octets.of((byte) 200), said.data());
        assertEquals(1, pair.right().ikeSas.size());
    }

    // ---- ends and new beginnings

    @Test
    void deleteIsRepeatedUntilItIsAnswered() {
        for (long seed = 1; seed <= 50; seed++) {
            var pair = up(new IkePair(seed, left().build(), right().build()));
            int sent = pair.left().sent.size();
            int[] swallowed = {0};
            pair.meddle(octets -> swallowed[0]++ < 2 ? Octets.EMPTY : octets);       // Delete twice, or once and the answer
            pair.left().stop();
            assertEquals(0, pair.left().inbound.size() + pair.left().ikeSas.size());
            pair.runFor(SECOND);
            assertEquals(0, pair.right().ikeSas.size() + pair.right().inbound.size());
            assertEquals(0, pair.left().bound.size() + pair.left().timers());
            assertEquals(3, pair.left().sent.size() - sent);
        }
    }

    @Test
    void nobodyIsToldForLongerThanTwoSeconds() {
        var pair = up();
        int sent = pair.left().sent.size();
        pair.cut(true);
        pair.left().stop();
        pair.runFor(Duration.ofMillis(1500));
        assertEquals(0, pair.left().bound.size() + pair.left().timers());
        assertEquals(3, pair.left().sent.size() - sent);
    }

    @Test
    void aRequestThatIsNotAnsweredYetIsNoObstacleToDelete() {
        var pair = up();
        pair.cut(true);
        pair.left().fire(Timer.Kind.CHILD_REKEY);
        pair.cut(false);
        pair.left().stop();
        pair.runFor(SECOND);
        assertEquals(0, pair.right().ikeSas.size(), "with a window of one the request comes before Delete");
    }

    @Test
    void aStartRightAfterAStopIsNotHeldUp() {
        var pair = up();
        pair.cut(true);
        pair.left().stop();
        pair.runFor(Duration.ofMillis(100));
        pair.cut(false);
        pair.left().start();
        pair.runUntil(() -> pair.left().up && pair.trafficPasses(), SECOND, "set-up");
        pair.runFor(MINUTE);
        assertEquals(1, pair.right().ikeSas.size());
        assertEquals(1, pair.left().bound.size());
    }

    @Test
    void reauthenticationIsANewSetUpAndNothingIsLost() {
        for (long seed = 1; seed <= 10; seed++) {
            var again = new Lifecycle(0, true, true, true, Lifecycle.WhenDead.HOLD);
            var pair = up(new IkePair(seed, left().lifecycle(again).build(), right().lifecycle(again).build()));
            Cookie first = pair.left().ikeSas.get(0).initiatorCookie();
            for (int minute = 0; minute < 60 * 20; minute++) {
                pair.runFor(MINUTE);
                assertTrue(pair.trafficPasses(), "minute " + minute);
            }
            for (Endpoint side : List.of(pair.left(), pair.right())) {
                assertEquals(1, side.ikeSas.size());
                assertEquals(1, side.inbound.size());
                assertEquals(0, side.downs);
            }
            assertNotEquals(first, pair.left().ikeSas.get(0).initiatorCookie());
            assertEquals(3, IntStream.range(0, pair.left().sent.size()).filter(i -> begins(pair.left().sent.get(i))).count()
                    + IntStream.range(0, pair.right().sent.size()).filter(i -> begins(pair.right().sent.get(i))).count(), "set-ups in twenty hours");
        }
    }

    private static boolean begins(Octets message) {
        try {
            IkeHeader header = MessageCodec.header(message);
            return header.exchange() == ExchangeType.IKE_SA_INIT && !header.response();
        } catch (IkeException other) {
            return false;
        }
    }

    @Test
    void aNewMappingIsFollowedByWhoIsNotBehindANatHimself() {
        InetAddress elsewhere = new InetSocketAddress("192.0.2.66", 0).getAddress();
        var pair = up(new IkePair(1, left().force(false).build(), right().force(true).build()).behindNat());
        // right sees a NAT before left, left one before itself and a forced one before right
        for (Endpoint side : List.of(pair.right(), pair.left())) {
            Endpoint other = side == pair.left() ? pair.right() : pair.left();
            Path known = side.ikeSas.get(0).path();
            pair.cut(true);
            other.fire(Timer.Kind.CHILD_REKEY);
            side.step(new Event.Received(new Path(known.local(), new InetSocketAddress(elsewhere, 4999)), last(other)));
            assertEquals(side == pair.right(), side.effects.stream().anyMatch(Effect.PathChanged.class::isInstance), side == pair.right() ? "right" : "left");
        }
    }
}
