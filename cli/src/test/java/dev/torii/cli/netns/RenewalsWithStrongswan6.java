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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Two tunnels with a strongSwan that {@code cli/peers/strongswan6.sh} has unpacked, one that strongSwan renews and one that Torii renews, children and IKE
 * SAs with additional key exchanges, under pings: none may be lost.
 */
final class RenewalsWithStrongswan6 {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration INTERVAL = Duration.ofMillis(20);
    private static final int RENEWED_CHILDREN = 5;
    private static final int RENEWED_IKE_SAS = 2;
    private static final Pattern CHILD = Pattern.compile("IPsec SA established");
    private static final Pattern IKE = Pattern.compile("IKE SA established");

    private final String suite;
    private final Keys keys;

    /** @param suite whose strongSwan it is */
    RenewalsWithStrongswan6(String suite, Keys keys) {
        this.suite = suite;
        this.keys = keys;
    }

    /** What both sides are told, and what strongSwan then calls it. */
    record Keys(String ike, String esp, String chosenIke, String chosenEsp) {
    }

    void toriiBegins(String prefix) throws IOException {
        try (var vpn = Vpn.network(prefix, Mode.BGP)) {
            var peers = new ArrayList<Strongswan>();
            for (int tunnel : List.of(1, 2)) {
                peers.add(start(vpn, "oci" + tunnel, "oci" + tunnel, 500, 4500, headEnd(vpn, tunnel)));
            }
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.BGP);
            var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            var text = told(Files.readString(file));
            int second = text.lastIndexOf("ikev2=insist");
            Files.writeString(file, text.substring(0, second) + renewing(text.substring(second)));
            try (var torii = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                renewals(vpn, List.of(torii, torii), List.of("oracle-tunnel-1", "oracle-tunnel-2"), peers);
            }
        }
    }

    void strongswanBegins(String prefix) throws IOException {
        try (var vpn = Vpn.network(prefix, Mode.BGP)) {
            var torii = new ArrayList<ToriiDaemon>();
            var peers = new ArrayList<Strongswan>();
            for (int tunnel : List.of(1, 2)) {
                var root = ToriiDaemon.root(vpn.namespaces(), "oci" + tunnel);
                vpn.files().writeHeadEnd(root, Mode.BGP, tunnel);
                var file = root.resolve("etc/ipsec.d/cpe.conf");
                var text = told(Files.readString(file));
                Files.writeString(file, tunnel == 2 ? renewing(text) : text);
                torii.add(ToriiDaemon.start(vpn.namespaces(), "oci" + tunnel).awaitReady());
                peers.add(start(vpn, "cpe", "cpe" + tunnel, 0, 0, headEnd(vpn, tunnel).mirrored()));
            }
            renewals(vpn, torii, List.of("cpe", "cpe"), peers);
            torii.forEach(ToriiDaemon::close);
        }
    }

    /** In tunnel 1 strongSwan renews. */
    private StrongswanConfig headEnd(Vpn vpn, int tunnel) {
        var config = StrongswanConfig.bgpHeadEnd(tunnel, vpn.files().secret(tunnel)).speaking(2).proposing(keys.ike(), keys.esp());
        return tunnel == 1 ? config.rekeying(Duration.ofSeconds(8), Duration.ofSeconds(3)) : config;
    }

    private Strongswan start(Vpn vpn, String namespace, String name, int port, int portNatT, StrongswanConfig config) {
        var unhurried = config.swanctlConf().replace("life_time = 4s", "life_time = 12s").replace("over_time = 1s", "over_time = 9s");
        return Strongswan.start(vpn.namespaces(), namespace, name, port, portNatT, unhurried, config.tunCommands(), config.logLevel(), root());
    }

    private Optional<Path> root() {
        return Optional.of(Strongswan.unpacked(suite).orElseThrow());
    }

    private String told(String conf) {
        return conf.replace("ikev2=no", "ikev2=insist").replaceAll("(?m)\\bike=.*$", "ike=" + keys.ike())
                .replaceAll("(?m)\\bphase2alg=.*$", "phase2alg=" + keys.esp());
    }

    /** In tunnel 2 Torii renews. */
    private static String renewing(String conf) {
        return conf.replaceAll("(?m)^ +(ikelifetime|salifetime)=.*\\n", "").replace("ikev2=insist", "ikev2=insist\n     ikelifetime=12s\n     salifetime=6s");
    }

    private void renewals(Vpn vpn, List<ToriiDaemon> torii, List<String> conns, List<Strongswan> peers) {
        Supplier<String> evidence = () -> {
            var seen = new StringBuilder();
            for (int tunnel : List.of(0, 1)) {
                var log = peers.get(tunnel).log().lines().toList();
                seen.append(String.join("\n", log.subList(Math.max(0, log.size() - 60), log.size()))).append('\n')
                        .append(torii.get(tunnel).torii("status").text()).append('\n').append(torii.get(tunnel).job().tail(40)).append('\n');
            }
            return seen.toString();
        };
        var pings = new ArrayList<Ping>();
        for (int tunnel : List.of(1, 2)) {
            Await.until("a ping through tunnel " + tunnel, Vpn.UP, () -> Ping.answered(vpn.namespaces(), "cpe", TwoVersions.inside(tunnel)), evidence);
            pings.add(Ping.start(vpn.namespaces(), "cpe", TwoVersions.inside(tunnel), INTERVAL));
        }
        for (int i : List.of(0, 1)) {
            Await.until("renewals in tunnel " + (i + 1), LIMIT, () -> count(torii.get(i), conns.get(i), CHILD) > RENEWED_CHILDREN
                    && count(torii.get(i), conns.get(i), IKE) > RENEWED_IKE_SAS, evidence);
            pings.get(i).awaitReplies(100);
            var figures = pings.get(i).stop();
            int children = count(torii.get(i), conns.get(i), CHILD) - 1;
            int ikeSas = count(torii.get(i), conns.get(i), IKE) - 1;
            System.out.printf(Locale.ROOT, "additional keys (%s): %s renews, %d child and %d IKE SAs, %d of %d pings lost%n", keys.ike(),
                    i == 0 ? "strongSwan" : "Torii", children, ikeSas, figures.lost(), figures.sent());
            assertEquals(0, figures.lost(), evidence);
            var log = peers.get(i).log();
            assertTrue(chosen(log, "IKE:", keys.chosenIke()) > RENEWED_IKE_SAS, evidence);
            assertTrue(chosen(log, "ESP:", keys.chosenEsp()) >= RENEWED_CHILDREN, evidence);
        }
    }

    private static int count(ToriiDaemon torii, String conn, Pattern what) {
        return (int) torii.job().output().lines().filter(line -> line.contains(conn) && what.matcher(line).find()).count();
    }

    private static long chosen(String log, String protocol, String words) {
        return log.lines().filter(line -> line.contains("selected proposal: " + protocol) && line.contains(words)).count();
    }
}
