package dev.torii.cli.lab;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One strongSwan connection with one child, in strongSwan's words.
 *
 * @param ikeVersion 1, 2, or 0 for either
 * @param initiator whether it starts the connection; otherwise it waits
 * @param inner address of the TUN in iproute2's words, such as {@code 192.168.254.2 peer 192.168.254.1}
 * @param anchor an address within a narrow local selector, which kernel-libipsec wants to see on the host
 * @param routes prefixes sent into the TUN
 * @param ikeRekey when rekeying of the IKE SA starts; the hard limit is a tenth later
 * @param childRekey the same for the child SA
 * @param logLevel 1 normal, 2 verbose, 4 with key material
 */
public record StrongswanConfig(String local, String remote, String localId, String remoteId, String secret, int ikeVersion, boolean initiator,
        String localSelector, String remoteSelector, Optional<String> inner, Optional<String> anchor, List<String> routes,
        String ikeProposal, String espProposal, Duration ikeRekey, Duration childRekey, Duration dpdDelay, int logLevel) {

    /** A head end that carries everything (the article's BGP case): 0.0.0.0/0 selectors and an address inside the tunnel. */
    public static StrongswanConfig bgpHeadEnd(int number, String secret) {
        var inner = Addresses.headEndInTunnel(number) + " peer " + Addresses.cpeInTunnel(number);
        return headEnd(number, secret, "0.0.0.0/0", "0.0.0.0/0", Optional.of(inner), Optional.empty(), List.of());
    }

    /** A head end of the article's static case: one subnet on either side. */
    public static StrongswanConfig staticHeadEnd(int number, String secret) {
        return headEnd(number, secret, "10.0.2.0/24", "192.168.2.0/24", Optional.empty(), Optional.of("10.0.2.253"), List.of("192.168.2.0/24"));
    }

    /** The other end of this connection, as the CPE behind the NAT. */
    public StrongswanConfig mirrored() {
        var turned = inner.map(text -> String.join(" peer ", List.of(text.split(" peer ")).reversed()));
        var narrow = !remoteSelector.equals("0.0.0.0/0");
        return new StrongswanConfig(Topology.CPE, local, remoteId, localId, secret, ikeVersion == 0 ? 1 : ikeVersion, true,
                remoteSelector, localSelector, turned, narrow ? Optional.of("192.168.2.253") : Optional.empty(), narrow ? List.of(localSelector) : List.of(),
                ikeProposal, espProposal, ikeRekey, childRekey, dpdDelay, logLevel);
    }

    /** The same with other lifetimes. */
    public StrongswanConfig rekeying(Duration ike, Duration child) {
        return new StrongswanConfig(local, remote, localId, remoteId, secret, ikeVersion, initiator, localSelector, remoteSelector,
                inner, anchor, routes, ikeProposal, espProposal, ike, child, dpdDelay, logLevel);
    }

    /** The same with one version of IKE only. */
    public StrongswanConfig speaking(int version) {
        return new StrongswanConfig(local, remote, localId, remoteId, secret, version, initiator, localSelector, remoteSelector,
                inner, anchor, routes, ikeProposal, espProposal, ikeRekey, childRekey, dpdDelay, logLevel);
    }

    /** The same with other proposals, in strongSwan's words. */
    public StrongswanConfig proposing(String ike, String esp) {
        return new StrongswanConfig(local, remote, localId, remoteId, secret, ikeVersion, initiator, localSelector, remoteSelector,
                inner, anchor, routes, ike, esp, ikeRekey, childRekey, dpdDelay, logLevel);
    }

    /** The same with other dead peer detection: asks after that silence, and with IKEv1 gives up after three times that. */
    public StrongswanConfig probing(Duration delay) {
        return new StrongswanConfig(local, remote, localId, remoteId, secret, ikeVersion, initiator, localSelector, remoteSelector,
                inner, anchor, routes, ikeProposal, espProposal, ikeRekey, childRekey, delay, logLevel);
    }

    private static StrongswanConfig headEnd(int number, String secret, String localSelector, String remoteSelector, Optional<String> inner,
            Optional<String> anchor, List<String> routes) {
        var address = Topology.headEndAddress(number);
        return new StrongswanConfig(address, "%any", address, Topology.CPE_PUBLIC, secret, 0, false, localSelector, remoteSelector,
                inner, anchor, routes, "aes256-sha384-modp1536", "aes256gcm16-modp1536", Duration.ofHours(8), Duration.ofHours(1), Duration.ofSeconds(10), 2);
    }

    /** What its TUN needs, in iproute2's words; {@code @tun} is the device. */
    public String tunCommands() {
        var commands = new StringBuilder();
        anchor.ifPresent(address -> commands.append("addr add ").append(address).append("/32 dev @tun\n"));
        inner.ifPresent(address -> commands.append("addr add ").append(address).append(" dev @tun\n"));
        routes.forEach(prefix -> commands.append("route append ").append(prefix).append(" dev @tun\n"));
        return commands.toString();
    }

    /** The swanctl.conf of this connection. */
    public String swanctlConf() {
        return """
                connections {
                  oci {
                    version = %d
                    local_addrs = %s
                    remote_addrs = %s
                    proposals = %s
                    encap = yes
                    dpd_delay = %ds
                    dpd_timeout = %ds
                    rekey_time = %ds
                    reauth_time = 0s
                    over_time = %ds
                    keyingtries = 0
                    unique = replace
                    local {
                      auth = psk
                      id = %s
                    }
                    remote {
                      auth = psk
                      id = %s
                    }
                    children {
                      net {
                        mode = tunnel
                        local_ts = %s
                        remote_ts = %s
                        esp_proposals = %s
                        rekey_time = %ds
                        rand_time = 0s
                        life_time = %ds
                        dpd_action = %s
                        close_action = none
                        start_action = %s
                      }
                    }
                  }
                }
                secrets {
                  ike-peer {
                    id-1 = %s
                    id-2 = %s
                    secret = "%s"
                  }
                }
                """.formatted(ikeVersion, local, remote, ikeProposal, dpdDelay.toSeconds(), dpdDelay.toSeconds() * 3, ikeRekey.toSeconds(),
                Math.max(1, ikeRekey.toSeconds() / 10), localId, remoteId, localSelector, remoteSelector, espProposal, childRekey.toSeconds(),
                childRekey.toSeconds() + Math.max(1, childRekey.toSeconds() / 10), initiator ? "restart" : "clear", initiator ? "start" : "none",
                localId, remoteId, secret);
    }
}
