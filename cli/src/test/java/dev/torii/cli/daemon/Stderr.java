package dev.torii.cli.daemon;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the program logs while this is open: its log goes to stderr. */
final class Stderr implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    Stderr() {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Override public void close() {
        System.setErr(before);
    }
}
