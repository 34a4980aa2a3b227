package dev.torii.cli.config.frr;

import dev.torii.bgp.BgpConfig;
import dev.torii.cli.config.StaticRoute;
import java.util.List;
import java.util.Optional;

/** What FRR's files mean for Torii. */
public record Routing(List<StaticRoute> staticRoutes, Optional<BgpConfig> bgp, Optional<String> hostname) {
    /** Copies the list. */
    public Routing { staticRoutes = List.copyOf(staticRoutes); }
}
