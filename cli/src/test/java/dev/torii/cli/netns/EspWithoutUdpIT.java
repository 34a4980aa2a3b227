package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ESP as IP protocol 50 between the two head ends of the lab, which no NAT separates, and in UDP where encapsulation=yes says so. */
@NamespaceTest
class EspWithoutUdpIT {
    private static final String PREFIX = "to-raw";

    @ParameterizedTest
    @CsvSource({"4, no, auto, auto", "4, insist, auto, auto", "4, insist, no, no", "4, insist, yes, auto", "6, no, auto, auto", "6, insist, auto, auto", "6, insist, auto, yes"})
    void withoutANatEspIsInUdpOnlyIfOneSideSaysSo(int family, String ikev2, String one, String two) throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            var atLeft = OuterCounts.in(vpn, "oci1");
            var atRight = OuterCounts.in(vpn, "oci2");
            if (family == 6) SixNetwork.internet(vpn.namespaces());
            try (var right = start(vpn, family, 2, "add", ikev2, two); var left = start(vpn, family, 1, "start", ikev2, one)) {
                Await.until("a ping through the tunnel", Vpn.UP, () -> Ping.answered(vpn.namespaces(), "oci1", "192.168.254.2"), vpn.evidence(left));
                long before = atRight.of(OuterCounts.PLAIN);
                assertEquals(0, Ping.of(vpn.namespaces(), "oci1", "192.168.254.2", 50).lost(), vpn.evidence(left).get());
                boolean inUdp = one.equals("yes") || two.equals("yes");
                assertEquals(inUdp, left.torii("status").out().contains(" in UDP"), left.torii("status").text());
                assertTrue(inUdp ? atRight.of(OuterCounts.ENCAPSULATED) >= 50 && before == 0 : atRight.of(OuterCounts.PLAIN) >= before + 50, "protocol 50: " + before);
                assertEquals(inUdp, atLeft.of(OuterCounts.ENCAPSULATED) > 0);
                if (!inUdp) assertTrue(Ping.markedAnswered(vpn.namespaces(), "oci1", "192.168.254.2"));
                assertEquals(!inUdp, atLeft.of(OuterCounts.EXPEDITED) > 0 && atRight.of(OuterCounts.EXPEDITED) > 0, "DSCP of the outer packets");
                for (var counts : List.of(atLeft, atRight)) assertEquals(0, counts.of(OuterCounts.REFUSED), "ICMP");
                assertFalse(right.torii("status").out().contains("unknown_spi"), right.torii("status").text());
            }
        }
    }

    /** A daemon that may not open the socket does without it: the other side believes in a NAT. */
    @ParameterizedTest
    @CsvSource({"no", "insist"})
    void withoutCapNetRawEspIsInUdpAndStatusSaysWhy(String ikev2) throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            var atRight = OuterCounts.in(vpn, "oci2");
            configure(vpn, 4, 1, "start", ikev2, "no");
            try (var right = start(vpn, 4, 2, "add", ikev2, "auto"); var left = run(vpn, 1, List.of("setpriv", "--bounding-set", "-net_raw"))) {
                Await.until("a ping through the tunnel", Vpn.UP, () -> Ping.answered(vpn.namespaces(), "oci1", "192.168.254.2"), vpn.evidence(left));
                assertTrue(atRight.of(OuterCounts.ENCAPSULATED) > 0, vpn.evidence(left).get());
                assertEquals(0, atRight.of(OuterCounts.PLAIN));
                var status = left.torii("status").out();
                assertTrue(status.contains(" in UDP") && status.contains("ESP goes in UDP from " + address(4, 1)), status);
                assertTrue(status.contains("IP protocol 50: needs root or CAP_NET_RAW"), status);
                assertTrue(left.job().output().contains("needs root or CAP_NET_RAW"), left.job().output());
                assertFalse(right.torii("status").out().contains("CAP_NET_RAW"), right.torii("status").text());
            }
        }
    }

    private static ToriiDaemon start(Vpn vpn, int family, int number, String auto, String ikev2, String encapsulation) throws IOException {
        configure(vpn, family, number, auto, ikev2, encapsulation);
        return run(vpn, number, List.of());
    }

    private static void configure(Vpn vpn, int family, int number, String auto, String ikev2, String encapsulation) throws IOException {
        configure(vpn, number, address(family, number), address(family, 3 - number), """
                     auto=%s
                     ikev2=%s
                     leftvti=192.168.254.%d/30
                     encapsulation=%s
                """.formatted(auto, ikev2, number, encapsulation));
    }

    /** Torii on head end {@code number}, with the secret of tunnel 1. */
    static ToriiDaemon start(Vpn vpn, int number, String here, String there, String more) throws IOException {
        configure(vpn, number, here, there, more);
        return run(vpn, number, List.of());
    }

    private static void configure(Vpn vpn, int number, String here, String there, String more) throws IOException {
        var name = "oci" + number;
        var root = ToriiDaemon.root(vpn.namespaces(), name);
        Files.createDirectories(root.resolve("etc/ipsec.d"));
        Files.writeString(root.resolve("etc/ipsec.d/pair.conf"), """
                conn pair
                     left=%s
                     right=%s
                     authby=secret
                     leftsubnet=0.0.0.0/0
                     rightsubnet=0.0.0.0/0
                     vti-interface=vti01
                %s""".formatted(here, there, more));
        var secrets = root.resolve("etc/ipsec.d/pair.secrets");
        Files.createFile(secrets, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(secrets, here + " " + there + " : PSK \"" + vpn.files().secret(1) + "\"\n");
    }

    private static ToriiDaemon run(Vpn vpn, int number, List<String> via) {
        var name = "oci" + number;
        return ToriiDaemon.startVia(via, vpn.namespaces(), name, name, ToriiDaemon.root(vpn.namespaces(), name)).awaitReady();
    }

    private static String address(int family, int number) {
        return family == 6 ? SixNetwork.headEnd(number) : Topology.headEndAddress(number);
    }
}
