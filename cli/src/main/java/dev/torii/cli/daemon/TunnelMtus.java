package dev.torii.cli.daemon;

import dev.torii.cli.config.TunnelConfig;
import dev.torii.esp.EchoProbe;
import dev.torii.esp.OutboundSa;
import dev.torii.esp.PathSearch;
import dev.torii.esp.SaDatabase;
import dev.torii.ike.IkeStatus;
import dev.torii.tun.Links;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Keeps the longest inner packet of every tunnel what its SAs' ESP, in UDP or not, leaves of the way to the peer: for the packet path, and as the MTU of the
 * interface, so that the kernel tells senders. With {@code mtu=} the interface stays as it is, and the packet path tells them. On the control loop.
 */
final class TunnelMtus {
    /** Beyond the first link more is rarely carried, and a link that does not say so would swallow it; {@code mtu=} asks for more. */
    private static final int COMMON_MTU = 1500;
    /** With less an interface has no IPv6 (RFC 8200, section 5). */
    private static final int LEAST_IPV6_MTU = 1280;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int UDP_HEADER = 8;
    private static final int AT_ONCE = 32;

    private final Links links;
    private final SaDatabase sad;
    private final OuterMtu outerMtu;
    private final EventLog log;
    private final Map<Tunnel, Integer> interfaceMtus = new HashMap<>();
    private final Map<Tunnel, PathSearch> searches = new HashMap<>();
    private final IntConsumer poll;
    private final LongSupplier nanoTime;
    private int turn;

    /** What the way between two addresses carries, if there is one. */
    @FunctionalInterface
    interface OuterMtu {
        OptionalInt of(InetAddress local, InetAddress remote);
    }

    /** @param poll has a tunnel's TUN polled, by its index: a probe waits */
    TunnelMtus(Links links, SaDatabase sad, OuterMtu outerMtu, IntConsumer poll, LongSupplier nanoTime, EventLog log) {
        this.poll = poll;
        this.nanoTime = nanoTime;
        this.links = links;
        this.sad = sad;
        this.outerMtu = outerMtu;
        this.log = log;
    }

    /** Looks at all of them: something about the network has changed. */
    void look(List<Tunnel> tunnels) {
        tunnels.forEach(this::look);
    }

    /** To be called regularly, as nobody tells of a path that has become narrower: looks at the next few, so that a thousand tunnels cost no more than some. */
    void lookAtSome(List<Tunnel> tunnels) {
        for (int i = Math.min(AT_ONCE, tunnels.size()); i > 0; i--) look(tunnels.get(turn++ % tunnels.size()));
        if (turn >= tunnels.size()) turn %= Math.max(1, tunnels.size());
    }

    private void look(Tunnel tunnel) {
        if (!tunnel.config().outerHeader().pathMtuDiscovery()) tunnel.path().mtu(interfaceMtu(tunnel));
        else fitting(tunnel).ifPresent(mtu -> apply(tunnel, searched(tunnel, mtu)));
    }

    /** What probes have shown to be carried, where there is somebody to answer them; what was found stays known while the tunnel is down. */
    private int searched(Tunnel tunnel, int ceiling) {
        if (!tunnel.isUp()) return searches.containsKey(tunnel) ? Math.min(ceiling, searches.get(tunnel).mtu()) : ceiling;
        if (!searches.containsKey(tunnel)) {
            var probe = probe(tunnel.config());
            if (probe.isEmpty() || tunnel.instances().isPresent()) return ceiling;
            tunnel.path().probing(probe.get());
            searches.put(tunnel, new PathSearch());
        }
        var search = searches.get(tunnel);
        long now = nanoTime.getAsLong();
        search.ceiling(ceiling, now);
        search.answered(tunnel.path().answered(), now);
        search.due(now).ifPresent(bytes -> {
            tunnel.path().request(bytes, search.sequence());
            poll.accept(tunnel.index());
        });
        return search.mtu();
    }

    /** The peer answers on the other address of an inner subnet that has just two. */
    private static Optional<EchoProbe> probe(TunnelConfig config) {
        return config.innerAddress().filter(inner -> inner.address() instanceof Inet4Address && List.of(30, 31).contains(inner.prefixLength())).map(inner -> {
            int local = ByteBuffer.wrap(inner.address().getAddress()).getInt();
            return new EchoProbe(local, local ^ (inner.prefixLength() == 31 ? 1 : 3), ThreadLocalRandom.current().nextInt());
        });
    }

    private OptionalInt fitting(Tunnel tunnel) {
        var status = tunnel.status();
        var ipPayload = tunnel.localAddress().stream()
                .flatMapToInt(local -> remotes(tunnel, status).stream().flatMapToInt(remote -> ipPayload(tunnel, local, remote).stream())).min();
        return ipPayload.isEmpty() ? ipPayload : OptionalInt.of(largestPacket(tunnel, status, ipPayload.getAsInt()));
    }

    private OptionalInt ipPayload(Tunnel tunnel, InetAddress local, InetAddress remote) {
        var outer = outerMtu.of(local, remote);
        if (outer.isEmpty()) return outer;
        int carried = tunnel.config().mtu().isPresent() ? outer.getAsInt() : Math.min(outer.getAsInt(), COMMON_MTU);
        return OptionalInt.of(carried - (remote instanceof Inet6Address ? IPV6_HEADER : IPV4_HEADER));
    }

    /** Where the peer is, which behind a NAT is not always where the files say; or the peers. */
    private static Collection<InetAddress> remotes(Tunnel tunnel, Optional<IkeStatus> status) {
        var established = status.stream().flatMap(now -> now.ikeSas().stream()).filter(IkeStatus.Ike::established).map(sa -> sa.path().remote().getAddress())
                .collect(Collectors.toSet());
        return established.isEmpty() ? tunnel.config().remote().stream().toList() : established;
    }

    /** During a renewal an older SA may still seal; without one it is whichever of the proposals needs the most room. */
    private int largestPacket(Tunnel tunnel, Optional<IkeStatus> status, int ipPayload) {
        TunnelConfig config = tunnel.config();
        int room = ipPayload - (inUdp(status) ? UDP_HEADER : 0);
        var sas = sad.outbound(tunnel.index());
        if (sas.isEmpty()) return config.espProposals().stream().mapToInt(proposal -> SaInstaller.suite(proposal).largestPacket(room)).min().orElseThrow();
        int least = Integer.MAX_VALUE;
        for (OutboundSa sa : sas) least = Math.min(least, sa.largestPacket(room));
        return least;
    }

    private static boolean inUdp(Optional<IkeStatus> status) {
        var children = status.map(IkeStatus::children).orElse(List.of());
        return children.isEmpty() || children.stream().anyMatch(IkeStatus.Child::udpEncapsulated);
    }

    private void apply(Tunnel tunnel, int mtu) {
        int before = tunnel.path().mtu();
        tunnel.path().mtu(mtu);
        if (tunnel.config().mtu().isPresent()) {
            int fixed = tunnel.config().mtu().getAsInt();
            if (before != mtu && mtu < fixed) {
                log.warn(tunnel.config().name(), "mtu=" + fixed + " is more than fits: inner packets longer than " + mtu
                        + " are fragmented, or their senders told");
            }
            return;
        }
        int wanted = tunnel.config().carriesIpv6() ? Math.max(mtu, LEAST_IPV6_MTU) : mtu;
        if (wanted == interfaceMtu(tunnel)) return;
        try {
            links.setMtu(tunnel.tun().index(), wanted);
            interfaceMtus.put(tunnel, wanted);
            log.info(tunnel.config().name(), "MTU " + wanted);
        } catch (IOException e) {
            log.limited("mtu " + tunnel.config().name(), tunnel.config().name(), "cannot set the interface's MTU: " + e.getMessage());
        }
    }

    private int interfaceMtu(Tunnel tunnel) {
        return interfaceMtus.getOrDefault(tunnel, tunnel.tun().mtu());
    }
}
