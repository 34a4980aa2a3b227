package dev.torii.cli.config;

/**
 * A place in a configuration file.
 *
 * @param file   as the user knows it: its path below the root, with a leading slash
 * @param line   from 1
 * @param column from 1, in characters; a tab is one
 */
public record Position(String file, int line, int column) implements Comparable<Position> {
    /** {@code file:line:column}. */
    @Override public String toString() { return file + ":" + line + ":" + column; }

    /** By file name, then as they are read. */
    @Override public int compareTo(Position other) {
        int byFile = file.compareTo(other.file);
        if (byFile != 0) return byFile;
        return line != other.line ? Integer.compare(line, other.line) : Integer.compare(column, other.column);
    }
}
