package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Capability;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.Octets;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.Prefix;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What our OPEN says and whether theirs is acceptable, RFC 4271 section 6.2. */
final class OpenCheck {
    private static final int VERSION = 4;

    private final long localAs;
    private final Inet4Address localId;
    private final PeerConfig peer;

    /** The verdict on an OPEN. */
    sealed interface Result {
        record Accepted(Negotiated negotiated) implements Result {}

        record Refused(NotificationMessage answer, String why) implements Result {}
    }

    OpenCheck(long localAs, Inet4Address localId, PeerConfig peer) {
        this.localAs = peer.localAs().map(PeerConfig.LocalAs::as).orElse(localAs);
        this.localId = localId;
        this.peer = peer;
    }

    OpenMessage ours() {
        var capabilities = new ArrayList<Capability>();
        for (AddressFamily family : families()) capabilities.add(new Capability.Multiprotocol(family));
        capabilities.add(new Capability.RouteRefresh());
        capabilities.add(new Capability.EnhancedRouteRefresh());
        capabilities.add(new Capability.FourOctetAs(localAs));
        if (peer.gracefulRestart().helper())
            capabilities.add(new Capability.GracefulRestart(false, false, (int) peer.gracefulRestart().restartTime().toSeconds(), List.of()));
        int myAs = localAs > 0xFFFF ? Iana.AS_TRANS : (int) localAs;
        return new OpenMessage(VERSION, myAs, (int) peer.hold().toSeconds(), ByteBuffer.wrap(localId.getAddress()).getInt(), capabilities);
    }

    Result check(OpenMessage open) {
        if (open.as() != peer.remoteAs() || open.myAs() != Iana.AS_TRANS && open.myAs() != open.as())
            return refused(Iana.BAD_PEER_AS, "AS " + open.as() + " instead of " + peer.remoteAs());
        boolean internal = peer.remoteAs() == localAs;
        int ours = ByteBuffer.wrap(localId.getAddress()).getInt();
        if (open.identifier() == 0 || internal && open.identifier() == ours)                     // RFC 6286 section 2.2
            return refused(Iana.BAD_IDENTIFIER, "identifier " + dotted(open.identifier()).getHostAddress());
        if (open.holdTimeSeconds() == 1 || open.holdTimeSeconds() == 2)
            return refused(Iana.UNACCEPTABLE_HOLD_TIME, "hold time " + open.holdTimeSeconds());
        var common = common(open);
        if (common.isEmpty())                                                                    // RFC 5492 section 5: the data is what we miss
            return new Result.Refused(new NotificationMessage(Iana.OPEN_ERROR, Iana.UNSUPPORTED_CAPABILITY, missing()), "no common address family");
        var hold = Duration.ofSeconds(Math.min(peer.hold().toSeconds(), open.holdTimeSeconds()));
        var third = hold.dividedBy(3);
        var keepalive = hold.isZero() ? Duration.ZERO : peer.keepalive().isZero() || peer.keepalive().compareTo(third) > 0 ? third : peer.keepalive();
        boolean fourOctets = open.capabilities().stream().anyMatch(Capability.FourOctetAs.class::isInstance);
        boolean refresh = open.capabilities().stream().anyMatch(Capability.RouteRefresh.class::isInstance);
        boolean enhanced = refresh && open.capabilities().contains(new Capability.EnhancedRouteRefresh());
        var restart = open.capabilities().stream().filter(Capability.GracefulRestart.class::isInstance).map(Capability.GracefulRestart.class::cast)
                .filter(theirs -> peer.gracefulRestart().helper()).reduce((first, last) -> last);
        return new Result.Accepted(new Negotiated(open.as(), dotted(open.identifier()), hold, keepalive, fourOctets, refresh, common, enhanced, restart));
    }

    private List<AddressFamily> families() {
        return peer.activeFamilies();
    }

    /** Without any multiprotocol capability, IPv4 unicast is meant. */
    private Set<AddressFamily> common(OpenMessage open) {
        var theirs = new LinkedHashSet<AddressFamily>();
        for (Capability capability : open.capabilities()) if (capability instanceof Capability.Multiprotocol mp) theirs.add(mp.family());
        if (theirs.isEmpty()) theirs.add(AddressFamily.IPV4_UNICAST);
        theirs.retainAll(families());
        return theirs;
    }

    private Octets missing() {
        var data = ByteBuffer.allocate(6 * families().size());
        for (AddressFamily family : families())
            data.put((byte) 1).put((byte) 4).putShort((short) family.afi()).put((byte) 0).put((byte) family.safi());
        return Octets.rest(data.flip());
    }

    private static Result refused(int subcode, String why) { return new Result.Refused(NotificationMessage.of(Iana.OPEN_ERROR, subcode), why); }

    private static Inet4Address dotted(int identifier) { return (Inet4Address) Prefix.ipv4(identifier, 32).address(); }
}
