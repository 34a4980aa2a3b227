package dev.torii.cli.config;

import dev.torii.bgp.BgpConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Everything the files say, checked.
 *
 * @param tunnels      in the order of the files; empty where there is no IPsec
 * @param staticRoutes in the order of the files
 * @param bgp          present where BGP is to run; without a router id where the files give none
 * @param bgpInKernel  whether the routes that BGP learns go into the kernel: not with bgpd's -n
 * @param hostname     FRR's {@code hostname}, for display
 * @param frrVersion   FRR's {@code frr version}
 * @param warnings     in the order of the files
 */
public record SiteConfig(List<TunnelConfig> tunnels, List<StaticRoute> staticRoutes, Optional<BgpConfig> bgp,
        boolean bgpInKernel, Optional<String> hostname, Optional<FrrVersion> frrVersion, List<Warning> warnings) {

    /** Copies the lists. */
    public SiteConfig {
        tunnels = List.copyOf(tunnels);
        staticRoutes = List.copyOf(staticRoutes);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads etc/ipsec.conf, etc/ipsec.d/*.conf, etc/ipsec.secrets, etc/ipsec.d/*.secrets and etc/frr/* below {@code root}. What is missing is not
     * configured.
     *
     * @throws ConfigException with everything that is wrong
     */
    public static SiteConfig load(Path root, Host host) throws ConfigException {
        return SiteLoader.load(root, host);
    }
}
