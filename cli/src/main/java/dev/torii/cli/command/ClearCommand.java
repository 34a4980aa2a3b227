package dev.torii.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code torii clear ...}: FRR's clear commands. */
@Command(name = "clear", description = {"end sessions so that they come up anew, or refresh their routes, in FRR's words:",
        "  clear bgp 192.168.254.2", "  clear bgp * soft in"})
public final class ClearCommand extends AskingCommand {
    @Parameters(paramLabel = "WORD", arity = "1..*", description = "for example: bgp 192.168.254.2 soft")
    private List<String> what;

    @Override
    List<String> words() {
        var words = new ArrayList<String>();
        words.add("clear");
        words.addAll(what);
        return words;
    }
}
