package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.CPE2;
import static dev.torii.bgp.Fixtures.HEAD1;
import static dev.torii.bgp.Fixtures.HEAD2;
import static dev.torii.bgp.Fixtures.ip;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Capability;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Sequences of messages and other events at a speaker, most of them from one neighbour, beside another that only listens. Whatever happens, the listener knows
 * what the table says, the kernel has what is in use, and nothing is left when the router stops.
 */
public final class SpeakerFuzz {
    private static final long AS = 31898;

    private final Played played = new Played(BgpConfig.builder(65000).routerId(Fixtures.id("192.168.254.1")).ebgpRequiresPolicy(false)
            .peer(PeerConfig.builder(HEAD1, AS).ipv4Unicast(FamilyConfig.builder().softReconfigurationInbound(true).build()).build())
            .peer(PeerConfig.builder(ip("192.168.254.10"), 64998).build()).peer(PeerConfig.builder(HEAD2, 64999).build()).build());
    private final Played.Peer listener = played.establish(HEAD2, CPE2, 64999, new Capability.EnhancedRouteRefresh());
    private final Played.@Nullable Peer[] talkers = new Played.Peer[2];
    private final ByteBuffer in;

    private SpeakerFuzz(byte[] input) { in = ByteBuffer.wrap(input); }

    public static void fuzzerTestOneInput(byte[] input) {
        var fuzz = new SpeakerFuzz(input);
        while (fuzz.in.hasRemaining()) fuzz.act(Byte.toUnsignedInt(fuzz.in.get()));
        fuzz.check();
        fuzz.played.speaker.stop("");
        if (!fuzz.played.kernel.isEmpty() || !fuzz.played.timers.isEmpty()) throw new AssertionError("left: " + fuzz.played.kernel + fuzz.played.timers);
    }

    private int next() { return in.hasRemaining() ? Byte.toUnsignedInt(in.get()) : 0; }

    private byte[] some() {
        var bytes = new byte[Math.min(next(), in.remaining())];
        in.get(bytes);
        return bytes;
    }

    private static InetAddress address(int who) { return who == 0 ? HEAD1 : ip("192.168.254.10"); }

    private static InetAddress local(int who) { return who == 0 ? CPE1 : ip("192.168.254.9"); }

    private static long as(int who) { return who == 0 ? AS : 64998; }

    private void act(int what) {
        int who = what >> 4 & 1;
        var talker = talkers[who];
        switch (what & 0x0F) {
            case 0 -> { if (talker != null) talker.say(message(next(), some())); }
            case 1 -> { if (talker != null) talker.say(ByteBuffer.wrap(some())); }
            case 2 -> { if (played.speaker.accepts(address(who))) talkers[who] = played.connect(address(who), local(who), as(who)); }
            case 3 -> { if (talker != null) played.speaker.closed(talker.connection); }
            case 4 -> fire(next());
            case 5 -> { if (talker != null) talker.say(open(who, next())); }
            case 6 -> { if (talker != null) talker.say(new BgpMessage.Keepalive()); }
            case 7 -> { if (talker != null) announce(talker, who); }
            case 8 -> { if (talker != null) talker.say(new UpdateMessage(List.of(prefix(next())), List.of(), List.of())); }
            case 9 -> { if (talker != null) talker.say(new BgpMessage.RouteRefresh(AddressFamily.IPV4_UNICAST, next() & 3)); }
            case 10 -> { if (talker != null) talker.say(UpdateMessage.endOfRib(AddressFamily.IPV4_UNICAST)); }
            case 11 -> operate(who, next());
            case 12 -> played.nowNanos += Duration.ofSeconds(next()).toNanos();
            case 13 -> { if (talker != null) played.speaker.sendingWaits(talker.connection, (next() & 1) == 0); }
            case 14 -> { if (talker != null) talker.say(NotificationMessage.of(next(), next())); }
            default -> check();
        }
    }

    private static ByteBuffer message(int type, byte[] body) {
        return ByteBuffer.allocate(19 + body.length).putLong(-1).putLong(-1).putShort((short) (19 + body.length)).put((byte) type).put(body).flip();
    }

    private void fire(int which) {
        var running = played.timers.keySet().stream().sorted(Comparator.comparing(Timer::toString)).toList();
        if (!running.isEmpty()) played.fire(running.get(which % running.size()));
    }

    private static OpenMessage open(int who, int flags) {
        var capabilities = new ArrayList<Capability>(List.of(new Capability.FourOctetAs(as(who)), new Capability.RouteRefresh()));
        if ((flags & 1) != 0) capabilities.add(new Capability.EnhancedRouteRefresh());
        if ((flags & 2) != 0) capabilities.add(new Capability.GracefulRestart(false, false, 120, (flags & 4) == 0 ? List.of()
                : List.of(new Capability.PreservedFamily(AddressFamily.IPV4_UNICAST, (flags & 8) != 0))));
        return new OpenMessage(4, (int) as(who), (flags & 16) == 0 ? 90 : 0, (flags & 32) == 0 ? 9 : Integer.MAX_VALUE, capabilities);
    }

    private static Prefix prefix(int number) { return Prefix.parse("10." + (number & 7) + ".0.0/16"); }

    private void announce(Played.Peer talker, int who) {
        int length = next() & 3;
        var path = new long[1 + length];
        for (int i = 0; i < path.length; i++) path[i] = as(who) + i;
        talker.announce(prefix(next()).toString(), PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(path)), new PathAttribute.NextHop(address(who)));
    }

    private void operate(int who, int what) {
        var speaker = played.speaker;
        switch (what & 7) {
            case 0 -> speaker.clear(address(who));
            case 1 -> speaker.softIn(address(who), AddressFamily.IPV4_UNICAST);
            case 2 -> speaker.softOut(address(who), AddressFamily.IPV4_UNICAST);
            case 3 -> speaker.peerReachable(address(who), false);
            case 4 -> speaker.peerReachable(address(who), true);
            case 5 -> speaker.nextHop(address(who), OptionalLong.empty());
            case 6 -> speaker.nextHop(address(who), OptionalLong.of(0));
            default -> { if (listener.established()) listener.say(new BgpMessage.RouteRefresh(AddressFamily.IPV4_UNICAST, BgpMessage.RouteRefresh.REQUEST)); }
        }
    }

    private void check() {
        var used = new TreeSet<Prefix>();
        for (RibRow row : played.speaker.table(AddressFamily.IPV4_UNICAST)) if (row.best()) used.add(row.prefix());
        if (!used.equals(played.kernel.keySet())) throw new AssertionError("in use " + used + ", in the kernel " + played.kernel.keySet());
        if (!listener.established()) return;                        // its hold timer was chosen to be over
        var advertised = new TreeSet<Prefix>();
        for (RibRow row : played.speaker.advertisedRoutes(HEAD2, AddressFamily.IPV4_UNICAST)) advertised.add(row.prefix());
        if (!used.containsAll(advertised)) throw new AssertionError("in use " + used + ", advertised " + advertised);
        for (int i = 0; i < 8; i++)
            if (listener.told(prefix(i).toString()).isPresent() != advertised.contains(prefix(i))) throw new AssertionError(prefix(i) + " advertised: " + advertised + ", told: " + listener.sent);
    }
}
