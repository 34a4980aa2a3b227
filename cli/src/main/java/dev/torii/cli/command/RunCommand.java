package dev.torii.cli.command;

import dev.torii.cli.config.ConfigException;
import dev.torii.cli.config.SiteConfig;
import dev.torii.cli.daemon.Daemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code torii run}: the daemon, in the foreground. */
@Command(name = "run", description = "run the gateway in the foreground, configured by etc/ipsec.conf, etc/ipsec.d and etc/frr")
public final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--root", paramLabel = "DIR", defaultValue = "/", description = "the directory that has etc/ (default: ${DEFAULT-VALUE})")
    private Path root;

    @Option(names = "--run-dir", paramLabel = "DIR", defaultValue = "/run/torii", description = "for the control socket (default: ${DEFAULT-VALUE})")
    private Path runDirectory;

    @Option(names = "--key-log", paramLabel = "FILE", description = "write the keys of every SA to FILE, for Wireshark; only for debugging")
    private @Nullable Path keyLog;

    @Option(names = "--aead-provider", paramLabel = "NAME", defaultValue = "JDK",
            description = "take ESP's AES-GCM and ChaCha20-Poly1305 from this security provider; it must pass a self-test (default: ${DEFAULT-VALUE})")
    private String aeadProvider;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
    private boolean help;

    @Override
    public Integer call() throws Exception {
        SiteConfig config;
        try {
            config = SiteConfig.load(root, RunCommand::localAddresses);
        } catch (ConfigException e) {
            e.warnings().forEach(warning -> spec.commandLine().getErr().println(warning));
            spec.commandLine().getErr().println(e.getMessage());
            return 2;
        }
        var daemon = Daemon.start(config, new Daemon.Options(runDirectory, Optional.ofNullable(keyLog), aeadProvider));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(daemon), "torii-stop"));
        spec.commandLine().getOut().println("torii ready");
        spec.commandLine().getOut().flush();
        new CountDownLatch(1).await();              // until SIGTERM or SIGINT
        return 0;
    }

    /** A clean stop is a success, which the JVM by itself would not say after a signal. */
    private void stop(Daemon daemon) {
        try {
            daemon.close();
            Runtime.getRuntime().halt(0);
        } catch (Exception e) {
            spec.commandLine().getErr().println("torii: not everything could be undone: " + e.getMessage());
            Runtime.getRuntime().halt(1);
        }
    }

    private static Set<InetAddress> localAddresses() {
        try {
            return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).collect(Collectors.toUnmodifiableSet());
        } catch (SocketException e) {
            throw new UncheckedIOException("cannot list this host's addresses", new IOException(e));
        }
    }
}
