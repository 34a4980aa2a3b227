package dev.torii.cli.config.frr;

import dev.torii.bgp.PeerConfig;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.cli.config.Position;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** A neighbour, or a group of them, while its lines are read. What a neighbour says of itself goes before what its group says. */
final class Neighbor {
    final String name;
    final Position at;
    /** What was said, by the words of the command. */
    final Map<String, Setting> settings = new LinkedHashMap<>();
    OptionalLong remoteAs = OptionalLong.empty();
    Position remoteAsAt;
    Optional<Neighbor> group = Optional.empty();

    /** Keepalive interval and hold time. */
    record Timers(Duration keepalive, Duration hold) {}

    /** What one line asks for, and the list or map that it names. */
    record Setting(Consumer<PeerConfig.Builder> change, Optional<Reference> reference) {}

    Neighbor(String name, Position at) {
        this.name = name;
        this.at = at;
        this.remoteAsAt = at;
    }

    /** Its own, or that of its group. */
    OptionalLong as() { return remoteAs.isPresent() ? remoteAs : group.map(Neighbor::as).orElse(OptionalLong.empty()); }

    /** All that holds for it. */
    Collection<Setting> allSettings() {
        var all = new LinkedHashMap<String, Setting>();
        group.ifPresent(of -> all.putAll(of.settings));
        all.putAll(settings);
        return all.values();
    }

    PeerConfig build(InetAddress address, Timers timersOfAll, Duration connectRetryOfAll, FrrState.Bgp router) {
        var builder = PeerConfig.builder(address, as().orElseThrow()).timers(timersOfAll.keepalive(), timersOfAll.hold()).connectRetry(connectRetryOfAll)
                .gracefulRestart(router.gracefulRestart);
        for (AddressFamily family : AddressFamily.KNOWN) builder.family(family, said -> said.activate(router.family(family).activate));
        router.shutdown.ifPresent(builder::shutdown);
        for (Setting setting : allSettings()) setting.change().accept(builder);
        return builder.build();
    }
}
