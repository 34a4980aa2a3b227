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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Two subnets a side with strongSwan: a child for each pair in IKEv1, one for all or one for each pair in IKEv2, as strongSwan has them. */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class SubnetsIT {
    private static final String PREFIX = "ts-sub";
    private static final List<String> OURS = List.of("192.168.2.0/24", "192.168.3.0/24");
    private static final List<String> THEIRS = List.of("10.0.2.0/24", "10.0.1.0/24");
    private static final String TUN = """
            addr add 10.0.2.253/32 dev @tun
            addr add 10.0.1.253/32 dev @tun
            route append 192.168.2.0/24 dev @tun
            route append 192.168.3.0/24 dev @tun
            """;
    private static final Pattern CHILD = Pattern.compile("( {6})net \\{.*?\\n {6}\\}\\n", Pattern.DOTALL);
    private static final Duration REKEY = Duration.ofSeconds(6);

    @Test
    void ikeV1RenewsEachPairWithoutLossAndBringsADeletedOneBack() throws IOException {
        connected(1, true, (vpn, cpe, peer) -> {
            assertEquals(4, children(peer), peer.swanctl("--list-sas").text());
            var pings = List.of(ping(vpn, "cmp", Topology.LIC), ping(vpn, "bas", Topology.LIC_SECOND));
            Await.until("renewals", Duration.ofSeconds(90), () -> established(cpe) >= 12, vpn.evidence(cpe));
            for (var ping : pings) noneIsLost(ping, cpe);

            var other = ping(vpn, "bas", Topology.LIC);
            long before = established(cpe);
            peer.swanctl("--terminate", "--child", "net11").orFail("deleting one child");
            Await.until("the deleted pair", Duration.ofSeconds(20), () -> established(cpe) > before && Ping.answered(vpn.namespaces(), "cmp", Topology.LIC),
                    vpn.evidence(cpe));
            noneIsLost(other, cpe);
        });
    }

    @Test
    void ikeV2CarriesAllInOneChildAndRenewsItWithoutLoss() throws IOException {
        connected(2, false, (vpn, cpe, peer) -> {
            assertEquals(1, children(peer), peer.swanctl("--list-sas").text());
            var pings = List.of(ping(vpn, "cmp", Topology.LIC), ping(vpn, "bas", Topology.LIC_SECOND));
            Await.until("renewals", Duration.ofSeconds(90), () -> established(cpe) >= 5, vpn.evidence(cpe));
            for (var ping : pings) noneIsLost(ping, cpe);
            assertTrue(cpe.torii("status").out().contains("192.168.2.0/24,192.168.3.0/24==="), cpe.torii("status").text());
        });
    }

    /** strongSwan has four children of one pair each: it narrows what we ask for, and we ask for the rest. */
    @Test
    void ikeV2AsksForEachPairOfAPeerThatHasThemApart() throws IOException {
        connected(2, true, (vpn, cpe, peer) -> {
            assertEquals(4, children(peer), peer.swanctl("--list-sas").text());
            assertTrue(cpe.torii("status").out().contains(", 192.168.3.0/24===10.0.1.0/24, in "), cpe.torii("status").text());
        });
    }

    /** leftprotoport=icmp, [icmp] in strongSwan's words: pings pass, what is not ICMP is dropped and counted. */
    @Test
    void oneProtocolAloneIsProtectedInBothVersions() throws IOException {
        for (int version = 1; version <= 2; version++) {
            try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
                vpn.topology().drgRoutes(List.of(Topology.headEndInner(1)));
                var config = StrongswanConfig.staticHeadEnd(1, vpn.files().secret(1)).speaking(version);
                var conf = config.swanctlConf().replace("local_ts = 10.0.2.0/24", "local_ts = 10.0.2.0/24[icmp]")
                        .replace("remote_ts = 192.168.2.0/24", "remote_ts = 192.168.2.0/24[icmp]");
                Strongswan.start(vpn.namespaces(), "oci1", "oci1", 500, 4500, conf, config.tunCommands(), config.logLevel());
                var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
                vpn.files().writeCpe(root, Mode.STATIC);
                var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
                var text = Files.readString(file);
                var conn = text.substring(0, text.indexOf("conn", 1))
                        .replace("rightsubnet=10.0.2.0/24", "rightsubnet=10.0.2.0/24\n     leftprotoport=icmp\n     rightprotoport=1");
                Files.writeString(file, version == 1 ? conn : conn.replace("ikev2=no", "ikev2=insist"));
                try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                    Await.until("a ping", Vpn.UP, () -> Ping.answered(vpn.namespaces(), "lic", Topology.COMPUTE), vpn.evidence(cpe));
                    assertTrue(cpe.torii("status").out().contains("192.168.2.0/24 1/0===10.0.2.0/24 1/0"), cpe.torii("status").text());
                    vpn.namespaces().run("lic", Duration.ofSeconds(5), "bash", "-c", "echo x > /dev/udp/" + Topology.COMPUTE + "/9").orFail("a datagram");
                    Await.until("the drop of what is not ICMP", Vpn.UP, () -> cpe.torii("status").out().contains("dropped on the way out: "),
                            vpn.evidence(cpe));
                }
            }
        }
    }

    private interface Body {
        void run(Vpn vpn, ToriiDaemon cpe, Strongswan peer) throws IOException;
    }

    private static void connected(int version, boolean apart, Body body) throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            vpn.topology().drgRoutes(List.of(Topology.headEndInner(1)));
            var config = StrongswanConfig.staticHeadEnd(1, vpn.files().secret(1)).speaking(version).rekeying(Duration.ofHours(8), REKEY);
            var peer = Strongswan.start(vpn.namespaces(), "oci1", "oci1", 500, 4500, children(config.swanctlConf(), apart), TUN, config.logLevel());
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.STATIC);
            var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            var text = Files.readString(file);
            var conn = text.substring(0, text.indexOf("conn", 1)).replace("leftsubnet=192.168.2.0/24", "leftsubnets={192.168.2.0/24 192.168.3.0/24}")
                    .replace("rightsubnet=10.0.2.0/24", "rightsubnets={10.0.2.0/24 10.0.1.0/24}");
            Files.writeString(file, version == 1 ? conn : conn.replace("ikev2=no", "ikev2=insist"));
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                for (var from : List.of("cmp", "bas")) {
                    for (var to : List.of(Topology.LIC, Topology.LIC_SECOND)) {
                        Await.until("a ping from " + from + " to " + to, Duration.ofSeconds(60),
                                () -> Ping.answered(vpn.namespaces(), from, to), vpn.evidence(cpe));
                    }
                }
                body.run(vpn, cpe, peer);
            }
        }
    }

    /** strongSwan's configuration with one child for all pairs, or one for each. */
    private static String children(String conf, boolean apart) {
        var net = CHILD.matcher(conf);
        assertTrue(net.find(), conf);
        var blocks = new ArrayList<String>();
        for (int ours = 0; ours < 2; ours++) {
            for (int theirs = 0; theirs < 2; theirs++) {
                blocks.add(block(net, "net" + (ours + 1) + (theirs + 1), THEIRS.get(theirs), OURS.get(ours)));
            }
        }
        var all = apart ? String.join("", blocks) : block(net, "net", String.join(",", THEIRS), String.join(",", OURS));
        return conf.substring(0, net.start()) + all + conf.substring(net.end());
    }

    private static String block(Matcher net, String name, String local, String remote) {
        return net.group().replace("net {", name + " {").replace("local_ts = 10.0.2.0/24", "local_ts = " + local)
                .replace("remote_ts = 192.168.2.0/24", "remote_ts = " + remote);
    }

    private static Ping ping(Vpn vpn, String from, String to) {
        return Ping.start(vpn.namespaces(), from, to, Duration.ofMillis(20));
    }

    private static void noneIsLost(Ping ping, ToriiDaemon torii) {
        ping.awaitReplies(20);
        var figures = ping.stop();
        assertEquals(0, figures.lost(), figures + "\n" + ping.gaps() + torii.job().tail(60));
    }

    private static long established(ToriiDaemon cpe) {
        return cpe.job().output().lines().filter(line -> line.contains("IPsec SA established")).count();
    }

    private static int children(Strongswan peer) {
        return peer.swanctl("--list-sas").out().split("INSTALLED", -1).length - 1;
    }
}
