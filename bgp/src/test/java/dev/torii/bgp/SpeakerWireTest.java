package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.HEAD1;
import static dev.torii.bgp.Fixtures.id;
import static dev.torii.bgp.Fixtures.ip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.AttributeOutcome;
import dev.torii.bgp.wire.BgpCodec;
import dev.torii.bgp.wire.BgpDecodeException;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Capability;
import dev.torii.bgp.wire.DecodeContext;
import dev.torii.bgp.wire.MessageSplitter;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.Octets;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One speaker against a peer played by the test: message for message. */
class SpeakerWireTest implements Transport, RouteSink, EventSink {
    private static final DecodeContext CONTEXT = new DecodeContext(true, true);
    private static final Prefix P = Prefix.parse("10.0.1.0/24");
    private static final ConnectionId THEIRS = new ConnectionId(1000);

    private final List<BgpMessage> sent = new ArrayList<>();
    private final List<PeerEvent> events = new ArrayList<>();
    private final Map<Prefix, LearntRoute> kernel = new HashMap<>();
    private final Set<Timer> timers = new HashSet<>();
    private final Set<ConnectionId> closed = new HashSet<>();
    private boolean roomy = true;
    private Speaker speaker = speaker(Fixtures.open(65000, CPE1, HEAD1, 31898).network(Prefix.parse("192.168.2.0/24")).build());

    private Speaker speaker(BgpConfig config) { return new Speaker(config, this, this, this, () -> 1.0, () -> 0); }

    @Override public void connect(InetAddress peer, ConnectionId connection) { }

    @Override public boolean send(ConnectionId connection, ByteBuffer messages) {
        try {
            var splitter = new MessageSplitter();
            for (var message = splitter.next(messages); message != null; message = splitter.next(messages)) {
                var decoded = BgpCodec.decode(message, CONTEXT);
                assertEquals(AttributeOutcome.OK, decoded.outcome());
                sent.add(decoded.message());
            }
        } catch (BgpDecodeException e) {
            throw new AssertionError("we sent nonsense", e);
        }
        return roomy;
    }

    @Override public void close(ConnectionId connection) { closed.add(connection); }

    @Override public void arm(Timer timer, Duration after) { timers.add(timer); }

    @Override public void disarm(Timer timer) { timers.remove(timer); }

    @Override public void best(LearntRoute route) { kernel.put(route.prefix(), route); }

    @Override public void withdrawn(Prefix prefix) { kernel.remove(prefix); }

    @Override public void event(PeerEvent event) { events.add(event); }

    private void say(BgpMessage message) { speaker.received(THEIRS, BgpCodec.encode(message, CONTEXT)); }

    private void establish() {
        speaker.start();
        speaker.connected(HEAD1, THEIRS, false, LocalAddresses.of(CPE1));
        say(new OpenMessage(4, 31898, 90, 0x09090909, List.of(new Capability.FourOctetAs(31898), new Capability.RouteRefresh())));
        say(new BgpMessage.Keepalive());
        assertTrue(established(), sent::toString);
        sent.clear();
    }

    private boolean established() { return speaker.neighbor(HEAD1).orElseThrow().summary().established(); }

    private static UpdateMessage announce(AsPath path, PathAttribute... more) {
        var attributes = new ArrayList<PathAttribute>(List.of(PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(path), new PathAttribute.NextHop(HEAD1)));
        attributes.addAll(List.of(more));
        return new UpdateMessage(List.of(), attributes, List.of(P));
    }

    @Test void theFirstMessagesAreOpenAndKeepaliveThenTheTable() {
        speaker.localRoute(Prefix.parse("192.168.2.0/24"), 3);
        speaker.start();
        speaker.connected(HEAD1, THEIRS, false, LocalAddresses.of(CPE1));
        assertEquals(1, sent.size());
        assertEquals(65000, ((OpenMessage) sent.getFirst()).as());
        say(new OpenMessage(4, 31898, 90, 9, List.of(new Capability.FourOctetAs(31898))));
        assertEquals(new BgpMessage.Keepalive(), sent.get(1));
        say(new BgpMessage.Keepalive());
        assertEquals(new UpdateMessage(List.of(), List.of(PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(65000)),
                new PathAttribute.NextHop(CPE1), new PathAttribute.MultiExitDisc(3)), List.of(Prefix.parse("192.168.2.0/24"))), sent.get(2));
        assertEquals(3, sent.size());
    }

    @Test void aMalformedAttributeWithdrawsTheRouteAndKeepsTheSession() {
        establish();
        say(announce(AsPath.sequence(31898)));
        assertEquals(Set.of(P), kernel.keySet());
        var bad = Octets.rest(BgpCodec.encode(announce(AsPath.sequence(31898)), CONTEXT)).toString().replace("40010100", "40010109");
        speaker.received(THEIRS, Octets.parseHex(bad).toBuffer());
        assertTrue(kernel.isEmpty());
        assertTrue(established());
        assertTrue(events.getLast() instanceof PeerEvent.MalformedUpdate, events::toString);
    }

    @Test void aBadMarkerLengthOrTypeIsAnsweredAndTheRoutesAreGone() {
        for (var answer : Map.of("00" + "ff".repeat(15) + "001304", "1/1", "ff".repeat(16) + "100104", "1/2", "ff".repeat(16) + "001309", "1/3").entrySet()) {
            speaker = speaker(Fixtures.open(65000, CPE1, HEAD1, 31898).build());
            establish();
            say(announce(AsPath.sequence(31898)));
            speaker.received(THEIRS, Octets.parseHex(answer.getKey()).toBuffer());
            var notification = (NotificationMessage) sent.getLast();
            assertEquals(answer.getValue(), notification.code() + "/" + notification.subcode());
            assertTrue(kernel.isEmpty());
            assertFalse(established());
            assertTrue(closed.contains(THEIRS));
            kernel.clear();
            closed.clear();
        }
    }

    @Test void ourOwnAsInThePathOrOurselvesAsNextHopIsRefused() {
        establish();
        say(announce(AsPath.sequence(31898, 65000, 1)));
        say(new UpdateMessage(List.of(), List.of(PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(31898)), new PathAttribute.NextHop(CPE1)), List.of(P)));
        assertTrue(kernel.isEmpty());
        say(announce(AsPath.sequence(31898)));
        assertEquals(1, kernel.size());
        say(announce(AsPath.sequence(31898, 65000)));
        assertTrue(kernel.isEmpty(), "the new path replaces the old one, though it is refused");
        assertEquals(0, speaker.neighbor(HEAD1).orElseThrow().summary().prefixesReceived());
    }

    @Test void multicastPrefixesAreIgnored() {
        establish();
        var update = announce(AsPath.sequence(31898));
        say(new UpdateMessage(List.of(), update.attributes(), List.of(Prefix.parse("224.0.0.0/24"), P)));
        assertEquals(Set.of(P), kernel.keySet());
    }

    @Test void routeRefreshIsAnsweredWithEverythingAndEndOfRibIsTolerated() {
        speaker.localRoute(Prefix.parse("192.168.2.0/24"), 0);
        establish();
        say(new UpdateMessage(List.of(), List.of(), List.of()));
        assertEquals(List.of(), sent);
        say(new BgpMessage.RouteRefresh(AddressFamily.IPV4_UNICAST, 0));
        assertEquals(List.of(Prefix.parse("192.168.2.0/24")), ((UpdateMessage) sent.getFirst()).nlri());
        assertEquals(1, sent.size());
        say(new BgpMessage.RouteRefresh(AddressFamily.IPV6_UNICAST, 0));
        assertEquals(1, sent.size());
    }

    @Test void withoutRoomUpdatesWaitAndOnlyTheLastStateIsSent() {
        establish();
        roomy = false;
        speaker.localRoute(Prefix.parse("192.168.2.0/24"), 0);
        assertEquals(1, sent.size());
        speaker.localRouteGone(Prefix.parse("192.168.2.0/24"));
        speaker.localRoute(Prefix.parse("192.168.2.0/24"), 9);
        assertEquals(1, sent.size());
        assertEquals(1, speaker.neighbor(HEAD1).orElseThrow().summary().outQueue());
        roomy = true;
        speaker.writable(THEIRS);
        assertEquals(2, sent.size());
        assertTrue(((UpdateMessage) sent.getLast()).attributes().contains(new PathAttribute.MultiExitDisc(9)));
        assertEquals(0, speaker.neighbor(HEAD1).orElseThrow().summary().outQueue());
    }

    @Test void theAdvertisementIntervalHoldsUpdatesBack() {
        speaker = speaker(BgpConfig.builder(65000).routerId(id("1.1.1.1")).ebgpRequiresPolicy(false).network(Prefix.parse("192.168.2.0/24"))
                .peer(PeerConfig.builder(HEAD1, 31898).ipv4Unicast(FamilyConfig.builder().advertisementInterval(Duration.ofSeconds(30)).build()).build()).build());
        establish();
        speaker.localRoute(Prefix.parse("192.168.2.0/24"), 0);
        speaker.localRouteGone(Prefix.parse("192.168.2.0/24"));
        assertEquals(1, sent.size());
        var interval = new Timer(HEAD1, Side.OUTGOING, TimerName.ADVERTISEMENT_INTERVAL);
        assertTrue(timers.contains(interval));
        speaker.expired(interval);
        assertEquals(List.of(Prefix.parse("192.168.2.0/24")), ((UpdateMessage) sent.getLast()).withdrawn());
    }

    @Test void learntRoutesGoOnWithTransitiveAttributesOurAsInFrontAndNoMed() {
        InetAddress other = ip("10.9.0.2");
        speaker = speaker(Fixtures.open(65000, CPE1, HEAD1, 31898).peer(PeerConfig.builder(other, 64999).build()).build());
        establish();
        var second = new ConnectionId(1001);
        speaker.connected(other, second, false, LocalAddresses.of(ip("10.9.0.1")));
        speaker.received(second, BgpCodec.encode(new OpenMessage(4, 64999, 90, 8, List.of(new Capability.FourOctetAs(64999))), CONTEXT));
        speaker.received(second, BgpCodec.encode(new BgpMessage.Keepalive(), CONTEXT));
        sent.clear();
        say(announce(AsPath.sequence(31898, 7), new PathAttribute.MultiExitDisc(5), new PathAttribute.AtomicAggregate(), new PathAttribute.Communities(Octets.parseHex("fde80001"), false),
                new PathAttribute.UnknownAttribute(0xC0, 99, Octets.parseHex("0102")), new PathAttribute.UnknownAttribute(0x80, 98, Octets.parseHex("03"))));
        assertEquals(List.of(new UpdateMessage(List.of(), List.of(PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(65000, 31898, 7)),
                new PathAttribute.NextHop(ip("10.9.0.1")), new PathAttribute.AtomicAggregate(), new PathAttribute.Communities(Octets.parseHex("fde80001"), false),
                new PathAttribute.UnknownAttribute(0xE0, 99, Octets.parseHex("0102"))), List.of(P))), sent);
        sent.clear();
        say(announce(AsPath.sequence(31898, 7), new PathAttribute.Communities(Octets.parseHex("ffffff01"), false)));
        assertEquals(List.of(P), ((UpdateMessage) sent.getFirst()).withdrawn(), "NO_EXPORT");
    }

    @Test void nothingAPeerSendsMakesTheSpeakerThrow() {
        var random = new Random(11);
        for (int round = 0; round < 3000; round++) {
            speaker = speaker(Fixtures.open(65000, CPE1, HEAD1, 31898).build());
            sent.clear();
            if (round % 2 == 0) establish();
            else { speaker.start(); speaker.connected(HEAD1, THEIRS, false, LocalAddresses.of(CPE1)); }
            for (int i = 0; i < 5; i++) {
                var message = switch (random.nextInt(5)) {
                    case 0 -> BgpCodec.encode(new OpenMessage(4, 31898, 90, 9, List.of(new Capability.FourOctetAs(31898))), CONTEXT);
                    case 1 -> BgpCodec.encode(new BgpMessage.Keepalive(), CONTEXT);
                    case 2 -> BgpCodec.encode(NotificationMessage.of(6, 4), CONTEXT);
                    case 3 -> BgpCodec.encode(new BgpMessage.RouteRefresh(AddressFamily.IPV4_UNICAST, 0), CONTEXT);
                    default -> BgpCodec.encode(announce(AsPath.sequence(31898)), CONTEXT);
                };
                if (random.nextInt(3) == 0) message.put(random.nextInt(message.limit()), (byte) random.nextInt());
                speaker.received(THEIRS, message);
                assertFalse(message.hasRemaining());
            }
            for (Timer timer : Set.copyOf(timers)) speaker.expired(timer);
            speaker.summary(AddressFamily.IPV4_UNICAST);
            speaker.table(AddressFamily.IPV4_UNICAST);
            timers.clear();
        }
    }
}
