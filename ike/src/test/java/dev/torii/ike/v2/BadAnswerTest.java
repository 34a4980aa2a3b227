package dev.torii.ike.v2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeSession;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.sim.Configs;
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
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers to our IKE_SA_INIT made wrong in each way: nothing in them is authenticated, so nothing is believed, and the sound one that comes later is taken. */
class BadAnswerTest {
    private static final IkeConfig LEFT = Configs.left().version(IkeVersion.V2).build();
    private static final IkeConfig RIGHT = Configs.right().version(IkeVersion.V2).build();

    /** @param change of the sound answer */
    record Row(String what, UnaryOperator<Message> change) {
        static Row payloads(String what, UnaryOperator<List<Payload>> change) {
            return new Row(what, sound -> new Message(sound.header(), change.apply(sound.payloads())));
        }

        static Row header(String what, UnaryOperator<IkeHeader> change) {
            return new Row(what, sound -> new Message(change.apply(sound.header()), sound.payloads()));
        }

        @Override
        public String toString() {
            return what;
        }
    }

    private static UnaryOperator<List<Payload>> without(Class<? extends Payload> kind) {
        return all -> all.stream().filter(payload -> !kind.isInstance(payload)).toList();
    }

    private static UnaryOperator<List<Payload>> twice(Class<? extends Payload> kind) {
        return all -> Stream.concat(all.stream(), all.stream().filter(kind::isInstance)).toList();
    }

    private static UnaryOperator<List<Payload>> to(Payload other) {
        return all -> all.stream().map(payload -> payload.getClass() == other.getClass() ? other : payload).toList();
    }

    private static UnaryOperator<List<Payload>> only(int notifyType, String data) {
        return all -> List.of(Payload.Notify.of(notifyType, Octets.ofHex(data)));
    }

    /** RFC 7296, sections 2.6, 2.7, 2.21.1, 3.3.6, 3.4, 3.9. */
    static Stream<Row> rows() {
        var rows = new ArrayList<Row>();
        for (Class<? extends Payload> kind : List.<Class<? extends Payload>>of(Payload.Sa.class, Payload.Ke.class, Payload.Nonce.class)) {
            rows.add(Row.payloads("without " + kind.getSimpleName(), without(kind)));
            rows.add(Row.payloads("with " + kind.getSimpleName() + " twice", twice(kind)));
        }
        rows.add(Row.payloads("with no proposal", to(new Payload.Sa(List.of()))));
        rows.add(Row.payloads("with a proposal of other names", all -> to(IkeNegotiation.offer(Configs.left().version(IkeVersion.V2)
                .ike(new dev.torii.ike.IkeProposal(dev.torii.ike.EncryptionAlgorithm.AES_CBC, 128, dev.torii.ike.HashAlgorithm.SHA1,
                        dev.torii.ike.DhGroup.MODP1536)).build(), Octets.EMPTY)).apply(all)));
        rows.add(Row.payloads("with a public value of another group", to(new Payload.Ke(14, Octets.of(new byte[256])))));
        rows.add(Row.payloads("with a public value that is too short", to(new Payload.Ke(5, Octets.of(new byte[191])))));
        rows.add(Row.payloads("with an empty public value", to(new Payload.Ke(5, Octets.EMPTY))));
        rows.add(Row.payloads("with a nonce of 15 bytes", to(new Payload.Nonce(Octets.of(new byte[15])))));
        rows.add(Row.payloads("with a nonce of 257 bytes", to(new Payload.Nonce(Octets.of(new byte[257])))));
        rows.add(Row.payloads("with nothing", all -> List.of()));
        rows.add(Row.payloads("that wants a group which we do not have", only(NotifyType.INVALID_KE_PAYLOAD, "0001")));
        rows.add(Row.payloads("that wants the group which it got", only(NotifyType.INVALID_KE_PAYLOAD, "0005")));
        rows.add(Row.payloads("that wants a group and does not say which", only(NotifyType.INVALID_KE_PAYLOAD, "")));
        rows.add(Row.payloads("that wants an empty cookie", only(NotifyType.COOKIE, "")));
        rows.add(Row.payloads("that wants a cookie of 65 bytes", only(NotifyType.COOKIE, "00".repeat(65))));
        rows.add(Row.payloads("that refuses", only(NotifyType.NO_PROPOSAL_CHOSEN, "")));
        rows.add(Row.payloads("that claims a syntax error", only(NotifyType.INVALID_SYNTAX, "")));
        rows.add(Row.header("without responder SPI", h -> IkeHeader.v2(h.initiator(), dev.torii.ike.Cookie.NONE, h.exchange(), h.flags(), 0)));
        rows.add(Row.header("to somebody else", h -> IkeHeader.v2(new dev.torii.ike.Cookie(5), h.responder(), h.exchange(), h.flags(), 0)));
        rows.add(Row.header("with another message id", h -> IkeHeader.v2(h.initiator(), h.responder(), h.exchange(), h.flags(), 1)));
        rows.add(Row.header("that is a request", h -> IkeHeader.v2(h.initiator(), h.responder(), h.exchange(), 0, 0)));
        rows.add(Row.header("that says it is from the initiator", h -> IkeHeader.v2(h.initiator(), h.responder(), h.exchange(),
                IkeHeader.INITIATOR | IkeHeader.RESPONSE, 0)));
        rows.add(Row.header("in another exchange", h -> IkeHeader.v2(h.initiator(), h.responder(), ExchangeType.IKE_AUTH, h.flags(), 0)));
        return rows.stream();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void movesNothingAndTheSoundAnswerIsTaken(Row row) throws Exception {
        var pair = new IkePair(1, LEFT, RIGHT);
        pair.left().start();
        var path = new Path(new InetSocketAddress(InetAddress.getByName("198.51.100.11"), Path.IKE_PORT),
                new InetSocketAddress(InetAddress.getByName("192.168.1.42"), Path.IKE_PORT));
        Octets sound = new IkeSession(RIGHT, new SimCrypto(7)).step(new Event.Received(path, pair.left().sent.get(0))).stream()
                .filter(Effect.Send.class::isInstance).map(effect -> ((Effect.Send) effect).message()).findFirst().orElseThrow();
        Message changed = row.change().apply(MessageCodec.decode(sound));
        String before = snapshot(pair);
        pair.inject(pair.left(), MessageCodec.encode(changed.header(), changed.payloads()));
        assertEquals(before, snapshot(pair));
        assertEquals(1, pair.left().sent.size());
        pair.inject(pair.left(), sound);
        assertEquals(2, pair.left().sent.size(), () -> pair.left().dropped.toString());
        assertEquals(ExchangeType.IKE_AUTH, IkeHeader.peek(pair.left().sent.get(1)).exchange());
    }

    private static String snapshot(IkePair pair) {
        return pair.left().session().status().ikeSas() + " " + pair.left().bound + " " + pair.left().timers() + " timers";
    }
}
