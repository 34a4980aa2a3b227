package dev.torii.bgp.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.bgp.wire.PathAttribute.AsPathAttribute;
import dev.torii.bgp.wire.PathAttribute.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What FRR really sends. */
class FrrCaptureTest {
    private static final DecodeContext CONTEXT = new DecodeContext(true, true);

    private static List<ByteBuffer> captured(String sender) {
        try (InputStream in = FrrCaptureTest.class.getResourceAsStream("/vectors/frr-8.4.4-session.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().filter(line -> line.startsWith(sender + " "))
                    .map(line -> ByteBuffer.wrap(HexFormat.of().parseHex(line.substring(sender.length() + 1)))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BgpMessage decode(ByteBuffer bytes) {
        try {
            var decoded = BgpCodec.decode(bytes.duplicate(), CONTEXT);
            assertEquals(AttributeOutcome.OK, decoded.outcome());
            return decoded.message();
        } catch (BgpDecodeException e) {
            throw new AssertionError(e.notification().text(), e);
        }
    }

    @Test void everythingButUpdatesIsWrittenAsFrrWroteIt() {
        int compared = 0;
        for (String sender : List.of("192.168.254.1", "192.168.254.2"))
            for (ByteBuffer bytes : captured(sender)) {
                var message = decode(bytes);
                if (message instanceof UpdateMessage update && update.endOfRib().isEmpty()) continue;
                assertEquals(bytes, BgpCodec.encode(message, CONTEXT), message::toString);
                compared++;
            }
        assertEquals(17, compared);
    }

    @Test void theOpenSaysWhatFrrWasConfiguredWith() {
        var open = (OpenMessage) decode(captured("192.168.254.2").getFirst());
        assertEquals(4200000001L, open.as());
        assertEquals(Iana.AS_TRANS, open.myAs());
        assertEquals(9, open.holdTimeSeconds());
        assertEquals(0xC0A8FE02, open.identifier());
        assertEquals(new Capability.Multiprotocol(AddressFamily.IPV4_UNICAST), open.capabilities().getFirst());
        assertEquals(10, open.capabilities().size());
    }

    @Test void theUpdatesCarryTheConfiguredAttributes() {
        var update = captured("192.168.254.2").stream().map(FrrCaptureTest::decode)
                .filter(m -> m instanceof UpdateMessage u && u.endOfRib().isEmpty()).map(UpdateMessage.class::cast).findFirst().orElseThrow();
        assertEquals(List.of(Prefix.parse("192.168.2.0/24")), update.nlri());
        assertEquals(List.of(Origin.IGP, new AsPathAttribute(AsPath.sequence(4200000001L, 4200000001L, 64512)),
                new PathAttribute.NextHop(Prefix.parse("192.168.254.2/32").address()), new PathAttribute.MultiExitDisc(20)), update.attributes());

        var first = captured("192.168.254.1").stream().map(FrrCaptureTest::decode)
                .filter(m -> m instanceof UpdateMessage u && u.endOfRib().isEmpty()).map(UpdateMessage.class::cast).findFirst().orElseThrow();
        assertEquals(List.of(Prefix.parse("10.0.1.0/24"), Prefix.parse("10.1.0.0/16"), Prefix.parse("10.0.2.0/24")), first.nlri());
        assertEquals(List.of(new PathAttribute.Communities(Octets.parseHex("7c9a0064ffffff01"), false),
                new PathAttribute.LargeCommunities(Octets.parseHex("00007c9a0000000100000002"), false),
                new PathAttribute.ExtendedCommunities(Octets.parseHex("00027c9a00000007"), false)), first.attributes().subList(4, 7));
        assertEquals(first, decode(BgpCodec.encode(first, CONTEXT)));
    }
}
