package dev.torii.cli.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects everything that is wrong or doubtful while the files are read. The same thing at the same place is reported once. */
public final class Diagnostics {
    private final Set<Problem> problems = new LinkedHashSet<>();
    private final Set<Warning> warnings = new LinkedHashSet<>();

    /** Torii will not start. */
    public void error(Position at, String cause, String suggestion) { problems.add(new Problem(at, cause, suggestion)); }

    /** Torii will start. */
    public void warn(Warning.Kind kind, Position at, String text, String suggestion) { warnings.add(new Warning(kind, at, text, suggestion)); }

    /** How many errors there are so far: unchanged after a step means that the step went well. */
    public int errors() { return problems.size(); }

    /** In the order of the files. */
    public List<Warning> warnings() {
        var sorted = new ArrayList<>(warnings);
        sorted.sort((a, b) -> a.at().compareTo(b.at()));
        return sorted;
    }

    /** @throws ConfigException if there was an error */
    public void check() throws ConfigException {
        if (problems.isEmpty()) return;
        var sorted = new ArrayList<>(problems);
        sorted.sort((a, b) -> a.at().compareTo(b.at()));
        throw new ConfigException(sorted, warnings());
    }
}
