package dev.torii.cli.daemon;

import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.rib.HostNetwork;
import dev.torii.ike.EspProposal;
import dev.torii.tun.InterfaceAddress;
import dev.torii.tun.Link;
import dev.torii.tun.Route;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Questions about the network below the tunnels. */
final class Underlay {
    private static final int IPV4_AND_UDP = 20 + 8;
    private static final int IPV6_AND_UDP = 40 + 8;
    private static final int COMMON_MTU = 1500;
    private static final int LEAST_IPV6_MTU = 1280;

    private Underlay() {}

    /** What {@code %defaultroute} stands for: the source address of the best default route of that family that does not lead into a tunnel of ours. */
    static Optional<InetAddress> defaultRouteSource(HostNetwork host, Set<String> tunnels, boolean ipv6) {
        return host.routes().stream()
                .filter(route -> route.prefixLength() == 0 && ipv6 == route.destination() instanceof Inet6Address
                        && route.type() == Route.Type.UNICAST && !route.isOurs())
                .sorted(Comparator.comparingLong(Route::metric))
                .flatMap(route -> source(host, route, tunnels).stream())
                .findFirst();
    }

    private static Optional<InetAddress> source(HostNetwork host, Route route, Set<String> tunnels) {
        var hop = route.nextHops().getFirst();
        var link = host.link(hop.interfaceIndex());
        if (link.isEmpty() || !link.get().up() || tunnels.contains(link.get().name())) return Optional.empty();
        if (route.preferredSource().isPresent()) return route.preferredSource();
        var candidates = host.addresses().stream()
                .filter(address -> address.interfaceIndex() == hop.interfaceIndex() && address.address().getClass() == route.destination().getClass())
                .filter(address -> !address.address().isLinkLocalAddress() || address.address() instanceof Inet4Address)
                .toList();
        return candidates.stream()
                .filter(address -> hop.gateway().filter(Prefix.of(address.address(), address.prefixLength())::contains).isPresent())
                .findFirst()
                .or(() -> candidates.stream().findFirst())
                .map(InterfaceAddress::address);
    }

    /** Every prefix to which a route leads over an interface with a carrier that is no tunnel: the underlay's reach, for {@link #leadsTo}. */
    static Set<Prefix> paths(HostNetwork host, Set<String> tunnels) {
        var usable = host.links().stream().filter(link -> link.running() && !tunnels.contains(link.name())).map(Link::index).collect(Collectors.toSet());
        return host.routes().stream()
                .filter(route -> route.type() == Route.Type.UNICAST && route.nextHops().stream().anyMatch(hop -> usable.contains(hop.interfaceIndex())))
                .map(route -> Prefix.of(route.destination(), route.prefixLength()))
                .collect(Collectors.toSet());
    }

    /** Whether one of these prefixes covers the peer. */
    static boolean leadsTo(Set<Prefix> paths, InetAddress remote) {
        return IntStream.rangeClosed(0, remote.getAddress().length * Byte.SIZE).anyMatch(length -> paths.contains(Prefix.of(remote, length)));
    }

    /**
     * The largest inner packet whose ESP in UDP still fits the interface that has {@code local}, whichever of the proposals the peer takes: 1438 over IPv4 on
     * Ethernet with AES-GCM alone. At least 1280 where IPv6 travels in it, which needs that (RFC 8200, section 5).
     */
    static int tunnelMtu(HostNetwork host, Optional<InetAddress> local, List<EspProposal> proposals, boolean carriesIpv6) {
        int outer = local.flatMap(address -> host.addresses().stream().filter(known -> known.address().equals(address)).findFirst())
                .flatMap(known -> host.link(known.interfaceIndex()))
                .map(link -> Math.min(link.mtu(), COMMON_MTU))
                .orElse(COMMON_MTU);
        int headers = local.filter(Inet6Address.class::isInstance).isPresent() ? IPV6_AND_UDP : IPV4_AND_UDP;
        int fits = proposals.stream().mapToInt(proposal -> SaInstaller.suite(proposal).largestPacket(outer - headers)).min().orElseThrow();
        return carriesIpv6 ? Math.max(LEAST_IPV6_MTU, fits) : fits;
    }
}
