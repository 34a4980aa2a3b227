package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Post-quantum pre-shared keys (RFC 8784) with strongSwan in both roles. */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class PostQuantumIT {
    private static final String PREFIX = "tg-ppk";
    private static final String KEY = "a post-quantum key of 32 bytes or more";

    /** In tunnel 1 both sides insist on the same key and renew; in tunnel 2 strongSwan does not know the key that Torii only proposes. */
    @Test
    void toriiBegins() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var first = StrongswanConfig.bgpHeadEnd(1, vpn.files().secret(1)).speaking(2).rekeying(Duration.ofSeconds(6), Duration.ofSeconds(4));
            var one = start(vpn, "oci1", "oci1", 500, 4500, first, "torii-key", true);
            var two = start(vpn, "oci2", "oci2", 500, 4500, StrongswanConfig.bgpHeadEnd(2, vpn.files().secret(2)).speaking(2), "another", false);
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.BGP);
            var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            var text = Files.readString(file).replace("ikev2=no", "ikev2=insist\n     ppk=insist");
            int second = text.lastIndexOf("ppk=insist");
            Files.writeString(file, text.substring(0, second) + "ppk=propose" + text.substring(second + "ppk=insist".length()));
            secret(root);
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                used(one, true);
                used(two, false);
                pings(vpn, cpe, "cpe", 2);
                pings(vpn, cpe, "cpe", 6);
                Await.until("renewals", Vpn.UP, () -> cpe.job().output().lines()
                        .filter(line -> line.contains("tunnel-1") && line.contains("IKE SA established")).count() > 2, vpn.evidence(cpe));
                pings(vpn, cpe, "cpe", 2);
            }
        }
    }

    @Test
    void strongswanBegins() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var root = ToriiDaemon.root(vpn.namespaces(), "oci1");
            vpn.files().writeHeadEnd(root, Mode.BGP, 1);
            var file = root.resolve("etc/ipsec.d/cpe.conf");
            Files.writeString(file, Files.readString(file).replace("ikev2=no", "ikev2=insist\n     ppk=permit"));
            secret(root);
            try (var torii = ToriiDaemon.start(vpn.namespaces(), "oci1").awaitReady()) {
                var config = StrongswanConfig.bgpHeadEnd(1, vpn.files().secret(1)).speaking(2).mirrored();
                try (var peer = start(vpn, "cpe", "insists", 0, 0, config, "torii-key", true)) {
                    pings(vpn, torii, "oci1", 1);
                    used(peer, true);
                }
                try (var peer = start(vpn, "cpe", "proposes", 0, 0, config, "another", false)) {
                    pings(vpn, torii, "oci1", 1);
                    used(peer, false);
                }
                try (var peer = start(vpn, "cpe", "in-vain", 0, 0, config, "another", true)) {
                    Await.until("a refusal", Vpn.UP, () -> torii.job().output().contains("the peer insists on a post-quantum key that we do not have"),
                            () -> peer.log() + torii.job().tail(40));
                }
            }
        }
    }

    private static void used(Strongswan peer, boolean used) {
        Await.until(used ? "PPK" : "no PPK", Vpn.UP, () -> {
            var sas = peer.swanctl("--list-sas").out();
            return sas.contains("ESTABLISHED") && sas.contains("/PPK") == used;
        }, () -> peer.swanctl("--list-sas").text() + "\n" + peer.log());
    }

    private static Strongswan start(Vpn vpn, String namespace, String name, int port, int portNatT, StrongswanConfig config, String key, boolean required) {
        var named = config.initiator() || required ? "\n    ppk_id = " + key : "";      // a responder that names one takes no other
        var swanctl = config.swanctlConf().replace("encap = yes", "encap = yes" + named + "\n    ppk_required = " + (required ? "yes" : "no"))
                .replace("secrets {", "secrets {\n  ppk-one {\n    id = " + key + "\n    secret = \"" + KEY + "\"\n  }");
        return Strongswan.start(vpn.namespaces(), namespace, name, port, portNatT, swanctl, config.tunCommands(), config.logLevel());
    }

    private static void secret(Path root) throws IOException {
        var file = root.resolve("etc/ipsec.d/ppk.secrets");
        Files.writeString(file, ": PPKS \"torii-key\" \"" + KEY + "\"\n");
        file.toFile().setReadable(false, false);
        file.toFile().setReadable(true, true);
    }

    private static void pings(Vpn vpn, ToriiDaemon torii, String from, int host) {
        var to = "192.168.254." + host;
        Await.until("a ping of " + to, Vpn.UP, () -> Ping.answered(vpn.namespaces(), from, to), vpn.evidence(torii));
        Ping.allAnswered(vpn.namespaces(), from, to, 5, vpn.evidence(torii));
    }
}
