package dev.torii.cli.config;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A root directory that a test fills, and a host with the article's address. */
final class Site {
    static final String CPE = "203.0.113.7";
    static final String TUNNEL1 = "198.51.100.1";
    static final String TUNNEL2 = "198.51.100.5";
    static final String LOCAL = "192.168.1.42";

    /** The least that loads; tests add to it or change it. */
    static final String CONN = """
            conn one
                 left=192.168.1.42
                 right=198.51.100.1
                 authby=secret
                 leftsubnet=192.168.2.0/24
                 rightsubnet=10.0.2.0/24
                 auto=start
                 ikev2=no
                 ike=aes_cbc256-sha2_384;modp1536
                 phase2alg=aes_gcm256;modp1536
            """;
    static final String SECRET = "192.168.1.42 198.51.100.1 : PSK \"correct horse battery\"\n";

    private final Path root;
    private Host host = Host.of(address("127.0.0.1"), address(LOCAL));

    Site(Path root) { this.root = root; }

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** A file of the article, with the addresses and secrets of this test put in. */
    static String article(String name) {
        return raw(name).replace("CPE_global_IP", CPE).replace("Tunnel1_global_IP", TUNNEL1).replace("Tunnel2_global_IP", TUNNEL2)
                .replace("Shared_secret_tunnel1", "first tunnel's secret").replace("Shared_secret_tunnel2", "second tunnel's secret");
    }

    static String raw(String name) {
        try (var in = Site.class.getResourceAsStream("/article/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Site host(String... addresses) {
        host = Host.of(List.of(addresses).stream().map(Site::address).toArray(InetAddress[]::new));
        return this;
    }

    Site file(String name, String text) {
        try {
            Path path = path(name);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Site conf(String text) { return file("/etc/ipsec.d/a.conf", text); }

    Site secrets(String text) { return file("/etc/ipsec.d/a.secrets", text); }

    Site bgpd(String text) { return file("/etc/frr/bgpd.conf", text).file("/etc/frr/daemons", "bgpd=yes\n"); }

    Path path(String name) { return root.resolve(name.substring(1)); }

    SiteConfig load() {
        try {
            return SiteConfig.load(root, host);
        } catch (ConfigException e) {
            throw new AssertionError("refused:\n" + e.getMessage(), e);
        }
    }

    /** What is wrong, each as {@code file:line:column: cause | suggestion}. */
    List<String> problems() {
        var refused = assertThrows(ConfigException.class, () -> SiteConfig.load(root, host));
        return refused.problems().stream().map(problem -> problem.at() + ": " + problem.cause() + " | " + problem.suggestion()).toList();
    }

    List<String> warnings() { return load().warnings().stream().map(warning -> warning.at() + ": " + warning.text()).toList(); }
}
