package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Position;
import dev.torii.cli.config.SourceFile;
import java.util.Optional;

/** One line of ipsec.conf, read from left to right. */
final class Line {
    private final SourceFile file;
    private final int number;
    private final Diagnostics diagnostics;
    private final String text;
    private int next;

    Line(SourceFile file, int number, Diagnostics diagnostics) {
        this.file = file;
        this.number = number;
        this.diagnostics = diagnostics;
        this.text = file.lines().get(number - 1);
    }

    int column() { return next + 1; }

    Position position() { return file.at(number, column()); }

    char peek() { return next < text.length() ? text.charAt(next) : '\0'; }

    boolean atEndOrComment() { return next >= text.length() || peek() == '#'; }

    void skipBlanks() { while (next < text.length() && blank(peek())) next++; }

    boolean accept(char c) {
        if (next >= text.length() || peek() != c) return false;
        next++;
        return true;
    }

    /** Everything up to a blank or =. */
    String keyword() {
        int from = next;
        while (next < text.length() && !blank(peek()) && peek() != '=') next++;
        return text.substring(from, next);
    }

    /** What is left, without blanks at its ends. */
    String rest() {
        String rest = text.substring(next).strip();
        next = text.length();
        return rest;
    }

    /** A value: in double quotes, in braces, or up to the next blank. Empty after an error, which has been reported. */
    Optional<String> value() {
        if (peek() == '"' || peek() == '{') {
            char close = peek() == '"' ? '"' : '}';
            int end = text.indexOf(close, next + 1);
            if (end < 0) {
                diagnostics.error(position(), "this " + peek() + " is never closed", "add " + close + " at the end of the value");
                return Optional.empty();
            }
            String value = text.substring(next + 1, end).strip();
            next = end + 1;
            return Optional.of(value);
        }
        int from = next;
        if (peek() == '#') return Optional.of("");
        while (next < text.length() && !blank(peek())) next++;
        return Optional.of(text.substring(from, next));
    }

    private static boolean blank(char c) { return c == ' ' || c == '\t'; }
}
