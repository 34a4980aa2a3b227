package dev.torii.cli.lab;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An ordinary {@code torii run} in a namespace. It is driven through its command line alone, as anybody would. */
public final class ToriiDaemon implements AutoCloseable {
    /** How long a daemon may take until it says that it is ready, on a slow and busy machine. */
    public static final Duration START = Duration.ofSeconds(30);
    private static final String READY = "torii ready";

    private final Namespaces namespaces;
    private final String namespace;
    private final Path runDir;
    private final Job job;

    private ToriiDaemon(Namespaces namespaces, String namespace, Path runDir, Job job) {
        this.namespaces = namespaces;
        this.namespace = namespace;
        this.runDir = runDir;
        this.job = job;
    }

    /** Where a family keeps the configuration tree of the daemon in {@code namespace}. */
    public static Path root(Namespaces namespaces, String namespace) {
        return namespaces.state().resolve("torii-" + namespace + "/root");
    }

    /** Starts the daemon of a namespace on the tree at {@link #root}; returns at once. */
    public static ToriiDaemon start(Namespaces namespaces, String namespace, String... more) {
        return start(namespaces, namespace, namespace, root(namespaces, namespace), more);
    }

    /** Starts a daemon of that name on any tree, with a run directory of its own; returns at once. */
    public static ToriiDaemon start(Namespaces namespaces, String namespace, String name, Path root, String... more) {
        return startVia(List.of(), namespaces, namespace, name, root, more);
    }

    /** The same by a program that runs another in its place, for instance with fewer rights. */
    public static ToriiDaemon startVia(List<String> program, Namespaces namespaces, String namespace, String name, Path root, String... more) {
        var runDir = namespaces.state().resolve("torii-" + name + "/run");
        var arguments = new ArrayList<>(List.of("run", "--root", root.toString(), "--run-dir", runDir.toString()));
        arguments.addAll(List.of(more));
        var command = new ArrayList<>(program);
        command.addAll(command(arguments));
        var job = namespaces.spawn(namespace, "torii-" + name + "-" + System.nanoTime(), command);     // a log for each life
        return new ToriiDaemon(namespaces, namespace, runDir, job);
    }

    /** Waits until the daemon listens; its death on the way is reported with its last words. */
    public ToriiDaemon awaitReady() {
        Await.until("torii ready in " + namespace, START, () -> ready() || !job.alive(), () -> job.tail(20));
        if (ready()) return this;
        throw new LabFailure("torii in " + namespace + " ended with exit status " + job.exit().orElse(-1) + System.lineSeparator() + job.tail(20));
    }

    /** Runs one {@code torii} command against this daemon, inside its namespace. */
    public Shell.Result torii(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--run-dir", runDir.toString()));
        return namespaces.run(namespace, Shell.SHORT, command(all).toArray(String[]::new));
    }

    /** The process; its pid is the daemon's. */
    public Job job() {
        return job;
    }

    /** Its run directory. */
    public Path runDir() {
        return runDir;
    }

    /** Asks it to end, as systemd would, and kills it if it does not. */
    @Override
    public void close() {
        job.terminate();
        if (!job.awaitEnd(Duration.ofSeconds(10))) job.kill();
    }

    /** The launcher beside the source tree or distribution this class was loaded from. */
    static Path launcher() {
        var told = System.getenv("TORII_LAUNCHER");
        if (told != null) return Path.of(told);
        try {
            var code = Path.of(ToriiDaemon.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            for (var directory = code.getParent(); directory != null; directory = directory.getParent()) {
                var candidate = directory.resolve("torii");
                if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) return candidate;
            }
        } catch (URISyntaxException e) {
            throw new LabFailure("cannot tell where Torii is installed", e);
        }
        throw new LabFailure("cannot find the torii launcher; TORII_LAUNCHER can name it");
    }

    /** The line of {@code torii ...}; never builds, as several run at the same time. */
    static List<String> command(List<String> arguments) {
        var command = new ArrayList<>(List.of("env", "TORII_NO_BUILD=1", launcher().toString()));
        command.addAll(arguments);
        return command;
    }

    private boolean ready() {
        return job.output().lines().anyMatch(READY::equals);
    }
}
