package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Frr;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** BGP neighbours that break the rules, each from an address of its own, while one that keeps them has a session with the same daemon. */
@NamespaceTest(NamespaceTest.Needs.FRR)
class BadBgpPeerIT {
    private static final String PREFIX = "bp-bgp";
    private static final String OURS = "10.66.0.1";
    private static final String GOOD = "10.66.0.2";
    private static final String BAD_MARKER = "10.66.0.11";
    private static final String BAD_LENGTH = "10.66.0.12";
    private static final String BAD_AS = "10.66.0.13";
    private static final String BAD_VERSION = "10.66.0.14";
    private static final String BAD_HOLD_TIME = "10.66.0.15";
    private static final String BAD_TYPE = "10.66.0.16";
    private static final String BAD_MARKER_LATER = "10.66.0.17";
    private static final String UNKNOWN = "10.66.0.66";
    private static final List<String> NEIGHBOURS = List.of(BAD_MARKER, BAD_LENGTH, BAD_AS, BAD_VERSION, BAD_HOLD_TIME, BAD_TYPE,
            BAD_MARKER_LATER);
    private static final int HEADER = 19;
    private static final int OPEN = 1;
    private static final int NOTIFICATION = 3;
    private static final int KEEPALIVE = 4;
    private static final int PEER_AS = 65010;

    @Test
    void eachBrokenRuleIsAnsweredAsRfc4271SaysAndTheHealthySessionGoesOn() throws IOException {
        try (var namespaces = Namespaces.of(PREFIX, List.of("torii", "peers"), Path.of("/run/torii-test", PREFIX))) {
            network(namespaces);
            files(ToriiDaemon.root(namespaces, "torii"));
            Frr.start(namespaces, "peers", goodPeer(), "ip route 10.77.0.0/16 blackhole\n");
            var torii = ToriiDaemon.start(namespaces, "torii").awaitReady();
            Await.until("the healthy session", Vpn.UP, () -> route(namespaces).contains(GOOD), () -> torii.torii("show", "bgp", "summary")
                    .text() + torii.job().tail(20));

            var said = new LinkedHashMap<String, byte[]>();
            said.put(BAD_MARKER, with(open(4, PEER_AS, 90), 3, 0x7f));
            said.put(BAD_LENGTH, with(message(KEEPALIVE, new byte[1]), 17, 18));
            said.put(BAD_AS, open(4, 65099, 90));
            said.put(BAD_VERSION, open(3, PEER_AS, 90));
            said.put(BAD_HOLD_TIME, open(4, PEER_AS, 1));
            said.put(BAD_TYPE, message(9, new byte[0]));
            said.put(BAD_MARKER_LATER, joined(open(4, PEER_AS, 90), message(KEEPALIVE, new byte[0]), with(message(KEEPALIVE, new byte[0]),
                    0, 0)));
            said.put(UNKNOWN, open(4, PEER_AS, 90));
            var answers = new Stranger(namespaces, "peers").connections(OURS, 179, said);

            assertArrayEquals(new byte[] {1, 1}, notification(answers, BAD_MARKER));
            assertArrayEquals(new byte[] {1, 2, 0, 18}, notification(answers, BAD_LENGTH), "the data is the length");
            assertArrayEquals(new byte[] {2, 2}, notification(answers, BAD_AS));
            assertArrayEquals(new byte[] {2, 1, 0, 4}, notification(answers, BAD_VERSION), "the data is the version we speak");
            assertArrayEquals(new byte[] {2, 6}, notification(answers, BAD_HOLD_TIME));
            assertArrayEquals(new byte[] {1, 3, 9}, notification(answers, BAD_TYPE), "the data is the type");
            assertArrayEquals(new byte[] {1, 1}, notification(answers, BAD_MARKER_LATER));
            assertEquals(0, answers.get(UNKNOWN).length, "not a byte for a stranger");

            var log = torii.job().output();
            for (var neighbour : NEIGHBOURS) {
                long lines = log.lines().filter(line -> line.contains("bgp " + neighbour + ":")).count();
                assertTrue(lines >= 1 && lines <= 3, () -> lines + " lines about " + neighbour + "\n" + log);
            }
            assertTrue(log.contains("connection refused from " + UNKNOWN + ", which is no neighbor"), log);
            assertEquals(1, new ObjectMapper().readTree(torii.torii("status", "--json").out()).path("notUsed").path("bgp_unknown_neighbor")
                    .asInt());

            assertTrue(route(namespaces).contains(GOOD), "the healthy neighbour's route");
            var good = log.lines().filter(line -> line.contains("bgp " + GOOD + ":")).toList();
            assertEquals(1, good.stream().filter(line -> line.contains("session established")).count(), good::toString);
            assertTrue(good.getLast().contains("session established"), good::toString);
        }
    }

    private static String route(Namespaces namespaces) {
        return namespaces.script("torii", "ip route show 10.77.0.0/16").out();
    }

    private static void network(Namespaces namespaces) {
        Shell.run(Shell.SHORT, """
                netns add @torii
                netns add @peers
                link add eth0 netns @torii type veth peer name eth0 netns @peers
                """.replace("@", namespaces.name("")), List.of("ip", "-batch", "-")).orFail("two namespaces");
        namespaces.script("torii", "ip link set lo up; ip link set eth0 up; ip addr add " + OURS + "/24 dev eth0")
                .orFail("Torii's namespace");
        var peers = new StringBuilder("ip link set lo up; ip link set eth0 up\n");
        peers.append("ip addr add ").append(GOOD).append("/24 dev eth0\n");
        for (var neighbour : NEIGHBOURS) peers.append("ip addr add ").append(neighbour).append("/24 dev eth0\n");
        peers.append("ip addr add ").append(UNKNOWN).append("/24 dev eth0\n");
        namespaces.script("peers", peers.toString()).orFail("the peers' namespace");
    }

    private static void files(Path root) throws IOException {
        var conf = new StringBuilder("router bgp 65000\n no bgp ebgp-requires-policy\n neighbor " + GOOD + " remote-as " + PEER_AS + "\n");
        for (var neighbour : NEIGHBOURS) {
            conf.append(" neighbor ").append(neighbour).append(" remote-as ").append(PEER_AS).append('\n');
            conf.append(" neighbor ").append(neighbour).append(" passive\n");
        }
        Files.createDirectories(root.resolve("etc/frr"));
        Files.writeString(root.resolve("etc/frr/bgpd.conf"), conf);
        Files.writeString(root.resolve("etc/frr/daemons"), "bgpd=yes\n");
    }

    private static String goodPeer() {
        return """
                router bgp 65010
                 no bgp ebgp-requires-policy
                 bgp router-id 10.66.0.2
                 neighbor 10.66.0.1 remote-as 65000
                 neighbor 10.66.0.1 update-source 10.66.0.2
                 neighbor 10.66.0.1 timers connect 1
                 address-family ipv4 unicast
                  network 10.77.0.0/16
                 exit-address-family
                """;
    }

    private static byte[] open(int version, int as, int holdSeconds) {
        return message(OPEN, ByteBuffer.allocate(10).put((byte) version).putShort((short) as).putShort((short) holdSeconds)
                .putInt(0x0a42000b).put((byte) 0).array());
    }

    private static byte[] message(int type, byte[] body) {
        return ByteBuffer.allocate(HEADER + body.length).putLong(-1).putLong(-1).putShort((short) (HEADER + body.length)).put((byte) type)
                .put(body).array();
    }

    private static byte[] with(byte[] message, int at, int value) {
        message[at] = (byte) value;
        return message;
    }

    private static byte[] joined(byte[]... messages) {
        var all = ByteBuffer.allocate(List.of(messages).stream().mapToInt(one -> one.length).sum());
        for (var one : messages) all.put(one);
        return all.array();
    }

    /** Code, subcode and data of the NOTIFICATION that must be the last message before the other side closed. */
    private static byte[] notification(Map<String, byte[]> answers, String from) {
        var in = ByteBuffer.wrap(answers.get(from));
        while (in.hasRemaining()) {
            int length = in.getShort(in.position() + 16);
            if (in.get(in.position() + 18) == NOTIFICATION) {
                assertEquals(length, in.remaining(), "something after the NOTIFICATION to " + from);
                var body = new byte[length - HEADER];
                in.get(in.position() + HEADER, body);
                return body;
            }
            in.position(in.position() + length);
        }
        throw new AssertionError("no NOTIFICATION to " + from + ", only " + answers.get(from).length + " bytes");
    }
}
