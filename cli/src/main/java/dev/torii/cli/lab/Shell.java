package dev.torii.cli.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs one foreign program to its end and collects what it says. */
public final class Shell {
    /** How long a program may take that has no reason to take long. */
    public static final Duration SHORT = Duration.ofSeconds(20);
    private static final int TIMED_OUT = 124;   // as timeout(1) reports it

    private Shell() {}

    /** What a program answered: exit status, standard output, standard error. */
    public record Result(int exit, String out, String err) {
        /** Whether it ended with status 0. */
        public boolean ok() {
            return exit == 0;
        }

        /** Both outputs, for a person to read. */
        public String text() {
            return (out + err).strip();
        }

        /** This result if it is a success; a failure that quotes the program's words otherwise. */
        public Result orFail(String what) {
            if (ok()) return this;
            throw new LabFailure(what + ": " + (text().isEmpty() ? "exit status " + exit : text()));
        }
    }

    /** Runs {@code command} with an empty standard input. */
    public static Result run(Duration limit, String... command) {
        return run(limit, "", List.of(command));
    }

    /** Runs {@code command}, feeding it {@code input}; after {@code limit} it is killed and exit status 124 is reported. */
    public static Result run(Duration limit, String input, List<String> command) {
        try {
            var process = new ProcessBuilder(command).start();
            try {
                var out = readAll(process.getInputStream());
                var err = readAll(process.getErrorStream());
                feed(process, input);
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly().waitFor();
                    return new Result(TIMED_OUT, out.join(), err.join() + "no end within " + limit.toSeconds() + " s");
                }
                return new Result(process.exitValue(), out.join(), err.join());
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new LabFailure("cannot run " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while running " + String.join(" ", command), e);
        }
    }

    /** Whether a program of that name is on the path or in the administrator's directories. */
    public static boolean has(String program) {
        return find(program) != null;
    }

    /** Where a program is; null if nowhere. */
    static @Nullable Path find(String program) {
        var path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin:/usr/lib/frr:/usr/lib/ipsec";
        for (var directory : path.split(":")) {
            var candidate = Path.of(directory, program);
            if (!directory.isEmpty() && Files.isExecutable(candidate)) return candidate;
        }
        return null;
    }

    private static void feed(Process process, String input) throws IOException {
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            if (process.isAlive()) throw e;     // it ended without reading: its exit status says why
        }
    }

    private static CompletableFuture<String> readAll(InputStream stream) {
        var text = new CompletableFuture<String>();
        Thread.ofPlatform().daemon().name("lab-output").start(() -> {
            try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.complete("(output lost: " + e.getMessage() + ")\n");
            }
        });
        return text;
    }
}
