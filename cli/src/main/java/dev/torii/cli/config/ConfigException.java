package dev.torii.cli.config;

import java.util.List;
import java.util.stream.Collectors;

/** The files cannot be used: everything that is wrong with them, not just the first thing. The message is meant for the user as it is. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final transient List<Warning> warnings;

    /** @param problems not empty */
    public ConfigException(List<Problem> problems, List<Warning> warnings) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
        this.warnings = List.copyOf(warnings);
    }

    /** In the order of the files, not empty. */
    public List<Problem> problems() { return problems; }

    /** Found along the way. */
    public List<Warning> warnings() { return warnings; }
}
