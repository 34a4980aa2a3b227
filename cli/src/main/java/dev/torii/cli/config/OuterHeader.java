package dev.torii.cli.config;

/**
 * What the outer IP header has to do with the inner one.
 *
 * @param encapDscp          outer packets get the DSCP of the inner ones
 * @param decapDscp          inner packets get the DSCP that the outer ones arrived with
 * @param pathMtuDiscovery   outer packets forbid fragmentation, so that a narrower link tells of itself
 */
public record OuterHeader(boolean encapDscp, boolean decapDscp, boolean pathMtuDiscovery) {}
