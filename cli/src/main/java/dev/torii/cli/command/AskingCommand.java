package dev.torii.cli.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands have in common that ask the running daemon. */
abstract class AskingCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--run-dir", paramLabel = "DIR", defaultValue = "/run/torii", description = "the daemon's run directory (default: ${DEFAULT-VALUE})")
    private Path runDirectory;

    @Option(names = "--json", description = "answer in JSON")
    private boolean json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
    private boolean help;

    /** The request's words, as the daemon knows them. */
    abstract List<String> words();

    @Override
    public Integer call() {
        var words = new ArrayList<>(words());
        if (json) words.add("--json");
        return ControlClient.ask(runDirectory, words, spec.commandLine().getOut(), spec.commandLine().getErr());
    }
}
