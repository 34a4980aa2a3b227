package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Frr;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.OciRouting;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.ToriiOciSide;
import dev.torii.cli.lab.Topology;
import dev.torii.ike.Octets;
import dev.torii.ike.wire.MalformedMessageException;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tunnel 1 suffers from a peer that is wrong, or from strangers; tunnel 2 never notices. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.FRR})
class BadPeerIT {
    private static final String PREFIX = "bp-peer";
    private static final String VICTIM = "oracle-tunnel-1";
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final String INTERNET = "198.51.100.1";
    private static final String ROUTER = "192.168.1.1";

    @Test
    void aHeadEndThatRefusesUsIsReportedAndTheOtherTunnelGoesOn() {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var good = StrongswanConfig.bgpHeadEnd(1, vpn.files().secret(1));
            healthySecondHeadEnd(vpn);
            var cpe = vpn.startCpe();
            Await.until("10.0.2.0/24 over tunnel 2", Vpn.UP, () -> vpn.routes().contains("vti02"), vpn.evidence(cpe));
            Await.until("a ping over tunnel 2", Vpn.UP, () -> Ping.answered(vpn.namespaces(), "lic", Topology.COMPUTE), vpn.evidence(cpe));
            var ping = Ping.start(vpn.namespaces(), "lic", Topology.COMPUTE, INTERVAL);

            long dropped = notUsed(cpe, "ike_dropped");
            refuses(vpn, cpe, StrongswanConfig.bgpHeadEnd(1, "another secret altogether"), "pre-shared key mismatch");
            assertTrue(notUsed(cpe, "ike_dropped") > dropped, "message 5's answer is counted");
            dropped = notUsed(cpe, "ike_dropped");
            refuses(vpn, cpe, good.proposing("aes128-sha256-modp2048", "aes256gcm16-modp1536"),
                    "the peer says NO-PROPOSAL-CHOSEN (not authenticated)");
            assertTrue(notUsed(cpe, "ike_dropped") > dropped, "a notification without protection is counted");
            refuses(vpn, cpe, good.proposing("aes256-sha384-modp1536", "aes128-sha256-modp1536"),
                    "Quick Mode: the peer says NO-PROPOSAL-CHOSEN");

            var figures = ping.stop();
            assertEquals(0, figures.lost(), figures + "\n" + cpe.job().tail(40));
            noSessionWasReset(cpe);

            Strongswan.start(vpn.namespaces(), "oci1", good);
            again(cpe);
            Await.until("tunnel 1, with a head end that is right at last", Vpn.UP, () -> status(cpe).path("total").path("active")
                    .asInt() == 2, vpn.evidence(cpe));
            assertFalse(cpe.torii("status").out().contains("last failure"), "what is up has no failure to show");
        }
    }

    @Test
    void strangersChangeNothing() throws IOException, MalformedMessageException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var oci = (ToriiOciSide) vpn.torii();
            var cpe = vpn.startCpe();
            vpn.awaitBothNextHops(cpe);
            vpn.awaitPing(cpe);
            var before = securityAssociations(cpe);
            anUnknownPeerIsRefused(vpn, oci.headEnd(1));
            wrongCommandsFail(cpe);
            var ping = Ping.start(vpn.namespaces(), "lic", Topology.COMPUTE, INTERVAL);
            forgeriesFor(vpn, cpe, oci.headEnd(1));
            var figures = ping.stop();
            assertEquals(0, figures.lost(), figures.toString());
            noSessionWasReset(cpe);
            noSessionWasReset(oci.headEnd(1));
            assertEquals(before, securityAssociations(cpe), "the same SAs as before");

            garbageFor(vpn, oci.headEnd(1), "inet", INTERNET, Topology.headEndAddress(1));
            garbageFor(vpn, oci.headEnd(1), "nat", Topology.CPE_PUBLIC, Topology.headEndAddress(1));        // the peer's own address
            garbageFor(vpn, cpe, "gw", ROUTER, Topology.CPE);
            Ping.allAnswered(vpn.namespaces(), "lic", Topology.COMPUTE, 20, vpn.evidence(cpe));
            noSessionWasReset(cpe);
            noSessionWasReset(oci.headEnd(1));
            assertEquals(before, securityAssociations(cpe), "the same SAs as before");
            aFloodOfFirstMessages(vpn, cpe, oci.headEnd(1));
        }
    }

    @Test
    void asResponderItTellsAWrongPeerWhatIsWrong() {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            vpn.files().writeHeadEnd(ToriiDaemon.root(vpn.namespaces(), "oci1"), Mode.STATIC, 1);
            var headEnd = ToriiDaemon.start(vpn.namespaces(), "oci1").awaitReady();
            var right = StrongswanConfig.staticHeadEnd(1, vpn.files().secret(1));
            isRefused(vpn, headEnd, StrongswanConfig.staticHeadEnd(1, "another secret altogether"), "N(PLD_MAL)",
                    "probable pre-shared key mismatch");
            isRefused(vpn, headEnd, right.proposing("aes128-sha256-modp2048", "aes256gcm16-modp1536"),
                    "received NO_PROPOSAL_CHOSEN error notify", "as responder: ");
            isRefused(vpn, headEnd, right.proposing("aes256-sha384-modp1536", "aes128-sha256-modp1536"),
                    "received NO_PROPOSAL_CHOSEN error notify", "Quick Mode: ");
            try (var charon = Strongswan.start(vpn.namespaces(), "cpe", right.mirrored())) {
                Await.until("the right peer's tunnel", Vpn.UP, charon::established, () -> charon.log() + headEnd.job().tail(20));
            }
        }
    }

    private static void isRefused(Vpn vpn, ToriiDaemon headEnd, StrongswanConfig config, String answer, String cause) {
        try (var charon = Strongswan.start(vpn.namespaces(), "cpe", config.mirrored())) {
            Await.until("the answer " + answer, Vpn.UP, () -> charon.log().contains(answer), () -> charon.log() + headEnd.job().tail(20));
            var failure = lastFailure(headEnd, "cpe");
            assertTrue(failure.contains(cause), failure);
            assertTrue(headEnd.torii("status").out().contains("    last failure: " + failure), () -> headEnd.torii("status").out());
            long lines = headEnd.job().output().lines().filter(line -> line.contains(cause)).count();
            assertTrue(lines >= 1 && lines <= 5, () -> lines + " lines with the cause\n" + headEnd.job().output());
        }
    }

    private static void healthySecondHeadEnd(Vpn vpn) {
        var namespaces = vpn.namespaces();
        Strongswan.start(namespaces, "oci2", StrongswanConfig.bgpHeadEnd(2, vpn.files().secret(2)));
        Frr.start(namespaces, "oci2", OciRouting.headEndBgp(2, true), OciRouting.HEAD_END_STATIC_ROUTES);
        Frr.start(namespaces, "drg", OciRouting.drgBgp(true), "");
    }

    /** Head end 1 with {@code config}: the connection fails, the cause is in the status and, once in a while, in the log. */
    private static void refuses(Vpn vpn, ToriiDaemon cpe, StrongswanConfig config, String cause) {
        try (var charon = Strongswan.start(vpn.namespaces(), "oci1", config)) {
            again(cpe);
            Await.until("the failure in the status: " + cause, Vpn.UP, () -> lastFailure(cpe, VICTIM).contains(cause),
                    () -> vpn.evidence(cpe).get() + "\n" + charon.log());
            assertTrue(cpe.torii("status").out().contains("    last failure: "), () -> cpe.torii("status").out());
            long lines = cpe.job().output().lines().filter(line -> line.contains(VICTIM) && line.contains(cause)).count();
            assertEquals(1, lines, () -> "lines with the cause\n" + cpe.job().output());
            assertEquals(1, status(cpe).path("total").path("active").asInt());
            assertFalse(vpn.routes().contains("vti01"), vpn.routes());
        }
    }

    /** Tells tunnel 1 to begin anew, rather than to wait for its back-off. */
    private static void again(ToriiDaemon cpe) {
        cpe.torii("down", VICTIM).orFail("torii down");
        Thread.ofPlatform().daemon().start(() -> cpe.torii("up", VICTIM));          // answers when it is up, which it will not be
    }

    private static void anUnknownPeerIsRefused(Vpn vpn, ToriiDaemon headEnd) throws MalformedMessageException {
        var stranger = new Stranger(vpn.namespaces(), "inet");
        var answers = stranger.datagrams(INTERNET, Topology.headEndAddress(1), 500, List.of(Forgery.message1OfNobody(0x0123456789abcdefL)));
        assertEquals(1, answers.size());
        var answer = MessageCodec.decode(Octets.of(answers.getFirst()));
        assertEquals(0x0123456789abcdefL, answer.header().initiator().value());
        assertEquals(NotifyType.NO_PROPOSAL_CHOSEN, answer.the(Payload.Notify.class).notifyType());
        assertEquals(1, notUsed(headEnd, "ike_unknown_peer"));
        assertTrue(headEnd.job().output().contains("packet from " + INTERNET), headEnd.job().output());
    }

    private static void wrongCommandsFail(ToriiDaemon cpe) {
        var up = cpe.torii("up", "nosuch");
        assertEquals(1, up.exit());
        assertEquals("torii: no connection named \"nosuch\"; loaded are oracle-tunnel-1, oracle-tunnel-2\n", up.err());
        var show = cpe.torii("show", "nonsense");
        assertEquals(2, show.exit());
        assertTrue(show.err().contains("unknown request: show nonsense"), show.err());
    }

    /** To both ends of tunnel 1: what anybody can send who reads the wire. */
    private static void forgeriesFor(Vpn vpn, ToriiDaemon cpe, ToriiDaemon headEnd) {
        var connection = connection(cpe, VICTIM);
        var messages = Forgery.ofTheSaIn(connection);
        long droppedHere = notUsed(cpe, "ike_dropped");
        long droppedThere = notUsed(headEnd, "ike_dropped");
        var towardsHeadEnd = new Stranger(vpn.namespaces(), "nat");                 // has the CPE's public address
        var towardsCpe = new Stranger(vpn.namespaces(), "gw");
        for (int port : List.of(500, 4500)) {
            var sent = port == 500 ? messages : messages.stream().map(Forgery::marked).toList();
            assertEquals(List.of(), towardsHeadEnd.datagrams(Topology.CPE_PUBLIC, Topology.headEndAddress(1), port, sent),
                    "no forgery is worth an answer");
            assertEquals(List.of(), towardsCpe.datagrams(ROUTER, Topology.CPE, port, sent), "no forgery is worth an answer");
        }
        Await.until("all counted", Vpn.UP, () -> notUsed(cpe, "ike_dropped") >= droppedHere + 2 * messages.size(), vpn.evidence(cpe));
        Await.until("all counted", Vpn.UP, () -> notUsed(headEnd, "ike_dropped") >= droppedThere + 2 * messages.size(), vpn.evidence(headEnd));
        assertEquals(droppedHere + 2 * messages.size(), notUsed(cpe, "ike_dropped"), () -> cpe.torii("status").text() + cpe.job().tail(20));
        assertEquals(droppedThere + 2 * messages.size(), notUsed(headEnd, "ike_dropped"),
                () -> headEnd.torii("status").text() + headEnd.job().tail(20));

        var esp = Forgery.espOfTheSaIn(connection, "outbound");
        towardsHeadEnd.datagrams(Topology.CPE_PUBLIC, Topology.headEndAddress(1), 4500, esp);
        Await.until("all ESP counted", Vpn.UP, () -> espDrops(headEnd) >= esp.size(), vpn.evidence(headEnd));
        assertEquals(esp.size(), espDrops(headEnd), () -> headEnd.torii("status").text());
    }

    /** Without the probes of the path's MTU, which the peer itself sends. */
    private static long espDrops(ToriiDaemon headEnd) {
        var drops = connection(headEnd, "cpe").path("children").path(0).path("inbound").path("drops");
        return drops.properties().stream().filter(drop -> !drop.getKey().equals("probe")).mapToLong(drop -> drop.getValue().asLong()).sum();
    }

    /** Half-open exchanges that somebody begins in the peer's name are few, and do not keep the peer from beginning one. */
    private static void aFloodOfFirstMessages(Vpn vpn, ToriiDaemon cpe, ToriiDaemon headEnd) {
        var stranger = new Stranger(vpn.namespaces(), "nat");
        long start = System.nanoTime();
        var answers = stranger.datagrams(Topology.CPE_PUBLIC, Topology.headEndAddress(1), 500, Forgery.messages1OfTheCpe(vpn, 200));
        long places = 6 * (1 + Duration.ofNanos(System.nanoTime() - start).toSeconds() / 5);          // one is free again after five seconds
        assertTrue(answers.size() >= 5 && answers.size() <= places, answers.size() + " of 200 are answered, the others wait");
        int exchanges = connection(headEnd, "cpe").path("ikeSas").size();
        assertTrue(exchanges <= places + 1, exchanges + " exchanges and SAs");
        cpe.torii("down", VICTIM).orFail("torii down");
        cpe.torii("up", VICTIM).orFail("torii up");
    }

    /** A few thousand datagrams of garbage at speed: counted, hardly logged, no memory kept. */
    private static void garbageFor(Vpn vpn, ToriiDaemon victim, String namespace, String from, String to) throws IOException {
        long lines = victim.job().output().lines().count();
        long counted = status(victim).path("notUsed").properties().stream().mapToLong(counter -> counter.getValue().asLong()).sum();
        var stranger = new Stranger(vpn.namespaces(), namespace);
        stranger.garbage(from, to, 1, 500);                                         // the heap grows to what it needs
        long resident = resident(victim);
        stranger.garbage(from, to, 2, 2000);
        var notUsed = status(victim).path("notUsed");
        long now = notUsed.properties().stream().mapToLong(counter -> counter.getValue().asLong()).sum();
        long logged = victim.job().output().lines().count() - lines;
        System.out.printf("garbage from %s: %d of 7500 datagrams counted (%s), %d log lines, resident %d -> %d MB%n",
                namespace, now - counted, notUsed, logged, resident >> 10, resident(victim) >> 10);
        for (var counter : List.of("udp_runt", "ike_malformed", "ike_version", "esp_unknown_spi")) {
            assertTrue(notUsed.path(counter).asLong() > 0, counter + " in " + notUsed);
        }
        assertTrue(now - counted > 1000, () -> (now - counted) + " counted");
        assertTrue(logged <= 30, () -> logged + " lines:\n" + victim.job().output());
        assertTrue(resident(victim) - resident < 64 << 10, "memory grows");
    }

    private static void noSessionWasReset(ToriiDaemon daemon) {
        var log = daemon.job().output();
        assertFalse(log.contains("session down") || log.contains("internal error"), log);
    }

    /** Cookies and SPIs of every SA. */
    private static TreeSet<String> securityAssociations(ToriiDaemon daemon) {
        var all = new TreeSet<String>();
        for (var connection : status(daemon).path("connections")) {
            for (var sa : connection.path("ikeSas")) all.add(sa.path("initiatorCookie") + ":" + sa.path("responderCookie") + " " + sa.path("path"));
            for (var child : connection.path("children")) all.add(child.at("/inbound/spi") + " " + child.at("/outbound/spi"));
        }
        assertEquals(4, all.size(), all.toString());
        return all;
    }

    private static String lastFailure(ToriiDaemon daemon, String name) {
        return connection(daemon, name).path("lastFailure").asText();
    }

    private static JsonNode connection(ToriiDaemon daemon, String name) {
        for (var connection : status(daemon).path("connections")) {
            if (connection.path("name").asText().equals(name)) return connection;
        }
        throw new AssertionError("no connection " + name);
    }

    private static long notUsed(ToriiDaemon daemon, String counter) {
        return status(daemon).path("notUsed").path(counter).asLong();
    }

    private static JsonNode status(ToriiDaemon daemon) {
        try {
            return new ObjectMapper().readTree(daemon.torii("status", "--json").orFail("torii status").out());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Kilobytes. */
    private static long resident(ToriiDaemon daemon) throws IOException {
        var found = RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(daemon.job().pid()), "status")));
        assertTrue(found.find());
        return Long.parseLong(found.group(1));
    }
}
