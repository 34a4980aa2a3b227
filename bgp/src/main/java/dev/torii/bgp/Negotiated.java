package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Capability;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What two OPEN messages agree on.
 *
 * @param holdTime        0: neither keepalives nor a hold timer
 * @param keepalive       0 if the hold time is
 * @param enhancedRefresh RFC 7313: both mark where a refresh begins and ends
 * @param gracefulRestart what the peer announced; empty: nothing, or not asked for here
 */
public record Negotiated(long remoteAs, Inet4Address remoteId, Duration holdTime, Duration keepalive,
        boolean fourOctetAs, boolean routeRefresh, Set<AddressFamily> families,
        boolean enhancedRefresh, Optional<Capability.GracefulRestart> gracefulRestart) {
    private static final Duration LEAST_SEND_HOLD = Duration.ofMinutes(8);

    public Negotiated { families = Set.copyOf(families); }

    /** RFC 9687 section 5: how long the peer may take nothing of what it is sent. */
    Duration sendHold() {
        var twice = holdTime.multipliedBy(2);
        return twice.compareTo(LEAST_SEND_HOLD) > 0 ? twice : LEAST_SEND_HOLD;
    }

    /** Those whose routes are kept when the peer restarts; {@code forwarding}: only if it has kept forwarding over its last restart. */
    Set<AddressFamily> restartable(boolean forwarding) {
        return gracefulRestart.stream().flatMap(restart -> restart.families().stream()).filter(one -> one.forwarding() || !forwarding)
                .map(Capability.PreservedFamily::family).filter(families::contains).collect(Collectors.toSet());
    }
}
