package dev.torii.cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.ExecutionException;

/**
 * A family of network namespaces named {@code PREFIX-NAME}, and the programs started in them. What is started is noted in the state
 * directory, so that a later run can clean up after one that was killed.
 */
public final class Namespaces implements AutoCloseable {
    private static final Duration POLITE = Duration.ofSeconds(5);
    private static final String JOBS = "jobs";

    private final String prefix;
    private final List<String> names;
    private final Path state;
    private final List<Job> jobs = new ArrayList<>();

    private Namespaces(String prefix, List<String> names, Path state) {
        this.prefix = prefix;
        this.names = List.copyOf(names);
        this.state = state;
    }

    /** A family that is not built yet; what an earlier run of the same prefix and state directory left is removed first. */
    public static Namespaces of(String prefix, List<String> names, Path state) {
        if (!prefix.matches("[a-z][a-z0-9-]{0,19}")) {
            throw new LabFailure("prefix " + prefix + ": wanted up to 20 lower-case letters, digits and hyphens");
        }
        var family = new Namespaces(prefix, names, state);
        family.sweep();
        try {
            Files.createDirectories(state);
        } catch (IOException e) {
            throw new LabFailure("cannot make " + state + ": " + e.getMessage(), e);
        }
        return family;
    }

    /** Whether any of the family's namespaces is there. */
    static boolean exist(String prefix, Collection<String> names) {
        return names.stream().anyMatch(name -> Files.exists(Path.of("/run/netns", prefix + "-" + name)));
    }

    /** The full name of a namespace. */
    public String name(String shortName) {
        return prefix + "-" + shortName;
    }

    /** Where logs, sockets and configuration files of this family live. */
    public Path state() {
        return state;
    }

    /** Everything started so far, oldest first. */
    public synchronized List<Job> jobs() {
        return List.copyOf(jobs);
    }

    /** Runs iproute2 commands, one a line, outside of all namespaces. */
    void batch(String commands) {
        Shell.run(Shell.SHORT, commands, List.of("ip", "-batch", "-")).orFail("ip -batch");
    }

    /** Runs a shell script in each of the named namespaces, all at the same time. */
    void scripts(Map<String, String> byName) {
        var running = new ArrayList<CompletableFuture<Void>>();
        byName.forEach((name, script) -> {
            var done = new CompletableFuture<Void>();
            running.add(done);
            Thread.ofPlatform().daemon().name("lab-" + name).start(() -> {
                try {
                    script(name, script).orFail("setting up " + name);
                    done.complete(null);
                } catch (LabFailure e) {
                    done.completeExceptionally(e);
                }
            });
        });
        try {
            running.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw e.getCause() instanceof LabFailure failure ? failure : new LabFailure("setting up the network", e);
        }
    }

    /** Runs a shell script in a namespace; a command that fails ends it. */
    public Shell.Result script(String name, String script) {
        return Shell.run(Shell.SHORT, script, inside(name, List.of("sh", "-es")));
    }

    /** Runs a program in a namespace to its end. */
    public Shell.Result run(String name, Duration limit, String... command) {
        return Shell.run(limit, "", inside(name, List.of(command)));
    }

    /** The command line that runs {@code command} in a namespace; every program in it replaces itself, so the pid stays. */
    public List<String> inside(String name, List<String> command) {
        var argv = new ArrayList<>(List.of("ip", "netns", "exec", name(name)));
        argv.addAll(command);
        return argv;
    }

    /**
     * A command line that runs {@code command} with a /run and a host name of its own: daemons whose pid files or socket directories are compiled
     * in do not meet there. Of the real /run it sees only {@code keep}.
     */
    static List<String> withOwnRun(Path keep, String hostname, List<String> command) {
        var script = """
                keep=$1; echo "$2" > /proc/sys/kernel/hostname; shift 2
                mount --make-rprivate / && mount --bind "$keep" /mnt && mount -t tmpfs none /run && mkdir -p /run/lock /run/sshd "$keep" \
                && mount --move /mnt "$keep" && exec "$@"
                """;
        var argv = new ArrayList<>(List.of("unshare", "--mount", "--uts", "sh", "-ec", script, "sh", keep.toString(), hostname));
        argv.addAll(command);
        return argv;
    }

    /** A command in another file system, which has devices, processes and /run from here: for a mount namespace that ends with it. */
    static List<String> within(Path root, List<String> command) {
        var script = """
                root=$1; shift
                for each in dev proc run; do mount --rbind "/$each" "$root/$each"; done
                exec chroot "$root" "$@"
                """;
        var argv = new ArrayList<>(List.of("sh", "-ec", script, "sh", root.toString()));
        argv.addAll(command);
        return argv;
    }

    /** Starts a long-running program in a namespace; it ends with the family at the latest. */
    public synchronized Job spawn(String name, String title, List<String> command) {
        var job = Job.start(title, state.resolve(title + ".log"), inside(name, command));
        jobs.add(job);
        try {
            Files.writeString(state.resolve(JOBS), job.pid() + " " + Job.startTime(job.pid()).orElse("0") + " " + title + "\n",
                    StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            job.kill();
            throw new LabFailure("cannot note the process " + title + ": " + e.getMessage(), e);
        }
        return job;
    }

    /** Ends every program started here (first asked, then not), deletes the namespaces and the state directory. */
    @Override
    public synchronized void close() {
        stopJobs();
        deleteNamespaces();
        deleteState();
    }

    private void stopJobs() {
        var running = jobs.reversed().stream().filter(Job::alive).toList();
        running.forEach(Job::terminate);
        long end = System.nanoTime() + POLITE.toNanos();
        for (var job : running) {
            if (!job.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                job.kill();
                job.awaitEnd(POLITE);
            }
        }
        jobs.clear();
    }

    private void deleteNamespaces() {
        var present = names.stream().filter(name -> Files.exists(Path.of("/run/netns", name(name)))).toList();
        if (present.isEmpty()) return;
        var commands = new StringBuilder();
        present.forEach(name -> commands.append("netns del ").append(name(name)).append('\n'));
        Shell.run(Shell.SHORT, commands.toString(), List.of("ip", "-force", "-batch", "-"));
    }

    private void deleteState() {
        if (!Files.exists(state)) return;
        try (var files = Files.walk(state)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            throw new LabFailure("cannot remove " + state + ": " + e.getMessage(), e);
        }
    }

    /** Removes what a run left that could not do it itself: the processes it noted (pid and start time must agree), namespaces, files. */
    private void sweep() {
        var noted = state.resolve(JOBS);
        if (Files.exists(noted)) {
            try {
                for (var line : Files.readAllLines(noted)) endNoted(line.split(" ", 3));
            } catch (IOException e) {
                throw new LabFailure("cannot read " + noted + ": " + e.getMessage(), e);
            }
        }
        deleteNamespaces();
        deleteState();
    }

    private static void endNoted(String[] note) {
        if (note.length < 2 || !note[0].matches("[0-9]+")) return;
        long pid = Long.parseLong(note[0]);
        if (!Job.startTime(pid).equals(Optional.of(note[1]))) return;
        ProcessHandle.of(pid).ifPresent(process -> {
            process.destroy();
            try {
                process.onExit().get(POLITE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                process.destroyForcibly();
            } catch (ExecutionException e) {
                throw new LabFailure("waiting for process " + pid, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
