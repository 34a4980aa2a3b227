package dev.torii.cli.daemon;

import dev.torii.cli.show.TrafficView;
import dev.torii.esp.DropCounters;
import dev.torii.esp.SaCounters;
import dev.torii.esp.SaDatabase;
import dev.torii.esp.Verdict;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Spi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the packet path's counters while it counts, for {@code torii traffic}. */
final class TrafficReport {
    private final PacketThreads packets;
    private final SaDatabase sad;

    TrafficReport(PacketThreads packets, SaDatabase sad) {
        this.packets = packets;
        this.sad = sad;
    }

    /** @param nowNanos of {@link System#nanoTime}, the loops' clock */
    TrafficView of(List<Tunnel> tunnels, long nowNanos) {
        var elsewhere = new EnumMap<Verdict, Long>(Verdict.class);
        elsewhere.putAll(packets.inboundDrops().seen());            // read first: what a tunnel counts meanwhile must not be missing here
        var shown = new ArrayList<TrafficView.Tunnel>();
        for (Tunnel tunnel : tunnels) {
            var of = tunnel(tunnel, nowNanos);
            of.in().drops().forEach((reason, count) -> elsewhere.computeIfPresent(reason, (same, all) -> all > count ? all - count : null));
            shown.add(of);
        }
        return new TrafficView(shown, elsewhere);
    }

    private TrafficView.Tunnel tunnel(Tunnel tunnel, long nowNanos) {
        var suites = new HashMap<Integer, String>();
        for (var child : tunnel.status().map(IkeStatus::children).orElse(List.of())) {
            suites.put(child.inbound().value(), child.suite());
            suites.put(child.outbound().value(), child.suite());
        }
        var sas = new ArrayList<TrafficView.Sa>();
        for (var sa : sad.inbound(tunnel.index())) sas.add(sa(true, sa.spi(), suites, sa.counters(), nowNanos));
        for (var sa : sad.outbound(tunnel.index())) sas.add(sa(false, sa.spi(), suites, sa.counters(), nowNanos));
        var in = sad.totalIn(tunnel.index());
        return new TrafficView.Tunnel(tunnel.config().name(), tunnel.config().interfaceName(), carried(in, in.drops(), nowNanos),
                carried(sad.totalOut(tunnel.index()), packets.outboundDrops(tunnel.index()), nowNanos), sas);
    }

    private static TrafficView.Sa sa(boolean inbound, int spi, Map<Integer, String> suites, SaCounters counters, long nowNanos) {
        return new TrafficView.Sa(inbound, new Spi(spi).toString(), suites.getOrDefault(spi, "-"), carried(counters, counters.drops(), nowNanos));
    }

    private static TrafficView.Carried carried(SaCounters counters, DropCounters drops, long nowNanos) {
        var lastUse = counters.lastUse();
        Optional<Duration> idle = lastUse.isEmpty() ? Optional.empty() : Optional.of(Duration.ofNanos(Math.max(0, nowNanos - lastUse.getAsLong())));
        return new TrafficView.Carried(counters.packets(), counters.bytes(), drops.seen(), idle);
    }
}
