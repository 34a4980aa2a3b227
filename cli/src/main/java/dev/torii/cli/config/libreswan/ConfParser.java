package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.ConfigFiles;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Nearest;
import dev.torii.cli.config.Position;
import dev.torii.cli.config.SourceFile;
import dev.torii.cli.config.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** ipsec.conf(5) as text: sections that start in the first column, indented {@code keyword=value} lines, comments, includes. */
final class ConfParser {
    private static final List<String> HEADERS = List.of("conn", "config", "include", "version");

    private final ConfigFiles files;
    private final Diagnostics diagnostics;
    private final List<Section> conns = new ArrayList<>();
    private final List<Section> setups = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    ConfParser(ConfigFiles files, Diagnostics diagnostics) {
        this.files = files;
        this.diagnostics = diagnostics;
    }

    /** In the order of the files, {@code %default} among them. */
    List<Section> conns() { return conns; }

    List<Section> setups() { return setups; }

    /** The names of the files that were read. */
    List<String> fileNames() { return names; }

    void read(String pattern, Optional<Position> from) {
        for (String name : files.glob(pattern)) {
            if (ConfigFiles.hasWildcard(pattern) || files.exists(name)) files.read(name, from, this::parse);
            else from.ifPresent(at -> diagnostics.warn(Warning.Kind.FILE, at, "there is no file " + name, "remove this include, or create the file"));
        }
    }

    private void parse(SourceFile file) {
        names.add(file.name());
        Open section = null;
        for (int i = 0; i < file.lines().size(); i++) {
            var line = new Line(file, i + 1, diagnostics);
            line.skipBlanks();
            if (line.atEndOrComment()) continue;
            if (line.column() > 1) {
                if (section == null) outside(line);
                else section.entry(line);
                continue;
            }
            close(section);
            section = header(file, line);
        }
        close(section);
    }

    /** A section whose lines are still coming. */
    private final class Open {
        private final String name;
        private final Position at;
        private final boolean setup;
        private final List<Section.Entry> entries = new ArrayList<>();

        private Open(String name, Position at, boolean setup) {
            this.name = name;
            this.at = at;
            this.setup = setup;
        }

        private void entry(Line line) {
            Position at = line.position();
            String keyword = line.keyword();
            line.skipBlanks();
            if (!line.accept('=')) {
                if (HEADERS.contains(keyword)) diagnostics.error(at, "\"" + keyword + "\" must start in the first column", "remove the blanks before it");
                else diagnostics.error(line.position(), "expected = after " + keyword, "write " + keyword + "=value");
                return;
            }
            line.skipBlanks();
            Position valueAt = line.position();
            boolean free = keyword.equalsIgnoreCase("x-comment") || keyword.equalsIgnoreCase("x_comment");
            Optional<String> value = free ? Optional.of(line.rest()) : line.value();
            if (value.isEmpty()) return;
            if (value.get().isEmpty()) {
                diagnostics.warn(Warning.Kind.WITHOUT_EFFECT, valueAt, keyword + "= has no value and no effect", "give it one, or remove the line");
                return;
            }
            line.skipBlanks();
            if (!line.atEndOrComment()) {
                diagnostics.error(line.position(), "more than one value for " + keyword, "put the value in double quotes, or a # before a comment");
                return;
            }
            entries.add(new Section.Entry(keyword, at, value.get(), valueAt));
        }
    }

    private void close(Open section) {
        if (section == null) return;
        (section.setup ? setups : conns).add(new Section(section.name, section.at, section.entries));
    }

    private Open header(SourceFile file, Line line) {
        Position at = line.position();
        String word = line.keyword();
        line.skipBlanks();
        switch (word) {
            case "conn" -> {
                Position nameAt = line.position();
                Optional<String> name = line.value().filter(text -> !text.isEmpty() && !text.startsWith("#"));
                if (name.isEmpty()) diagnostics.error(nameAt, "conn without a name", "write conn NAME");
                else noMore(line, "conn " + name.get());
                return new Open(name.orElse(""), at, false);
            }
            case "config" -> {
                Position nameAt = line.position();
                if (!line.keyword().equals("setup")) diagnostics.error(nameAt, "expected \"setup\" after \"config\"", "write config setup");
                else noMore(line, "config setup");
                return new Open("setup", at, true);
            }
            case "include" -> {
                Position nameAt = line.position();
                Optional<String> pattern = line.value();
                if (pattern.isPresent() && pattern.get().isEmpty()) diagnostics.error(nameAt, "include without a file", "write include FILE");
                else if (pattern.isPresent() && noMore(line, "include")) {
                    String name = pattern.get();
                    read(name.startsWith("/") ? name : file.directory() + name, Optional.of(nameAt));
                }
                return null;
            }
            case "version" -> {
                return null;
            }
            default -> {
                unknownHeader(line, at, word);
                return new Open("", at, true);       // its lines are read for their form, not for their meaning
            }
        }
    }

    private void unknownHeader(Line line, Position at, String word) {
        if (line.peek() == '=') {
            diagnostics.error(at, "\"" + word + "=\" in the first column belongs to no conn",
                    "indent the line: only conn, config setup and include start in the first column");
        } else if (word.equals("ca")) {
            diagnostics.error(at, "\"ca\" sections are not supported", "remove it: peers are authenticated by pre-shared key");
        } else {
            diagnostics.error(at, "unknown section \"" + word + "\"",
                    Nearest.to(word, HEADERS).map(near -> "did you mean " + near + "?").orElse("a section starts with conn NAME or config setup"));
        }
    }

    private boolean noMore(Line line, String after) {
        line.skipBlanks();
        if (line.atEndOrComment()) return true;
        diagnostics.error(line.position(), "unexpected text after " + after, "put a # before a comment");
        return false;
    }

    private void outside(Line line) {
        Position at = line.position();
        String word = line.keyword();
        if (HEADERS.contains(word)) diagnostics.error(at, "\"" + word + "\" must start in the first column", "remove the blanks before it");
        else diagnostics.error(at, "this line belongs to no section", "write conn NAME in a line of its own before it");
    }
}
