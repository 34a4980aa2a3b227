package dev.torii.cli.config.frr;

import dev.torii.cli.config.ConfigFiles;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Position;
import dev.torii.cli.config.SourceFile;
import dev.torii.cli.config.Warning;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** FRR's files below the root. */
public final class FrrConf {
    private static final String DAEMONS = "/etc/frr/daemons";
    private static final String INTEGRATED = "/etc/frr/frr.conf";
    private static final List<String> PER_DAEMON = List.of("/etc/frr/zebra.conf", "/etc/frr/staticd.conf", "/etc/frr/bgpd.conf");

    private FrrConf() {}

    /** @param interfaces the tunnels' interfaces with their inner addresses, for {@code update-source} */
    public static Routing load(ConfigFiles files, Map<String, InetAddress> interfaces, Diagnostics diagnostics) {
        var daemons = new DaemonsFile();
        boolean hasDaemons = files.exists(DAEMONS);
        if (hasDaemons) files.read(DAEMONS, Optional.empty(), file -> daemons.read(file, diagnostics));
        var integrated = new ArrayList<SourceFile>();
        if (files.exists(INTEGRATED)) files.read(INTEGRATED, Optional.empty(), integrated::add);
        var perDaemon = new ArrayList<SourceFile>();
        for (String name : PER_DAEMON) if (files.exists(name)) files.read(name, Optional.empty(), perDaemon::add);

        // packages ship a frr.conf that says nothing of routing: it does not put the per-daemon files out of use
        var used = integrated.stream().anyMatch(file -> routing(file).isPresent()) ? integrated : perDaemon;
        if (used == integrated) {
            var where = routing(integrated.getFirst()).orElseThrow();
            for (SourceFile file : perDaemon) {
                routing(file).ifPresent(at -> diagnostics.error(at, "routing is configured here and in " + where + "; FRR would use one of the two files only",
                        "move everything into " + INTEGRATED + ", or empty it and keep the files of the daemons"));
            }
        }
        var state = new FrrState(interfaces, diagnostics);
        daemons.profile().ifPresent(state::profile);
        var parser = new FrrParser(state, diagnostics);
        for (SourceFile file : used) parser.parse(file);
        var routing = state.finish();
        if (routing.bgp().isEmpty()) return routing;
        var bgpAt = state.bgpAt();
        if (!hasDaemons) {
            diagnostics.warn(Warning.Kind.BGP, bgpAt, "there is no " + DAEMONS + "; BGP is started because this is here", "write bgpd=yes into " + DAEMONS);
        } else if (!daemons.bgpRuns()) {
            diagnostics.warn(Warning.Kind.BGP, daemons.bgpLine().orElse(new Position(DAEMONS, 1, 1)), "BGP is configured at " + bgpAt + " but not started", "write bgpd=yes");
            return new Routing(routing.staticRoutes(), Optional.empty(), routing.hostname(), routing.version());
        }
        return daemons.bgpWithoutKernel() ? routing.withoutKernel() : routing;
    }

    /** The first line that makes a file count. */
    private static Optional<Position> routing(SourceFile file) {
        for (int i = 1; i <= file.lines().size(); i++) {
            var words = Word.of(file, i);
            boolean router = words.size() > 1 && words.getFirst().text().equals("router");
            boolean route = words.size() > 2 && List.of("ip", "ipv6").contains(words.getFirst().text()) && words.get(1).text().equals("route");
            if (router || route) return Optional.of(words.getFirst().at());
        }
        return Optional.empty();
    }
}
