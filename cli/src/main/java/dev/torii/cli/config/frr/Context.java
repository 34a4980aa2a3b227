package dev.torii.cli.config.frr;

/** Where a line stands: FRR calls it a node. */
enum Context {
    TOP, ROUTER_BGP, IPV4_UNICAST, IPV6_UNICAST, ROUTE_MAP, INTERFACE, LINE_VTY,
    /** Inside something that has been refused as a whole. */
    SKIPPED;

    /** Where a line is tried next. */
    Context parent() { return this == IPV4_UNICAST || this == IPV6_UNICAST ? ROUTER_BGP : TOP; }
}
