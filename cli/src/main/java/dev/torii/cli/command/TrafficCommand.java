package dev.torii.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

/** {@code torii traffic}. */
@Command(name = "traffic", description = "show what each tunnel and SA has carried and dropped, as 'ipsec trafficstatus' and 'ip -s xfrm state' do")
public final class TrafficCommand extends AskingCommand {
    @Override
    List<String> words() {
        return List.of("traffic");
    }
}
