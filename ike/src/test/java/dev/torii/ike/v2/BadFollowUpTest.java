package dev.torii.ike.v2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Event;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** IKE_FOLLOWUP_KE done wrong, to both sides: RFC 9370, section 2.2.4. */
class BadFollowUpTest {
    private static final IkeProposal IKE = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_256, DhGroup.X25519,
            List.of(DhGroup.ECP256, DhGroup.ECP384));
    private static final EspProposal ESP = new EspProposal(Configs.ESP.cipher(), Configs.ESP.keyBits(), Optional.empty(), Optional.of(DhGroup.X25519))
            .with(IKE.additional());
    private static final IkeConfig LEFT = Configs.left().version(IkeVersion.V2).dpdDelay(Duration.ZERO).ike(IKE).esp(ESP).build();
    private static final IkeConfig RIGHT = Configs.right().version(IkeVersion.V2).dpdDelay(Duration.ZERO).ike(IKE).esp(ESP).build();
    private static final int FIRST_ID = 4;

    private final SimCrypto crypto = new SimCrypto(78);
    private final IkePair pair = new IkePair(1, LEFT, RIGHT);
    private int asked;

    @BeforeEach
    void up() {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), "set-up");
        pair.cut(true);
        asked = FIRST_ID;
    }

    private Protection as(Endpoint side) {
        IkeSa sa = side.ikeSas.get(0);
        var keys = (IkeSa.KeysV2) sa.keys();
        var material = new KeyMaterialV2(sa.proposal().hash(), keys.encryptionInitiator(), keys.integrityInitiator(), keys.integrityResponder(),
                keys.encryptionInitiator(), keys.encryptionResponder(), keys.encryptionInitiator(), keys.encryptionResponder());
        return new Protection(crypto, sa.proposal(), material, sa.initiator());
    }

    private static Octets last(Endpoint side) {
        return side.sent.get(side.sent.size() - 1);
    }

    private Message read(Endpoint from, Endpoint to) throws IkeException {
        return Opened.of(as(to), MessageCodec.header(last(from)), last(from)).decode();
    }

    private static IkeHeader header(IkeSa sa, int exchange, boolean response, int messageId) {
        return IkeHeader.v2(sa.initiatorCookie(), sa.responderCookie(), exchange,
                (sa.initiator() ? IkeHeader.INITIATOR : 0) | (response ? IkeHeader.RESPONSE : 0), messageId);
    }

    /** The left side asks. */
    private Message ask(int exchange, List<? extends Payload> payloads) throws IkeException {
        Protection protection = as(pair.left());
        IkeHeader header = header(pair.left().ikeSas.get(0), exchange, false, asked++);
        pair.inject(pair.right(), protection.seal(header, payloads, Limits.NONE).whole());
        return Opened.of(protection, MessageCodec.header(last(pair.right())), last(pair.right())).decode();
    }

    /** The right side answers what the left one has asked last. */
    private void answer(Payload... payloads) throws IkeException {
        IkeHeader header = MessageCodec.header(last(pair.left()));
        pair.inject(pair.left(), as(pair.right()).seal(header(pair.right().ikeSas.get(0), header.exchange(), true, header.messageId()),
                List.of(payloads), Limits.NONE).whole());
    }

    private List<Payload> newChild() {
        return ChildNegotiation.request(LEFT, ChildNegotiation.Offer.fresh(crypto, new Spi(0x5000), Traffic.of(LEFT), Optional.of(DhGroup.X25519)),
                Optional.empty());
    }

    private List<Payload> newIkeSa() {
        return IkeRekey.request(LEFT, IkeRekey.Offer.fresh(crypto, DhGroup.X25519, new Cookie(0x99)));
    }

    private Payload.Ke ke(DhGroup group) {
        return new Payload.Ke(group.id(), crypto.generate(group).publicValue());
    }

    private static Payload.Notify link(Message answer) {
        return answer.notify(NotifyType.ADDITIONAL_KEY_EXCHANGE).orElseThrow();
    }

    private static int error(Message answer) {
        return answer.error().map(Payload.Notify::notifyType).orElse(0);
    }

    // ---- to a responder

    @Test
    void aSoundSeriesMakesAChild() throws Exception {
        Message first = ask(ExchangeType.IKE_FOLLOWUP_KE, List.of(ke(DhGroup.ECP256), link(ask(ExchangeType.CREATE_CHILD_SA, newChild()))));
        assertEquals(1, pair.right().inbound.size(), "not before the last");
        Message second = ask(ExchangeType.IKE_FOLLOWUP_KE, List.of(ke(DhGroup.ECP384), link(first)));
        assertEquals(2, pair.right().inbound.size());
        assertTrue(second.notify(NotifyType.ADDITIONAL_KEY_EXCHANGE).isEmpty());
        assertEquals(NotifyType.STATE_NOT_FOUND, error(ask(ExchangeType.IKE_FOLLOWUP_KE, List.of(ke(DhGroup.ECP384), link(first)))), "and is over");
    }

    record Row(String what, int answer, UnaryOperator<List<Payload>> change) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Row> rows() {
        var other = new SimCrypto(3);
        Payload.Ke after = new Payload.Ke(DhGroup.ECP384.id(), other.generate(DhGroup.ECP384).publicValue());
        return Stream.of(
                new Row("without key exchange", NotifyType.INVALID_SYNTAX, sound -> List.of(sound.get(1))),
                new Row("two key exchanges", NotifyType.INVALID_SYNTAX, sound -> List.of(sound.get(0), sound.get(0), sound.get(1))),
                new Row("the method after the next", NotifyType.INVALID_SYNTAX, sound -> List.of(after, sound.get(1))),
                new Row("a public value too short", NotifyType.INVALID_SYNTAX,
                        sound -> List.of(new Payload.Ke(DhGroup.ECP256.id(), Octets.of(new byte[63])), sound.get(1))),
                new Row("an empty public value", NotifyType.INVALID_SYNTAX, sound -> List.of(new Payload.Ke(DhGroup.ECP256.id(), Octets.EMPTY), sound.get(1))),
                new Row("no link", NotifyType.INVALID_SYNTAX, sound -> List.of(sound.get(0))),
                new Row("another link", NotifyType.STATE_NOT_FOUND, sound -> List.of(sound.get(0),
                        Payload.Notify.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, Octets.of((byte) 1)))),
                new Row("an empty link", NotifyType.STATE_NOT_FOUND,
                        sound -> List.of(sound.get(0), Payload.Notify.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, Octets.EMPTY))));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aBadOneHasTheRfcsAnswer(Row row) throws Exception {
        for (List<Payload> begin : List.of(newChild(), newIkeSa())) {
            List<Payload> sound = List.of(ke(DhGroup.ECP256), link(ask(ExchangeType.CREATE_CHILD_SA, begin)));
            assertEquals(row.answer(), error(ask(ExchangeType.IKE_FOLLOWUP_KE, row.change().apply(sound))));
            boolean ends = row.answer() == NotifyType.INVALID_SYNTAX;
            assertEquals(ends ? 0 : 1, pair.right().ikeSas.size());
            assertEquals(ends ? 0 : 1, pair.right().inbound.size());
            if (ends) {
                return;
            }
        }
    }

    @Test
    void oneThatBelongsToNothingIsRefusedAndNothingElseHappens() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertEquals(NotifyType.STATE_NOT_FOUND, error(ask(ExchangeType.IKE_FOLLOWUP_KE, List.of(ke(DhGroup.ECP256),
                    Payload.Notify.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, Octets.of(new byte[200]))))));
        }
        assertEquals(1, pair.right().ikeSas.size());
        assertEquals(1, pair.right().bound.size());
    }

    /** A peer that begins again and again has one series, and each answer costs a child's SPI that comes back. */
    @Test
    void onlyTheLatestSeriesIsKept() throws Exception {
        Message first = ask(ExchangeType.CREATE_CHILD_SA, newChild());
        for (int i = 0; i < 50; i++) {
            ask(ExchangeType.CREATE_CHILD_SA, i % 2 == 0 ? newIkeSa() : newChild());
        }
        int timers = pair.right().timers();
        assertEquals(NotifyType.STATE_NOT_FOUND, error(ask(ExchangeType.IKE_FOLLOWUP_KE, List.of(ke(DhGroup.ECP256), link(first)))));
        pair.runFor(Duration.ofSeconds(21));
        assertTrue(pair.right().timers() < timers);
        assertEquals(1, pair.right().bound.size());
        assertEquals(1, pair.right().inbound.size());
    }

    @Test
    void whoGoesOnDoesNotLetThePeerBeginTheSame() throws Exception {
        for (boolean child : new boolean[] {true, false}) {
            if (child) {
                pair.right().step(new Event.RekeyChild(pair.right().sending().orElseThrow().inbound()));
            } else {
                pair.right().fire(Timer.Kind.IKE_REKEY);
            }
        }
        assertEquals(ExchangeType.CREATE_CHILD_SA, MessageCodec.header(last(pair.right())).exchange());
        Payload.Sa offered = read(pair.right(), pair.left()).the(Payload.Sa.class);
        var spi = new Payload.Sa(List.of(offered.proposals().get(0).answer(new Spi(0x7000).octets(), offered.proposals().get(0).transforms())));
        List<Payload> ours = ChildNegotiation.request(LEFT,
                ChildNegotiation.Offer.fresh(crypto, new Spi(0x6000), Traffic.of(LEFT), Optional.of(DhGroup.X25519)),
                Optional.of(pair.left().sending().orElseThrow().inbound()));
        List<Payload> selectors = ours.subList(4, 6);
        IkeHeader header = MessageCodec.header(last(pair.right()));
        pair.inject(pair.right(), as(pair.left()).seal(header(pair.left().ikeSas.get(0), header.exchange(), true, header.messageId()), List.of(spi,
                new Payload.Nonce(Octets.of(crypto.random(32))), ke(DhGroup.X25519), Payload.Notify.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, Octets.of((byte) 1)),
                new Payload.TsI(((Payload.TsR) selectors.get(1)).selectors()), new Payload.TsR(((Payload.TsI) selectors.get(0)).selectors())), Limits.NONE)
                .whole());
        assertEquals(ExchangeType.IKE_FOLLOWUP_KE, MessageCodec.header(last(pair.right())).exchange(), () -> pair.right().reports.toString());
        assertEquals(NotifyType.TEMPORARY_FAILURE, error(ask(ExchangeType.CREATE_CHILD_SA, ours)));
        assertEquals(NotifyType.TEMPORARY_FAILURE, error(ask(ExchangeType.CREATE_CHILD_SA, newIkeSa())));
    }

    // ---- to an initiator

    private Message begin() throws IkeException {
        pair.left().fire(Timer.Kind.IKE_REKEY);
        return read(pair.left(), pair.right());
    }

    private void accept(Message request, Payload... more) throws IkeException {
        Payload.Sa offered = request.the(Payload.Sa.class);
        var payloads = new java.util.ArrayList<Payload>(List.of(new Payload.Sa(List.of(offered.proposals().get(0).answer(new Cookie(7).octets(),
                offered.proposals().get(0).transforms()))), new Payload.Nonce(Octets.of(crypto.random(32))), ke(DhGroup.X25519)));
        payloads.addAll(List.of(more));
        answer(payloads.toArray(Payload[]::new));
    }

    private static final Payload.Notify LINK = Payload.Notify.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, Octets.of((byte) 9));

    @Test
    void whatTheResponderSaysIsSentBack() throws Exception {
        accept(begin(), LINK);
        Message first = read(pair.left(), pair.right());
        assertEquals(LINK, link(first));
        assertEquals(DhGroup.ECP256.id(), first.the(Payload.Ke.class).group());
        Payload.Notify other = Payload.Notify.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, Octets.of(new byte[64]));
        answer(ke(DhGroup.ECP256), other);
        Message second = read(pair.left(), pair.right());
        assertEquals(other, link(second));
        assertEquals(DhGroup.ECP384.id(), second.the(Payload.Ke.class).group());
    }

    static Stream<List<Payload>> answers() {
        var other = new SimCrypto(4);
        return Stream.of(List.of(), List.of(LINK), List.of(new Payload.Ke(DhGroup.ECP384.id(), other.generate(DhGroup.ECP384).publicValue()), LINK),
                List.of(new Payload.Ke(DhGroup.ECP256.id(), Octets.of(new byte[65])), LINK),
                List.of(new Payload.Ke(DhGroup.ECP256.id(), other.generate(DhGroup.ECP256).publicValue())),
                List.of(Payload.Notify.of(NotifyType.STATE_NOT_FOUND, Octets.EMPTY)), List.of(Payload.Notify.of(NotifyType.TEMPORARY_FAILURE, Octets.EMPTY)));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void afterABadAnswerTheRenewalIsTriedAgain(List<Payload> bad) throws Exception {
        accept(begin(), LINK);
        int sent = pair.left().sent.size();
        answer(bad.toArray(Payload[]::new));
        assertEquals(1, pair.left().ikeSas.size());
        assertEquals(sent, pair.left().sent.size());
        pair.runFor(Duration.ofSeconds(5));
        assertEquals(ExchangeType.CREATE_CHILD_SA, MessageCodec.header(last(pair.left())).exchange());
    }

    @Test
    void withoutALinkNothingGoesOn() throws Exception {
        int sent = pair.left().sent.size() + 1;
        accept(begin());
        assertEquals(sent, pair.left().sent.size());
        assertEquals(1, pair.left().ikeSas.size());
        assertTrue(pair.left().reports.toString().contains("what they belong to"), pair.left().reports.toString());
    }

    @Test
    void aPeerThatForgetsEachTimeGetsANewIkeSa() throws Exception {
        for (int i = 0; i < 5; i++) {
            accept(begin(), LINK);
            answer(Payload.Notify.of(NotifyType.STATE_NOT_FOUND, Octets.EMPTY));
        }
        assertEquals(ExchangeType.IKE_SA_INIT, MessageCodec.header(last(pair.left())).exchange());
    }
}
