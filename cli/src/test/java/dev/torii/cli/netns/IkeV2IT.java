package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** IKEv2 with strongSwan at the other end, in both roles: renewals by either side under traffic, and a peer that restarts. */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class IkeV2IT {
    private static final String PREFIX = "tt-v2";
    private static final String INSIDE = "192.168.254.";
    private static final Pattern CHILD = Pattern.compile("IPsec SA established");
    private static final Pattern IKE = Pattern.compile("IKE SA established");

    /** Torii begins. Two tunnels: in the first strongSwan has the short lifetimes, in the second Torii. */
    @Test
    void eitherSideRenewsBothKindsOfSaAndNoPingIsLost() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var config = StrongswanConfig.bgpHeadEnd(1, vpn.files().secret(1)).speaking(2);
            var one = Strongswan.start(vpn.namespaces(), "oci1", config.rekeying(Duration.ofSeconds(8), Duration.ofSeconds(3)));
            var two = Strongswan.start(vpn.namespaces(), "oci2",
                    StrongswanConfig.bgpHeadEnd(2, vpn.files().secret(2)).speaking(2).proposing("aes256gcm16-prfsha384-ecp384", "aes256gcm16-ecp384"));
            writeCpe(vpn);
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                awaitPing(vpn, cpe, "cpe", inside(1));
                awaitPing(vpn, cpe, "cpe", inside(2));
                assertTrue(two.swanctl("--list-sas").out().contains("AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384"), two.swanctl("--list-sas").text());
                var pings = List.of(ping(vpn, inside(1)), ping(vpn, inside(2)));
                Await.until("renewals in both tunnels", Duration.ofSeconds(90), () -> renewals(cpe, "tunnel-1", CHILD) > 5
                        && renewals(cpe, "tunnel-1", IKE) > 2 && renewals(cpe, "tunnel-2", CHILD) > 5 && renewals(cpe, "tunnel-2", IKE) > 2, vpn.evidence(cpe));
                for (var ping : pings) noneIsLost(ping, cpe);
                for (var peer : List.of(one, two)) oneIkeSa(peer);
                trafficOutlivesTheSas(cpe);
            }
        }
    }

    /** strongSwan begins, Torii renews; then strongSwan dies without a word and begins anew. */
    @Test
    void asResponderToriiRenewsTooAndFindsARestartedPeer() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var root = ToriiDaemon.root(vpn.namespaces(), "oci1");
            vpn.files().writeHeadEnd(root, Mode.BGP, 1);
            var file = root.resolve("etc/ipsec.d/cpe.conf");
            Files.writeString(file, shortLived(Files.readString(file).replace("ikev2=no", "ikev2=insist")));
            var config = StrongswanConfig.bgpHeadEnd(1, vpn.files().secret(1)).speaking(2).mirrored();
            try (var headEnd = ToriiDaemon.start(vpn.namespaces(), "oci1").awaitReady()) {
                var peer = Strongswan.start(vpn.namespaces(), "cpe", config);
                awaitPing(vpn, headEnd, "cpe", inside(1));
                var ping = ping(vpn, inside(1));
                Await.until("renewals", Duration.ofSeconds(90), () -> renewals(headEnd, "cpe", CHILD) > 4 && renewals(headEnd, "cpe", IKE) > 2,
                        vpn.evidence(headEnd));
                noneIsLost(ping, headEnd);
                oneIkeSa(peer);
                peer.job().kill();
                peer.job().awaitEnd(Duration.ofSeconds(5));
                var again = Strongswan.start(vpn.namespaces(), "cpe", config);
                awaitPing(vpn, headEnd, "cpe", inside(1));
                oneIkeSa(again);
                assertEquals(1, count(headEnd.torii("status").out(), "established"), headEnd.torii("status").text());
            }
        }
    }

    private static void noneIsLost(Ping ping, ToriiDaemon torii) {
        ping.awaitReplies(100);
        var figures = ping.stop();
        assertEquals(0, figures.lost(), figures + "\n" + torii.job().tail(60));
    }

    /** The pings went through many SAs, of which the last few are left. */
    private static void trafficOutlivesTheSas(ToriiDaemon torii) throws IOException {
        var traffic = new ObjectMapper().readTree(torii.torii("traffic", "--json").orFail("torii traffic").out()).path("tunnels");
        assertEquals(2, traffic.size(), traffic.toString());
        for (var tunnel : traffic) {
            for (String direction : List.of("in", "out")) {
                long now = 0;
                for (var sa : tunnel.path("sas")) if (sa.path("direction").asText().equals(direction)) now += sa.path("packets").asLong();
                long ever = tunnel.path(direction).path("packets").asLong();
                assertTrue(ever > 100 && ever > now, traffic::toString);
                assertEquals(0, tunnel.path(direction).path("replayed").asLong(), traffic::toString);
                assertTrue(tunnel.path(direction).path("idleMillis").asLong(Long.MAX_VALUE) < 60_000, traffic::toString);
            }
        }
    }

    private static void oneIkeSa(Strongswan peer) {
        Await.until("one IKE SA", Vpn.UP, () -> count(peer.swanctl("--list-sas").out(), "ESTABLISHED") == 1, () -> peer.swanctl("--list-sas").text());
    }

    private static void awaitPing(Vpn vpn, ToriiDaemon torii, String from, String to) {
        Await.until("a ping of " + to, Duration.ofSeconds(45), () -> Ping.answered(vpn.namespaces(), from, to), vpn.evidence(torii));
    }

    private static Ping ping(Vpn vpn, String to) {
        return Ping.start(vpn.namespaces(), "cpe", to, Duration.ofMillis(10));
    }

    private static String inside(int tunnel) {
        return INSIDE + (4 * tunnel - 2);
    }

    private static long renewals(ToriiDaemon cpe, String conn, Pattern what) {
        return cpe.job().output().lines().filter(line -> line.contains(conn) && what.matcher(line).find()).count();
    }

    private static int count(String text, String word) {
        return text.split(word, -1).length - 1;
    }

    private static String shortLived(String conn) {
        return conn.replace("ikelifetime=28800s", "ikelifetime=10s").replace("salifetime=3600s", "salifetime=4s");
    }

    /** The article's files with IKEv2; the second conn has combined ciphers, a curve and short lifetimes too. */
    private static void writeCpe(Vpn vpn) throws IOException {
        var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
        vpn.files().writeCpe(root, Mode.BGP);
        var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
        var text = Files.readString(file).replace("ikev2=no", "ikev2=insist");
        int second = text.indexOf("conn", 1);
        var changed = shortLived(text.substring(second)).replace("aes_cbc256-sha2_384;modp1536", "aes_gcm256-sha2_384;dh20")
                .replace("aes_gcm256;modp1536", "aes_gcm256;dh20");
        Files.writeString(file, text.substring(0, second) + changed);
    }
}
