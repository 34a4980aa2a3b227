package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every proposal of {@link Suites} against strongSwan, in both roles: a connection each, all at once. Each is negotiated, carries traffic, is
 * renewed by strongSwan (which is when IKEv2 does PFS), and carries traffic again.
 */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class ProposalsIT {
    private static final Duration UP = Duration.ofSeconds(90);
    private static final String CPE = "203.0.113.10";
    private static final String SECRET = "the same for all";
    private static final List<Suites.Suite> ALL = Suites.all();

    @Test
    void everyProposalIsAgreedAndCarriesTrafficInBothRoles() throws InterruptedException {
        SideBySide.run(List.of(ProposalsIT::weOffer, ProposalsIT::weAccept));
    }

    private static void weOffer() throws IOException {
        try (var vpn = Vpn.network("tr-prop-i", Mode.BGP)) {
            addresses(vpn);
            var peer = Strongswan.start(vpn.namespaces(), "oci1", "oci1", 500, 4500, swanctlConf(false), tun("10.77.%d.2"), 1);
            carryTraffic(vpn, torii(vpn, "cpe", true), peer);
        }
    }

    private static void weAccept() throws IOException {
        try (var vpn = Vpn.network("tr-prop-r", Mode.BGP)) {
            addresses(vpn);
            var torii = torii(vpn, "oci1", false);
            var peer = Strongswan.start(vpn.namespaces(), "cpe", "cpe", 500, 4500, swanctlConf(true), tun("10.77.%d.1"), 1);
            carryTraffic(vpn, torii, peer);
        }
    }

    private static void carryTraffic(Vpn vpn, ToriiDaemon torii, Strongswan peer) {
        Await.until("all proposals", UP, () -> missing(peer, false).isEmpty(), () -> missing(peer, false) + "\n" + torii.job().tail(100) + "\n" + peer.log());
        assertEquals("", unanswered(vpn), () -> torii.torii("status").text());
        for (int number = 1; number <= ALL.size(); number++) peer.swanctl("--rekey", "--child", "net" + number).orFail("rekeying " + ALL.get(number - 1));
        Await.until("all renewals", UP, () -> missing(peer, true).isEmpty(), () -> missing(peer, true) + "\n" + torii.job().tail(100) + "\n" + peer.log());
        assertEquals("", unanswered(vpn), () -> torii.torii("status").text());
    }

    /** What is not agreed yet, in strongSwan's words. */
    private static List<String> missing(Strongswan peer, boolean renewed) {
        var sections = List.of(peer.swanctl("--list-sas").out().split("(?m)^(?=\\S)"));
        var missing = new ArrayList<String>();
        for (int number = 1; number <= ALL.size(); number++) {
            var suite = ALL.get(number - 1);
            var name = "row" + number + ":";
            var found = sections.stream().filter(section -> section.startsWith(name)).collect(Collectors.joining());
            if (!found.contains("ESTABLISHED, IKEv" + suite.version()) || !found.contains(suite.agreedIke()) || !suite.childIn(found, renewed)) {
                missing.add(suite + ", strongSwan has:\n" + found);
            }
        }
        return missing;
    }

    /** Which tunnels do not answer five pings in as many seconds. */
    private static String unanswered(Vpn vpn) {
        var script = """
                for i in $(seq %d); do
                  (ping -q -n -I 10.77.$i.1 -c 5 -i 0.2 -w 5 10.77.$i.2 > /dev/null || echo row$i) &
                done
                wait
                """.formatted(ALL.size());
        return vpn.namespaces().script("cpe", script).orFail("pings").out();
    }

    /** The head end has an address for each. */
    private static void addresses(Vpn vpn) {
        var script = "for i in $(seq " + ALL.size() + "); do ip addr add 198.51.100.$((100 + i))/24 dev wan; done";
        vpn.namespaces().script("oci1", script).orFail("addresses of the head end");
    }

    private static String headEnd(int number) {
        return "198.51.100." + (100 + number);
    }

    private static ToriiDaemon torii(Vpn vpn, String namespace, boolean begins) throws IOException {
        var root = ToriiDaemon.root(vpn.namespaces(), namespace);
        var conf = new StringBuilder();
        for (int number = 1; number <= ALL.size(); number++) {
            var suite = ALL.get(number - 1);
            conf.append("""
                    conn row%1$d
                         left=%2$s
                         leftid=%3$s
                         right=%4$s
                         rightid=%4$s
                         authby=secret
                         leftsubnet=10.77.%1$d.%5$d/32
                         rightsubnet=10.77.%1$d.%6$d/32
                         leftvti=10.77.%1$d.%5$d/30
                         vti-interface=row%1$d
                         mark=%1$d/0xffffffff
                         auto=%7$s
                         ikev2=%8$s
                         ike=%9$s
                         phase2alg=%10$s
                         pfs=%11$s
                         encapsulation=yes
                    """.formatted(number, begins ? "%defaultroute" : headEnd(number), begins ? CPE : headEnd(number), begins ? headEnd(number) : CPE,
                    begins ? 1 : 2, begins ? 2 : 1, begins ? "start" : "add", suite.version() == 2 ? "insist" : "no", suite.ike(), suite.esp(),
                    suite.pfs() ? "yes" : "no"));
        }
        Files.createDirectories(root.resolve("etc/ipsec.d"));
        Files.writeString(root.resolve("etc/ipsec.d/rows.conf"), conf);
        var secrets = Files.createFile(root.resolve("etc/ipsec.d/rows.secrets"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(secrets, ": PSK \"" + SECRET + "\"\n");
        return ToriiDaemon.start(vpn.namespaces(), namespace).awaitReady();
    }

    private static String swanctlConf(boolean begins) {
        var conf = new StringBuilder("connections {\n");
        for (int number = 1; number <= ALL.size(); number++) {
            var suite = ALL.get(number - 1);
            conf.append("""
                      row%1$d {
                        version = %2$d
                        local_addrs = %3$s
                        remote_addrs = %4$s
                        proposals = %5$s
                        encap = yes
                        unique = never
                        local {
                          auth = psk
                          id = %6$s
                        }
                        remote {
                          auth = psk
                          id = %7$s
                        }
                        children {
                          net%1$d {
                            local_ts = 10.77.%1$d.%8$d/32
                            remote_ts = 10.77.%1$d.%9$d/32
                            esp_proposals = %10$s
                            start_action = %11$s
                          }
                        }
                      }
                    """.formatted(number, suite.version(), begins ? "192.168.1.42" : headEnd(number), begins ? headEnd(number) : "%any", suite.peerIke(),
                    begins ? CPE : headEnd(number), begins ? headEnd(number) : CPE, begins ? 1 : 2, begins ? 2 : 1, suite.peerEsp(),
                    begins ? "start" : "none"));
        }
        return conf.append("}\nsecrets {\n  ike-all {\n    secret = \"" + SECRET + "\"\n  }\n}\n").toString();
    }

    private static String tun(String address) {
        var commands = new StringBuilder();
        for (int number = 1; number <= ALL.size(); number++) commands.append("addr add ").append(address.formatted(number)).append("/32 dev @tun\n");
        return commands.append("route add 10.77.0.0/16 dev @tun\n").toString();
    }
}
