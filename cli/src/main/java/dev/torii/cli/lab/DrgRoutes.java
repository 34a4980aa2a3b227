package dev.torii.cli.lab;

/** Looks at the kernel's routes in the DRG's namespace, whoever made them. */
final class DrgRoutes {
    private DrgRoutes() {}

    /** Whether packets for lic-srv go to both head ends. */
    static boolean useBoth(Namespaces namespaces) {
        var routes = namespaces.script("drg", "ip route show to match " + Topology.LIC).out();
        return routes.contains(Topology.headEndInner(1)) && routes.contains(Topology.headEndInner(2));
    }
}
