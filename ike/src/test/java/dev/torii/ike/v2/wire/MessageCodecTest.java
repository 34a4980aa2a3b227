package dev.torii.ike.v2.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torii.ike.Cookie;
import dev.torii.ike.Identity;
import dev.torii.ike.Octets;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageCodecTest {
    private static final IkeHeader HEADER = IkeHeader.v2(new Cookie(1), new Cookie(2), ExchangeType.IKE_SA_INIT, IkeHeader.INITIATOR, 7);

    private static List<Payload> everyPayload() throws UnknownHostException {
        var proposal = new Proposal(1, Payload.PROTOCOL_ESP, Octets.ofHex("01020304"),
                List.of(Transform.cipher(20, 256, true), Transform.of(Transform.ESN, 0)));
        var v4 = Selector.of(TrafficSelector.ofPrefix(InetAddress.getByName("10.0.0.0"), 8).restrictedTo(6, 179));
        var v6 = Selector.of(TrafficSelector.ofPrefix(InetAddress.getByName("2001:db8::"), 32));
        return List.of(new Payload.Sa(List.of(proposal, proposal)), new Payload.Ke(5, Octets.ofHex("aabb")),
                new Payload.IdI(Payload.Id.bodyOf(Identity.fqdn("one"))), new Payload.IdR(Payload.Id.bodyOf(Identity.fqdn("two"))),
                new Payload.Auth(2, Octets.ofHex("00ff")), new Payload.Nonce(Octets.of(new byte[16])),
                new Payload.Notify(3, Octets.ofHex("01020304"), NotifyType.REKEY_SA, Octets.ofHex("05")),
                new Payload.Delete(3, List.of(Octets.ofHex("01020304"), Octets.ofHex("05060708"))), new Payload.Delete(1, List.of()),
                new Payload.TsI(List.of(v4, v6)), new Payload.TsR(List.of(v4)), new Payload.Unknown(43, Octets.ofHex("77")));
    }

    @Test
    void everyPayloadIsReadAsItWasWritten() throws Exception {
        Message message = MessageCodec.decode(MessageCodec.encode(HEADER, everyPayload()));
        assertEquals(everyPayload(), message.payloads());
        assertEquals(7, message.header().messageId());
    }

    @Test
    void aMessageCutAnywhereOrWithBytesAfterItsEndIsMalformed() throws Exception {
        Octets whole = MessageCodec.encode(HEADER, everyPayload());
        for (int length = 0; length < whole.length(); length++) {
            Octets cut = whole.slice(0, length);
            assertThrows(Refusal.class, () -> MessageCodec.decode(cut));
            if (length >= IkeHeader.BYTES) {            // also if the header tells the truth about the length
                byte[] honest = cut.toByteArray();
                honest[26] = (byte) (length >> 8);
                honest[27] = (byte) length;
                assertThrows(Refusal.class, () -> MessageCodec.decode(Octets.of(honest)), "cut at " + length);
            }
        }
        assertThrows(Refusal.class, () -> MessageCodec.decode(Octets.concat(whole, Octets.of((byte) 0))));
    }

    /** Payload type, body, and what is wrong with it. */
    @ParameterizedTest
    @CsvSource({
        "33, 00000007010100, proposal shorter than its header",
        "33, 0000000801030005, SPI longer than the proposal",
        "33, 0000000801010001, one transform too few",
        "33, 0200000801010000, no proposal where more are announced",
        "33, 0300000801010000, a transform among the proposals",
        "33, 0000001001010001000000080100000c, one transform",
        "33, 00000012010100010000000a01000014800e, attribute cut short",
        "33, 0000001401010001000000080100000c00000000, bytes after the last transform",
        "34, 0005, no room for the group",
        "35, 010000, no room for the type",
        "39, 020000, no room for the method",
        "40, 000102030405060708090a0b0c0d0e, nonce of fifteen bytes",
        "41, 000040, no room for the type",
        "41, 0308400901020304, SPI longer than the notification",
        "42, 03040002 01020304, one SPI too few",
        "42, 0304000101020304 05, a byte too many",
        "42, 03000001, an SPI of no bytes",
        "44, 01000000, no selector",
        "44, 0100000007000010 0000ffff 01020304, one address",
        "44, 0100000007000011 0000ffff 0102030401020304 00, a length that does not fit",
        "44, 0100000007000010 0000ffff 0202020201010101, backwards",
        "44, 0000000007000010 0000ffff 0101010102020202, more selectors than it says",
    })
    void eachBadBodyIsRefusedAsInvalidSyntax(int type, String hex, String what) {
        var payload = new Payload.Unknown(type, Octets.ofHex(hex.replace(" ", "")));
        if (what.equals("one transform")) {     // the table's sound neighbour
            assertEquals(payload.type(), type);
            org.junit.jupiter.api.Assertions.assertDoesNotThrow(() -> MessageCodec.decode(MessageCodec.encode(HEADER, List.of(payload))));
            return;
        }
        Refusal refusal = assertThrows(Refusal.class, () -> MessageCodec.decode(MessageCodec.encode(HEADER, List.of(payload))), what);
        assertEquals(NotifyType.INVALID_SYNTAX, refusal.notifyType());
    }

    @Test
    void anUnknownCriticalPayloadIsNamed() {
        byte[] message = MessageCodec.encode(HEADER, List.of(new Payload.Unknown(49, Octets.EMPTY))).toByteArray();
        message[IkeHeader.BYTES + 1] = (byte) 0x80;
        Refusal refusal = assertThrows(Refusal.class, () -> MessageCodec.decode(Octets.of(message)));
        assertEquals(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD, refusal.notifyType());
        assertEquals(Octets.of((byte) 49), refusal.payload().data());
    }

    @Test
    void aTransformWithAnUnknownAttributeIsNotTheOneWithoutIt() throws Exception {
        var sound = Transform.cipher(20, 256, true);
        var strange = new Transform(1, 20, List.of(sound.attributes().get(0), dev.torii.ike.wire.Attribute.of(99, 1)));
        var proposal = new Proposal(1, 3, Octets.EMPTY, List.of(strange));
        assertEquals(false, proposal.allows(List.of(sound)));
        assertEquals(true, new Proposal(1, 3, Octets.EMPTY, List.of(strange, sound, Transform.of(Transform.INTEG, 0))).allows(List.of(sound)));
        assertEquals(false, new Proposal(1, 3, Octets.EMPTY, List.of(sound, Transform.of(Transform.INTEG, 12))).allows(List.of(sound)));
    }
}
