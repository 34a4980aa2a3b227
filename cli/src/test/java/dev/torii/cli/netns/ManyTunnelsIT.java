package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many tunnels configured at once between two daemons, half of them IKEv1 and half IKEv2, each with a TUN of its own: all come up, and none goes down while
 * the peers are probed twice and every child is renewed. 200 of them, or as many as {@code -Dtorii.tunnels=} says, up to 2000.
 */
@Tag(NamespaceTest.ALONE)
@NamespaceTest
class ManyTunnelsIT {
    private static final int TUNNELS = Integer.getInteger("torii.tunnels", 200);
    private static final String PREFIX = "tp-many";
    private static final Duration READY = Duration.ofSeconds(20 + TUNNELS / 10);
    private static final Duration UP = Duration.ofSeconds(30 + TUNNELS / 10);
    private static final Duration RENEWED = Duration.ofSeconds(60 + TUNNELS / 10);
    @Test
    void allComeUpAndNoneGoesDown() throws IOException {
        try (var namespaces = Namespaces.of(PREFIX, List.of("one", "many"), Path.of("/run/torii-test", PREFIX))) {
            wire(namespaces.name("one"), namespaces.name("many"));
            try (var many = start(namespaces, "many", "add"); var one = start(namespaces, "one", "start")) {
                Supplier<String> evidence = () -> one.job().tail(30) + "\n---\n" + many.job().tail(30);
                Await.until("all tunnels", UP, () -> count(one, ": up") == TUNNELS && count(many, ": up") == TUNNELS, evidence);
                long probed = System.nanoTime() + Duration.ofSeconds(21).toNanos();
                Await.until("every child renewed, every peer probed twice", RENEWED, () -> System.nanoTime() > probed
                        && count(one, "IPsec SA established") >= 2 * TUNNELS && count(many, "IPsec SA established") >= 2 * TUNNELS, evidence);
                for (var side : List.of(one, many)) {
                    assertEquals(0, count(side, ": down: "), side.job()::output);
                    var status = side.torii("status").out();
                    assertTrue(status.contains("loaded " + TUNNELS + ", active " + TUNNELS), status);
                }
            }
        }
    }

    private static void wire(String one, String many) {
        ip("", "netns add " + one + "\nnetns add " + many + "\nlink add wan0 netns " + one + " type veth peer name wan0 netns " + many);
        ip(one, "link set lo up\naddr add 198.18.0.1/16 dev wan0\nlink set wan0 up");
        ip(many, "link set lo up\nlink set wan0 up\n"
                + IntStream.range(0, TUNNELS).mapToObj(i -> "addr add " + address(i) + "/16 dev wan0").collect(Collectors.joining("\n")));
    }

    private static void ip(String namespace, String commands) {
        Shell.run(Shell.SHORT, commands + "\n", namespace.isEmpty() ? List.of("ip", "-batch", "-") : List.of("ip", "-n", namespace, "-batch", "-"))
                .orFail("ip -batch");
    }

    private static ToriiDaemon start(Namespaces namespaces, String side, String auto) throws IOException {
        var root = ToriiDaemon.root(namespaces, side);
        var conf = new StringBuilder();
        for (int i = 0; i < TUNNELS; i++) {
            conf.append("""
                    conn c%d
                         left=%s
                         right=%s
                         leftsubnet=0.0.0.0/0
                         rightsubnet=0.0.0.0/0
                         vti-interface=vti%d
                         authby=secret
                         auto=%s
                         ikev2=%s
                         ike=aes_cbc256-sha2_384;modp1536
                         phase2alg=aes_gcm256;modp1536
                         encapsulation=yes
                         dpddelay=10
                         dpdtimeout=30
                         salifetime=25s
                    """.formatted(i, side.equals("one") ? "198.18.0.1" : address(i), side.equals("one") ? address(i) : "198.18.0.1", i, auto,
                    i % 2 == 0 ? "no" : "insist"));
        }
        var directory = Files.createDirectories(root.resolve("etc/ipsec.d"));
        Files.writeString(directory.resolve("many.conf"), conf);
        var secrets = directory.resolve("many.secrets");
        Files.deleteIfExists(secrets);
        Files.createFile(secrets, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(secrets, ": PSK \"one secret for all of them\"\n");
        var daemon = ToriiDaemon.start(namespaces, side);
        Await.until(side + " ready", READY, () -> daemon.job().output().lines().anyMatch("torii ready"::equals), () -> daemon.job().tail(20));
        return daemon;
    }

    private static String address(int i) {
        return "198.18." + (1 + i / 250) + "." + (1 + i % 250);
    }

    private static long count(ToriiDaemon daemon, String words) {
        return daemon.job().output().lines().filter(line -> line.contains(words)).count();
    }
}
