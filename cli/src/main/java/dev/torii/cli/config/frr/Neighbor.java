package dev.torii.cli.config.frr;

import dev.torii.bgp.FamilyConfig;
import dev.torii.bgp.PeerConfig;
import dev.torii.cli.config.Position;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A neighbour while its lines are read. */
final class Neighbor {
    /** Which list a neighbour's routes pass, and where a line says so. */
    record Reference(String name, Position at) {}

    /** The four places of policy. */
    enum Policy {
        ROUTE_MAP_IN, ROUTE_MAP_OUT, PREFIX_LIST_IN, PREFIX_LIST_OUT;

        boolean routeMap() { return this == ROUTE_MAP_IN || this == ROUTE_MAP_OUT; }

        boolean in() { return this == ROUTE_MAP_IN || this == PREFIX_LIST_IN; }

        static Policy of(boolean routeMap, boolean in) {
            if (routeMap) return in ? ROUTE_MAP_IN : ROUTE_MAP_OUT;
            return in ? PREFIX_LIST_IN : PREFIX_LIST_OUT;
        }
    }

    final InetAddress address;
    final long remoteAs;
    final Position at;
    final Map<Policy, Reference> policies = new HashMap<>();
    Optional<String> description = Optional.empty();
    Optional<InetAddress> updateSource = Optional.empty();
    Optional<Timers> timers = Optional.empty();
    Optional<Duration> connectRetry = Optional.empty();
    Optional<Boolean> activate = Optional.empty();
    Duration delayOpen = Duration.ZERO;
    Duration advertisementInterval = Duration.ZERO;
    boolean passive;
    boolean shutdown;
    boolean nextHopSelf;
    boolean softReconfigurationInbound;
    int ebgpMultihop = 1;
    int weight;

    /** Keepalive interval and hold time. */
    record Timers(Duration keepalive, Duration hold) {}

    Neighbor(InetAddress address, long remoteAs, Position at) {
        this.address = address;
        this.remoteAs = remoteAs;
        this.at = at;
    }

    PeerConfig build(Timers timersOfAll, Duration connectRetryOfAll, boolean activateByDefault) {
        var used = timers.orElse(timersOfAll);
        var builder = PeerConfig.builder(address, remoteAs).timers(used.keepalive(), used.hold()).connectRetry(connectRetry.orElse(connectRetryOfAll))
                .delayOpen(delayOpen).passive(passive).shutdown(shutdown).ebgpMultihop(ebgpMultihop)
                .ipv4Unicast(new FamilyConfig(activate.orElse(activateByDefault), nextHopSelf, softReconfigurationInbound, weight, advertisementInterval,
                        name(Policy.PREFIX_LIST_IN), name(Policy.PREFIX_LIST_OUT), name(Policy.ROUTE_MAP_IN), name(Policy.ROUTE_MAP_OUT)));
        description.ifPresent(builder::description);
        updateSource.ifPresent(builder::updateSource);
        return builder.build();
    }

    private Optional<String> name(Policy policy) { return Optional.ofNullable(policies.get(policy)).map(Reference::name); }
}
