package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What RekeyIT's evidence is worth: packets that are lost on purpose, between the gateways and in one, are found where they were lost. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.TCPDUMP})
class WitnessIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void whatIsLostIsSaidToBeLostWhereItWasLost() throws IOException {
        try (var network = TwoVersions.network("tr-wit", false)) {
            network.startPeers(UnaryOperator.identity(), UnaryOperator.identity());
            network.startTorii();
            network.awaitPings();
            var account = lost(network, "inet", "table ip drops { chain c { type filter hook forward priority 0; iifname tonat udp dport 4500 ip daddr 198.51.100.12 "
                    + "@th,64,32 != 0 numgen inc mod 5 == 0 drop; }; }");
            assertTrue(line(account, "tunnel 2, to the head end").matches(".* arrived \\d+ \\([1-9]\\d* lost\\) out of the tunnel \\d+"), account);
            assertFalse(line(account, "tunnel 1, to the head end").contains("lost"), account);
            assertFalse(line(account, "tunnel 2, to the CPE").contains("lost"), account);

            account = lost(network, "cpe", "table ip drops { chain c { type filter hook input priority 0; udp sport 4500 ip saddr 198.51.100.12 "
                    + "@th,64,32 != 0 numgen inc mod 5 == 0 drop; }; }");
            assertTrue(line(account, "tunnel 2, to the CPE").matches(".* arrived \\d+ out of the tunnel \\d+ \\([1-9]\\d* lost\\)"), account);
            assertFalse(line(account, "tunnel 2, to the head end").contains("lost"), account);
        }
    }

    private static String lost(TwoVersions network, String namespace, String rules) {
        var namespaces = network.vpn().namespaces();
        var witness = Witness.start(namespaces);
        var pings = TwoVersions.TUNNELS.stream().map(tunnel -> network.ping(tunnel, Duration.ofMillis(10))).toList();
        pings.forEach(ping -> ping.awaitReplies(20));
        namespaces.script(namespace, "nft -f - <<'END'\n" + rules + "\nEND\n").orFail("losing packets");
        Await.until("a gap", SOON, () -> !pings.get(1).gaps().isEmpty(), network::evidence);
        namespaces.script(namespace, "nft delete table ip drops").orFail("losing no more packets");
        int replies = pings.get(1).replies();
        pings.get(1).awaitReplies(replies + 50);
        var figures = pings.stream().map(Ping::stop).toList();
        assertEquals(0, figures.get(0).lost());
        var account = witness.account(2, pings.get(1).gaps());
        assertFalse(account.contains("not all was seen"), account);
        return account;
    }

    private static String line(String account, String way) {
        return List.of(account.split("\n")).stream().filter(line -> line.startsWith(way)).findFirst().orElse("no line " + way);
    }
}
