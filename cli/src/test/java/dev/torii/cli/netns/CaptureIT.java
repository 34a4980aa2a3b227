package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a stranger on the internet's wire sees: only what it should, in Wireshark's eyes well formed; and what it can do with it. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.TSHARK, NamespaceTest.Needs.TCPDUMP})
class CaptureIT {
    private static final String PREFIX = "tt-cap";
    private static final int PINGS = 10;
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

    @TempDir
    Path directory;

    /** In IKEv1 the identity is in message 5, in IKEv2 in IKE_AUTH. */
    @ParameterizedTest
    @CsvSource({"no, aes_cbc256-sha2_384;modp1536", "insist, aes_cbc256-sha2_384;modp1536", "insist, aes_gcm256-sha2_384;dh20"})
    void tsharkDecryptsIkeAndEspWithTheKeyLog(String ikev2, String ike) throws IOException {
        var keys = directory.resolve("keys");
        Path capture;
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            for (int number = 1; number <= 2; number++) {
                Strongswan.start(vpn.namespaces(), "oci" + number, StrongswanConfig.staticHeadEnd(number, vpn.files().secret(number))
                        .proposing("aes256-sha384-modp1536,aes256gcm16-prfsha384-ecp384", "aes256gcm16-modp1536"));
            }
            vpn.topology().drgRoutes(List.of(Topology.headEndInner(1), Topology.headEndInner(2)));
            Capture.oneDatagramAFrame(vpn.namespaces(), "cpe", "ens3");
            var tcpdump = Capture.start(vpn.namespaces(), "inet", "tonat", directory.resolve("wire.pcap"), "udp port 500 or udp port 4500");
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.STATIC);
            var conf = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            Files.writeString(conf, Files.readString(conf).replace("ikev2=no", "ikev2=" + ikev2).replace(" ike=aes_cbc256-sha2_384;modp1536", " ike=" + ike));
            var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe", "--key-log", keys.toString()).awaitReady();
            vpn.awaitBothNextHops(cpe);
            Ping.allAnswered(vpn.namespaces(), "lic", Topology.COMPUTE, PINGS, vpn.evidence(cpe));
            capture = tcpdump.stop();
            var log = cpe.job().output();
            for (var line : Files.readAllLines(keys)) {
                var key = Pattern.compile("[0-9a-f]{64,}").matcher(line);
                assertTrue(key.find(), line);
                assertFalse(log.contains(key.group()), "a key in the log");
            }
        }
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)));
        wiresharkTables(keys);
        assertEquals(2, frames(capture, "isakmp.id.data.ipv4_addr == 203.0.113.10 && ip.src == 203.0.113.10"), "our identity in both tunnels");
        assertTrue(frames(capture, "icmp.type == 8 && ip.dst == 10.0.2.74") >= PINGS, "echo requests seen in ESP");
        assertTrue(frames(capture, "icmp.type == 0 && ip.src == 10.0.2.74") >= PINGS, "echo replies seen in ESP");
        assertEquals(frames(capture, "esp"), frames(capture, "esp && esp.icv_good == 1"), "ICVs that Wireshark finds correct");
        assertEquals(0, frames(capture, "_ws.malformed"));
    }

    /** Authentication, renewals of child and IKE SA, deletions; with CBC and HMAC in tunnel 1, AES-GCM in tunnel 2; and ESP under every child. */
    @Test
    void tsharkDecryptsIkeV2FromFirstToLast() throws IOException {
        var keys = directory.resolve("keys");
        Path capture;
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            for (int number = 1; number <= 2; number++) {
                Strongswan.start(vpn.namespaces(), "oci" + number, StrongswanConfig.bgpHeadEnd(number, vpn.files().secret(number)).speaking(2)
                        .proposing("aes256-sha384-modp1536,aes256gcm16-prfsha384-ecp384", "aes256gcm16-modp1536"));
            }
            Capture.oneDatagramAFrame(vpn.namespaces(), "cpe", "ens3");
            var tcpdump = Capture.start(vpn.namespaces(), "inet", "tonat", directory.resolve("wire.pcap"), "udp port 500 or udp port 4500");
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.BGP);
            var conf = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            var text = Files.readString(conf).replace("ikev2=no", "ikev2=insist")
                    .replace("ikelifetime=28800s", "ikelifetime=12s").replace("salifetime=3600s", "salifetime=6s");
            int second = text.indexOf("conn", 1);
            Files.writeString(conf, text.substring(0, second)
                    + text.substring(second).replace(" ike=aes_cbc256-sha2_384;modp1536", " ike=aes_gcm256-sha2_384;dh20"));
            var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe", "--key-log", keys.toString()).awaitReady();
            for (int number = 1; number <= 2; number++) {
                var conn = "oracle-tunnel-" + number;
                var inside = "192.168.254." + (4 * number - 2);
                Await.until("renewals in " + conn, Vpn.UP, () -> {
                    Ping.answered(vpn.namespaces(), "cpe", inside);
                    var log = cpe.job().output().lines().filter(line -> line.contains(conn)).toList();
                    return log.stream().filter(line -> line.contains("IPsec SA established")).count() > 2
                            && log.stream().anyMatch(line -> line.contains("ended: replaced by a newer one"));
                }, vpn.evidence(cpe));
            }
            capture = tcpdump.stop();
        }
        wiresharkTables(keys);
        for (var exchange : List.of("35", "36", "37")) {        // IKE_AUTH, CREATE_CHILD_SA, INFORMATIONAL
            var all = frames(capture, "isakmp.exchangetype == " + exchange);
            assertTrue(all >= 4, all + " messages of exchange " + exchange);
            assertEquals(all, frames(capture, "isakmp.exchangetype == " + exchange + " && isakmp.enc.decrypted"), "decrypted of exchange " + exchange);
        }
        assertEquals(4, frames(capture, "isakmp.exchangetype == 35 && isakmp.auth.method"), "AUTH payloads");
        assertTrue(frames(capture, "isakmp.exchangetype == 36 && isakmp.notify.msgtype == 16393") >= 2, "REKEY_SA");
        assertTrue(frames(capture, "isakmp.exchangetype == 36 && isakmp.key_exchange.data") >= 4, "public values");
        assertTrue(frames(capture, "isakmp.exchangetype == 37 && isakmp.delete.protoid") >= 4, "deletions");
        assertTrue(frames(capture, "icmp.type == 0 && ip.src == 192.168.254.2") > 0 && frames(capture, "icmp.type == 0 && ip.src == 192.168.254.6") > 0, "ESP");
        assertEquals(frames(capture, "esp"), frames(capture, "esp && esp.icv_good == 1"), "ICVs that Wireshark finds correct");
        assertEquals(0, frames(capture, "_ws.malformed"));
    }

    /** Two suites at a time, one in each tunnel. */
    @ParameterizedTest
    @CsvSource({
        "aes128-sha1,     aes128-sha1,   aes256-sha2_256, aes256-sha256",
        "aes192-sha2_384, aes192-sha384, aes256-sha2_512, aes256-sha512",
        "aes_gcm_b_256,   aes256gcm12,   aes_gcm128,      aes128gcm16"})
    void tsharkDecryptsEverySuiteWithTheKeyLog(String first, String peersFirst, String second, String peersSecond) throws IOException {
        var keys = directory.resolve("keys");
        Path capture;
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var peers = List.of(peersFirst, peersSecond);
            for (int number = 1; number <= 2; number++) {
                Strongswan.start(vpn.namespaces(), "oci" + number, StrongswanConfig.bgpHeadEnd(number, vpn.files().secret(number))
                        .proposing("aes256-sha384-modp1536", peers.get(number - 1) + "-modp1536"));
            }
            Capture.oneDatagramAFrame(vpn.namespaces(), "cpe", "ens3");
            var tcpdump = Capture.start(vpn.namespaces(), "inet", "tonat", directory.resolve("wire.pcap"), "udp port 500 or udp port 4500");
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.BGP);
            var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            Files.writeString(file, Files.readString(file).replaceFirst("=aes_gcm256;", "=" + first + ";").replaceFirst("=aes_gcm256;", "=" + second + ";"));
            var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe", "--key-log", keys.toString()).awaitReady();
            for (var inside : List.of("192.168.254.2", "192.168.254.6")) {
                Await.until("a ping of " + inside, Vpn.UP, () -> Ping.answered(vpn.namespaces(), "cpe", inside), vpn.evidence(cpe));
                Ping.allAnswered(vpn.namespaces(), "cpe", inside, PINGS, vpn.evidence(cpe));
            }
            capture = tcpdump.stop();
        }
        wiresharkTables(keys);
        for (var inside : List.of("192.168.254.2", "192.168.254.6")) {
            assertTrue(frames(capture, "icmp.type == 8 && ip.dst == " + inside) >= PINGS, "echo requests seen in ESP");
            assertTrue(frames(capture, "icmp.type == 0 && ip.src == " + inside) >= PINGS, "echo replies seen in ESP");
        }
        assertEquals(frames(capture, "esp"), frames(capture, "esp && esp.icv_good == 1"), "ICVs that Wireshark finds correct");
        assertEquals(0, frames(capture, "_ws.malformed"));
    }

    @Test
    void aDatagramSentAgainFromElsewhereReachesTheInnerHostOnce() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            vpn.torii();
            var cpe = vpn.startCpe();
            vpn.awaitBothNextHops(cpe);
            vpn.awaitPing(cpe);
            var namespaces = vpn.namespaces();
            Capture.oneDatagramAFrame(namespaces, "cpe", "ens3");
            for (var headEnd : List.of("oci1", "oci2")) Capture.oneDatagramAFrame(namespaces, headEnd, "wan");
            var tcpdump = Capture.start(namespaces, "inet", "tonat", directory.resolve("wire.pcap"), "udp dst port 4500 and greater 100");
            countEchoRequests(namespaces);
            Ping.allAnswered(namespaces, "lic", Topology.COMPUTE, PINGS, vpn.evidence(cpe));
            var datagrams = Capture.udpPayloads(tcpdump.stop()).stream().filter(CaptureIT::isEsp).toList();
            assertTrue(Ping.answered(namespaces, "lic", Topology.COMPUTE));      // behind the others in every queue
            long seen = echoRequests(namespaces);
            assertTrue(seen > PINGS);
            assertTrue(datagrams.size() >= PINGS);
            for (int number = 0; number < datagrams.size(); number++) {
                var file = Files.write(directory.resolve("datagram" + number), datagrams.get(number));
                for (var headEnd : List.of(Topology.headEndAddress(1), Topology.headEndAddress(2))) {
                    namespaces.run("nat", Shell.SHORT, "bash", "-c", "cat " + file + " > /dev/udp/" + headEnd + "/4500").orFail("sending again");
                }
            }
            assertTrue(Ping.answered(namespaces, "lic", Topology.COMPUTE));
            assertEquals(seen + 1, echoRequests(namespaces));
        }
    }

    private static boolean isEsp(byte[] payload) {
        return payload.length > 4 && (payload[0] | payload[1] | payload[2] | payload[3]) != 0;
    }

    private static void countEchoRequests(Namespaces namespaces) {
        namespaces.script("cmp", """
                nft add table ip seen
                nft add counter ip seen echo
                nft 'add chain ip seen in { type filter hook input priority 0 ; }'
                nft add rule ip seen in icmp type echo-request counter name echo
                """).orFail("counting echo requests");
    }

    private static long echoRequests(Namespaces namespaces) {
        var counter = namespaces.run("cmp", Shell.SHORT, "nft", "list", "counter", "ip", "seen", "echo").orFail("reading the counter").out();
        var packets = PACKETS.matcher(counter);
        assertTrue(packets.find(), counter);
        return Long.parseLong(packets.group(1));
    }

    /** The key log's lines name the Wireshark table they belong to. */
    private void wiresharkTables(Path keys) throws IOException {
        var tables = Files.createDirectories(directory.resolve("config/wireshark"));
        for (var line : Files.readAllLines(keys)) {
            var parts = line.split("\t", 2);
            Files.writeString(tables.resolve(parts[0]), parts[1] + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private long frames(Path capture, String filter) {
        var config = directory.resolve("config");
        var answer = Shell.run(Shell.SHORT, "env", "XDG_CONFIG_HOME=" + config, "WIRESHARK_CONFIG_DIR=" + config.resolve("wireshark"), "tshark",
                "-o", "esp.enable_encryption_decode:TRUE", "-o", "esp.enable_null_encryption_decode_heuristic:FALSE",
                "-o", "esp.enable_authentication_check:TRUE", "-r", capture.toString(),
                "-Y", filter, "-T", "fields", "-e", "frame.number").orFail("tshark");
        return answer.out().lines().count();
    }
}
