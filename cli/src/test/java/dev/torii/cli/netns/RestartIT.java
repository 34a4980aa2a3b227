package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Mode;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the daemon leaves in the host: nothing when it is stopped, nothing of an earlier life when it starts after a kill. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.FRR})
class RestartIT {
    private static final String PREFIX = "tt-rs";

    @ParameterizedTest
    @EnumSource(Mode.class)
    void afterAKillTheHostLooksAsAfterAFirstStart(Mode mode) {
        try (var vpn = Vpn.network(PREFIX, mode)) {
            vpn.strongswan();
            var untouched = host(vpn);
            var first = vpn.startCpe();
            vpn.awaitBothNextHops(first);
            vpn.awaitPing(first);
            var started = host(vpn);

            first.job().kill();
            assertTrue(first.job().awaitEnd(Duration.ofSeconds(5)));
            var second = vpn.startCpe();
            vpn.awaitBothNextHops(second);
            vpn.awaitPing(second);
            assertEquals(started, host(vpn));

            second.job().terminate();
            assertTrue(second.job().awaitEnd(Duration.ofSeconds(10)), () -> second.job().tail(20));
            assertEquals(Optional.of(0), second.job().exit());
            assertEquals(untouched, host(vpn));
        }
    }

    /** Interfaces, addresses, routes and rules of the CPE, without interface numbers (a TUN gets a new one every time). */
    private static String host(Vpn vpn) {
        var seen = vpn.namespaces().script("cpe", "ip -br link; ip -br addr; ip route show table all; ip rule").orFail("looking at the host").out();
        return seen.lines().map(String::strip).sorted().collect(Collectors.joining("\n"));
    }
}
