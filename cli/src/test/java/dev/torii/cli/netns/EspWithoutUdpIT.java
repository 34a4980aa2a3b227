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
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ESP as IP protocol 50 between the two head ends of the lab, which no NAT separates, and in UDP where encapsulation=yes says so. */
@NamespaceTest
class EspWithoutUdpIT {
    private static final String PREFIX = "to-raw";
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");
    private static final String COUNTERS = """
            nft -f - <<'END'
            table inet seen {
              counter plain { }
              counter encapsulated { }
              counter refused { }
              chain watch {
                type filter hook input priority -300; policy accept;
                meta l4proto esp counter name plain
                udp dport 4500 counter name encapsulated
                icmp type destination-unreachable counter name refused
                icmpv6 type destination-unreachable counter name refused
              }
            }
            END
            """;

    @ParameterizedTest
    @CsvSource({"4, no, auto, auto", "4, insist, auto, auto", "4, insist, no, no", "4, insist, yes, auto", "6, no, auto, auto", "6, insist, auto, auto", "6, insist, auto, yes"})
    void withoutANatEspIsInUdpOnlyIfOneSideSaysSo(int family, String ikev2, String one, String two) throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            for (var head : new String[] {"oci1", "oci2"}) vpn.namespaces().script(head, COUNTERS).orFail("counters");
            if (family == 6) SixNetwork.internet(vpn.namespaces());
            try (var right = start(vpn, family, 2, "add", ikev2, two); var left = start(vpn, family, 1, "start", ikev2, one)) {
                Await.until("a ping through the tunnel", Vpn.UP, () -> Ping.answered(vpn.namespaces(), "oci1", "192.168.254.2"), vpn.evidence(left));
                long before = seen(vpn, "oci2", "plain");
                assertEquals(0, Ping.of(vpn.namespaces(), "oci1", "192.168.254.2", 50).lost(), vpn.evidence(left).get());
                boolean inUdp = one.equals("yes") || two.equals("yes");
                assertEquals(inUdp, left.torii("status").out().contains(" in UDP"), left.torii("status").text());
                assertTrue(inUdp ? seen(vpn, "oci2", "encapsulated") >= 50 && before == 0 : seen(vpn, "oci2", "plain") >= before + 50, "esp " + seen(vpn, "oci2", "plain"));
                assertEquals(inUdp, seen(vpn, "oci1", "encapsulated") > 0);
                for (var head : new String[] {"oci1", "oci2"}) assertEquals(0, seen(vpn, head, "refused"), "ICMP to " + head);
                assertFalse(right.torii("status").out().contains("unknown_spi"), right.torii("status").text());
            }
        }
    }

    private static ToriiDaemon start(Vpn vpn, int family, int number, String auto, String ikev2, String encapsulation) throws IOException {
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
                     auto=%s
                     ikev2=%s
                     vti-interface=vti01
                     leftvti=192.168.254.%d/30
                     encapsulation=%s
                """.formatted(address(family, number), address(family, 3 - number), auto, ikev2, number, encapsulation));
        var secrets = root.resolve("etc/ipsec.d/pair.secrets");
        Files.createFile(secrets, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(secrets, address(family, 1) + " " + address(family, 2) + " : PSK \"" + vpn.files().secret(1) + "\"\n");
        return ToriiDaemon.start(vpn.namespaces(), name).awaitReady();
    }

    private static String address(int family, int number) {
        return family == 6 ? SixNetwork.headEnd(number) : Topology.headEndAddress(number);
    }

    private static long seen(Vpn vpn, String namespace, String counter) {
        var listed = vpn.namespaces().script(namespace, "nft list counter inet seen " + counter).orFail("counter").out();
        var packets = PACKETS.matcher(listed);
        assertTrue(packets.find(), listed);
        return Long.parseLong(packets.group(1));
    }
}
