package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.Topology;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** esn=: with strongSwan, whose userspace ESP has no 64-bit sequence numbers, the other offer is taken; two Toriis use them. */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class ExtendedSequenceIT {
    private static final String PREFIX = "ts-esn";

    @Test
    void eitherFallsBackWithAPeerThatHasNone() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            Strongswan.start(vpn.namespaces(), "oci1", StrongswanConfig.staticHeadEnd(1, vpn.files().secret(1)).speaking(2));
            withCpe(vpn, "esn=either", cpe -> assertFalse(cpe.torii("status").out().contains("-ESN"), cpe.torii("status").text()));
        }
    }

    @Test
    void twoToriisUseThem() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC)) {
            var root = ToriiDaemon.root(vpn.namespaces(), "oci1");
            vpn.files().writeHeadEnd(root, Mode.STATIC, 1);
            change(root.resolve("etc/ipsec.d/cpe.conf"), "esn=either");
            try (var headEnd = ToriiDaemon.start(vpn.namespaces(), "oci1").awaitReady()) {
                withCpe(vpn, "esn=yes", cpe -> {
                    assertTrue(cpe.torii("status").out().contains("IPsec SA AES_GCM_16_256-ESN in UDP"), cpe.torii("status").text());
                    Ping.allAnswered(vpn.namespaces(), "lic", Topology.COMPUTE, 100, () -> headEnd.torii("status").text());
                });
            }
        }
    }

    private interface Body {
        void run(ToriiDaemon cpe);
    }

    private static void withCpe(Vpn vpn, String esn, Body body) throws IOException {
        vpn.topology().drgRoutes(List.of(Topology.headEndInner(1)));
        var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
        vpn.files().writeCpe(root, Mode.STATIC);
        var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
        var text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.indexOf("conn", 1)));
        change(file, esn);
        try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
            Await.until("a ping", Duration.ofSeconds(45), () -> Ping.answered(vpn.namespaces(), "lic", Topology.COMPUTE), vpn.evidence(cpe));
            body.run(cpe);
        }
    }

    private static void change(Path file, String esn) throws IOException {
        Files.writeString(file, Files.readString(file).replaceAll("(?m)^( +)ikev2=no", "$1ikev2=insist\n$1" + esn));
    }
}
