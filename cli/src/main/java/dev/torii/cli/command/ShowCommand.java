package dev.torii.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code torii show ...}: FRR's show commands, its words and columns. */
@Command(name = "show", description = {"show routing state, in FRR's words:", "  show bgp summary", "  show bgp ipv4 unicast [PREFIX]",
        "  show bgp neighbors [X [routes|advertised-routes|received-routes|filtered-routes]]", "  show route-map", "  show ip prefix-list", "  show ip route"})
public final class ShowCommand extends AskingCommand {
    @Parameters(paramLabel = "WORD", arity = "1..*", description = "for example: bgp summary")
    private List<String> what;

    @Override
    List<String> words() {
        var words = new ArrayList<String>();
        words.add("show");
        words.addAll(what);
        return words;
    }
}
