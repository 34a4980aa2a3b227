package dev.torii.cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** FRR's zebra, staticd and bgpd in one namespace, with sockets, files and logs of their own; no systemd, no watchfrr. */
public final class Frr implements AutoCloseable {
    private static final Path DAEMONS = Path.of("/usr/lib/frr");
    private static final Duration START = Duration.ofSeconds(10);

    private final Namespaces namespaces;
    private final String namespace;
    private final Path directory;
    private final List<Job> jobs = new ArrayList<>();

    private Frr(Namespaces namespaces, String namespace) {
        this.namespaces = namespaces;
        this.namespace = namespace;
        this.directory = namespaces.state().resolve("frr-" + namespace);
    }

    /** Whether FRR is installed. */
    public static boolean installed() {
        return Files.isExecutable(DAEMONS.resolve("bgpd")) && Shell.has("vtysh");
    }

    /** Starts the three daemons with these two files and waits until zebra serves the others. */
    public static Frr start(Namespaces namespaces, String namespace, String bgpdConf, String staticdConf) {
        var frr = new Frr(namespaces, namespace);
        frr.write("bgpd.conf", "log file " + frr.directory.resolve("bgpd.log") + "\n" + bgpdConf);
        frr.write("staticd.conf", staticdConf);
        frr.write("zebra.conf", "");
        frr.write("vtysh.conf", "");
        Shell.run(Shell.SHORT, "chown", "-R", "frr:frr", frr.directory.toString()).orFail("FRR's files");   // the daemons drop to that user
        frr.spawn("zebra");
        var zebraSocket = frr.directory.resolve("zserv.api");
        Await.until("zebra's socket", START, () -> Files.exists(zebraSocket), () -> frr.jobs.get(0).tail(5));
        frr.spawn("staticd");
        frr.spawn("bgpd", "-p", "179");
        Await.until("bgpd's answer", START, () -> frr.vtysh("show bgp summary").ok(), () -> frr.jobs.get(2).tail(5));
        return frr;
    }

    /** Runs one vtysh command. */
    public Shell.Result vtysh(String command) {
        return Shell.run(Shell.SHORT, "vtysh", "--vty_socket", directory.toString(), "--config_dir", directory.toString(), "-c", command);
    }

    /** Types these lines into the running configuration. */
    public void configure(String... lines) {
        var command = new ArrayList<>(List.of("vtysh", "--vty_socket", directory.toString(), "--config_dir", directory.toString(), "-c", "configure terminal"));
        for (var line : lines) command.addAll(List.of("-c", line));
        Shell.run(Shell.SHORT, "", command).orFail("configuring FRR");
    }

    /** The prefixes received from a neighbour and accepted, as vtysh prints them. */
    public String routesFrom(String neighbour) {
        return vtysh("show bgp ipv4 unicast neighbors " + neighbour + " routes").orFail("FRR's routes").out();
    }

    /** bgpd's own log. */
    public String log() {
        try {
            return Files.readString(directory.resolve("bgpd.log"));
        } catch (IOException e) {
            return "";
        }
    }

    /** bgpd ends without a word to anybody (SIGKILL). */
    public void killBgpd() {
        jobs.getLast().kill();
        Await.until("bgpd's end", START, () -> !jobs.getLast().alive(), () -> "");
    }

    /** Starts another one in its place. */
    public void startBgpd(String bgpdConf) {
        write("bgpd.conf", "log file " + directory.resolve("bgpd.log") + "\n" + bgpdConf);
        jobs.removeLast();
        spawn("bgpd", "-p", "179");
        Await.until("bgpd's answer", START, () -> vtysh("show bgp summary").ok(), () -> jobs.getLast().tail(5));
    }

    /** The daemons: zebra, staticd, bgpd. */
    public List<Job> jobs() {
        return List.copyOf(jobs);
    }

    /** Ends the daemons. */
    @Override
    public void close() {
        jobs.reversed().forEach(Job::terminate);
        for (var job : jobs) {
            if (!job.awaitEnd(Duration.ofSeconds(3))) job.kill();
        }
    }

    private void spawn(String daemon, String... more) {
        var command = new ArrayList<>(List.of(DAEMONS.resolve(daemon).toString(),
                "--vty_socket", directory.toString(), "-z", directory.resolve("zserv.api").toString(), "-A", "127.0.0.1", "-P", "0",
                "-f", directory.resolve(daemon + ".conf").toString(), "-i", directory.resolve(daemon + ".pid").toString()));
        command.addAll(List.of(more));
        jobs.add(namespaces.spawn(namespace, daemon + "-" + namespace, command));
    }

    private void write(String name, String text) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new LabFailure("cannot write FRR's files: " + e.getMessage(), e);
        }
    }
}
