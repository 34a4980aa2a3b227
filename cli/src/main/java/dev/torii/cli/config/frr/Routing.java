package dev.torii.cli.config.frr;

import dev.torii.bgp.BgpConfig;
import dev.torii.cli.config.FrrVersion;
import dev.torii.cli.config.StaticRoute;
import java.util.List;
import java.util.Optional;

/**
 * What FRR's files mean for Torii.
 *
 * @param bgpInKernel whether the routes that BGP learns go into the kernel
 */
public record Routing(List<StaticRoute> staticRoutes, Optional<BgpConfig> bgp, Optional<String> hostname, Optional<FrrVersion> version, boolean bgpInKernel) {
    /** Copies the list. */
    public Routing { staticRoutes = List.copyOf(staticRoutes); }

    /** With the kernel, as nearly always. */
    public Routing(List<StaticRoute> staticRoutes, Optional<BgpConfig> bgp, Optional<String> hostname, Optional<FrrVersion> version) { this(staticRoutes, bgp, hostname, version, true); }

    /** The same, but what BGP learns stays out of the kernel. */
    Routing withoutKernel() { return new Routing(staticRoutes, bgp, hostname, version, false); }
}
