package dev.torii.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

/** {@code torii status}. */
@Command(name = "status", description = "show the connections and their tunnels, as 'ipsec status' does")
public final class StatusCommand extends AskingCommand {
    @Override
    List<String> words() {
        return List.of("status");
    }
}
