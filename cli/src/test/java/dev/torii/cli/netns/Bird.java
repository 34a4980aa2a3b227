package dev.torii.cli.netns;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Job;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** BIRD 2 in one namespace, with its control socket and its log beside its file. */
final class Bird {
    private final Path directory;
    private final Job job;

    private Bird(Path directory, Job job) {
        this.directory = directory;
        this.job = job;
    }

    static boolean installed() {
        return Shell.has("bird") && Shell.has("birdc");
    }

    /** Starts it and waits until it answers. */
    static Bird start(Namespaces namespaces, String namespace, String configuration) throws IOException {
        var directory = namespaces.state().resolve("bird-" + namespace);
        Files.createDirectories(directory);
        var file = directory.resolve("bird.conf");
        Files.writeString(file, "log \"" + directory.resolve("bird.log") + "\" all;\n" + configuration);
        var job = namespaces.spawn(namespace, "bird-" + namespace, List.of("bird", "-f", "-c", file.toString(), "-s", directory.resolve("ctl").toString()));
        var bird = new Bird(directory, job);
        Await.until("BIRD's answer", Vpn.UP, () -> bird.ask("show", "status").contains("Daemon is up"), () -> job.tail(5));
        return bird;
    }

    /** What it answers to a command. */
    String ask(String... words) {
        var command = new ArrayList<>(List.of("birdc", "-s", directory.resolve("ctl").toString()));
        command.addAll(List.of(words));
        return Shell.run(Shell.SHORT, "", command).text();
    }

    Job job() {
        return job;
    }
}
