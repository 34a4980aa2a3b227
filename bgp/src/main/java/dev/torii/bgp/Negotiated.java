package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.Set;

/**
 * What two OPEN messages agree on.
 *
 * @param holdTime  0: neither keepalives nor a hold timer
 * @param keepalive 0 if the hold time is
 */
public record Negotiated(long remoteAs, Inet4Address remoteId, Duration holdTime, Duration keepalive,
        boolean fourOctetAs, boolean routeRefresh, Set<AddressFamily> families) {
    public Negotiated { families = Set.copyOf(families); }
}
