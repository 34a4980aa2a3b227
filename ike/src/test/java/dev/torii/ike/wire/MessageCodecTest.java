package dev.torii.ike.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Cookie;
import dev.torii.ike.Octets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageCodecTest {
    private static final IkeHeader HEADER = IkeHeader.v1(new Cookie(0x0102030405060708L), new Cookie(0x1112131415161718L),
            ExchangeType.MAIN_MODE, 0, 0x01020304);

    private static List<Payload> everything() {
        var transform = new Transform(1, 1, List.of(Attribute.of(1, 7), Attribute.of(14, 256), Attribute.ofNumber(12, 28800),
                Attribute.ofNumber(12, 0x12345678L)));
        var second = new Transform(2, 1, List.of());
        return List.of(
                new Payload.Sa(List.of(new Proposal(1, 1, Octets.EMPTY, List.of(transform, second)),
                        new Proposal(2, 3, Octets.ofHex("c0ffee01"), List.of(transform)))),
                new Payload.Ke(Octets.ofHex("00ff00ff")),
                new Payload.Id(4, 17, 500, Octets.ofHex("0a000000ff000000")),
                new Payload.Hash(Octets.ofHex("aabbcc")),
                new Payload.Nonce(Octets.ofHex("0011223344556677")),
                new Payload.Notify(1, 1, Octets.ofHex("01020304050607081112131415161718"), NotifyType.R_U_THERE, Octets.ofInt(42)),
                new Payload.Delete(1, 3, List.of(Octets.ofInt(0x100), Octets.ofInt(0x200))),
                new Payload.VendorId(Octets.ofHex("4a131c81070358455c5728f20e95452f")),
                new Payload.NatD(Octets.ofHex("dddddddd")),
                new Payload.NatOa(1, Octets.ofHex("c0000201")),
                new Payload.Unknown(77, Octets.ofHex("123456")));
    }

    private static List<Payload> payloads(Message message) {
        return message.parts().stream().map(Message.Part::payload).toList();
    }

    @Test
    void everyPayloadSurvivesARoundTrip() throws MalformedMessageException {
        Octets bytes = MessageCodec.encode(HEADER, everything());
        Message decoded = MessageCodec.decode(bytes);
        assertEquals(everything(), payloads(decoded));
        assertEquals(HEADER.initiator(), decoded.header().initiator());
        assertEquals(0x01020304, decoded.header().messageId());
        assertEquals(bytes.length(), decoded.header().length());
        assertEquals(bytes, MessageCodec.encode(decoded.header(), payloads(decoded)));
    }

    @Test
    void thePartsAreTheBytesThatWereSent() throws MalformedMessageException {
        Octets bytes = MessageCodec.encode(HEADER, everything());
        Message decoded = MessageCodec.decode(bytes);
        Octets all = Octets.concat(decoded.parts().stream().map(Message.Part::bytes).toArray(Octets[]::new));
        assertEquals(MessageCodec.body(bytes), all);
        assertEquals(all.slice(decoded.parts().get(0).bytes().length(), decoded.bytesAfterFirst().length()), decoded.bytesAfterFirst());
        assertEquals(Octets.ofHex("00ff00ff"), decoded.bodyOf(Payload.Ke.class));
    }

    @Test
    void paddingAfterTheLastPayloadIsIgnoredWhenDecrypted() throws MalformedMessageException {
        Octets body = MessageCodec.body(MessageCodec.encode(HEADER, everything()));
        IkeHeader header = IkeHeader.peek(MessageCodec.encode(HEADER, everything()));
        Message decoded = MessageCodec.decrypted(header, Octets.concat(body, Octets.of(new byte[13])));
        assertEquals(everything(), payloads(decoded));
    }

    @Test
    void aMessageCutAnywhereIsRefused() {
        Octets bytes = MessageCodec.encode(HEADER, everything());
        for (int length = 0; length < bytes.length(); length++) {
            Octets cut = bytes.slice(0, length);
            assertThrows(MalformedMessageException.class, () -> MessageCodec.decode(cut), "at " + length);
            if (length >= IkeHeader.BYTES) {
                Octets body = MessageCodec.body(cut);
                assertThrows(MalformedMessageException.class, () -> MessageCodec.decrypted(IkeHeader.peek(bytes), body), "body at " + length);
            }
        }
    }

    @Test
    void anyChangedByteIsEitherReadOrRefused() {
        Octets bytes = MessageCodec.encode(HEADER, everything());
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = bytes.toByteArray();
            for (int k = 0; k <= random.nextInt(3); k++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            try {
                MessageCodec.decode(Octets.of(changed));
            } catch (MalformedMessageException expected) {
                refused++;
            }
        }
        assertTrue(refused > 1000, "only " + refused);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
            payload length of three,                   4,  00000003
            payload length beyond the end,             4,  000000ff
            payload length zero,                       4,  00000000
            next payload without bytes,                10, 0a00000401
            generic header cut,                        4,  0000
            SA of another DOI,                         1,  0000000c0000000200000001
            SA without situation,                      1,  0000000800000001
            SA with another situation,                 1,  0000000c0000000100000002
            proposal cut,                              1,  0000001000000001000000010000000801
            proposal longer than the SA,               1,  00000014000000010000000100000010010100ff
            a transform where a proposal belongs,      1,  00000014000000010000000103000008010100 00
            proposal's SPI cut,                        1,  00000014000000010000000100000008010104 00
            fewer transforms than announced,           1,  00000014000000010000000100000008010100 01
            identification of three bytes,             5,  00000007010000
            notification cut,                          11, 0000000b00000001010000
            notification's SPI cut,                    11, 0000000e000000010110000e0102
            delete with too few SPIs,                  12, 000000100000000103040002 00000001
            delete with SPIs of no bytes,              12, 0000000c0000000103000000
            NAT-OA cut,                                21, 000000060100
            """)
    void malformedPayloadsAreRefused(String what, int type, String hex) {
        Octets body = Octets.ofHex(hex.replace(" ", ""));
        IkeHeader header = new IkeHeader(HEADER.initiator(), HEADER.responder(), type, IkeHeader.VERSION_1, ExchangeType.MAIN_MODE, 0, 0, 0);
        assertThrows(MalformedMessageException.class, () -> MessageCodec.decrypted(header, body), what);
    }

    @Test
    void attributesCutShortAreRefused() {
        for (String bad : List.of("80", "8001", "800100", "000c0004000000", "000cffff00")) {
            assertThrows(MalformedMessageException.class, () -> MessageCodec.attributes(Octets.ofHex(bad)), bad);
        }
    }

    @Test
    void anAttributeLongerThanALongIsHuge() throws MalformedMessageException {
        Attribute attribute = MessageCodec.attributes(Octets.ofHex("000c0009ffffffffffffffffff")).get(0);
        assertEquals(Long.MAX_VALUE, attribute.number());
        assertEquals(0xFFFF_FFFFL, MessageCodec.attributes(Octets.ofHex("000c0004ffffffff")).get(0).number());
    }

    @Test
    void anotherVersionAndAWrongLengthAreRefused() {
        byte[] bytes = MessageCodec.encode(HEADER, List.of()).toByteArray();
        bytes[17] = 0x20;
        var version = assertThrows(MalformedMessageException.class, () -> MessageCodec.header(Octets.of(bytes)));
        assertEquals(NotifyType.INVALID_MAJOR_VERSION, version.notifyType());
        bytes[17] = 0x10;
        bytes[27]++;
        assertThrows(MalformedMessageException.class, () -> MessageCodec.header(Octets.of(bytes)));
    }

    @Test
    void aChainOfThousandsOfPayloadsIsRefused() {
        var many = new ArrayList<Payload>();
        for (int i = 0; i < 5000; i++) {
            many.add(new Payload.VendorId(Octets.EMPTY));
        }
        Octets bytes = MessageCodec.encode(HEADER, many);
        assertThrows(MalformedMessageException.class, () -> MessageCodec.decode(bytes));
    }

    @Test
    void theAnswerToAStrangerIsAPlainNotification() throws MalformedMessageException {
        Message answer = MessageCodec.decode(Notification.unauthenticated(HEADER, NotifyType.INVALID_MAJOR_VERSION));
        assertEquals(ExchangeType.INFORMATIONAL, answer.header().exchange());
        assertEquals(HEADER.initiator(), answer.header().initiator());
        assertEquals(NotifyType.INVALID_MAJOR_VERSION, answer.the(Payload.Notify.class).notifyType());
    }

    @Test
    void twoPayloadsWhereOneBelongsAreRefused() throws MalformedMessageException {
        Message message = MessageCodec.decode(MessageCodec.encode(HEADER, List.of(new Payload.Ke(Octets.EMPTY), new Payload.Ke(Octets.EMPTY))));
        assertThrows(MalformedMessageException.class, () -> message.the(Payload.Ke.class));
        assertThrows(MalformedMessageException.class, () -> message.the(Payload.Nonce.class));
        assertEquals(2, message.all(Payload.Ke.class).size());
    }
}
