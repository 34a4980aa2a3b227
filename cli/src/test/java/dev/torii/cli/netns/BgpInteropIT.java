package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Frr;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * One daemon between FRR, BIRD 2 and GoBGP, each in an AS with four octets: what each of them announces must reach the other two as it was, through policy,
 * tables and encoding of ours. Two of the sessions are signed (RFC 2385), BIRD's has a hold time of three seconds.
 */
@NamespaceTest({NamespaceTest.Needs.FRR, NamespaceTest.Needs.BIRD, NamespaceTest.Needs.GOBGP})
class BgpInteropIT {
    private static final String PREFIX = "tin-peers";
    private static final String KEY = "theSameKey";
    private static final List<String> PEERS = List.of("frr", "bird", "gobgp");
    private static final long OUR_AS = 4_200_000_000L;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Namespaces namespaces;
    private ToriiDaemon torii;
    private Frr frr;
    private Bird bird;
    private Gobgp gobgp;

    /** 1 to 3: the peer's subnet, AS and prefix. */
    private static int number(String peer) { return 1 + PEERS.indexOf(peer); }

    private static String address(String peer) { return "10.66." + number(peer) + ".2"; }

    private static String prefix(String peer) { return "10.8" + number(peer) + ".0.0/24"; }

    private static long as(String peer) { return OUR_AS + number(peer); }

    @Test
    void threeForeignSpeakersAndOursAgree() throws IOException {
        try (var family = Namespaces.of(PREFIX, List.of("torii", "frr", "bird", "gobgp"), Path.of("/run/torii-test", PREFIX))) {
            namespaces = family;
            network();
            startPeers();
            startTorii();
            sessionsAreUpWithTheHoldTimesOfThePeers();
            everyPeersRouteReachesTheOthersWithAllItsCommunities();
            aWithdrawnRouteIsGoneEverywhereAndComesBack();
            aRefreshIsAnsweredAndAskedFor();
            theKernelKeepsOurRoutesAndForeignOnes();
            aPeerThatFallsSilentIsGivenUp();
            assertFalse(torii.job().output().contains(KEY), "a secret");
        }
    }

    private void await(String what, BooleanSupplier condition) {
        Await.until(what, Vpn.UP, condition, () -> torii.torii("show", "bgp", "neighbors").text().lines().filter(line -> line.matches(".*(neighbor is|state|Last reset).*")).toList()
                + "\n" + torii.torii("show", "bgp", "ipv4", "unicast").text() + torii.job().tail(20) + bird.ask("show", "protocols", "all", "torii") + gobgp.ask("neighbor"));
    }

    private JsonNode show(String... words) {
        var arguments = new ArrayList<>(List.of(words));
        arguments.addFirst("show");
        arguments.add("--json");
        return tree(torii.torii(arguments.toArray(String[]::new)).out());
    }

    private static JsonNode tree(String text) {
        try {
            return JSON.readTree(text.isBlank() ? "{}" : text);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    private void sessionsAreUpWithTheHoldTimesOfThePeers() {
        await("three sessions", this::allUp);
        var neighbors = show("bgp", "neighbors");
        for (String peer : PEERS) {
            var neighbor = neighbors.path(address(peer));
            assertEquals(as(peer), neighbor.path("remoteAs").asLong(), peer);
            assertEquals(1000 * holdTime(peer), neighbor.path("bgpTimerHoldTimeMsecs").asInt(), peer);
            assertEquals(1000 * holdTime(peer) / 3, neighbor.path("bgpTimerKeepAliveIntervalMsecs").asInt(), peer);
        }
    }

    private boolean allUp() {
        var peers = show("bgp", "summary").path("ipv4Unicast").path("peers");
        return PEERS.stream().allMatch(peer -> peers.path(address(peer)).path("state").asText().equals("Established"));
    }

    /** In seconds: the smaller of both sides', which is the peer's. */
    private static int holdTime(String peer) { return peer.equals("bird") ? 3 : 90; }

    private void everyPeersRouteReachesTheOthersWithAllItsCommunities() {
        await("all routes everywhere", () -> PEERS.stream().allMatch(from -> PEERS.stream().filter(to -> !to.equals(from)).allMatch(to -> knows(to, prefix(from)))));
        for (String from : PEERS) {
            var path = show("bgp", prefix(from)).path("paths").path(0);
            assertEquals(community(from), path.path("community").path("string").asText(), path::toPrettyString);
            assertEquals("RT:" + target(from), path.path("extendedCommunity").path("string").asText(), path::toPrettyString);
            assertEquals(large(from), path.path("largeCommunity").path("string").asText(), path::toPrettyString);
            for (String to : PEERS) if (!to.equals(from)) asItWas(from, to, view(to, prefix(from)));
        }
        for (String to : PEERS) assertTrue(knows(to, "172.16.1.0/24"), to);
    }

    private static String community(String peer) { return "6498" + number(peer) + ":7"; }

    private static String target(String peer) { return "6498" + number(peer) + ":5"; }

    private static String large(String peer) { return as(peer) + ":1:2"; }

    /** Each prints in its own way. */
    private static void asItWas(String from, String to, String seen) {
        var wanted = to.equals("bird") ? List.of("BGP.community: (6498" + number(from) + ",7)", "BGP.ext_community: (rt, 6498" + number(from) + ", 5)",
                        "BGP.large_community: (" + as(from) + ", 1, 2)", "BGP.as_path: " + OUR_AS + " " + as(from))
                : to.equals("frr") ? List.of(community(from), "RT:" + target(from), large(from), OUR_AS + " " + as(from))
                : List.of("{Communities: " + community(from) + "}", "[" + target(from) + "]", large(from), OUR_AS + " " + as(from));
        for (String words : wanted) assertTrue(seen.contains(words), () -> from + "'s route at " + to + " lacks " + words + ":\n" + seen);
    }

    private String view(String at, String prefix) {
        return switch (at) {
            case "frr" -> frr.vtysh("show bgp ipv4 unicast " + prefix).out();
            case "bird" -> bird.ask("show", "route", "all", prefix);
            default -> gobgp.ask("global", "rib", prefix);
        };
    }

    private boolean knows(String at, String prefix) { return view(at, prefix).contains(Long.toString(OUR_AS)); }

    private void aWithdrawnRouteIsGoneEverywhereAndComesBack() {
        frr.configure("router bgp " + as("frr"), "address-family ipv4 unicast", "no network " + prefix("frr"));
        bird.ask("disable", "own");
        gobgp.tell("global", "rib", "del", "-a", "ipv4", prefix("gobgp"));
        await("no routes anywhere", () -> show("bgp", "ipv4", "unicast").path("routes").size() == 1
                && PEERS.stream().allMatch(from -> PEERS.stream().filter(to -> !to.equals(from)).noneMatch(to -> knows(to, prefix(from)))));
        assertEquals("", kernel("10.80.0.0/12"), "nor in the kernel");
        frr.configure("router bgp " + as("frr"), "address-family ipv4 unicast", "network " + prefix("frr") + " route-map KINDS");
        bird.ask("enable", "own");
        originateFromGobgp();
        await("all routes again", () -> PEERS.stream().allMatch(from -> PEERS.stream().filter(to -> !to.equals(from)).allMatch(to -> knows(to, prefix(from)))));
    }

    /** Asked for until it is there: with three seconds of hold time a busy machine may end the session in between. */
    private void aRefreshIsAnsweredAndAskedFor() {
        var before = show("bgp", "neighbors");
        await("the peers' refreshes", () -> {
            frr.vtysh("clear bgp 10.66.1.1 soft in");
            bird.ask("reload", "in", "torii");
            return more(List.of("frr", "bird"), before, "routeRefreshRecv", "updatesSent");         // GoBGP keeps what it gets and never asks
        });
        await("the peers' routes again", () -> {
            torii.torii("clear", "bgp", "*", "soft", "in");
            return more(PEERS, before, "routeRefreshSent", "updatesRecv");
        });
        await("all sessions up", this::allUp);
    }

    private boolean more(List<String> peers, JsonNode before, String... counters) {
        var now = show("bgp", "neighbors");
        return peers.stream().allMatch(peer -> Arrays.stream(counters).allMatch(counter -> count(now, peer, counter) > count(before, peer, counter)));
    }

    private static int count(JsonNode neighbors, String peer, String what) { return neighbors.path(address(peer)).path("messageStats").path(what).asInt(); }

    private String kernel(String within) { return namespaces.script("torii", "ip route show root " + within).out(); }

    private void theKernelKeepsOurRoutesAndForeignOnes() {
        await("the kernel's routes", () -> PEERS.stream().allMatch(peer -> kernel(prefix(peer)).contains("via " + address(peer))));
        namespaces.script("torii", "ip route del " + prefix("frr")).orFail("a deleted route");
        await("the deleted route", () -> kernel(prefix("frr")).contains("via " + address("frr")));

        namespaces.script("torii", "ip route add " + prefix("bird") + " via " + address("gobgp") + " metric 5 proto static").orFail("a foreign route");
        await("the foreign route instead of ours", () -> show("ip", "route").path(prefix("bird")).path(0).path("protocol").asText().equals("kernel")
                && !kernel(prefix("bird")).contains("via " + address("bird")));
        var text = torii.torii("show", "ip", "route").out();
        assertTrue(text.contains("K>* " + prefix("bird") + " [0/5] via " + address("gobgp") + ", ") && text.contains("B   " + prefix("bird") + " [20/0] via " + address("bird") + ", "), text);
        assertTrue(kernel(prefix("bird")).contains("proto static metric 5"), "it is left alone");
        namespaces.script("torii", "ip route del " + prefix("bird") + " metric 5").orFail("no foreign route");
        await("ours again", () -> kernel(prefix("bird")).contains("via " + address("bird")));
    }

    private void aPeerThatFallsSilentIsGivenUp() {
        Shell.run(Shell.SHORT, "kill", "-STOP", Long.toString(bird.job().pid())).orFail("silence");
        try {
            await("the end of the hold time", () -> show("bgp", "neighbors", address("bird")).path(address("bird")).path("lastResetDueTo").asText().contains("Hold Timer Expired"));
            await("its route gone", () -> kernel(prefix("bird")).isEmpty() && !knows("frr", prefix("bird")) && !knows("gobgp", prefix("bird")));
        } finally {
            Shell.run(Shell.SHORT, "kill", "-CONT", Long.toString(bird.job().pid()));
        }
        await("its return", () -> kernel(prefix("bird")).contains("via " + address("bird")) && knows("bird", prefix("frr")) && knows("gobgp", prefix("bird")));
    }

    private void network() {
        var links = new StringBuilder("netns add @torii\n");
        var torii = new StringBuilder("ip link set lo up\n");
        for (String peer : PEERS) {
            int subnet = number(peer);
            links.append("netns add @").append(peer).append("\nlink add eth").append(subnet).append(" netns @torii type veth peer name eth0 netns @").append(peer).append('\n');
            torii.append("ip link set eth").append(subnet).append(" up; ip addr add 10.66.").append(subnet).append(".1/24 dev eth").append(subnet).append('\n');
        }
        Shell.run(Shell.SHORT, links.toString().replace("@", namespaces.name("")), List.of("ip", "-batch", "-")).orFail("the namespaces");
        namespaces.script("torii", torii.toString()).orFail("our addresses");
        for (String peer : PEERS) namespaces.script(peer, "ip link set lo up; ip link set eth0 up; ip addr add " + address(peer) + "/24 dev eth0").orFail("the addresses of " + peer);
    }

    private void startTorii() throws IOException {
        var conf = new StringBuilder("router bgp " + OUR_AS + "\n bgp router-id 10.66.1.1\n no bgp ebgp-requires-policy\n network 172.16.1.0/24\n");
        for (String peer : PEERS) conf.append(" neighbor ").append(address(peer)).append(" remote-as ").append(as(peer)).append("\n neighbor ").append(address(peer)).append(" timers connect 1\n");
        for (String peer : List.of("frr", "bird")) conf.append(" neighbor ").append(address(peer)).append(" password ").append(KEY).append('\n');
        var root = ToriiDaemon.root(namespaces, "torii").resolve("etc/frr");
        Files.createDirectories(root);
        Files.writeString(root.resolve("daemons"), "bgpd=yes\n");
        Files.writeString(root.resolve("bgpd.conf"), conf);
        Files.writeString(root.resolve("staticd.conf"), "ip route 172.16.1.0/24 Null0\n");
        torii = ToriiDaemon.start(namespaces, "torii").awaitReady();
    }

    private void startPeers() throws IOException {
        bird = Bird.start(namespaces, "bird", """
                router id %1$s;
                protocol device {}
                protocol static own { ipv4; route %2$s blackhole; }
                protocol bgp torii {
                  local %1$s as %3$d;
                  neighbor 10.66.2.1 as %4$d;
                  hold time 3; keepalive time 1; connect delay time 1; connect retry time 1; error wait time 1, 1;
                  password "%5$s";
                  ipv4 {
                    import all;
                    export filter {
                      if source != RTS_STATIC then reject;
                      bgp_community.add((64982, 7)); bgp_ext_community.add((rt, 64982, 5)); bgp_large_community.add((%3$d, 1, 2));
                      accept;
                    };
                  };
                }
                """.formatted(address("bird"), prefix("bird"), as("bird"), OUR_AS, KEY));
        gobgp = Gobgp.start(namespaces, "gobgp", """
                [global.config]
                  as = %d
                  router-id = "%s"
                [[neighbors]]
                  [neighbors.config]
                    neighbor-address = "10.66.3.1"
                    peer-as = %d
                  [neighbors.timers.config]
                    hold-time = 90
                    keepalive-interval = 30
                  [[neighbors.afi-safis]]
                    [neighbors.afi-safis.config]
                      afi-safi-name = "ipv4-unicast"
                """.formatted(as("gobgp"), address("gobgp"), OUR_AS));
        originateFromGobgp();
        frr = Frr.start(namespaces, "frr", """
                router bgp %1$d
                 bgp router-id %2$s
                 no bgp ebgp-requires-policy
                 no bgp network import-check
                 neighbor 10.66.1.1 remote-as %3$d
                 neighbor 10.66.1.1 timers 30 90
                 neighbor 10.66.1.1 timers connect 1
                 neighbor 10.66.1.1 password %4$s
                 address-family ipv4 unicast
                  network %5$s route-map KINDS
                 exit-address-family
                exit
                route-map KINDS permit 10
                 set community 64981:7
                 set extcommunity rt 64981:5
                 set large-community %1$d:1:2
                """.formatted(as("frr"), address("frr"), OUR_AS, KEY, prefix("frr")), "");
    }

    private void originateFromGobgp() {
        gobgp.tell("global", "rib", "add", "-a", "ipv4", prefix("gobgp"), "community", community("gobgp"), "rt", target("gobgp"), "large-community", large("gobgp"));
    }
}
