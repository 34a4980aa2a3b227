package dev.torii.ike.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.sim.Configs;
import dev.torii.ike.sim.IkePair;
import dev.torii.ike.v1.Impostor.Change;
import dev.torii.ike.wire.Attribute;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import dev.torii.ike.wire.Proposal;
import dev.torii.ike.wire.Transform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Quick Mode and Informational of a peer that is the peer and says wrong things: it gets the RFC's answer, its IKE SA stays, and what is right still works. */
class BadQuickModeTest {
    private static final int MALFORMED = NotifyType.PAYLOAD_MALFORMED;
    private static final int NO_PROPOSAL = NotifyType.NO_PROPOSAL_CHOSEN;
    private static final int BAD_ID = NotifyType.INVALID_ID_INFORMATION;
    private static final int BAD_KEY = NotifyType.INVALID_KEY_INFORMATION;
    private static final int MINOR_VERSION = 17;
    private static final int FLAGS = 19;

    /** @param answer notify type */
    record Row(String what, Change change, int answer) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Change proposals(UnaryOperator<Proposal> change) {
        return payloads -> payloads.stream().map(payload -> payload instanceof Payload.Sa sa
                ? new Payload.Sa(sa.proposals().stream().map(change).toList()) : payload).toList();
    }

    private static Change attribute(int type, int value) {
        return proposals(p -> new Proposal(p.number(), p.protocol(), p.spi(), p.transforms().stream().map(t -> new Transform(t.number(), t.id(),
                Stream.concat(t.attributes().stream().filter(one -> one.type() != type), Stream.of(Attribute.of(type, value))).toList())).toList()));
    }

    private static Change spi(String hex) {
        return proposals(p -> new Proposal(p.number(), p.protocol(), Octets.ofHex(hex), p.transforms()));
    }

    private static Change protocol(int protocol) {
        return proposals(p -> new Proposal(p.number(), protocol, p.spi(), p.transforms()));
    }

    /** RFC 2408, sections 5.4 to 5.9; RFC 2407, section 4.5; RFC 2409, section 5.5: the same in either direction. */
    static Stream<Row> rows() {
        return Stream.of(
                new Row("without SA", Change.without(Payload.Sa.class), MALFORMED),
                new Row("with SA twice", Change.twice(Payload.Sa.class), MALFORMED),
                new Row("without nonce", Change.without(Payload.Nonce.class), MALFORMED),
                new Row("with two nonces", Change.twice(Payload.Nonce.class), MALFORMED),
                new Row("with two public values", Change.twice(Payload.Ke.class), MALFORMED),
                new Row("without the public value that was offered", Change.without(Payload.Ke.class), BAD_KEY),
                new Row("with a public value of another group", Change.to(new Payload.Ke(Octets.of(new byte[256]))), BAD_KEY),
                new Row("with an empty public value", Change.to(new Payload.Ke(Octets.EMPTY)), BAD_KEY),
                new Row("with two identities too many", Change.twice(Payload.Id.class), MALFORMED),
                new Row("with a host name as selector", Change.to(new Payload.Id(2, 0, 0, Octets.ofHex("6162"))), MALFORMED),
                new Row("with a mask with holes", Change.to(new Payload.Id(4, 0, 0, Octets.ofHex("c0a80200ff00ff00"))), MALFORMED),
                new Row("with a range backwards", Change.to(new Payload.Id(7, 0, 0, Octets.ofHex("c0a80210c0a80200"))), MALFORMED),
                new Row("with a selector of three bytes", Change.to(new Payload.Id(1, 0, 0, Octets.ofHex("c0a802"))), MALFORMED),
                new Row("for other traffic", Change.to(new Payload.Id(4, 0, 0, Octets.ofHex("ac100000fff00000"))), BAD_ID),
                new Row("for the two hosts", Change.without(Payload.Id.class), BAD_ID),
                new Row("with no proposal", Change.to(new Payload.Sa(List.of())), NO_PROPOSAL),
                new Row("for AH", protocol(2), NO_PROPOSAL),
                new Row("for IPCOMP", protocol(4), NO_PROPOSAL),
                new Row("for transport mode", attribute(4, 2), NO_PROPOSAL),
                new Row("for transport mode in UDP", attribute(4, 4), NO_PROPOSAL),
                new Row("with another PFS group", attribute(3, 14), NO_PROPOSAL),
                new Row("with a shorter key", attribute(6, 128), NO_PROPOSAL),
                new Row("with integrity twice", attribute(5, 5), NO_PROPOSAL),
                new Row("with an attribute that nobody knows", attribute(99, 1), NO_PROPOSAL),
                new Row("with null encryption", proposals(p -> new Proposal(1, 3, p.spi(), List.of(new Transform(1, 11,
                        p.transforms().get(0).attributes())))), NO_PROPOSAL),
                new Row("with an SPI of three bytes", spi("123456"), NO_PROPOSAL),
                new Row("with an SPI that is reserved", spi("000000ff"), NO_PROPOSAL),
                new Row("with an SPI of zero", spi("00000000"), NO_PROPOSAL));
    }

    private static Impostor established() {
        Impostor peer = Impostor.before(5);
        peer.send(peer.message());
        peer.hear();
        return peer;
    }

    private static int said(Impostor peer) throws IkeException {
        return ((Payload.Notify) peer.said()).notifyType();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aBadMessage1IsAnsweredAndTheNextQuickModeWorks(Row row) throws IkeException {
        Impostor peer = established();
        String before = peer.snapshot();
        int sent = peer.victim.sent.size();
        Octets bad = peer.quickMode1(1, row.change());
        peer.send(bad);
        assertEquals(sent + 1, peer.victim.sent.size());
        assertEquals(row.answer(), said(peer));
        assertEquals(before, peer.snapshot());
        peer.send(bad);
        assertEquals(sent + 1, peer.victim.sent.size(), "said once");
        peer.send(peer.quickMode1(2, payloads -> payloads));
        assertEquals(1, peer.victim.inbound.size(), () -> peer.victim.dropped.toString());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aBadMessage2IsAnsweredAndNoChildIsLeft(Row row) throws IkeException {
        Impostor peer = Impostor.asked();
        peer.send(peer.message());
        peer.hear();
        peer.send(peer.message());
        peer.hear();
        peer.send(peer.message());              // message 6; it begins a Quick Mode
        int sent = peer.victim.sent.size();
        peer.send(peer.quickMode2(row.change()));
        assertEquals(sent + 1, peer.victim.sent.size());
        assertEquals(row.answer(), said(peer));
        assertEquals(0, peer.victim.inbound.size() + peer.victim.outbound.size());
        assertEquals(1, peer.victim.ikeSas.size());
        assertTrue(peer.victim.reports.toString().contains("Quick Mode"), peer.victim.reports.toString());
    }

    /** RFC 2409, section 5.5: HASH(1) comes first and covers the message id; section 5.7 likewise. */
    @Test
    void whatIsNotHashedRightIsDropped() throws IkeException {
        Impostor peer = established();
        Octets sound = peer.quickMode1(1, payloads -> payloads);
        byte[] otherId = sound.toByteArray();
        otherId[23] ^= 1;
        String before = peer.snapshot();
        int sent = peer.victim.sent.size();
        peer.send(Octets.of(otherId));
        for (int at = 28; at < sound.length(); at++) {
            byte[] changed = sound.toByteArray();
            changed[at] ^= 0x10;
            peer.send(Octets.of(changed));
        }
        assertEquals(before, peer.snapshot());
        assertEquals(sent, peer.victim.sent.size());
        peer.send(sound);
        assertEquals(1, peer.victim.inbound.size());
    }

    /**
     * Message 3, HASH(3) of RFC 2409, section 5.5, altered in each byte, cut anywhere, plain, under another id: the child is not sent with until the sound one
     * comes.
     */
    @Test
    void aBadMessage3ChangesNothingAndTheSoundOneIsTaken() {
        var pair = new IkePair(1, Configs.left().build(), Configs.right().build());
        var third = new ArrayList<Octets>();
        int[] quickModes = {0};
        pair.meddle(message -> {
            boolean last = message.at(18) == ExchangeType.QUICK_MODE && ++quickModes[0] == 3;
            if (last) {
                third.add(message);
            }
            return last ? Octets.EMPTY : message;
        });
        pair.left().start();
        pair.runUntil(() -> !third.isEmpty(), Duration.ofMinutes(1), "message 3");
        pair.meddle(message -> message);
        Octets sound = third.get(0);
        var right = pair.right();
        int sent = right.sent.size();
        String before = right.inbound.keySet() + " " + right.bound + " " + right.ikeSas;
        for (int at = 0; at < sound.length(); at++) {
            for (int bit : new int[] {0x01, 0x80}) {
                byte[] changed = sound.toByteArray();
                changed[at] ^= (byte) bit;
                if (at != MINOR_VERSION && at != FLAGS) {           // which mean the same to whoever reads them
                    pair.inject(right, Octets.of(changed));
                    assertEquals(0, right.outbound.size(), "byte " + at + ", before message 3");
                }
            }
            pair.inject(right, sound.slice(0, at));
        }
        pair.inject(right, Octets.concat(sound, Octets.of(new byte[16])));
        assertEquals(before, right.inbound.keySet() + " " + right.bound + " " + right.ikeSas);
        assertTrue(right.sent.size() <= sent + 1, "at most one word about an exchange that is none");
        pair.inject(right, sound);
        assertEquals(1, right.outbound.size(), () -> right.dropped.toString());
        assertTrue(pair.trafficPasses());
    }

    static Stream<Payload> strange() {
        Octets spi = Octets.ofHex("01020304");
        return Stream.of(
                new Payload.Delete(Payload.DOI_IPSEC, Payload.PROTOCOL_ESP, List.of(spi)),
                new Payload.Delete(Payload.DOI_IPSEC, Payload.PROTOCOL_ESP, List.of(Octets.ofHex("0102"))),
                new Payload.Delete(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, List.of(spi)),
                new Payload.Delete(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, List.of(Octets.of(new byte[16]))),
                new Payload.Delete(Payload.DOI_IPSEC, 9, List.of(spi)),
                new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ESP, spi, NO_PROPOSAL, Octets.EMPTY),
                new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, Octets.EMPTY, 40503, Octets.of(new byte[99])),
                new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, Octets.EMPTY, NotifyType.R_U_THERE_ACK, Octets.ofInt(7)),
                new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, Octets.EMPTY, NotifyType.R_U_THERE_ACK, Octets.EMPTY),
                new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, Octets.EMPTY, NotifyType.RESPONDER_LIFETIME, Octets.ofHex("ffff")),
                new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, Octets.EMPTY, NotifyType.CONNECTED, Octets.EMPTY),
                new Payload.Unknown(200, Octets.of(new byte[9])),
                new Payload.VendorId(Octets.EMPTY));
    }

    @ParameterizedTest
    @MethodSource("strange")
    void anInformationalThatMeansNothingHereChangesNothing(Payload payload) throws IkeException {
        Impostor peer = established();
        peer.send(peer.quickMode1(1, payloads -> payloads));
        String before = peer.snapshot();
        int sent = peer.victim.sent.size();
        peer.send(peer.hashed(ExchangeType.INFORMATIONAL, 5, List.of(payload)));
        peer.send(peer.hashed(ExchangeType.INFORMATIONAL, 6, List.of(payload, payload)));
        assertEquals(before, peer.snapshot());
        assertEquals(sent, peer.victim.sent.size());
    }

    /** Refused in words, a bounded number of times: the exchange type is not covered by any hash, so a recording of something else may look like it. */
    @Test
    void modeConfigAndNewGroupModeAreRefused() throws IkeException {
        for (int exchange : new int[] {ExchangeType.TRANSACTION, ExchangeType.NEW_GROUP_MODE}) {
            Impostor peer = established();
            String before = peer.snapshot();
            int sent = peer.victim.sent.size();
            for (int messageId = 1; messageId < 50; messageId++) {
                peer.send(peer.hashed(exchange, messageId, List.of(new Payload.Unknown(14, Octets.of(new byte[8])))));
                assertEquals(NotifyType.UNSUPPORTED_EXCHANGE_TYPE, said(peer));
            }
            assertEquals(sent + 8, peer.victim.sent.size());
            assertEquals(before, peer.snapshot());
            assertTrue(peer.victim.reports.toString().contains("refused: "), peer.victim.reports.toString());
            peer.send(peer.quickMode1(1, payloads -> payloads));
            assertEquals(1, peer.victim.inbound.size(), "the message id was not used up");
        }
    }

    @Test
    void exchangesThatAreNoneUnderAnIkeSaAreDropped() throws IkeException {
        Impostor peer = established();
        String before = peer.snapshot();
        int sent = peer.victim.sent.size();
        for (int exchange : new int[] {0, ExchangeType.BASE, ExchangeType.AUTHENTICATION_ONLY, ExchangeType.AGGRESSIVE, 31, 34, 255}) {
            peer.send(peer.hashed(exchange, 9, List.of()));
        }
        assertEquals(before, peer.snapshot());
        assertEquals(sent, peer.victim.sent.size());
        peer.pair.runFor(Duration.ofSeconds(1));
        assertEquals(1, peer.victim.ikeSas.size());
    }
}
