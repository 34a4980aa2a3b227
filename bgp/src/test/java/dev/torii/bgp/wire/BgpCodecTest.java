package dev.torii.bgp.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.PathAttribute.AsPathAttribute;
import dev.torii.bgp.wire.PathAttribute.Origin;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BgpCodecTest {
    private static final DecodeContext FOUR = new DecodeContext(true, true), TWO = new DecodeContext(false, true), IBGP = new DecodeContext(true, false);
    private static final String MARKER = "ff".repeat(16);

    private static ByteBuffer hex(String text) { return ByteBuffer.wrap(HexFormat.of().parseHex(text.replace(" ", ""))); }

    private static String hex(ByteBuffer bytes) { return Octets.rest(bytes.duplicate()).toString(); }

    /** A message of that type around the body. */
    private static ByteBuffer message(int type, String body) {
        var bytes = hex(body);
        var out = ByteBuffer.allocate(19 + bytes.remaining());
        out.putLong(-1).putLong(-1).putShort((short) out.capacity()).put((byte) type).put(bytes);
        return out.flip();
    }

    private static NotificationMessage refused(ByteBuffer message, DecodeContext context) {
        return assertThrows(BgpDecodeException.class, () -> BgpCodec.decode(message, context)).notification();
    }

    private static NotificationMessage refused(ByteBuffer message) { return refused(message, FOUR); }

    private static BgpCodec.Decoded decode(ByteBuffer message, DecodeContext context) throws BgpDecodeException { return BgpCodec.decode(message, context); }

    static final OpenMessage OPEN = new OpenMessage(4, Iana.AS_TRANS, 180, 0xC0A8FE01, List.of(
            new Capability.Multiprotocol(AddressFamily.IPV4_UNICAST), new Capability.RouteRefresh(), new Capability.FourOctetAs(4200000001L),
            new Capability.Unknown(71, Octets.parseHex("00010180"))));

    static final List<PathAttribute> ATTRIBUTES = List.of(Origin.EGP, new AsPathAttribute(new AsPath(List.of(
                    new AsPath.Segment(AsPath.Kind.SEQUENCE, List.of(65000L, 4200000001L)), new AsPath.Segment(AsPath.Kind.SET, List.of(1L, 2L))))),
            new PathAttribute.NextHop(Prefix.parse("192.0.2.1/32").address()), new PathAttribute.MultiExitDisc(0xFFFF_FFFFL),
            new PathAttribute.AtomicAggregate(), new PathAttribute.Aggregator(4200000001L, 0x01020304, false),
            new PathAttribute.Communities(Octets.parseHex("ffffff01fde80001"), false),
            new PathAttribute.ExtendedCommunities(Octets.parseHex("0002fde800000001"), true),
            new PathAttribute.LargeCommunities(Octets.parseHex("0000000100000002" + "00000003"), false),
            new PathAttribute.UnknownAttribute(0xE0, 200, Octets.parseHex("00".repeat(300))));

    static final UpdateMessage UPDATE = new UpdateMessage(List.of(Prefix.parse("10.0.0.0/8"), Prefix.parse("0.0.0.0/0")), ATTRIBUTES,
            List.of(Prefix.parse("192.168.2.0/24"), Prefix.parse("10.1.128.0/17"), Prefix.parse("1.2.3.4/32")));

    @Test void everyMessageComesBackAsItWent() throws Exception {
        for (BgpMessage message : List.of(OPEN, UPDATE, new NotificationMessage(6, 2, Octets.parseHex("0568656c6c6f")), new BgpMessage.Keepalive(),
                new BgpMessage.RouteRefresh(AddressFamily.IPV4_UNICAST, 0), new UpdateMessage(List.of(), List.of(), List.of()))) {
            var decoded = decode(BgpCodec.encode(message, FOUR), FOUR);
            assertEquals(message, decoded.message());
            assertEquals(AttributeOutcome.OK, decoded.outcome());
        }
    }

    @Test void aTwoOctetSessionCarriesLongAsNumbersBesideThePath() throws Exception {
        assertEquals(UPDATE, decode(BgpCodec.encode(UPDATE, TWO), TWO).message());
        var wire = hex(BgpCodec.encode(UPDATE, TWO));
        assertTrue(wire.contains("0202fde85ba0" + "010200010002"), "AS_TRANS in AS_PATH");
        assertTrue(wire.contains("c011140202" + "0000fde8fa56ea01"), "AS4_PATH");
        assertTrue(wire.contains("c01208fa56ea0101020304"), "AS4_AGGREGATOR");
    }

    /** RFC 6793 section 4.2.3: NEW peer behind an OLD one that prepended itself. */
    @Test void as4PathFillsInWhatTheOldSpeakerCouldNotSay() throws Exception {
        var old = "40010100" + "400208" + "0203" + "fde8" + "5ba0" + "5ba0" + "400304c0000201";
        var path = assertPath(old + "c0110a0202" + "fa56ea01fa56ea02", TWO);
        assertEquals("65000 4200000001 4200000002", path.toString());
        assertEquals("65000 23456 23456", assertPath(old + "c011120204" + "00000001".repeat(4), TWO).toString(), "longer than AS_PATH: ignored");
        assertEquals("65000 23456 23456", assertPath(old + "c0110a0202" + "fa56ea01fa56ea02" + "c00706fde801020304" + "c01208fa56ea0101020304", TWO).toString(),
                "a two-octet speaker aggregated later");
    }

    private static AsPath assertPath(String attributes, DecodeContext context) throws BgpDecodeException {
        var update = (UpdateMessage) decode(update(attributes, "18c0a802"), context).message();
        for (PathAttribute a : update.attributes()) if (a instanceof AsPathAttribute path) return path.path();
        throw new AssertionError("no AS_PATH");
    }

    private static ByteBuffer update(String attributes, String nlri) {
        return message(Iana.UPDATE, "0000" + String.format("%04x", attributes.length() / 2) + attributes + nlri);
    }

    @Test void headerErrorsAreAnsweredWithTheirData() {
        var marker = message(Iana.KEEPALIVE, "").put(7, (byte) 0);
        assertEquals(new NotificationMessage(1, 1, Octets.EMPTY), refused(marker));
        assertEquals(new NotificationMessage(1, 2, Octets.parseHex("0012")), refused(hex(MARKER + "0012" + "04")));
        assertEquals(new NotificationMessage(1, 2, Octets.parseHex("1001")), refused(hex(MARKER + "1001" + "02")));
        assertEquals(new NotificationMessage(1, 3, Octets.parseHex("06")), refused(hex(MARKER + "0013" + "06")));
        assertEquals(new NotificationMessage(1, 3, Octets.parseHex("00")), refused(hex(MARKER + "0013" + "00")));
        assertEquals(new NotificationMessage(1, 2, Octets.parseHex("0014")), refused(message(Iana.KEEPALIVE, "00")));
        assertEquals(new NotificationMessage(1, 2, Octets.parseHex("001c")), refused(message(Iana.OPEN, "00".repeat(9))));
        assertEquals(new NotificationMessage(1, 2, Octets.parseHex("0016")), refused(message(Iana.UPDATE, "000000")));
        assertEquals(new NotificationMessage(1, 2, Octets.parseHex("0014")), refused(message(Iana.NOTIFICATION, "00")));
        assertEquals(new NotificationMessage(1, 2, Octets.parseHex("0018")), refused(message(Iana.ROUTE_REFRESH, "0001000100")));
    }

    @Test void openErrorsAreAnswered() {
        assertEquals(new NotificationMessage(2, 1, Octets.parseHex("0004")), refused(message(Iana.OPEN, "03fde800b4c0a8fe0100")));
        assertEquals(NotificationMessage.of(2, 0), refused(message(Iana.OPEN, "04fde800b4c0a8fe0101")));
        assertEquals(NotificationMessage.of(2, 4), refused(message(Iana.OPEN, "04fde800b4c0a8fe01" + "03" + "010100")));
        assertEquals(NotificationMessage.of(2, 0), refused(message(Iana.OPEN, "04fde800b4c0a8fe01" + "04" + "02024103")));
        assertEquals(NotificationMessage.of(2, 0), refused(message(Iana.OPEN, "04fde800b4c0a8fe01" + "05" + "0203410100")));
    }

    @Test void updateErrorsThatHideThePrefixesEndTheSession() {
        assertEquals(NotificationMessage.of(3, 1), refused(message(Iana.UPDATE, "00050000")));
        assertEquals(NotificationMessage.of(3, 1), refused(message(Iana.UPDATE, "00000001")));
        assertEquals(NotificationMessage.of(3, 10), refused(update("", "21c0a80201aa")));
        assertEquals(NotificationMessage.of(3, 10), refused(update("", "18c0a8")));
        assertEquals(NotificationMessage.of(3, 10), refused(message(Iana.UPDATE, "0002" + "180a" + "0000")));
        var mpReach = "800e09" + "0001" + "01" + "04c0000201" + "00";
        assertEquals(NotificationMessage.of(3, 1), refused(update(mpReach + mpReach, "")));
        assertEquals(NotificationMessage.of(3, 9), refused(update("800e05" + "0001" + "01" + "0900", "")));
    }

    private static final String ORIGIN = "40010100", PATH = "4002060201" + "0000fde8", NEXT_HOP = "400304c0000201";

    private static AttributeOutcome outcome(String attributes, DecodeContext context) throws BgpDecodeException {
        return decode(update(attributes, "18c0a802"), context).outcome();
    }

    @Test void malformedAttributesTreatTheRoutesAsWithdrawn() throws Exception {
        for (String attributes : List.of(
                "40010103" + PATH + NEXT_HOP, "4001020000" + PATH + NEXT_HOP, "c0010100" + PATH + NEXT_HOP, "80010100" + PATH + NEXT_HOP,
                ORIGIN + "40020602010000000" + "0" + NEXT_HOP, ORIGIN + "4002060301" + "0000fde8" + NEXT_HOP, ORIGIN + "4002060501" + "0000fde8" + NEXT_HOP,
                ORIGIN + "4002060202" + "0000fde8" + NEXT_HOP, ORIGIN + "4002020200" + NEXT_HOP, ORIGIN + "40020102" + NEXT_HOP,
                ORIGIN + PATH + "400303c00002", ORIGIN + PATH + "40030400000000", ORIGIN + PATH + "4003047f000001", ORIGIN + PATH + "400304e0000001",
                ORIGIN + PATH + NEXT_HOP + "80040300000a", ORIGIN + PATH + NEXT_HOP + "40040400000000",
                ORIGIN + PATH + NEXT_HOP + "c00800", ORIGIN + PATH + NEXT_HOP + "c00803000000", ORIGIN + PATH + NEXT_HOP + "c01004" + "00000000",
                ORIGIN + PATH + NEXT_HOP + "c02008" + "0000000000000000", ORIGIN + PATH + NEXT_HOP + "40c800",
                PATH + NEXT_HOP, ORIGIN + NEXT_HOP, ORIGIN + PATH,
                ORIGIN + PATH + NEXT_HOP + "80", ORIGIN + PATH + NEXT_HOP + "900400", ORIGIN + PATH + NEXT_HOP + "c0080500000000")) {
            assertInstanceOf(AttributeOutcome.TreatAsWithdraw.class, outcome(attributes, FOUR), attributes);
        }
        assertInstanceOf(AttributeOutcome.TreatAsWithdraw.class, outcome(ORIGIN + PATH + NEXT_HOP + "400503000000", IBGP));
        assertInstanceOf(AttributeOutcome.TreatAsWithdraw.class, outcome(ORIGIN + PATH + NEXT_HOP, IBGP), "LOCAL_PREF is mandatory inside");
    }

    @Test void attributesThatDoNotMatterAreDiscarded() throws Exception {
        for (String attributes : List.of("400504000000c8", "40060100", "c0070600000000" + "0000", "c00708" + "00000000c0000201", ORIGIN, "40010102",
                "c01100", "c01208fa56ea0101020304"))
            assertInstanceOf(AttributeOutcome.Discard.class, outcome(ORIGIN + PATH + NEXT_HOP + attributes, FOUR), attributes);
        var kept = (UpdateMessage) decode(update(ORIGIN + PATH + NEXT_HOP + "40010102", "18c0a802"), FOUR).message();
        assertEquals(Origin.IGP, kept.attributes().getFirst(), "of two, the first counts");
        assertEquals(3, kept.attributes().size());
    }

    /** The matrix that RFC 7606 is for: whatever is wrong with one attribute, the session stays while the prefixes can be found. */
    @Test void noAttributeTypeWithAnyLengthOrFlagsResetsTheSession() throws Exception {
        for (int type = 0; type < 256; type++) {
            if (type == Iana.ATTR_MP_REACH || type == Iana.ATTR_MP_UNREACH) continue;        // these hold prefixes
            for (int flags : new int[] {0x00, 0x40, 0x80, 0xC0, 0xE0, 0xF0, 0x50, 0x0F})
                for (int length : new int[] {0, 1, 3, 4, 5, 7, 8, 9, 12, 255}) {
                    boolean extended = (flags & 0x10) != 0;
                    var header = String.format("%02x%02x" + (extended ? "%04x" : "%02x"), flags, type, length);
                    var one = header + "01".repeat(length);
                    for (String attributes : List.of(one, ORIGIN + PATH + NEXT_HOP + one, one + one, header)) {
                        var decoded = decode(update(attributes, "18c0a802"), FOUR);
                        assertEquals(List.of(Prefix.parse("192.168.2.0/24")), ((UpdateMessage) decoded.message()).nlri());
                    }
                }
        }
    }

    @Test void everyTruncationAndEveryBitFlipGivesAMessageOrANotification() {
        var messages = List.of(BgpCodec.encode(OPEN, FOUR), BgpCodec.encode(UPDATE, FOUR), BgpCodec.encode(UPDATE, TWO),
                BgpCodec.encode(new BgpMessage.RouteRefresh(AddressFamily.IPV4_UNICAST, 0), FOUR), BgpCodec.encode(NotificationMessage.of(6, 2), FOUR));
        for (ByteBuffer original : messages) {
            for (int cut = BgpCodec.HEADER; cut < original.limit(); cut++) {
                var bytes = ByteBuffer.allocate(cut).put(original.duplicate().limit(cut)).flip();
                bytes.putShort(16, (short) cut);                                             // the header agrees: the body is short
                survives(bytes);
            }
            for (int bit = 0; bit < original.limit() * 8; bit++) {
                var bytes = ByteBuffer.allocate(original.limit()).put(original.duplicate()).flip();
                bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ 1 << bit % 8));
                survives(bytes);
            }
        }
    }

    @Test void randomBytesGiveAMessageOrANotification() {
        var random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            var body = new byte[random.nextInt(120)];
            random.nextBytes(body);
            if (random.nextBoolean()) for (int j = 0; j < body.length; j++) body[j] &= 0x1F;
            survives(message(1 + random.nextInt(5), HexFormat.of().formatHex(body)));
        }
    }

    private static void survives(ByteBuffer bytes) {
        for (DecodeContext context : List.of(FOUR, TWO, IBGP))
            try {
                var splitter = new MessageSplitter();
                var message = splitter.next(bytes.duplicate());
                if (message != null) BgpCodec.decode(message, context);
            } catch (BgpDecodeException e) {
                var n = e.notification();
                boolean marker = n.code() == Iana.ROUTE_REFRESH_ERROR;                  // whose answer has all of it
                assertTrue(n.code() >= 1 && n.code() <= 3 || marker, n::text);
                assertTrue(n.data().length() <= 2 || marker);
            }
    }

    @Test void theSplitterGivesTheSameMessagesHoweverTheStreamIsCut() throws Exception {
        var stream = ByteBuffer.allocate(10_000);
        for (BgpMessage message : List.of(OPEN, new BgpMessage.Keepalive(), UPDATE, new BgpMessage.Keepalive(), UPDATE)) {
            stream.put(BgpCodec.encode(message, FOUR));
        }
        stream.flip();
        for (int size : new int[] {1, 2, 18, 19, 20, 100, 4096, 10_000}) {
            var splitter = new MessageSplitter();
            var seen = new ArrayList<BgpMessage>();
            for (var rest = stream.duplicate(); rest.hasRemaining(); ) {
                var piece = rest.slice(rest.position(), Math.min(size, rest.remaining()));
                rest.position(rest.position() + piece.remaining());
                for (var message = splitter.next(piece); message != null; message = splitter.next(piece)) seen.add(decode(message, FOUR).message());
                assertEquals(0, piece.remaining());
            }
            assertEquals(List.of(OPEN, new BgpMessage.Keepalive(), UPDATE, new BgpMessage.Keepalive(), UPDATE), seen, "pieces of " + size);
        }
        assertNull(new MessageSplitter().next(ByteBuffer.allocate(0)));
        assertNotNull(new MessageSplitter().next(BgpCodec.encode(new BgpMessage.Keepalive(), FOUR)));
    }

    @Test void aLongListIsCutIntoFullMessagesAndNothingIsLost() throws Exception {
        var prefixes = new ArrayList<Prefix>();
        for (int i = 0; i < 20_000; i++) prefixes.add(Prefix.ipv4(0x0A000000 + (i << 8), 24));
        var sent = new ArrayList<ByteBuffer>();
        var batch = new MessageBatch(sent::add);
        assertTrue(UpdateCodec.announce(List.of(Origin.IGP, new AsPathAttribute(AsPath.sequence(65000)),
                new PathAttribute.NextHop(Prefix.parse("192.0.2.1/32").address())), prefixes, FOUR, batch));
        UpdateCodec.withdraw(prefixes, batch);
        batch.flush();
        var announced = new ArrayList<Prefix>();
        var withdrawn = new ArrayList<Prefix>();
        int messages = 0;
        var splitter = new MessageSplitter();
        for (ByteBuffer bytes : sent)
            for (var message = splitter.next(bytes); message != null; message = splitter.next(bytes)) {
                messages++;
                assertTrue(message.remaining() <= 4096);
                var update = (UpdateMessage) decode(message, FOUR).message();
                announced.addAll(update.nlri());
                withdrawn.addAll(update.withdrawn());
            }
        assertEquals(prefixes, announced);
        assertEquals(prefixes, withdrawn);
        assertEquals(batch.messages(), messages);
        assertTrue(messages <= 40, "messages " + messages);
    }

    @Test void attributesThatFillAMessageAreRefusedNotCut() {
        var batch = new MessageBatch(bytes -> { throw new AssertionError("sent"); });
        var big = List.<PathAttribute>of(new PathAttribute.UnknownAttribute(0xE0, 200, Octets.of(new byte[4065])));
        assertTrue(!UpdateCodec.announce(big, List.of(Prefix.parse("10.0.0.0/8")), FOUR, batch));
    }
}
