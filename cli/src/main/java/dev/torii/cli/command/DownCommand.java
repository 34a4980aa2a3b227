package dev.torii.cli.command;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code torii down}. */
@Command(name = "down", description = "take a connection down, as 'ipsec auto --down' does; it stays down until 'torii up'")
public final class DownCommand extends AskingCommand {
    @Parameters(paramLabel = "CONN", description = "the connection's name")
    private String connection;

    @Override
    List<String> words() {
        return List.of("down", connection);
    }
}
