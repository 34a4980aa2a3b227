package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.Topology;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tunnels over IPv6 with strongSwan: tunnel 1 speaks IKEv1 from a fixed address, tunnel 2 IKEv2 from %defaultroute; ESP in UDP, as strongSwan's userspace ESP
 * wants.
 */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class OuterIpv6IT {
    private static final String PREFIX = "to-out";
    private static final String TUN = """
            addr add 10.0.2.253/32 dev @tun
            addr add fd00:10:2::253/128 dev @tun
            route append 192.168.2.0/24 dev @tun
            route append fd00:2::/64 dev @tun
            """;

    @Test
    void bothFamiliesTravelOverIpv6AndTheOuterPacketsStayOutOfTheTunnels() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            vpn.topology().drgRoutes(List.of(Topology.headEndInner(1)));
            SixNetwork.sites(vpn.namespaces());
            SixNetwork.internet(vpn.namespaces());
            vpn.namespaces().script("drg", "ip -6 route replace fd00:2::/64 via fd00:255::12").orFail("the way back of IPv6 is tunnel 2");
            for (int number = 1; number <= 2; number++) {
                var conf = overIpv6(StrongswanConfig.staticHeadEnd(number, vpn.files().secret(number)).speaking(number).swanctlConf());
                Strongswan.start(vpn.namespaces(), "oci" + number, "oci" + number, 500, 4500, number == 1 ? conf
                        : conf.replace("local_ts = 10.0.2.0/24", "local_ts = 10.0.2.0/24,fd00:10:2::/64")
                        .replace("remote_ts = 192.168.2.0/24", "remote_ts = 192.168.2.0/24,fd00:2::/64"), TUN, 2);
            }
            try (var cpe = startCpe(vpn)) {
                vpn.awaitBothNextHops(cpe);
                vpn.awaitPing(cpe);
                Await.until("a ping from lic-srv to Compute by IPv6", Vpn.UP, () -> Ping.answered(vpn.namespaces(), "lic", SixNetwork.COMPUTE),
                        vpn.evidence(cpe));
                assertEquals(0, Ping.of(vpn.namespaces(), "lic", Topology.COMPUTE, 20).lost());
                assertEquals(0, Ping.of(vpn.namespaces(), "lic", SixNetwork.COMPUTE, 20).lost());
                for (int number = 1; number <= 2; number++) {
                    var route = vpn.namespaces().script("cpe", "ip -6 route show " + SixNetwork.headEnd(number)).out();
                    assertTrue(route.contains("via 2001:db8:1::1 dev ens3 proto 116"), route);
                }
                assertTrue(cpe.torii("status").out().contains(" in UDP"), cpe.torii("status").text());
                assertEquals("1418", vpn.namespaces().script("cpe", "cat /sys/class/net/vti01/mtu").out().strip());
            }
            assertEquals("", vpn.namespaces().script("cpe", "ip -6 route show proto 116").out(), "routes are left");
        }
    }

    private static String overIpv6(String text) {
        return text.replace(Topology.headEndAddress(1), SixNetwork.headEnd(1)).replace(Topology.headEndAddress(2), SixNetwork.headEnd(2))
                .replace(Topology.CPE_PUBLIC, SixNetwork.CPE);
    }

    private static ToriiDaemon startCpe(Vpn vpn) throws IOException {
        var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
        vpn.files().writeCpe(root, Mode.STATIC);
        change(root.resolve("etc/ipsec.d/oci-ipsec.secrets"), "", "");
        change(root.resolve("etc/ipsec.d/oci-ipsec.conf"), "left=" + Topology.CPE, "left=" + SixNetwork.CPE);
        var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
        var text = Files.readString(file);
        int second = text.indexOf("conn", 1);
        Files.writeString(file, text.substring(0, second) + text.substring(second).replace("left=" + SixNetwork.CPE, "left=%defaultroute")
                .replace("ikev2=no", "ikev2=insist")
                .replace("leftsubnet=192.168.2.0/24", "leftsubnets={192.168.2.0/24 fd00:2::/64}")
                .replace("rightsubnet=10.0.2.0/24", "rightsubnets={10.0.2.0/24 fd00:10:2::/64}"));
        return ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady();
    }

    private static void change(Path file, String from, String to) throws IOException {
        var text = overIpv6(Files.readString(file));
        Files.writeString(file, from.isEmpty() ? text : text.replace(from, to));
    }
}
