package dev.torii.cli.config;

import java.nio.charset.Charset;
import java.util.List;

/**
 * A configuration file as text.
 *
 * @param name    below the root, with a leading slash
 * @param lines   without line ends; the last one need not have had one
 * @param charset that turns the text back into the bytes of the file
 */
public record SourceFile(String name, List<String> lines, Charset charset) {
    /** Copies the lines. */
    public SourceFile { lines = List.copyOf(lines); }

    /** A place in it; both from 1. */
    public Position at(int line, int column) { return new Position(name, line, column); }

    /** Its directory, with a trailing slash. */
    public String directory() { return name.substring(0, name.lastIndexOf('/') + 1); }
}
