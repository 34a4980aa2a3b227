package dev.torii.cli.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** What the operator sees of the lab: a line per step, with the time that passes on a terminal; colour only there. */
final class Steps {
    private static final String[] SPINNER = {"|", "/", "-", "\\"};
    private static final long FRAME_NANOS = 120_000_000;

    private final PrintStream out;
    private final boolean terminal;
    private final boolean colour;
    private volatile boolean silent;

    Steps(PrintStream out, boolean terminal, boolean colour) {
        this.out = out;
        this.terminal = terminal;
        this.colour = colour;
    }

    /** For this process's standard output. */
    static Steps onStandardOutput() {
        boolean terminal = false;
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            boolean tty = target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
            terminal = tty && !"dumb".equals(System.getenv("TERM"));
        } catch (IOException e) {
            terminal = false;       // no /proc: plain lines are never wrong
        }
        var noColour = System.getenv("NO_COLOR");
        return new Steps(System.out, terminal, terminal && (noColour == null || noColour.isEmpty()));
    }

    /** Does {@code work} under a line that says so; a failure is marked and passed on. */
    <T> T step(String what, Callable<T> work) {
        long start = System.nanoTime();
        var spinner = spin(what, start);
        boolean done = false;
        try {
            var result = work.call();
            done = true;
            return result;
        } catch (LabFailure e) {
            throw e;
        } catch (Exception e) {
            throw new LabFailure(what + ": " + e, e);
        } finally {
            stop(spinner);
            line((terminal ? "\r\033[K" : "") + (done ? paint("32", "  ok  ") : paint("31", " FAIL ")) + what + seconds(start));
        }
    }

    /** As {@link #step(String, Callable)} for work without a result. */
    void step(String what, Runnable work) {
        step(what, () -> {
            work.run();
            return true;
        });
    }

    /** A heading over what follows. */
    void heading(String text) {
        line("");
        line(paint("1", text));
    }

    /** What a person at {@code host} would type, and what it answers: as the article prints it. */
    void console(String host, String command, String answer) {
        line(paint("36", host + "$ ") + command);
        answer.stripTrailing().lines().forEach(this::line);
    }

    /** A plain line. */
    void line(String text) {
        if (!silent) out.println(text);
    }

    /** The verdict. */
    void verdict(boolean pass, String text) {
        line("");
        line(paint(pass ? "1;32" : "1;31", pass ? "PASS" : "FAIL") + " " + text);
    }

    /** Says this last line and no more: the lab is being taken down under a step's feet. */
    void silence(String last) {
        if (!silent) out.println((terminal ? "\r\033[K" : "") + last);
        silent = true;
    }

    /** Whether the lab is being taken down. */
    boolean silenced() {
        return silent;
    }

    private Thread spin(String what, long start) {
        return Thread.ofPlatform().daemon().name("lab-spinner").start(() -> {
            for (int frame = 0; terminal && !Thread.currentThread().isInterrupted(); frame++) {
                if (!silent) {
                    out.print("\r\033[K  " + paint("33", SPINNER[frame % SPINNER.length]) + "   " + what + seconds(start));
                    out.flush();
                }
                LockSupport.parkNanos(FRAME_NANOS);
            }
        });
    }

    private static void stop(Thread spinner) {
        spinner.interrupt();
        try {
            spinner.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String paint(String code, String text) {
        return colour ? "\033[" + code + "m" + text + "\033[0m" : text;
    }

    private static String seconds(long start) {
        return String.format(Locale.ROOT, " (%.1f s)", (System.nanoTime() - start) / 1e9);
    }
}
