package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.LabFailure;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Torii and the host it runs on: its own packets, other daemons, other processes. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.FRR, NamespaceTest.Needs.STRACE})
class HostIT {
    private static final String PREFIX = "tt-host";

    @TempDir
    Path directory;

    @Test
    void outerPacketsStayOutOfTheTunnelsWhateverAHeadEndAnnounces() {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var oci = vpn.strongswan();
            var cpe = vpn.startCpe();
            vpn.awaitBothNextHops(cpe);
            // the default route, the gateways' prefix, and the other gateway itself
            oci.headEndBgp(1).configure("ip route 198.51.100.12/32 blackhole", "router bgp 31898", "address-family ipv4 unicast",
                    "network 198.51.100.0/24", "network 198.51.100.12/32", "neighbor 192.168.254.1 default-originate",
                    "neighbor 192.168.254.1 route-map ALLOW-ALL out");
            Await.until("the gateways' prefix over the tunnel", Vpn.UP, () -> route(vpn, "198.51.100.0/24").contains("vti01"), vpn.evidence(cpe));
            assertTrue(route(vpn, "198.51.100.11/32").contains("via 192.168.1.1"), route(vpn, "198.51.100.11/32"));
            assertTrue(route(vpn, "198.51.100.12/32").contains("via 192.168.1.1"), route(vpn, "198.51.100.12/32"));
            Ping.allAnswered(vpn.namespaces(), "lic", Topology.COMPUTE, 50, vpn.evidence(cpe));
            assertTrue(cpe.torii("status").out().contains("loaded 2, active 2"));
            assertTrue(cpe.torii("show", "bgp", "summary").out().contains("192.168.254.6"));
        }
    }

    @Test
    void twoDaemonsShareAHost() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            vpn.strongswan();
            vpn.namespaces().script("cpe", "ip addr add 192.168.1.43/24 dev ens3").orFail("second address");
            var first = startAlone(vpn, 1, Topology.CPE);
            var second = startAlone(vpn, 2, "192.168.1.43");
            for (var daemon : List.of(first, second)) {
                Await.until("one active connection", Vpn.UP, () -> daemon.torii("status").out().contains("loaded 1, active 1"), vpn.evidence(daemon));
            }
            refused(() -> startAlone(vpn, 3, "192.168.1.43"), "cannot listen on UDP 192.168.1.43:500");
            for (var inside : List.of("192.168.254.2", "192.168.254.6")) {
                Await.until("a ping of " + inside, Vpn.UP, () -> Ping.answered(vpn.namespaces(), "cpe", inside), vpn.evidence(first));
            }
            var ping = Ping.start(vpn.namespaces(), "cpe", "192.168.254.6", Duration.ofMillis(100));
            ping.awaitReplies(1);
            first.close();
            ping.awaitReplies(ping.replies() + 10);
            assertEquals(0, ping.stop().lost(), "the second lost its tunnel with the first");
            refused(() -> startAlone(vpn, 2, "192.168.1.43"), "another torii runs in");
        }
    }

    @Test
    void theDaemonStartsNoProcess() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            vpn.strongswan();
            vpn.files().writeCpe(ToriiDaemon.root(vpn.namespaces(), "cpe"), Mode.BGP);
            var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe");
            var trace = directory.resolve("trace");
            var strace = vpn.namespaces().spawn("cpe", "strace", List.of("strace", "-f", "-q", "-e", "trace=execve,execveat", "-o", trace.toString(),
                    "-p", Long.toString(cpe.job().pid())));
            cpe.awaitReady();
            vpn.awaitBothNextHops(cpe);
            cpe.job().terminate();
            assertTrue(cpe.job().awaitEnd(Vpn.UP) && strace.awaitEnd(Vpn.UP));
            var calls = Files.readAllLines(trace);
            assertTrue(calls.stream().anyMatch(line -> line.contains("+++ exited with 0 +++")), calls::toString);
            int java = calls.size() - 1;        // the launcher's own, up to where it becomes Java
            while (java >= 0 && !calls.get(java).contains("/bin/java\"")) java--;
            var started = calls.subList(java + 1, calls.size()).stream().filter(line -> line.contains("exec")).toList();
            assertEquals(List.of(), started);
        }
    }

    private static void refused(Executable start, String why) {
        var refused = assertThrows(LabFailure.class, start);
        assertTrue(refused.getMessage().contains("ended with exit status 1") && refused.getMessage().contains(why), refused.getMessage());
    }

    /** A daemon of its own with one of the article's two conns. */
    private static ToriiDaemon startAlone(Vpn vpn, int number, String left) throws IOException {
        var name = "alone" + number;
        var root = ToriiDaemon.root(vpn.namespaces(), name);
        vpn.files().writeCpe(root, Mode.BGP);
        var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
        var conns = Files.readString(file).replace("%defaultroute", left).split("(?m)^(?=conn )");
        // the third would be the second again, under another interface's name
        Files.writeString(file, number < 3 ? conns[number - 1] : conns[1].replace("vti02", "vti03"));
        for (var routing : List.of("daemons", "bgpd.conf", "staticd.conf")) Files.delete(root.resolve("etc/frr").resolve(routing));
        return ToriiDaemon.start(vpn.namespaces(), "cpe", name, root).awaitReady();
    }

    private static String route(Vpn vpn, String prefix) {
        return vpn.namespaces().script("cpe", "ip route show exact " + prefix).out();
    }
}
