package dev.torii.cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A long-running program the lab started, with its log. It is known by pid and start time, so that no stranger is ever ended. */
public final class Job {
    private static final int START_TIME_FIELD = 22;     // proc(5), /proc/PID/stat

    private final String name;
    private final Process process;
    private final Path log;

    private Job(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** Starts {@code command} in a session of its own (a terminal's Ctrl-C is the lab's, not its), output to {@code log}. */
    static Job start(String name, Path log, List<String> command) {
        var argv = new ArrayList<>(List.of("setsid"));
        argv.addAll(command);
        try {
            Files.createDirectories(log.getParent());
            var builder = new ProcessBuilder(argv).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.redirectInput(Path.of("/dev/null").toFile());
            return new Job(name, builder.start(), log);
        } catch (IOException e) {
            throw new LabFailure("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    /** What the lab calls it. */
    public String name() {
        return name;
    }

    /** The program's own pid: every program between it and the lab replaces itself. */
    public long pid() {
        return process.pid();
    }

    /** Whether it still runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** Its exit status, once it has ended. */
    public Optional<Integer> exit() {
        return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
    }

    /** Everything it wrote so far. */
    public String output() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            return "(log unreadable: " + e.getMessage() + ")";
        }
    }

    /** The last lines it wrote. */
    public String tail(int lines) {
        var all = output().strip().lines().toList();
        return String.join(System.lineSeparator(), all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    /** Asks it to end (SIGTERM). */
    public void terminate() {
        process.destroy();
    }

    /** Ends it without asking (SIGKILL). */
    public void kill() {
        process.destroyForcibly();
    }

    /** Waits for its end; whether it came in time. */
    public boolean awaitEnd(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    /** The clock tick a process started at, which together with the pid names it for good; empty if there is none. */
    static Optional<String> startTime(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            var afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");   // the name may hold spaces
            return Optional.of(afterName[START_TIME_FIELD - 3]);
        } catch (IOException e) {
            return Optional.empty();        // it has ended
        }
    }
}
