package dev.torii.ike.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.v1.Impostor.Change;
import dev.torii.ike.wire.Attribute;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import dev.torii.ike.wire.Proposal;
import dev.torii.ike.wire.Transform;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each message of Main Mode made wrong in each way, at both sides: the answer is the RFC's, and the sound message goes on as if nothing had been. */
class BadMainModeTest {
    /** RFC 2408, section 5: what cannot be read may be dropped without a word, which is what we do before there are keys. */
    private static final int SILENCE = 0;
    private static final Octets GARBAGE = Octets.of(new byte[33]);

    /** @param answer notify type, or silence */
    record Row(int message, String what, Change change, int answer) {
        @Override
        public String toString() {
            return "message " + message + ": " + what;
        }
    }

    private static Attribute attribute(int type, int value) {
        return Attribute.of(type, value);
    }

    /** The offer with other attributes. */
    private static Change attributes(UnaryOperator<List<Attribute>> change) {
        return transforms(transform -> new Transform(transform.number(), transform.id(), change.apply(transform.attributes())));
    }

    private static Change transforms(UnaryOperator<Transform> change) {
        return proposals(proposal -> new Proposal(proposal.number(), proposal.protocol(), proposal.spi(), proposal.transforms().stream().map(change).toList()));
    }

    private static Change proposals(UnaryOperator<Proposal> change) {
        return payloads -> payloads.stream().map(payload -> payload instanceof Payload.Sa sa
                ? new Payload.Sa(sa.proposals().stream().map(change).toList()) : payload).toList();
    }

    private static Change attribute(Attribute other) {
        return attributes(all -> Stream.concat(all.stream().filter(one -> one.type() != other.type()), Stream.of(other)).toList());
    }

    /** RFC 2408, sections 5.4 and 5.5, RFC 2409, section 5: an offer that says nothing acceptable has the answer NO-PROPOSAL-CHOSEN. */
    static Stream<Row> offers() {
        int refused = NotifyType.NO_PROPOSAL_CHOSEN;
        return Stream.of(
                new Row(1, "without SA", Change.without(Payload.Sa.class), SILENCE),
                new Row(1, "with SA twice", Change.twice(Payload.Sa.class), SILENCE),
                new Row(1, "with nothing at all", payloads -> List.of(), SILENCE),
                new Row(1, "with an SA of no proposals", Change.to(new Payload.Sa(List.of())), refused),
                new Row(1, "with a proposal of no transforms", proposals(p -> new Proposal(1, 1, Octets.EMPTY, List.of())), refused),
                new Row(1, "for ESP", proposals(p -> new Proposal(1, 3, p.spi(), p.transforms())), refused),
                new Row(1, "with another transform id", transforms(t -> new Transform(1, 2, t.attributes())), refused),
                new Row(1, "with DES", attribute(attribute(1, 1)), refused),
                new Row(1, "with MD5", attribute(attribute(2, 1)), refused),
                new Row(1, "with signatures", attribute(attribute(3, 3)), refused),
                new Row(1, "with XAUTH", attribute(attribute(3, 65001)), refused),
                new Row(1, "with group 1", attribute(attribute(4, 1)), refused),
                new Row(1, "with a group of its own", attribute(attribute(6, 5)), refused),
                new Row(1, "with a shorter key", attribute(attribute(14, 128)), refused),
                new Row(1, "without key length", attributes(all -> all.stream().filter(a -> a.type() != 14).toList()), refused),
                new Row(1, "with two key lengths", attributes(all -> Stream.concat(all.stream(), Stream.of(attribute(14, 128))).toList()), refused),
                new Row(1, "with no attributes", attributes(all -> List.of()), refused));
    }

    /** What cannot be read, or is not what stands there in this exchange. */
    static Stream<Row> unreadable() {
        var rows = new ArrayList<Row>();
        rows.add(new Row(2, "without SA", Change.without(Payload.Sa.class), SILENCE));
        rows.add(new Row(2, "with SA twice", Change.twice(Payload.Sa.class), SILENCE));
        rows.add(new Row(2, "with two transforms", proposals(p -> new Proposal(p.number(), p.protocol(), p.spi(),
                List.of(p.transforms().get(0), p.transforms().get(0)))), SILENCE));
        rows.add(new Row(2, "with another key length than offered", attribute(attribute(14, 192)), SILENCE));
        rows.add(new Row(2, "with an attribute more than offered", attribute(attribute(13, 1)), SILENCE));
        for (int message : new int[] {3, 4}) {
            rows.add(new Row(message, "without public value", Change.without(Payload.Ke.class), SILENCE));
            rows.add(new Row(message, "with two public values", Change.twice(Payload.Ke.class), SILENCE));
            rows.add(new Row(message, "with an empty public value", Change.to(new Payload.Ke(Octets.EMPTY)), SILENCE));
            rows.add(new Row(message, "with a public value of another group", Change.to(new Payload.Ke(Octets.of(new byte[256]))), SILENCE));
            rows.add(new Row(message, "without nonce", Change.without(Payload.Nonce.class), SILENCE));
            rows.add(new Row(message, "with two nonces", Change.twice(Payload.Nonce.class), SILENCE));
            rows.add(new Row(message, "with a nonce of 7 bytes", Change.to(new Payload.Nonce(Octets.of(new byte[7]))), SILENCE));
            rows.add(new Row(message, "with a nonce of 257 bytes", Change.to(new Payload.Nonce(Octets.of(new byte[257]))), SILENCE));
            rows.add(new Row(message, "with an SA instead", payloads -> List.of(new Payload.Sa(List.of())), SILENCE));
            rows.add(new Row(message, "with more payloads than any message has", payloads -> IntStream.range(0, 70)
                    .<Payload>mapToObj(i -> new Payload.VendorId(GARBAGE)).toList(), SILENCE));
        }
        return rows.stream();
    }

    /** Encrypted, but wrong: RFC 2408, section 5.7 and 5.8. A responder says so, once for each, since the cause is most often the configuration. */
    static Stream<Row> authentications() {
        var rows = new ArrayList<Row>();
        for (int message : new int[] {5, 6}) {
            int malformed = message == 5 ? NotifyType.PAYLOAD_MALFORMED : SILENCE;
            rows.add(new Row(message, "without identity", Change.without(Payload.Id.class), malformed));
            rows.add(new Row(message, "with two identities", Change.twice(Payload.Id.class), malformed));
            rows.add(new Row(message, "without hash", Change.without(Payload.Hash.class), malformed));
            rows.add(new Row(message, "with two hashes", Change.twice(Payload.Hash.class), malformed));
            rows.add(new Row(message, "with an empty hash", Change.to(new Payload.Hash(Octets.EMPTY)), malformed));
            rows.add(new Row(message, "with another hash", Change.to(new Payload.Hash(Octets.of(new byte[48]))), malformed));
            rows.add(new Row(message, "with a longer hash", Change.to(new Payload.Hash(Octets.of(new byte[64]))), malformed));
            rows.add(new Row(message, "with an identity that was not hashed", Change.to(new Payload.Id(2, 0, 0, GARBAGE)), malformed));
            rows.add(new Row(message, "with nothing", payloads -> List.of(new Payload.VendorId(Octets.EMPTY)), malformed));
        }
        return rows.stream();
    }

    @ParameterizedTest
    @MethodSource({"offers"})
    void aBadOfferLeavesNothing(Row row) throws IkeException {
        Impostor peer = Impostor.before(1);
        peer.send(Impostor.plain(peer.message(), row.change()));
        assertEquals(row.answer() == SILENCE ? 0 : 1, peer.victim.sent.size());
        if (row.answer() != SILENCE) {
            assertEquals(row.answer(), ((Payload.Notify) peer.said()).notifyType());
        }
        assertEquals(0, peer.victim.bound.size() + peer.victim.timers());
        theSoundMessageGoesOn(peer);
    }

    @ParameterizedTest
    @MethodSource({"unreadable"})
    void whatCannotBeReadIsDroppedAndMovesNothing(Row row) throws IkeException {
        Impostor peer = Impostor.before(row.message());
        movesNothing(peer, Impostor.plain(peer.message(), row.change()), row.answer());
        theSoundMessageGoesOn(peer);
    }

    @ParameterizedTest
    @MethodSource({"authentications"})
    void whatDoesNotAuthenticateMovesNothing(Row row) throws IkeException {
        Impostor peer = Impostor.before(row.message() == 6 ? 4 : 5);
        MainMode.State.KeAnswered answered = null;
        if (row.message() == 6) {
            peer.send(peer.message());
            answered = (MainMode.State.KeAnswered) peer.state();
            peer.hear();
        }
        movesNothing(peer, peer.authentication(row.change(), peer.heard(), answered), row.answer());
        theSoundMessageGoesOn(peer);
    }

    private static void movesNothing(Impostor peer, Octets message, int answer) throws IkeException {
        String before = peer.snapshot();
        int sent = peer.victim.sent.size();
        int dropped = peer.victim.dropped.size();
        peer.send(message);
        assertEquals(before, peer.snapshot());
        assertEquals(dropped + 1, peer.victim.dropped.size(), "counted");
        assertEquals(sent + (answer == SILENCE ? 0 : 1), peer.victim.sent.size());
        if (answer != SILENCE) {
            assertEquals(answer, ((Payload.Notify) peer.said()).notifyType());
        }
    }

    private static void theSoundMessageGoesOn(Impostor peer) {
        String before = peer.snapshot();
        int sent = peer.victim.sent.size();
        peer.send(peer.message());
        assertEquals(sent + 1, peer.victim.sent.size(), () -> peer.victim.dropped.toString());
        assertNotEquals(before, peer.snapshot() + sent);
        assertTrue(peer.heard().length() > 0);
    }

    /** Cookies, message id, version, length, flags: RFC 2408, section 5.2. */
    @Test
    void aMessageWithAnotherHeaderIsNotTheOneThatIsAwaited() throws IkeException {
        for (int number = 1; number <= 5; number++) {
            Impostor peer = Impostor.before(number);
            ByteBuffer sound = ByteBuffer.wrap(peer.message().toByteArray());
            var headers = new ArrayList<ByteBuffer>();
            headers.add(copy(sound).putInt(20, 1));                                             // message id
            headers.add(copy(sound).put(17, (byte) 0x20));                                      // version
            headers.add(copy(sound).putInt(24, sound.capacity() - 1));
            headers.add(copy(sound).putInt(24, sound.capacity() + 1));
            headers.add(copy(sound).putInt(24, -1));
            headers.add(copy(sound).put(18, (byte) ExchangeType.AGGRESSIVE));
            headers.add(copy(sound).put(18, (byte) ExchangeType.BASE));
            headers.add(copy(sound).put(19, (byte) (sound.get(19) ^ IkeHeader.ENCRYPTED)));
            if (number == 1) {
                headers.add(copy(sound).putLong(0, 0));
            } else {
                headers.add(copy(sound).putLong(number % 2 == 1 ? 8 : 0, 0x5555));              // a cookie of nobody
            }
            for (ByteBuffer changed : headers) {
                String before = peer.snapshot();
                peer.send(Octets.of(changed.array()));
                assertEquals(before, peer.snapshot(), "message " + number + ", variation " + headers.indexOf(changed));
            }
            theSoundMessageGoesOn(peer);
        }
    }

    private static ByteBuffer copy(ByteBuffer sound) {
        return ByteBuffer.wrap(sound.array().clone());
    }

    @Test
    void eachMessageCutAnywhereOrWithALengthThatLiesMovesNothing() throws IkeException {
        for (int number = 1; number <= 5; number++) {
            Impostor peer = Impostor.before(number);
            Octets sound = peer.message();
            for (int length = 0; length < sound.length(); length++) {
                byte[] cut = Arrays.copyOf(sound.toByteArray(), length);
                if (length >= IkeHeader.BYTES) {
                    ByteBuffer.wrap(cut).putInt(24, length);
                }
                String before = peer.snapshot();
                peer.send(Octets.of(cut));
                assertEquals(before, peer.snapshot(), "message " + number + " cut at " + length);
            }
            theSoundMessageGoesOn(peer);
        }
    }

    @Test
    void anEncryptedBodyThatIsNoneMovesNothing() throws IkeException {
        var chance = new Random(1);
        Impostor peer = Impostor.before(5);
        IkeHeader header = IkeHeader.peek(peer.message());
        for (int bytes : new int[] {0, 1, 15, 16, 17, 32, 1024}) {
            byte[] body = new byte[bytes];
            chance.nextBytes(body);
            ByteBuffer out = ByteBuffer.allocate(IkeHeader.BYTES + bytes);
            header.encode(5, out);
            movesNothing(peer, Octets.of(out.putInt(24, out.capacity()).put(body).array()), NotifyType.PAYLOAD_MALFORMED);
        }
        theSoundMessageGoesOn(peer);
    }

    /** Authenticated, and not whom we want: section 5.8, INVALID-ID-INFORMATION, protected; the exchange has failed. */
    @Test
    void anIdentityThatIsNotThePeersEndsTheExchange() throws IkeException {
        Impostor peer = Impostor.before(5);
        var s = (MainMode.State.AuthSent) peer.state();
        var other = new Payload.Id(2, 0, 0, Octets.of("x.example".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        Octets body = dev.torii.ike.wire.MessageCodec.chain(List.of(other));
        Octets hash = MainMode.hash(new dev.torii.ike.sim.SimCrypto(5), s.terms(), s.secrets(), true, body.slice(4, body.length() - 4));
        int sent = peer.victim.sent.size();
        peer.send(peer.authentication(payloads -> List.of(other, new Payload.Hash(hash)), Octets.EMPTY, null));
        assertEquals(sent + 1, peer.victim.sent.size());
        assertTrue(IkeHeader.peek(peer.heard()).encrypted());
        assertEquals(0, peer.victim.bound.size() + peer.victim.timers());
        assertTrue(peer.victim.reports.toString().contains("@x.example"), peer.victim.reports.toString());
    }

    @Test
    void xauthIsRefusedByItsName() throws IkeException {
        Impostor peer = Impostor.before(1);
        peer.send(Impostor.plain(peer.message(), attribute(attribute(3, 65001))));
        assertTrue(peer.victim.reports.toString().contains("authentication with XAUTH (method 65001), we want pre-shared key"), peer.victim.reports.toString());
    }

    @Test
    void aMessage1WithPayloadsThatNobodyKnowsIsAnswered() throws IkeException {
        Impostor peer = Impostor.before(1);
        peer.send(Impostor.plain(peer.message(), Change.and(new Payload.Unknown(200, GARBAGE))));
        assertEquals(1, peer.victim.bound.size());
        assertEquals(Cookie.NONE, IkeHeader.peek(peer.message()).responder());
    }
}
