package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Frr;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * TCP MD5 signatures (RFC 2385) and the TTL that must be 255 (RFC 5082), with FRR: in both directions of dialling; then a restart of all of these neighbours.
 */
@NamespaceTest(NamespaceTest.Needs.FRR)
class BgpSocketsIT {
    private static final String PREFIX = "tp-sock";

    private static String neighbor(String address, String... lines) {
        var text = new StringBuilder(" neighbor " + address + " remote-as 65010\n neighbor " + address + " timers connect 1\n");
        for (String line : lines) text.append(" neighbor ").append(address).append(' ').append(line).append('\n');
        return text.toString();
    }

    private static String frrs(int subnet, String... lines) {
        String address = "10.66." + subnet + ".1";
        var text = new StringBuilder(" neighbor " + address + " remote-as 65000\n neighbor " + address + " timers connect 1\n neighbor " + address
                + " update-source 10.66." + subnet + ".2\n");
        for (String line : lines) text.append(" neighbor ").append(address).append(' ').append(line).append('\n');
        return text.toString();
    }

    @Test
    void sessionsComeUpWhereBothSidesAgreeAndNowhereElse() throws IOException {
        try (var namespaces = Namespaces.of(PREFIX, List.of("torii", "peers"), Path.of("/run/torii-test", PREFIX))) {
            network(namespaces);
            var root = ToriiDaemon.root(namespaces, "torii").resolve("etc/frr");
            Files.createDirectories(root);
            Files.writeString(root.resolve("daemons"), "bgpd=yes\n");
            Files.writeString(root.resolve("bgpd.conf"), "router bgp 65000\n no bgp ebgp-requires-policy\n"
                    + neighbor("10.66.1.2", "password theSameKey", "ttl-security hops 1") + neighbor("10.66.2.2", "password theSameKey", "passive")
                    + neighbor("10.66.3.2", "password one") + neighbor("10.66.4.2", "password one") + neighbor("10.66.5.2", "ttl-security hops 1")
                    + neighbor("10.66.6.2", "ttl-security hops 1", "passive"));
            var frr = Frr.start(namespaces, "peers", peers("10.77.1.0/24", "10.77.2.0/24"), "");
            var torii = ToriiDaemon.start(namespaces, "torii").awaitReady();
            for (String up : List.of("10.66.1.2", "10.66.2.2", "10.66.6.2"))
                Await.until("the session with " + up, Vpn.UP, () -> torii.job().output().contains("bgp " + up + ": session established"),
                        () -> torii.job().tail(20));
            for (String down : List.of("10.66.3.2", "10.66.4.2", "10.66.5.2"))
                assertTrue(!torii.job().output().contains("bgp " + down + ": session established"), () -> torii.job().tail(20));
            assertTrue(!torii.job().output().contains("theSameKey"), "a secret");
            routesOutliveARestartOf(frr, namespaces, torii);
            aRefreshHasItsMarkers(namespaces, torii);
        }
    }

    private static String peers(String... networks) {
        var text = new StringBuilder("router bgp 65010\n bgp router-id 10.66.1.2\n no bgp ebgp-requires-policy\n no bgp network import-check\n bgp "
                + "graceful-restart\n bgp graceful-restart preserve-fw-state\n");
        text.append(frrs(1, "password theSameKey", "ttl-security hops 1", "passive")).append(frrs(2, "password theSameKey"))
                .append(frrs(3, "password another")).append(frrs(4)).append(frrs(5, "passive")).append(frrs(6, "ttl-security hops 1"));
        for (String network : networks) text.append(" network ").append(network).append('\n');
        return text.toString();
    }

    /** RFC 4724: FRR's bgpd is killed and comes back without one of its networks; the kernel's route to the other one is never away. */
    private static void routesOutliveARestartOf(Frr frr, Namespaces namespaces, ToriiDaemon torii) {
        Await.until("both networks", Vpn.UP, () -> routes(namespaces).size() == 2, () -> torii.job().tail(20));
        frr.killBgpd();
        for (String neighbor : List.of("10.66.1.2", "10.66.2.2", "10.66.6.2"))
            Await.until("the end of " + neighbor, Vpn.UP,
                    () -> torii.job().output().contains("bgp " + neighbor + ": the neighbor restarts: its 2 routes are kept for 120 s"),
                    () -> torii.job().tail(20));
        assertEquals(2, routes(namespaces).size(), "while nobody speaks BGP there");
        var before = routes(namespaces).stream().filter(route -> route.contains("10.77.1.0/24")).findFirst().orElseThrow();
        frr.startBgpd(peers("10.77.1.0/24"));
        Await.until("the end of the other one", Vpn.UP, () -> routes(namespaces).size() == 1, () -> routes(namespaces) + torii.job().tail(20));
        assertEquals(List.of(before), routes(namespaces));
        assertTrue(torii.job().output().contains("1 routes of IPv4 Unicast were not announced again, and are withdrawn"), () -> torii.job().tail(20));
    }

    /** RFC 7313: FRR marks where what it sends again begins and where it ends, and the route stays. */
    private static void aRefreshHasItsMarkers(Namespaces namespaces, ToriiDaemon torii) {
        torii.torii("clear", "bgp", "10.66.2.2", "soft", "in").orFail("soft in");
        Await.until("two markers", Vpn.UP, () -> torii.torii("show", "bgp", "neighbors", "10.66.2.2", "--json").out().matches("(?s).*\"routeRefreshRecv\" *: *2\\b.*"),
                () -> torii.torii("show", "bgp", "neighbors", "10.66.2.2").out());
        assertEquals(1, routes(namespaces).size());
    }

    private static List<String> routes(Namespaces namespaces) {
        return namespaces.script("torii", "ip route show proto 116").out().lines().filter(route -> route.contains("10.77.")).toList();
    }

    private static void network(Namespaces namespaces) {
        Shell.run(Shell.SHORT, """
                netns add @torii
                netns add @peers
                link add eth0 netns @torii type veth peer name eth0 netns @peers
                """.replace("@", namespaces.name("")), List.of("ip", "-batch", "-")).orFail("two namespaces");
        for (String name : List.of("torii", "peers")) {
            var script = new StringBuilder("ip link set lo up; ip link set eth0 up\n");
            for (int subnet = 1; subnet <= 6; subnet++) {
                script.append("ip addr add 10.66.").append(subnet).append(name.equals("torii") ? ".1" : ".2").append("/24 dev eth0\n");
            }
            namespaces.script(name, script.toString()).orFail("the addresses of " + name);
        }
    }
}
