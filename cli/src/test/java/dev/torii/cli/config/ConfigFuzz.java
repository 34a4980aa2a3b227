package dev.torii.cli.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The files of both programs, separated by lines of three dashes: they load, or every complaint has a place and a cause. */
public final class ConfigFuzz {
    private static final List<String> FILES = List.of("etc/ipsec.conf", "etc/ipsec.secrets", "etc/frr/frr.conf", "etc/frr/daemons");
    private static final Host HOST = Host.of(Site.address("127.0.0.1"), Site.address(Site.LOCAL));
    private static final Path ROOT = root();

    private ConfigFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        var texts = Arrays.asList(new String(input, StandardCharsets.ISO_8859_1).split("\n---\n", FILES.size()));
        try {
            for (int i = 0; i < FILES.size(); i++) {
                Files.writeString(ROOT.resolve(FILES.get(i)), i < texts.size() ? texts.get(i) : "", StandardCharsets.ISO_8859_1);
            }
            SiteConfig.load(ROOT, HOST).tunnels().forEach(tunnel -> tunnel.toIkeConfig(Site.address(Site.LOCAL)));
        } catch (ConfigException refused) {
            if (refused.problems().isEmpty() || refused.problems().stream()
                    .anyMatch(problem -> problem.cause().isBlank() || problem.at().line() < 1 || problem.at().column() < 1)) {
                throw new AssertionError("refused without a place or a cause: " + refused.problems());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        try {
            var root = Files.createTempDirectory("torii-fuzz");
            Files.createDirectories(root.resolve("etc/frr"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(root)));
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path root) {
        try (var all = Files.walk(root)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
