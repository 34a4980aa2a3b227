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
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * IPv6 inside tunnels over IPv4, with strongSwan: beside IPv4 in one child (IKEv2) or in one of its own (IKEv1), and ::/0 with an IPv6 address in the tunnel.
 */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class InnerIpv6IT {
    private static final String PREFIX = "to-six";
    private static final String NARROW = """
            addr add 10.0.2.253/32 dev @tun
            addr add fd00:10:2::253/128 dev @tun
            route append 192.168.2.0/24 dev @tun
            route append fd00:2::/64 dev @tun
            """;
    private static final String WIDE = """
            addr add 192.168.254.6 peer 192.168.254.5 dev @tun
            addr add fd00:254::6/64 dev @tun
            """;

    /** Tunnel 1 has two families in one child; tunnel 2 everything of both, and an IPv6 address on the interface. */
    @Test
    void ikeV2CarriesBothFamiliesInOneChild() throws IOException {
        try (var vpn = network()) {
            var one = headEnd(vpn, 1, 2).replace("local_ts = 10.0.2.0/24", "local_ts = 10.0.2.0/24,fd00:10:2::/64")
                    .replace("remote_ts = 192.168.2.0/24", "remote_ts = 192.168.2.0/24,fd00:2::/64");
            var peer = start(vpn, 1, one, NARROW);
            var two = start(vpn, 2, headEnd(vpn, 2, 2).replace("local_ts = 10.0.2.0/24", "local_ts = 0.0.0.0/0,::/0")
                    .replace("remote_ts = 192.168.2.0/24", "remote_ts = 0.0.0.0/0,::/0"), WIDE);
            var conf = conns(vpn).replace("ikev2=no", "ikev2=insist");
            int second = conf.indexOf("conn", 1);
            try (var cpe = startCpe(vpn, twoFamilies(conf.substring(0, second)) + conf.substring(second)
                    .replace("leftsubnet=192.168.2.0/24", "leftsubnets={0.0.0.0/0 ::/0}\n     leftvti=fd00:254::5/64")
                    .replace("rightsubnet=10.0.2.0/24", "rightsubnets={0.0.0.0/0 ::/0}"))) {
                awaitPings(vpn, cpe);
                assertEquals(1, installed(peer), peer.swanctl("--list-sas").text());
                Await.until("a ping of the other end's address", Vpn.UP, () -> Ping.answered(vpn.namespaces(), "cpe", "fd00:254::6"), vpn.evidence(cpe));
                assertTrue(two.swanctl("--list-sas").out().contains("::/0"), two.swanctl("--list-sas").text());
                Ping.allAnswered(vpn.namespaces(), "lic", SixNetwork.COMPUTE, 20, vpn.evidence(cpe));
                assertTrue(routes(vpn).contains("dev vti01"), routes(vpn));
            }
        }
    }

    @Test
    void ikeV1HasAChildForEachFamilyAndTwoTunnelsShareTheRoute() throws IOException {
        try (var vpn = network()) {
            var conf = headEnd(vpn, 1, 1);
            int at = conf.indexOf("      net {");
            int end = conf.indexOf("\n      }\n", at) + "\n      }\n".length();
            var six = conf.substring(at, end).replace("net {", "six {").replace("10.0.2.0/24", SixNetwork.COMPUTE_SUBNET)
                    .replace("192.168.2.0/24", SixNetwork.LIC_SUBNET);
            var peer = start(vpn, 1, conf.substring(0, end) + six + conf.substring(end), NARROW);
            var two = start(vpn, 2, (conf.substring(0, end) + six + conf.substring(end)).replace(Topology.headEndAddress(1), Topology.headEndAddress(2))
                    .replace(vpn.files().secret(1), vpn.files().secret(2)), NARROW);
            try (var cpe = startCpe(vpn, twoFamilies(conns(vpn)))) {
                awaitPings(vpn, cpe);
                Await.until("both tunnels in the route", Vpn.UP, () -> routes(vpn).contains("dev vti01") && routes(vpn).contains("dev vti02"),
                        vpn.evidence(cpe));
                assertEquals(2, installed(peer), peer.swanctl("--list-sas").text());
                Ping.allAnswered(vpn.namespaces(), "lic", SixNetwork.COMPUTE, 20, vpn.evidence(cpe));
                two.close();
                Await.until("one tunnel in the route", Vpn.UP, () -> routes(vpn).contains("dev vti01") && !routes(vpn).contains("dev vti02"),
                        vpn.evidence(cpe));
                Ping.allAnswered(vpn.namespaces(), "lic", SixNetwork.COMPUTE, 20, vpn.evidence(cpe));
                Ping.allAnswered(vpn.namespaces(), "cmp", SixNetwork.LIC, 20, vpn.evidence(cpe));
            }
        }
    }

    private static Vpn network() {
        var vpn = Vpn.network(PREFIX, Mode.STATIC);
        vpn.topology().drgRoutes(List.of(Topology.headEndInner(1)));
        SixNetwork.sites(vpn.namespaces());
        return vpn;
    }

    private static String headEnd(Vpn vpn, int number, int version) {
        return StrongswanConfig.staticHeadEnd(number, vpn.files().secret(number)).speaking(version).swanctlConf();
    }

    private static Strongswan start(Vpn vpn, int number, String conf, String tun) {
        return Strongswan.start(vpn.namespaces(), "oci" + number, "oci" + number, 500, 4500, conf, tun, 2);
    }

    private static String conns(Vpn vpn) throws IOException {
        var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
        vpn.files().writeCpe(root, Mode.STATIC);
        return Files.readString(root.resolve("etc/ipsec.d/oci-ipsec.conf"));
    }

    private static String twoFamilies(String conn) {
        return conn.replace("leftsubnet=192.168.2.0/24", "leftsubnets={192.168.2.0/24 " + SixNetwork.LIC_SUBNET + "}")
                .replace("rightsubnet=10.0.2.0/24", "rightsubnets={10.0.2.0/24 " + SixNetwork.COMPUTE_SUBNET + "}");
    }

    private static ToriiDaemon startCpe(Vpn vpn, String conf) throws IOException {
        Files.writeString(ToriiDaemon.root(vpn.namespaces(), "cpe").resolve("etc/ipsec.d/oci-ipsec.conf"), conf);
        return ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady();
    }

    private static void awaitPings(Vpn vpn, ToriiDaemon cpe) {
        vpn.awaitPing(cpe);
        Await.until("a ping from lic-srv to Compute by IPv6", Vpn.UP, () -> Ping.answered(vpn.namespaces(), "lic", SixNetwork.COMPUTE), vpn.evidence(cpe));
        Await.until("a ping from Compute to lic-srv by IPv6", Vpn.UP, () -> Ping.answered(vpn.namespaces(), "cmp", SixNetwork.LIC), vpn.evidence(cpe));
    }

    private static String routes(Vpn vpn) {
        return vpn.namespaces().script("cpe", "ip -6 route show " + SixNetwork.COMPUTE_SUBNET).out();
    }

    private static int installed(Strongswan peer) {
        return peer.swanctl("--list-sas").out().split("INSTALLED", -1).length - 1;
    }
}
