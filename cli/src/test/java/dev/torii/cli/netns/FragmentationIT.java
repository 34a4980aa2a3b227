package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Shell;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** IKE messages in fragments, of both versions, in both roles, with strongSwan and in Wireshark's eyes; and messages that IP fragments. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.TSHARK, NamespaceTest.Needs.TCPDUMP})
class FragmentationIT {
    private static final String PREFIX = "tg-frag";
    private static final String WIRE = "ip host " + Topology.CPE_PUBLIC;
    /** Public values of 1024 bytes, and proposals enough that our own messages are larger than 1280 bytes. */
    private static final String LARGE_IKE = "aes256-sha2_384;modp8192,aes256-sha2_256;modp8192,aes256-sha2_512;modp8192,aes192-sha2_384;modp8192,"
            + "aes192-sha2_256;modp8192,aes192-sha2_512;modp8192,aes128-sha2_384;modp8192,aes128-sha2_256;modp8192,aes128-sha2_512;modp8192";
    private static final String LARGE_ESP = "aes_gcm256;modp8192,aes_gcm128;modp8192,aes_gcm192;modp8192,aes256-sha2_256;modp8192,aes256-sha2_512;modp8192,"
            + "aes192-sha2_256;modp8192,aes128-sha2_256;modp8192,aes128-sha2_512;modp8192";
    private static final String PEER_IKE = "aes256-sha384-modp8192,aes256-sha256-modp8192,aes256-sha512-modp8192,aes192-sha384-modp8192,aes192-sha256-modp8192,"
            + "aes192-sha512-modp8192,aes128-sha384-modp8192,aes128-sha256-modp8192,aes128-sha512-modp8192";
    private static final String PEER_ESP = "aes256gcm16-modp8192";
    private static final int PEERS_PACKET = 400;

    @TempDir
    Path directory;

    /** Tunnel 1 speaks IKEv1, tunnel 2 IKEv2. */
    @Test
    void toriiBeginsAndBothSidesFragment() throws IOException {
        var keys = directory.resolve("keys");
        Path capture;
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            for (int tunnel = 1; tunnel <= 2; tunnel++) {
                var config = StrongswanConfig.bgpHeadEnd(tunnel, vpn.files().secret(tunnel)).speaking(tunnel).proposing(PEER_IKE, PEER_ESP);
                fragmenting(vpn, "oci" + tunnel, "oci" + tunnel, 500, 4500, config, "force");
            }
            var tcpdump = Capture.start(vpn.namespaces(), "inet", "tonat", directory.resolve("wire.pcap"), WIRE);
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.BGP);
            large(root.resolve("etc/ipsec.d/oci-ipsec.conf"), true);
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe", "--key-log", keys.toString()).awaitReady()) {
                for (int tunnel = 1; tunnel <= 2; tunnel++) pings(vpn, cpe, "cpe", 4 * tunnel - 2);
                renewed(vpn, cpe, "tunnel-2");
                for (int tunnel = 1; tunnel <= 2; tunnel++) pings(vpn, cpe, "cpe", 4 * tunnel - 2);
            }
            capture = tcpdump.stop();
        }
        fragmentedByBoth(capture, keys);
    }

    @Test
    void strongswanBeginsAndBothSidesFragment() throws IOException {
        var keys = directory.resolve("keys");
        Path capture;
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var tcpdump = Capture.start(vpn.namespaces(), "inet", "tonat", directory.resolve("wire.pcap"), WIRE);
            for (int tunnel = 1; tunnel <= 2; tunnel++) {
                var root = ToriiDaemon.root(vpn.namespaces(), "oci" + tunnel);
                vpn.files().writeHeadEnd(root, Mode.BGP, tunnel);
                large(root.resolve("etc/ipsec.d/cpe.conf"), tunnel == 2);
                try (var torii = ToriiDaemon.start(vpn.namespaces(), "oci" + tunnel, "--key-log", keys.toString() + tunnel).awaitReady()) {
                    var config = StrongswanConfig.bgpHeadEnd(tunnel, vpn.files().secret(tunnel)).speaking(tunnel).mirrored().proposing(PEER_IKE, PEER_ESP);
                    var peer = fragmenting(vpn, "cpe", "cpe" + tunnel, 0, 0, config, "yes");
                    try (peer) {
                        pings(vpn, torii, "oci" + tunnel, 4 * tunnel - 3);
                        if (tunnel == 2) renewed(vpn, torii, "cpe");
                        else childRenewed(vpn, torii);
                        pings(vpn, torii, "oci" + tunnel, 4 * tunnel - 3);
                    }
                }
            }
            capture = tcpdump.stop();
        }
        Files.write(keys, Files.readAllBytes(Path.of(keys + "1")), StandardOpenOption.CREATE);
        Files.write(keys, Files.readAllBytes(Path.of(keys + "2")), StandardOpenOption.APPEND);
        fragmentedByBoth(capture, keys);
    }

    /** Without fragments of IKE's own: strongSwan's link is narrow, so that its first message and its renewals on port 4500 come in fragments of IP. */
    @Test
    void messagesThatIpFragmentsAreTaken() throws IOException {
        Path capture;
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            vpn.namespaces().script("cpe", "ip link set ens3 mtu 1000").orFail("a narrow link");
            vpn.namespaces().script("gw", "ip link set tocpe mtu 1000").orFail("its other end");
            var tcpdump = Capture.start(vpn.namespaces(), "gw", "tocpe", directory.resolve("wire.pcap"), "ip");
            for (int tunnel = 1; tunnel <= 2; tunnel++) {
                var root = ToriiDaemon.root(vpn.namespaces(), "oci" + tunnel);
                vpn.files().writeHeadEnd(root, Mode.BGP, tunnel);
                var file = root.resolve("etc/ipsec.d/cpe.conf");
                large(file, tunnel == 2);
                Files.writeString(file, Files.readString(file).replace("fragmentation=force", "fragmentation=no").replace("ikelifetime=12s", "ikelifetime=8h"));
                try (var torii = ToriiDaemon.start(vpn.namespaces(), "oci" + tunnel).awaitReady()) {
                    var config = StrongswanConfig.bgpHeadEnd(tunnel, vpn.files().secret(tunnel)).speaking(tunnel).mirrored().proposing(PEER_IKE, PEER_ESP)
                            .rekeying(Duration.ofSeconds(6), Duration.ofHours(1));
                    try (var peer = Strongswan.start(vpn.namespaces(), "cpe", "cpe" + tunnel, 0, 0, config)) {
                        pings(vpn, torii, "oci" + tunnel, 4 * tunnel - 3);
                        Await.until("a renewal", Vpn.UP, () -> established(torii) > 1, () -> peer.log() + torii.job().tail(40));
                    }
                }
            }
            capture = tcpdump.stop();
        }
        assertTrue(frames(capture, "ip.src == 192.168.1.42 && ip.flags.mf == 1") >= 4, "IKE_SA_INIT, both renewals, Quick Mode");
        assertEquals(0, frames(capture, "isakmp.typepayload == 53 || isakmp.typepayload == 132"));
        assertEquals(0, frames(capture, "ip.src != 192.168.1.42 && udp.port == 500 && ip.flags.df == 1"), "our messages may be fragmented on their way");
    }

    private static long established(ToriiDaemon torii) {
        return torii.job().output().lines().filter(line -> line.contains("SA established") && !line.contains("IPsec")).count();
    }

    private static void renewed(Vpn vpn, ToriiDaemon torii, String conn) {
        Await.until("a renewal of " + conn, Vpn.UP, () ->
                torii.job().output().lines().filter(line -> line.contains(conn) && line.contains("IKE SA established")).count() > 1, vpn.evidence(torii));
    }

    private static void childRenewed(Vpn vpn, ToriiDaemon torii) {
        Await.until("a renewal", Vpn.UP, () -> torii.job().output().lines().filter(line -> line.contains("IPsec SA established")).count() > 1,
                vpn.evidence(torii));
    }

    private static void pings(Vpn vpn, ToriiDaemon torii, String from, int host) {
        var to = "192.168.254." + host;
        Await.until("a ping of " + to, Vpn.UP, () -> Ping.answered(vpn.namespaces(), from, to), vpn.evidence(torii));
        Ping.allAnswered(vpn.namespaces(), from, to, 10, vpn.evidence(torii));
    }

    /** A charon that fragments at a size of its own; the size is no connection's, so the settings are read again before anything begins. */
    private static Strongswan fragmenting(Vpn vpn, String namespace, String name, int port, int portNatT, StrongswanConfig config,
            String use) throws IOException {
        var swanctl = config.swanctlConf().replace("encap = yes", "encap = yes\n    fragmentation = " + use)
                .replace("start_action = start", "start_action = none");
        var charon = Strongswan.start(vpn.namespaces(), namespace, name, port, portNatT, swanctl, config.tunCommands(), config.logLevel());
        var settings = vpn.namespaces().state().resolve("strongswan-" + name).resolve("strongswan.conf");
        Files.writeString(settings, Files.readString(settings).replaceFirst("charon \\{", "charon {\n  fragment_size = " + PEERS_PACKET));
        charon.swanctl("--reload-settings").orFail("reading strongswan.conf again");
        if (config.initiator()) charon.swanctl("--initiate", "--child", "net", "--timeout", "-1").orFail("beginning");
        return charon;
    }

    /** Large proposals and fragments for all conns of a file; the last one may speak IKEv2, and renews its IKE SA soon; else its child. */
    private static void large(Path file, boolean v2) throws IOException {
        var text = Files.readString(file).replaceAll("\\bike=.*", "ike=" + LARGE_IKE).replaceAll("phase2alg=.*", "phase2alg=" + LARGE_ESP)
                .replaceAll("( *)ikev2=no", "$1ikev2=no\n$1fragmentation=force");
        int last = text.lastIndexOf("conn ");
        if (!v2) text = text.substring(0, last) + text.substring(last).replaceAll("salifetime=.*", "salifetime=6s");
        if (v2) text = text.substring(0, last) + text.substring(last).replace("ikev2=no", "ikev2=insist").replaceAll("ikelifetime=.*", "ikelifetime=12s");
        Files.writeString(file, text);
    }

    private void fragmentedByBoth(Path capture, Path keys) throws IOException {
        var tables = Files.createDirectories(directory.resolve("config/wireshark"));
        for (var line : Files.readAllLines(keys)) {
            var parts = line.split("\t", 2);
            Files.writeString(tables.resolve(parts[0]), parts[1] + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        for (int payload : new int[] {132, 53}) {
            for (boolean toCpe : new boolean[] {true, false}) {
                var sent = "isakmp.typepayload == " + payload + " && ip." + (toCpe ? "dst" : "src") + " == " + Topology.CPE_PUBLIC;
                assertTrue(frames(capture, sent) >= 2, sent);
            }
        }
        for (boolean toCpe : new boolean[] {true, false}) {
            var direction = " && ip." + (toCpe ? "dst" : "src") + " == " + Topology.CPE_PUBLIC;
            assertTrue(frames(capture, "isakmp.fragments && isakmp.exchangetype == 32" + direction) > 0, "Quick Mode put together" + direction);
            assertTrue(frames(capture, "isakmp.fragments && isakmp.exchangetype == 36 && isakmp.typepayload == 33" + direction) > 0,
                    "CREATE_CHILD_SA decrypted" + direction);
        }
        assertEquals(0, frames(capture, "_ws.malformed"));
        assertEquals(0, frames(capture, "isakmp && !(isakmp.exchangetype == 34) && ip.len > 1280"));
    }

    private long frames(Path capture, String filter) {
        var config = directory.resolve("config");
        return Shell.run(Shell.SHORT, "env", "XDG_CONFIG_HOME=" + config, "WIRESHARK_CONFIG_DIR=" + config.resolve("wireshark"), "tshark",
                "-r", capture.toString(), "-Y", filter, "-T", "fields", "-e", "frame.number").orFail("tshark").out().lines().count();
    }
}
