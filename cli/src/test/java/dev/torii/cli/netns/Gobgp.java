package dev.torii.cli.netns;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Job;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** GoBGP in one namespace. */
final class Gobgp {
    private final Namespaces namespaces;
    private final String namespace;
    private final Job job;

    private Gobgp(Namespaces namespaces, String namespace, Job job) {
        this.namespaces = namespaces;
        this.namespace = namespace;
        this.job = job;
    }

    static boolean installed() {
        return Shell.has("gobgpd") && Shell.has("gobgp");
    }

    /** Starts it and waits until it answers. */
    static Gobgp start(Namespaces namespaces, String namespace, String configuration) throws IOException {
        var directory = namespaces.state().resolve("gobgp-" + namespace);
        Files.createDirectories(directory);
        var file = directory.resolve("gobgpd.toml");
        Files.writeString(file, configuration);
        var job = namespaces.spawn(namespace, "gobgpd-" + namespace, List.of("gobgpd", "-f", file.toString(), "--api-hosts", "127.0.0.1:50051"));
        var gobgp = new Gobgp(namespaces, namespace, job);
        Await.until("GoBGP's answer", Vpn.UP, () -> gobgp.run("neighbor").ok(), () -> job.tail(5));
        return gobgp;
    }

    /** What it answers to a command. */
    String ask(String... words) {
        return run(words).text();
    }

    /** A command that must succeed. */
    void tell(String... words) {
        run(words).orFail("gobgp " + String.join(" ", words));
    }

    private Shell.Result run(String... words) {
        var command = new ArrayList<>(List.of("gobgp"));
        command.addAll(List.of(words));
        return namespaces.run(namespace, Shell.SHORT, command.toArray(String[]::new));
    }

    Job job() {
        return job;
    }
}
