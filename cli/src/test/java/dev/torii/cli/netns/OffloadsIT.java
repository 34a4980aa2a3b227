package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Topology;
import dev.torii.cli.lab.ToriiDaemon;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** TCP through the tunnels, with the links' offloads and without: every byte is as it was sent. */
@NamespaceTest(NamespaceTest.Needs.ETHTOOL)
class OffloadsIT {
    private static final String PREFIX = "tm-off";
    private static final Duration TRANSFER = Duration.ofSeconds(60);

    /** Each is what the links of all gateways and of the internet between them lose, in addition to what they lost before. */
    @Test
    void whateverTheOuterLinkCannotDoTheBytesAreTheSame() {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            vpn.torii();
            var cpe = vpn.startCpe();
            vpn.awaitPing(cpe);
            transfers(vpn, cpe, "all offloads");
            for (var lost : List.of("gro off", "tx-udp-segmentation off", "tso off gso off", "tx off rx off")) {
                for (var namespace : List.of("cpe", "gw", "nat", "inet", "oci1", "oci2")) withdraw(vpn, namespace, lost);
                transfers(vpn, cpe, lost);
            }
        }
    }

    /** What a virtual device has fixed stays as it is. */
    private static void withdraw(Vpn vpn, String namespace, String lost) {
        var script = "for device in $(ls /sys/class/net); do case $device in lo|vti*|br*) ;; *) ethtool -K $device " + lost + " ;; esac; done";
        vpn.namespaces().script(namespace, script).orFail("ethtool in " + namespace);
    }

    private static void transfers(Vpn vpn, ToriiDaemon cpe, String what) {
        transfer(vpn, cpe, "lic", "cmp", Topology.COMPUTE, what);
        transfer(vpn, cpe, "cmp", "lic", Topology.LIC, what);
    }

    private static void transfer(Vpn vpn, ToriiDaemon cpe, String from, String to, String address, String what) {
        var receiver = vpn.namespaces().spawn(to, "transfer-to-" + to, Transfer.command("receive", address));
        try {
            Await.until("the receiver in " + to, Vpn.UP, () -> receiver.output().contains("listening"), vpn.evidence(cpe));
            var sent = vpn.namespaces().run(from, TRANSFER, Transfer.command("send", address).toArray(String[]::new));
            assertTrue(sent.out().contains("the same"), what + ", " + from + " to " + to + ": " + sent.text() + receiver.tail(5) + vpn.evidence(cpe).get());
        } finally {
            receiver.kill();
        }
    }
}
