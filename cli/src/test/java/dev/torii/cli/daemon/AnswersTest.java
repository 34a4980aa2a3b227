package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.config.SiteConfig;
import dev.torii.cli.daemon.ControlSocket.Answer;
import dev.torii.cli.rib.FibSync;
import dev.torii.cli.rib.HostNetwork;
import dev.torii.cli.rib.Hosts;
import dev.torii.cli.rib.OwnedRoutes;
import dev.torii.esp.SaDatabase;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import dev.torii.tun.MemoryRoutes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A router without tunnels: what the control socket's requests give, and what they see of the routes. */
class AnswersTest {
    private static final String BGP_AND_A_STATIC_ROUTE = """
            router bgp 65000
             bgp router-id 192.168.254.5
             address-family ipv4 unicast
              network 192.168.2.0/24
             exit-address-family
            !
            ip route 192.168.2.0/24 192.168.1.1
            """;

    @TempDir
    private Path directory;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final MemoryRoutes kernel = new MemoryRoutes();
    private final ControlLoop loop = keep(new ControlLoop(bug -> {
        throw new AssertionError(bug);
    }));
    private Routing routing;

    private <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    @AfterEach void close() throws Exception {
        while (!parts.isEmpty()) parts.pop().close();
    }

    private Answers daemon(String frr) throws Exception {
        Files.createDirectories(directory.resolve("etc/frr"));
        Files.writeString(directory.resolve("etc/frr/daemons"), "bgpd=yes\n");
        Files.writeString(directory.resolve("etc/frr/frr.conf"), frr);
        var config = SiteConfig.load(directory, Set::of);
        var log = new EventLog(System::nanoTime);
        var counters = new Counters();
        var sad = keep(new SaDatabase());
        var packets = keep(new PacketThreads(sad, List.of(), List.of()));
        var fib = new FibSync(kernel, OwnedRoutes.in(directory), name -> false, log::warn);
        routing = new Routing(loop, config, List.of(), fib, log, counters);
        var connections = keep(new Connections(loop, packets, sad, new BouncyCastleCrypto(new SecureRandom()), KeyLog.NONE, log, counters, List.of(), 
                new FateSharing(loop, List.of(), Alternatives.of(List.of(), List.of(), List.of()), sad, routing, log, System::nanoTime)));
        network(Hosts.withoutDefaultRoute());
        return new Answers(loop, connections, routing, packets, sad, counters);
    }

    private void network(HostNetwork host) throws Exception {
        loop.call(() -> {
            routing.network(host);
            return true;
        }, Duration.ofSeconds(5));
    }

    private static String ok(Answer answer) {
        assertEquals(0, answer.exitCode(), answer.text());
        return answer.text();
    }

    @Test void statusEndsWithTheTotal() throws Exception {
        assertTrue(ok(daemon("").answer(List.of("status"))).endsWith("Total IPsec connections: loaded 0, active 0\n"));
        assertTrue(ok(daemon("").answer(List.of("status", "--json"))).contains("\"loaded\" : 0"));
    }

    @Test void trafficHasItsColumnsBeforeThereIsAny() throws Exception {
        assertTrue(ok(daemon("").answer(List.of("traffic"))).startsWith("Tunnel  SPI       Dir  Suite "));
        assertTrue(ok(daemon("").answer(List.of("traffic", "--json"))).contains("\"tunnels\" : [ ]"));
    }

    @Test void withoutBgpItsQuestionsFailAsInFrr() throws Exception {
        var answers = daemon("ip route 192.168.2.0/24 192.168.1.1\n");
        assertEquals(Answer.failed("% BGP instance not found"), answers.answer(List.of("show", "bgp", "summary")));
        assertEquals(Answer.ok("{}\n"), answers.answer(List.of("show", "bgp", "summary", "--json")));
    }

    @Test void theWordsOfFrrAreKnown() throws Exception {
        var answers = daemon(BGP_AND_A_STATIC_ROUTE);
        for (String asked : List.of("show bgp summary", "show ip bgp summary", "show bgp ipv4 unicast summary")) {
            assertTrue(ok(answers.answer(List.of(asked.split(" ")))).contains("BGP router identifier 192.168.254.5, local AS number 65000"), asked);
        }
        for (String asked : List.of("show bgp", "show ip bgp", "show bgp ipv4 unicast")) {
            assertTrue(ok(answers.answer(List.of(asked.split(" ")))).contains("*> 192.168.2.0/24   0.0.0.0                  0         32768 i\n"), asked);
        }
        assertTrue(ok(answers.answer(List.of("show", "ip", "route"))).contains("S>* 192.168.2.0/24 [1/0] via 192.168.1.1, eth0, weight 1, "));
    }

    @Test void aNetworkIsAnnouncedOnlyWhileTheTableHasItsRoute() throws Exception {
        var answers = daemon(BGP_AND_A_STATIC_ROUTE);
        assertEquals(1, kernel.list().size());
        network(HostNetwork.NONE);
        assertFalse(ok(answers.answer(List.of("show", "bgp"))).contains("192.168.2.0/24"));
        assertEquals(List.of(), kernel.list());
        network(Hosts.withoutDefaultRoute());
        assertTrue(ok(answers.answer(List.of("show", "bgp"))).contains("192.168.2.0/24"));
        assertEquals(1, kernel.list().size());
    }

    @Test void anUnknownRequestIsAnsweredWithTheKnownOnes() throws Exception {
        var answers = daemon("");
        for (String asked : List.of("show ospf", "frobnicate", "up", "down a b", "")) {
            var answer = answers.answer(asked.isEmpty() ? List.of() : List.of(asked.split(" ")));
            assertEquals(2, answer.exitCode(), asked);
            assertTrue(answer.text().contains("known: status, traffic, up CONN"), answer::text);
        }
    }

    @Test void anUnknownConnectionIsNamed() throws Exception {
        var answers = daemon("");
        assertEquals(Answer.failed("torii: no connection named \"x\"; none is loaded"), answers.answer(List.of("up", "x")));
        assertEquals(Answer.failed("torii: no connection named \"x\"; none is loaded"), answers.answer(List.of("down", "x")));
    }

    /** Not even for an answer that is there before anybody could wait. */
    @RepeatedTest(50) void whileTheDaemonStopsNobodyWaits() throws Exception {
        var answers = daemon("");
        Thread.currentThread().interrupt();
        assertEquals(Answer.failed("torii: the daemon is stopping"), answers.answer(List.of("status")));
        assertTrue(Thread.interrupted(), "stays noticed");
    }
}
