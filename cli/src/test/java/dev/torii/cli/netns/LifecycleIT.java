package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a connection begins, renews and ends, where strongSwan decides: the network returns, the daemon stops, another group or lifetime is asked for. */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class LifecycleIT {
    private static final String PREFIX = "te-life";
    private static final String INSIDE = "192.168.254.2";
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void whenTheLinkIsBackAWaitingConnectionTriesAtOnce() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            Strongswan.start(vpn.namespaces(), "oci1", StrongswanConfig.bgpHeadEnd(1, vpn.files().secret(1)));
            writeCpe(vpn, "left=%defaultroute", "left=192.168.1.42", "auto=start",
                    "auto=start\n     dpddelay=1\n     dpdtimeout=3\n     retransmit-interval=20000");
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                awaitPing(vpn, cpe, SOON);
                ip(vpn, "link set ens3 down");
                Await.until("the tunnel down", SOON, () -> cpe.job().output().contains("tunnel-1: down"), vpn.evidence(cpe));
                Await.until("the next attempt, which nobody hears", SOON, () -> cpe.torii("status").out().contains("connecting"), vpn.evidence(cpe));
                ip(vpn, "link set ens3 up");
                ip(vpn, "route replace default via 192.168.1.1");
                awaitPing(vpn, cpe, Duration.ofSeconds(15));        // the message would be repeated after 20 seconds
            }
        }
    }

    @Test
    void theDaemonStopsQuicklyAndThePeerKnows() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var peer = Strongswan.start(vpn.namespaces(), "oci1", StrongswanConfig.bgpHeadEnd(1, vpn.files().secret(1)).speaking(2));
            writeCpe(vpn, "ikev2=no", "ikev2=insist");
            for (boolean frozen : new boolean[] {false, true}) {
                var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady();
                awaitPing(vpn, cpe, SOON);
                if (frozen) vpn.namespaces().script("oci1", "kill -STOP " + peer.job().pid()).orFail("kill -STOP");
                long start = System.nanoTime();
                cpe.job().terminate();
                assertTrue(cpe.job().awaitEnd(Duration.ofSeconds(10)), () -> cpe.job().tail(20));
                System.out.printf("the daemon ended %d ms after it was asked, the peer %s%n", (System.nanoTime() - start) / 1_000_000,
                        frozen ? "frozen" : "answering");
                if (frozen) vpn.namespaces().script("oci1", "kill -CONT " + peer.job().pid()).orFail("kill -CONT");
                Await.until("no IKE SA at the peer", SOON, () -> !peer.swanctl("--list-sas").out().contains("ESTABLISHED"),
                        () -> peer.swanctl("--list-sas").text());
            }
        }
    }

    @Test
    void inRenewalsTheGroupIsTheOneThatStrongswanAsksFor() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var peer = Strongswan.start(vpn.namespaces(), "oci1", StrongswanConfig.bgpHeadEnd(1, vpn.files().secret(1)).speaking(2)
                    .proposing("aes256-sha384-modp1536", "aes256gcm16-ecp384"));
            writeCpe(vpn, "ikev2=no", "ikev2=insist", "aes_gcm256;modp1536", "aes_gcm256;modp1536,aes_gcm256;dh20", "salifetime=3600s", "salifetime=4s");
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                awaitPing(vpn, cpe, SOON);
                var ping = Ping.start(vpn.namespaces(), "cpe", INSIDE, Duration.ofMillis(10));
                Await.until("renewals", SOON, () -> children(cpe, "tunnel-1") > 4, vpn.evidence(cpe));
                var figures = ping.stop();
                assertEquals(0, figures.lost(), figures + "\n" + cpe.job().tail(40));
                assertTrue(peer.log().contains("N(INVAL_KE)"), peer.log());
                assertTrue(peer.swanctl("--list-sas").out().contains("ESP:AES_GCM_16-256/ECP_384"), peer.swanctl("--list-sas").text());
            }
        }
    }

    @Test
    void anIkev1PeerWithLongLifetimesIsToldOfOursAndTheTunnelIsRenewedInTime() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var root = ToriiDaemon.root(vpn.namespaces(), "oci1");
            vpn.files().writeHeadEnd(root, Mode.BGP, 1);
            var file = root.resolve("etc/ipsec.d/cpe.conf");
            Files.writeString(file, Files.readString(file).replace("ikelifetime=28800s", "ikelifetime=12s").replace("salifetime=3600s", "salifetime=6s"));
            try (var headEnd = ToriiDaemon.start(vpn.namespaces(), "oci1").awaitReady()) {
                var peer = Strongswan.start(vpn.namespaces(), "cpe", StrongswanConfig.bgpHeadEnd(1, vpn.files().secret(1)).mirrored());
                awaitPing(vpn, headEnd, SOON);
                assertTrue(peer.log().contains("24576") || peer.log().contains("RESP"), peer.log());
                var ping = Ping.start(vpn.namespaces(), "cpe", INSIDE, Duration.ofMillis(10));
                Await.until("renewals", SOON, () -> children(headEnd, "cpe") > 3 && headEnd.job().output().split("ISAKMP SA established", -1).length > 2,
                        vpn.evidence(headEnd));
                var figures = ping.stop();
                assertEquals(0, figures.lost(), figures + "\n" + headEnd.job().tail(40));
            }
        }
    }

    private static long children(ToriiDaemon torii, String conn) {
        return torii.job().output().lines().filter(line -> line.contains(conn) && line.contains("IPsec SA established")).count();
    }

    private static void awaitPing(Vpn vpn, ToriiDaemon torii, Duration limit) {
        Await.until("a ping of " + INSIDE, limit, () -> Ping.answered(vpn.namespaces(), "cpe", INSIDE), vpn.evidence(torii));
    }

    private static void ip(Vpn vpn, String words) {
        vpn.namespaces().script("cpe", "ip " + words).orFail("ip " + words);
    }

    /** The article's files with some words replaced by others, in pairs. */
    private static void writeCpe(Vpn vpn, String... words) throws IOException {
        var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
        vpn.files().writeCpe(root, Mode.BGP);
        var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
        var text = Files.readString(file);
        for (int i = 0; i < words.length; i += 2) {
            assertTrue(text.contains(words[i]), text);
            text = text.replace(words[i], words[i + 1]);
        }
        Files.writeString(file, text);
    }
}
