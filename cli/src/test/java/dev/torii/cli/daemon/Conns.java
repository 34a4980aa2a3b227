package dev.torii.cli.daemon;

import dev.torii.cli.rib.Hosts;
import dev.torii.ike.Authentication;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Encapsulation;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Fragmentation;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Lifecycle;
import dev.torii.ike.Retransmission;
import dev.torii.ike.Secret;
import dev.torii.ike.TrafficSelector;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The article's connection, seen from either end. */
final class Conns {
    static final IkeProposal IKE = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_384, DhGroup.MODP1536);
    static final EspProposal ESP = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(DhGroup.MODP1536));
    static final TrafficSelector ALL = TrafficSelector.ofPrefix(Hosts.address("0.0.0.0"), 0);

    private Conns() {}

    /** @param dpdDelay silence before a probe; the peer is dead after 20 s */
    static IkeConfig between(String name, InetAddress local, InetAddress remote, boolean initiate, Duration dpdDelay) {
        return between(name, IkeVersion.V1, local, remote, initiate, dpdDelay);
    }

    static IkeConfig between(String name, IkeVersion version, InetAddress local, InetAddress remote, boolean initiate, Duration dpdDelay) {
        return new IkeConfig(name, version, Identity.ofAddress(local), Identity.ofAddress(remote),
                Authentication.preSharedKey(Secret.ofText("a secret")), List.of(IKE), List.of(ESP), List.of(ALL), List.of(ALL),
                Duration.ofHours(8), Duration.ofHours(1), Duration.ofMinutes(9), 100, Encapsulation.YES, initiate, dpdDelay, Duration.ofSeconds(20),
                Retransmission.Policy.STANDARD, Fragmentation.STANDARD, Lifecycle.STANDARD);
    }

    static IkeConfig named(String name) {
        return named(name, IkeVersion.V1);
    }

    static IkeConfig named(String name, IkeVersion version) {
        return between(name, version, Hosts.address("127.0.0.1"), Hosts.address("127.0.0.2"), true, Duration.ofSeconds(10));
    }
}
