package dev.torii.cli.config;

import dev.torii.bgp.wire.Prefix;
import dev.torii.ike.Authentication;
import dev.torii.ike.Encapsulation;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Fragmentation;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Lifecycle;
import dev.torii.ike.Retransmission;
import dev.torii.ike.TrafficSelector;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One {@code conn}, oriented: "local" is this host, whichever of left and right it was.
 *
 * @param name          the conn's
 * @param at            of its {@code conn} line
 * @param local         our outer address; empty for {@code %defaultroute}: the source address of the default route, known at run time only
 * @param remote        the peer's outer address; empty for {@code %any}
 * @param localId       empty: our outer address (see {@link #toIkeConfig})
 * @param authentication how either side proves who it is; secrets are from ipsec.secrets
 * @param peerSecrets   those of the single peers of a conn for several
 * @param ikeProposals  in order of preference, not empty
 * @param espProposals  in order of preference, not empty, all with the same PFS group
 * @param localSubnets  our side's traffic; empty: our outer address alone
 * @param remoteSubnets the peer's side's traffic, not empty; each of ours is protected to each of these
 * @param localTraffic  what of our side's traffic
 * @param remoteTraffic what of the peer's side's traffic
 * @param interfaceName of the TUN, 1 to 15 characters, unique
 * @param innerAddress  for the TUN, from {@code leftvti} or {@code rightvti}
 * @param mtu           of the TUN, 576 to 65535; empty: computed
 * @param outerHeader   DSCP and DF
 * @param metric        of the kernel routes to {@code remoteSubnets}, 0 to 2^31-1
 * @param replayWindow  packets; 0: no replay protection
 * @param limits       none where SAs are not renewed
 * @param rekeyMargin   how long before the end of a lifetime the successor is negotiated
 * @param natKeepalive  whether NAT keepalives are sent
 * @param dpdDelay      zero: never probe
 */
public record TunnelConfig(String name, Position at, IkeVersion ikeVersion, Optional<InetAddress> local, Optional<InetAddress> remote,
        Optional<Identity> localId, Identity remoteId, Authentication authentication, PeerSecrets peerSecrets,
        List<IkeProposal> ikeProposals, List<EspProposal> espProposals,
        List<Prefix> localSubnets, List<Prefix> remoteSubnets, Protoport localTraffic, Protoport remoteTraffic, StartMode auto,
        String interfaceName, Optional<InnerAddress> innerAddress, OptionalInt mtu, OuterHeader outerHeader, int metric, int replayWindow, TrafficLimits limits,
        Encapsulation encapsulation, boolean natKeepalive,
        Duration ikeLifetime, Duration childLifetime, Duration rekeyMargin, int rekeyFuzzPercent,
        Duration dpdDelay, Duration dpdTimeout, Retransmission.Policy retransmission, Fragmentation fragmentation, Lifecycle lifecycle) {

    /** Copies the lists. */
    public TunnelConfig {
        ikeProposals = List.copyOf(ikeProposals);
        espProposals = List.copyOf(espProposals);
        localSubnets = List.copyOf(localSubnets);
        remoteSubnets = List.copyOf(remoteSubnets);
    }

    /** Whether IPv6 packets travel in it. */
    public boolean carriesIpv6() {
        return remoteSubnets.stream().anyMatch(Prefix::ipv6) || innerAddress.filter(inner -> inner.address() instanceof Inet6Address).isPresent();
    }

    /** Whether the tunnel itself goes over IPv6; IPv4 where no outer address is known. */
    public boolean overIpv6() { return local.or(() -> remote).filter(Inet6Address.class::isInstance).isPresent(); }

    /**
     * Whether it is for several peers at a time, each of which begins by itself: each then has IKE SAs of its own. With IKEv1 nothing could tell their
     * children apart.
     */
    public boolean severalPeers() { return ikeVersion == IkeVersion.V2 && remoteId.open() && (remote.isEmpty() || !initiates()); }

    /** Overwrites secrets and private keys. */
    public void eraseSecrets() {
        authentication.erase();
        peerSecrets.erase();
    }

    /** {@link #toIkeConfig} for one of several peers; without a secret for it, its proof cannot be right. */
    public IkeConfig toIkeConfig(InetAddress localAddress, Encapsulation possible, int number, Identity peer) {
        return toIkeConfig(localAddress, possible).forPeer(name + "[" + number + "]", peer,
                peerSecrets.of(peer).map(authentication::with).orElse(authentication));
    }

    /** Whether the connection is set up by us and kept up. */
    public boolean initiates() { return auto != StartMode.ADD; }

    /** What the IKE machine needs, once our outer address is known. */
    public IkeConfig toIkeConfig(InetAddress localAddress) { return toIkeConfig(localAddress, encapsulation); }

    /** The same where this host can do less than {@link #encapsulation} asks for. */
    public IkeConfig toIkeConfig(InetAddress localAddress, Encapsulation possible) {
        return new IkeConfig(name, ikeVersion, localId.orElseGet(() -> Identity.ofAddress(localAddress)), remoteId, authentication, ikeProposals, espProposals,
                localSubnets.isEmpty() ? List.of(localTraffic.of(TrafficSelector.ofAddress(localAddress))) : selectors(localSubnets, localTraffic),
                selectors(remoteSubnets, remoteTraffic),
                ikeLifetime, childLifetime, rekeyMargin, rekeyFuzzPercent, possible, initiates(),
                dpdDelay, dpdTimeout, retransmission, fragmentation, lifecycle);
    }

    /** Whether an address is at the other end of its inner subnet. */
    public boolean reaches(InetAddress address) {
        return innerAddress.filter(inner -> Prefix.of(inner.address(), inner.prefixLength()).contains(address)).isPresent();
    }

    private static List<TrafficSelector> selectors(List<Prefix> subnets, Protoport traffic) {
        return subnets.stream().map(subnet -> traffic.of(TrafficSelector.ofPrefix(subnet.address(), subnet.length()))).toList();
    }
}
