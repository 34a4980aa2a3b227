package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Shell;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of packets because they go through the tunnel, with strongSwan at its other end: looked at with tshark outside of it and on either side. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.TSHARK, NamespaceTest.Needs.TCPDUMP})
class InnerPacketsIT {
    private static final String PREFIX = "ti-in";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String ESP = "udp.port == 4500 && esp && ip.src == " + Topology.CPE_PUBLIC;
    /** Room in 1500 octets with AES-GCM in UDP over IPv4. */
    private static final int FITS = 1438;
    private static final int FITS_IN_1400 = 1338;

    @TempDir
    Path directory;

    private interface Body {
        void run(Vpn vpn, ToriiDaemon cpe) throws IOException;
    }

    /** One tunnel, with these words in its conn. */
    private static void connected(String words, Body body) throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            vpn.topology().drgRoutes(List.of(Topology.headEndInner(1)));
            Strongswan.start(vpn.namespaces(), "oci1", StrongswanConfig.staticHeadEnd(1, vpn.files().secret(1)).speaking(2));
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.STATIC);
            var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            var text = Files.readString(file);
            Files.writeString(file, text.substring(0, text.indexOf("conn", 1)).replace("ikev2=no", "ikev2=insist" + words));
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                Await.until("a ping", Duration.ofSeconds(60), () -> Ping.answered(vpn.namespaces(), "lic", Topology.COMPUTE), vpn.evidence(cpe));
                body.run(vpn, cpe);
            }
        }
    }

    /** One echo request with these options of ping(8). */
    private static Shell.Result ping(Vpn vpn, String options) {
        var command = Stream.of("ping", "-n", "-c1", "-W2", options, Topology.COMPUTE).flatMap(word -> Arrays.stream(word.split(" ")));
        return vpn.namespaces().run("lic", Duration.ofSeconds(6), command.toArray(String[]::new));
    }

    private Capture capture(Vpn vpn, String namespace, String link, String filter) {
        return Capture.start(vpn.namespaces(), namespace, link, directory.resolve(namespace + ".pcap"), filter);
    }

    /** The different values of a field, or of several with commas between, in the frames that match. */
    private static Set<String> fields(Path capture, String filter, String... names) {
        var command = Stream.concat(Stream.of("tshark", "-r", capture.toString(), "-Y", filter, "-T", "fields", "-E", "separator=,", "-E", "occurrence=f"),
                Arrays.stream(names).flatMap(name -> Stream.of("-e", name)));
        return Shell.run(Shell.SHORT, command.toArray(String[]::new)).orFail("tshark").out().lines().filter(line -> !line.isBlank())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The interface hands over whole Ethernet packets here, so that it is the packet path that has to do something. */
    @Test
    void whatIsTooLongIsCutOrItsSenderTold() throws IOException {
        connected("\n    mtu=1500", (vpn, cpe) -> {
            Await.until("the MTU", SOON, () -> ping(vpn, "-M do -s 1472").text().contains("mtu = " + FITS), vpn.evidence(cpe));
            vpn.namespaces().script("lic", "ip route flush cache");
            assertTrue(ping(vpn, "-M do -s " + (FITS - 28)).ok(), "what fits goes through");

            var outside = capture(vpn, "inet", "tonat", "ip host " + Topology.CPE_PUBLIC);
            var behind = capture(vpn, "cmp", "eth0", "ip src " + Topology.LIC);
            assertTrue(ping(vpn, "-M dont -s 1472").ok(), "cut and put together");
            assertTrue(ping(vpn, "-M dont -s 4000").ok(), "fragments cut again");
            var esp = outside.stop();
            var inner = behind.stop();
            assertEquals(Set.of(), fields(esp, "ip.src == " + Topology.CPE_PUBLIC + " && (ip.flags.mf == 1 || ip.frag_offset > 0)", "frame.number"),
                    "no outer fragment");
            assertEquals(Set.of("1"), fields(esp, ESP, "ip.flags.df"));
            assertTrue(fields(inner, "ip.flags.mf == 1", "ip.len").contains("1436"), () -> fields(inner, "ip", "ip.len").toString());
            assertEquals(Set.of(), fields(inner, "ip.len > " + FITS, "ip.len"));
            assertTrue(cpe.torii("status").text().contains("exceeds_mtu"), cpe.torii("status").text());
        });
    }

    @Test
    void segmentSizesAreClampedAndTheClassIsCopied() throws IOException {
        connected("", (vpn, cpe) -> {
            assertEquals(FITS, mtu(vpn));
            var behind = capture(vpn, "cmp", "eth0", "tcp[tcpflags] & tcp-syn != 0");
            var before = capture(vpn, "lic", "eth0", "tcp[tcpflags] & tcp-syn != 0");
            var server = vpn.namespaces().spawn("cmp", "iperf3", List.of("iperf3", "-s", "-1", "--forceflush"));
            Await.until("a server", SOON, () -> server.output().contains("listening"), () -> server.tail(5));
            vpn.namespaces().run("lic", Duration.ofSeconds(20), "iperf3", "-c", Topology.COMPUTE, "-t", "1", "-R").orFail("iperf3");
            assertEquals(Set.of("1398"), fields(behind.stop(), "tcp.flags.syn == 1 && ip.src == " + Topology.LIC, "tcp.options.mss_val"));
            assertEquals(Set.of("1398"), fields(before.stop(), "tcp.flags.syn == 1 && tcp.flags.ack == 1", "tcp.options.mss_val"));

            var outside = capture(vpn, "inet", "tonat", "udp port 4500");
            var expected = new TreeSet<String>();
            int octets = 200;
            for (var tos : List.of("0x00", "0xb8", "0x28", "0x02", "0x01", "0x03", "0xba")) {
                octets += 100;
                assertTrue(ping(vpn, "-Q " + tos + " -s " + octets).ok());
                expected.add(octets + 28 + 64 + "," + tos);
            }
            assertEquals(expected, fields(outside.stop(), ESP + " && ip.len > 300", "ip.len", "ip.dsfield"));
        });
    }

    @Test
    void withoutCopyingOnlyEcnGoesOut() throws IOException {
        connected("\n    encap-dscp=no\n    nopmtudisc=yes", (vpn, cpe) -> {
            var outside = capture(vpn, "inet", "tonat", "udp port 4500 and greater 100");
            assertTrue(ping(vpn, "-Q 0xba").ok());
            assertEquals(Set.of("0x02,0"), fields(outside.stop(), ESP, "ip.dsfield", "ip.flags.df"));
        });
    }

    /** RFC 6040, figure 4: a congested router marks outer packets. */
    @Test
    void marksOfTheWayReachWhoKnowsThemAndStopWhoDoesNot() throws IOException {
        connected("\n    decap-dscp=yes", (vpn, cpe) -> {
            vpn.namespaces().script("inet", "nft -f - <<'E'\ntable ip marks { chain forward { type filter hook forward priority 0; "
                    + "ip daddr " + Topology.CPE_PUBLIC + " udp sport 4500 ip dscp set cs5 ip ecn set ce; }\n}\nE").orFail("marking");
            var before = capture(vpn, "lic", "eth0", "icmp[icmptype] == icmp-echoreply");
            assertTrue(ping(vpn, "-Q 0x02").ok());
            assertTrue(ping(vpn, "-Q 0x01").ok());
            assertEquals(Set.of("0xa3"), fields(before.stop(), "icmp", "ip.dsfield"));
            assertFalse(ping(vpn, "-Q 0x00").ok());
            assertTrue(cpe.torii("traffic").text().contains("congested") || cpe.torii("status").text().contains("congested"), cpe.torii("status").text());
        });
    }

    /** A link on the way has a smaller MTU, and its router says so. */
    @Test
    void aNarrowerPathLowersTheMtuAndAWiderOneRaisesIt() throws IOException {
        connected("", (vpn, cpe) -> {
            vpn.namespaces().script("oci1", "ip link set wan mtu 1400");
            vpn.namespaces().script("inet", "ip link set tooci1 mtu 1400");
            ping(vpn, "-M do -s " + (FITS - 28));
            Await.until("a smaller MTU", SOON, () -> {
                ping(vpn, "-M do -s " + (FITS - 28));
                return mtu(vpn) == FITS_IN_1400;
            }, vpn.evidence(cpe));
            assertTrue(ping(vpn, "-M do -s " + (FITS_IN_1400 - 28)).ok());
            assertTrue(ping(vpn, "-M do -s " + (FITS_IN_1400 - 27)).text().matches("(?s).*mtu ?= ?" + FITS_IN_1400 + ".*"));
            vpn.namespaces().script("inet", "ip link set tooci1 mtu 1500");
            vpn.namespaces().script("cpe", "ip route flush cache");
            Await.until("the old MTU", SOON, () -> mtu(vpn) == FITS, vpn.evidence(cpe));
        });
    }

    /** The same where no ICMP error gets through: probes find what is carried. */
    @Test
    void aPathThatSwallowsLongPacketsIsSearched() {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            vpn.namespaces().script("inet", "ip link set tooci1 mtu 1400; nft -f - <<'E'\ntable ip silent { chain out { type filter hook output priority 0; "
                    + "icmp type destination-unreachable drop; }\n}\nE").orFail("a link that says nothing");
            vpn.namespaces().script("oci1", "ip link set wan mtu 1400").orFail("the peer's end of it");
            Strongswan.start(vpn.namespaces(), "oci1", StrongswanConfig.bgpHeadEnd(1, vpn.files().secret(1)));
            try (var cpe = vpn.startCpe()) {
                Await.until("a ping", Duration.ofSeconds(60), () -> Ping.answered(vpn.namespaces(), "cpe", "192.168.254.2"), vpn.evidence(cpe));
                Await.until("an MTU that the path carries", Duration.ofSeconds(90), () -> mtu(vpn) <= FITS_IN_1400 && mtu(vpn) > FITS_IN_1400 - 12,
                        vpn.evidence(cpe));
                var longest = vpn.namespaces().run("cpe", Duration.ofSeconds(6), "ping", "-n", "-c1", "-W2", "-M", "do", "-s",
                        Integer.toString(mtu(vpn) - 28), "192.168.254.2");
                assertTrue(longest.ok(), longest.text());
                assertTrue(cpe.torii("traffic").text().contains("probe"), cpe.torii("traffic").text());
            }
        }
    }

    private static int mtu(Vpn vpn) {
        var text = vpn.namespaces().script("cpe", "ip -o link show dev vti01").out();
        return Integer.parseInt(text.replaceAll("(?s).* mtu (\\d+) .*", "$1"));
    }
}
