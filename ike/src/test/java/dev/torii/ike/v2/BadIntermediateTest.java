package dev.torii.ike.v2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Spi;
import dev.torii.ike.sim.Configs;
import dev.torii.ike.sim.SimCrypto;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** IKE_INTERMEDIATE done wrong, to both sides: RFC 9242, sections 3.2 and 3.3.3; RFC 9370, section 2.2.3. */
class BadIntermediateTest {
    private static final IkeProposal PROPOSAL = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_256, DhGroup.X25519,
            List.of(DhGroup.ECP256, DhGroup.ECP384));
    private static final IkeConfig LEFT = Configs.left().version(IkeVersion.V2).ike(PROPOSAL).build();
    private static final IkeConfig RIGHT = Configs.right().version(IkeVersion.V2).ike(PROPOSAL).build();
    private static final int FIRST_AUTH = 3;

    private final SimCrypto crypto = new SimCrypto(1);
    private final SetUpInitiator initiator = new SetUpInitiator(LEFT, crypto, new Cookie(1), new Spi(0x1000));
    private final SetUpResponder responder = new SetUpResponder(RIGHT, new SimCrypto(2), new Cookie(2), new Spi(0x2000), List.of());
    private Path there;
    private Path back;
    private SetUp.State.IntermediateSent asks;
    private SetUp.State.InitAnswered waits;

    @BeforeEach
    void initIsDone() throws Exception {
        var left = new InetSocketAddress(InetAddress.getByName("203.0.113.10"), Path.IKE_PORT);
        var right = new InetSocketAddress(InetAddress.getByName("198.51.100.11"), Path.IKE_PORT);
        there = new Path(left, right);
        back = new Path(right, left);
        Step begun = initiator.step(new SetUp.State.Idle(), new Input.Begin(there));
        Step answered = responder.step(new SetUp.State.Idle(), arrived(back, sent(begun)));
        waits = (SetUp.State.InitAnswered) answered.next();
        asks = (SetUp.State.IntermediateSent) initiator.step(begun.next(), arrived(there, sent(answered))).next();
    }

    private static Octets sent(Step step) {
        return step.outputs().stream().filter(Output.Transmit.class::isInstance).map(output -> ((Output.Transmit) output).message().whole())
                .findFirst().orElseThrow();
    }

    private static Input.Arrived arrived(Path path, Octets message) throws IkeException {
        return new Input.Arrived(path, MessageCodec.header(message), message, false, Optional.empty());
    }

    private Octets asLeft(int exchange, int messageId, List<? extends Payload> payloads) {
        return asks.terms().sa().seal(crypto, exchange, false, messageId, payloads).whole();
    }

    private Octets asRight(List<? extends Payload> payloads) {
        return waits.terms().sa().seal(crypto, ExchangeType.IKE_INTERMEDIATE, true, 1, payloads).whole();
    }

    private static Payload.Ke ke(DhGroup group, int bytes) {
        return new Payload.Ke(group.id(), Octets.of(new byte[bytes]));
    }

    record Row(String what, List<Payload> payloads) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Row> rows() {
        Payload.Ke sound = new Payload.Ke(DhGroup.ECP256.id(), new SimCrypto(3).generate(DhGroup.ECP256).publicValue());
        return Stream.of(new Row("nothing", List.of()), new Row("no key exchange", List.of(new Payload.Nonce(Octets.of(new byte[32])))),
                new Row("two key exchanges", List.of(sound, sound)), new Row("a public value too short", List.of(ke(DhGroup.ECP256, 63))),
                new Row("a public value too long", List.of(ke(DhGroup.ECP256, 65))), new Row("an empty public value", List.of(ke(DhGroup.ECP256, 0))),
                new Row("the method after the next", List.of(ke(DhGroup.ECP384, 96))), new Row("the method of IKE_SA_INIT", List.of(ke(DhGroup.X25519, 32))));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aResponderSaysSoAndGivesUp(Row row) throws Exception {
        Octets request = asLeft(ExchangeType.IKE_INTERMEDIATE, 1, row.payloads());
        Step step = responder.step(waits, arrived(back, request));
        assertInstanceOf(SetUp.State.Refused.class, step.next());
        Message answer = Opened.of(asks.terms().sa().protection(crypto), MessageCodec.header(sent(step)), sent(step)).decode();
        assertEquals(NotifyType.INVALID_SYNTAX, answer.error().orElseThrow().notifyType());
        assertEquals(sent(step), sent(responder.step(step.next(), arrived(back, request))), "the same request has the same answer");
        Step heard = initiator.step(asks, arrived(there, sent(step)));
        assertTrue(((SetUp.State.Dead) heard.next()).reason().text().contains("INVALID_SYNTAX"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void anInitiatorGivesUp(Row row) throws Exception {
        Step step = initiator.step(asks, arrived(there, asRight(row.payloads())));
        assertInstanceOf(SetUp.State.Dead.class, step.next());
        assertEquals(List.of(new Output.Answered()), step.outputs());
    }

    @Test
    void whatIsOutOfOrderIsDropped() throws Exception {
        Payload.Ke sound = new Payload.Ke(DhGroup.ECP256.id(), asks.dh().publicValue());
        List<Octets> early = List.of(asLeft(ExchangeType.IKE_AUTH, 1, List.of()), asLeft(ExchangeType.IKE_AUTH, FIRST_AUTH, List.of()),
                asLeft(ExchangeType.IKE_INTERMEDIATE, 0, List.of(sound)), asLeft(ExchangeType.IKE_INTERMEDIATE, 2, List.of(sound)),
                asLeft(ExchangeType.CREATE_CHILD_SA, 1, List.of(sound)), asLeft(ExchangeType.IKEV2_INFORMATIONAL, 1, List.of()));
        for (Octets message : early) {
            Step step = responder.step(waits, arrived(back, message));
            assertEquals(waits, step.next());
            assertEquals(List.of(new Output.Drop("neither the next exchange nor a duplicate")), step.outputs());
        }
    }

    @Test
    void whatDoesNotAuthenticateMovesNeitherSide() throws Exception {
        Octets request = asks.flight().message().whole();
        Octets answer = sent(responder.step(waits, arrived(back, request)));
        setUpAgain();
        for (int at = 32; at < request.length(); at++) {
            assertEquals(waits, responder.step(waits, arrived(back, changed(request, at))).next());
        }
        for (int at = 32; at < answer.length(); at++) {
            assertEquals(asks, initiator.step(asks, arrived(there, changed(answer, at))).next());
        }
    }

    private void setUpAgain() throws Exception {
        initIsDone();
    }

    private static Octets changed(Octets message, int at) {
        byte[] bytes = message.toByteArray();
        bytes[at] ^= 1;
        return Octets.of(bytes);
    }

    /** A request that comes again has the same answer, once or many times; an older one has none any more. */
    @Test
    void aRepeatedRequestHasTheSameAnswerUntilTheNextOneComes() throws Exception {
        Octets first = asks.flight().message().whole();
        Step one = responder.step(waits, arrived(back, first));
        SetUp.State state = one.next();
        for (int i = 0; i < 5; i++) {
            Step again = responder.step(state, arrived(back, first));
            assertEquals(sent(one), sent(again));
            state = again.next();
        }
        var second = (SetUp.State.IntermediateSent) initiator.step(asks, arrived(there, sent(one))).next();
        Step two = responder.step(state, arrived(back, second.flight().message().whole()));
        Step late = responder.step(two.next(), arrived(back, first));
        assertEquals(two.next(), late.next());
        assertTrue(late.outputs().stream().noneMatch(Output.Transmit.class::isInstance));
        SetUp.State ready = initiator.step(second, arrived(there, sent(two))).next();
        assertEquals(FIRST_AUTH, ((SetUp.State.AuthSent) ready).terms().nextId());
        assertTrue(waits.terms().sa().keys().d().isErased(), "the first keys are of no use any more");
    }

    /** AUTH covers each message: a responder that has counted another one does not believe it. */
    @Test
    void whatWasSaidInBetweenIsCoveredByAuth() throws Exception {
        var plain = new IntAuth(Octets.of((byte) 1), Octets.of((byte) 2), 1);
        var keys = waits.terms().sa().keys();
        Octets datagram = asks.flight().message().whole();
        Octets chain = Octets.of((byte) 5, (byte) 6);
        Octets part = plain.part(crypto, keys, true, datagram, chain);
        for (int at = 0; at < 32; at++) {
            boolean length = at >= 24 && at < 28 || at >= 30;
            boolean fragmentOrNot = at == 16;
            assertEquals(length || fragmentOrNot, part.equals(plain.part(crypto, keys, true, changed(datagram, at), chain)), "byte " + at);
        }
        assertEquals(part, plain.part(crypto, keys, true, changed(datagram, 40), chain), "not the bytes of the encryption");
        for (Octets other : List.of(plain.part(crypto, keys, false, datagram, chain), IntAuth.NONE.part(crypto, keys, true, datagram, chain),
                plain.part(crypto, keys, true, datagram, Octets.of((byte) 5)))) {
            assertTrue(!part.equals(other));
        }
        assertEquals(Octets.ofHex("010200000002"), plain.covered());
        assertEquals(Octets.EMPTY, IntAuth.NONE.covered());
        assertEquals(IkeHeader.BYTES + 4, MessageCodec.SK_BODY_AT);
    }
}
