package dev.torii.cli;

import dev.torii.cli.command.ClearCommand;
import dev.torii.cli.command.DownCommand;
import dev.torii.cli.command.RunCommand;
import dev.torii.cli.command.ShowCommand;
import dev.torii.cli.command.StatusCommand;
import dev.torii.cli.command.TrafficCommand;
import dev.torii.cli.command.UpCommand;
import dev.torii.cli.lab.LabCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code torii} command: 0 fine, 1 the operation failed, 2 usage or configuration error. */
@Command(
        name = "torii",
        description = "A userspace IPsec and BGP gateway in one process: reads ipsec.conf and FRR's files, needs only /dev/net/tun.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {RunCommand.class, StatusCommand.class, TrafficCommand.class, ShowCommand.class, ClearCommand.class, UpCommand.class,
                DownCommand.class, LabCommand.class})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Runs one command and leaves with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The whole command tree, for {@link #main} and for tests. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("torii: " + (failure.getMessage() == null ? failure.toString() : failure.getMessage()));
            return 1;
        });
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"torii " + (version == null ? "(unpackaged)" : version)};
        }
    }
}
