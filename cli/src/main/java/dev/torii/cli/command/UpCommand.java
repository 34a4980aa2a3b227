package dev.torii.cli.command;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code torii up}. */
@Command(name = "up", description = "bring a connection up, as 'ipsec auto --up' does")
public final class UpCommand extends AskingCommand {
    @Parameters(paramLabel = "CONN", description = "the connection's name")
    private String connection;

    @Override
    List<String> words() {
        return List.of("up", connection);
    }
}
