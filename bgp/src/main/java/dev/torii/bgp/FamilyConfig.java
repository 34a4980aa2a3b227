package dev.torii.bgp;

import java.time.Duration;
import java.util.Optional;

/**
 * What {@code address-family} says of one neighbour.
 *
 * @param weight                of the routes this neighbour sends, 0 to 65535
 * @param advertisementInterval minimum time between updates (RFC 4271 section 9.2.1.1); FRR's default is 0
 * @param prefixListIn          names, resolved when a route is looked at: a name without a list denies everything
 * @param routeMapIn            names, resolved when a route is looked at: a name without a map denies everything
 */
public record FamilyConfig(boolean activate, boolean nextHopSelf, boolean softReconfigurationInbound, int weight,
        Duration advertisementInterval, Optional<String> prefixListIn, Optional<String> prefixListOut,
        Optional<String> routeMapIn, Optional<String> routeMapOut) {

    /** An activated family without policy. */
    public static final FamilyConfig DEFAULT = new FamilyConfig(true, false, false, 0, Duration.ZERO,
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public FamilyConfig withActivate(boolean value) {
        return new FamilyConfig(value, nextHopSelf, softReconfigurationInbound, weight, advertisementInterval, prefixListIn, prefixListOut, routeMapIn, routeMapOut);
    }

    public FamilyConfig withNextHopSelf(boolean value) {
        return new FamilyConfig(activate, value, softReconfigurationInbound, weight, advertisementInterval, prefixListIn, prefixListOut, routeMapIn, routeMapOut);
    }

    public FamilyConfig withSoftReconfigurationInbound(boolean value) {
        return new FamilyConfig(activate, nextHopSelf, value, weight, advertisementInterval, prefixListIn, prefixListOut, routeMapIn, routeMapOut);
    }

    public FamilyConfig withWeight(int value) {
        return new FamilyConfig(activate, nextHopSelf, softReconfigurationInbound, value, advertisementInterval, prefixListIn, prefixListOut, routeMapIn, routeMapOut);
    }

    public FamilyConfig withAdvertisementInterval(Duration value) {
        return new FamilyConfig(activate, nextHopSelf, softReconfigurationInbound, weight, value, prefixListIn, prefixListOut, routeMapIn, routeMapOut);
    }

    public FamilyConfig withPrefixListIn(String name) {
        return new FamilyConfig(activate, nextHopSelf, softReconfigurationInbound, weight, advertisementInterval, Optional.of(name), prefixListOut, routeMapIn, routeMapOut);
    }

    public FamilyConfig withPrefixListOut(String name) {
        return new FamilyConfig(activate, nextHopSelf, softReconfigurationInbound, weight, advertisementInterval, prefixListIn, Optional.of(name), routeMapIn, routeMapOut);
    }

    public FamilyConfig withRouteMapIn(String name) {
        return new FamilyConfig(activate, nextHopSelf, softReconfigurationInbound, weight, advertisementInterval, prefixListIn, prefixListOut, Optional.of(name), routeMapOut);
    }

    public FamilyConfig withRouteMapOut(String name) {
        return new FamilyConfig(activate, nextHopSelf, softReconfigurationInbound, weight, advertisementInterval, prefixListIn, prefixListOut, routeMapIn, Optional.of(name));
    }
}
