package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.HEAD1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.BgpCodec;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Capability;
import dev.torii.bgp.wire.DecodeContext;
import dev.torii.bgp.wire.Octets;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A session as TCP brings it: cut anywhere, messages as long as they may be, hold times as short as they may be. */
class StreamTest {
    private static final DecodeContext CONTEXT = new DecodeContext(true, true);

    private static Played played() { return new Played(Fixtures.open(65000, CPE1, HEAD1, 31898).build()); }

    private static OpenMessage open(int holdSeconds) { return new OpenMessage(4, 31898, holdSeconds, 9, List.of(new Capability.FourOctetAs(31898))); }

    /** An UPDATE of exactly that many octets: full of prefixes, and an attribute that fills it up. */
    private static ByteBuffer update(int octets) {
        var prefixes = new ArrayList<Prefix>();
        for (int i = 0; i < 900; i++) prefixes.add(Prefix.parse("10." + i / 256 + "." + i % 256 + ".0/24"));
        for (int filling = 256; ; filling++) {
            var attributes = List.of(PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(31898)), new PathAttribute.NextHop(HEAD1),
                    new PathAttribute.UnknownAttribute(0xC0, 99, Octets.of(new byte[filling])));
            var message = BgpCodec.encode(new UpdateMessage(List.of(), attributes, prefixes), CONTEXT);
            if (message.remaining() == octets) return message;
        }
    }

    @Test void aSessionIsTheSameHoweverItIsCut() {
        for (int piece : new int[] {1, 2, 3, 18, 19, 20, 28, 29, 4095, 4096, 4097, 65536}) {
            var played = played();
            var peer = played.connect(HEAD1, CPE1, 31898);
            var stream = ByteBuffer.allocate(1 << 15);
            stream.put(BgpCodec.encode(open(90), CONTEXT)).put(BgpCodec.encode(new BgpMessage.Keepalive(), CONTEXT)).put(update(4096));
            stream.put(BgpCodec.encode(new UpdateMessage(List.of(Prefix.parse("10.0.0.0/24")), List.of(), List.of()), CONTEXT)).put(update(4096));
            stream.put(BgpCodec.encode(new UpdateMessage(List.of(Prefix.parse("10.0.7.0/24")), List.of(), List.of()), CONTEXT)).flip();
            while (stream.hasRemaining()) {
                var bytes = stream.slice(stream.position(), Math.min(piece, stream.remaining()));
                stream.position(stream.position() + bytes.remaining());
                peer.say(bytes);
            }
            assertTrue(peer.established(), () -> "pieces of " + piece + ": " + peer.sent);
            assertEquals(899, played.kernel.size(), () -> "pieces of " + piece);
            assertFalse(played.kernel.containsKey(Prefix.parse("10.0.7.0/24")));
        }
    }

    @Test void a4096OctetMessageIsTheLongest() {
        var played = played();
        var peer = played.establish(HEAD1, CPE1, 31898);
        peer.say(update(4096));
        assertEquals(900, played.kernel.size());
        var longer = ByteBuffer.allocate(4097).put(update(4096)).flip().limit(4097);
        longer.putShort(16, (short) 4097);
        peer.say(longer);
        assertEquals("1/2 1001", peer.notification().code() + "/" + peer.notification().subcode() + " " + peer.notification().data());
        assertEquals(Map.of(), played.kernel);
    }

    /** Short hold times, zero among them. */
    @Test void theTimersAreThoseOfTheSmallerHoldTime() {
        for (var row : Map.of(0, "", 3, "HOLD 3 KEEPALIVE 1", 4, "HOLD 4 KEEPALIVE 1.333", 90, "HOLD 90 KEEPALIVE 30", 65535, "HOLD 180 KEEPALIVE 60").entrySet()) {
            var played = played();
            var peer = played.connect(HEAD1, CPE1, 31898);
            peer.say(open(row.getKey()));
            peer.say(new BgpMessage.Keepalive());
            assertTrue(peer.established());
            String timers = played.timers.entrySet().stream().filter(timer -> timer.getKey().side() == Side.INCOMING).sorted(Map.Entry.comparingByKey((a, b) -> a.name().compareTo(b.name())))
                    .map(timer -> timer.getKey().name() + " " + seconds(timer.getValue())).collect(Collectors.joining(" "));
            assertEquals(row.getValue(), timers, () -> "hold time " + row.getKey());
        }
    }

    private static String seconds(Duration duration) { return duration.toMillis() % 1000 == 0 ? "" + duration.toSeconds() : duration.toSeconds() + "." + duration.toMillis() % 1000; }

    @Test void withHoldTimeZeroSilenceIsNoEndAndWithThreeItIs() {
        var played = played();
        var peer = played.connect(HEAD1, CPE1, 31898);
        peer.say(open(3));
        peer.say(new BgpMessage.Keepalive());
        played.fire(new Timer(HEAD1, Side.INCOMING, TimerName.HOLD));
        assertEquals("4/0", peer.notification().code() + "/" + peer.notification().subcode());
        var again = played.connect(HEAD1, CPE1, 31898);
        again.say(open(0));
        again.say(new BgpMessage.Keepalive());
        assertTrue(again.established());
        assertTrue(played.timers.keySet().stream().noneMatch(timer -> timer.side() == Side.INCOMING), played.timers::toString);
    }
}
