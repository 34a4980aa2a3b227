package dev.torii.cli.daemon;

import dev.torii.cli.config.TrafficLimits;
import dev.torii.esp.InboundSa;
import dev.torii.esp.OutboundSa;
import dev.torii.esp.SaCounters;
import dev.torii.esp.SaDatabase;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Spi;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Which child SAs of a tunnel have carried so much that they are to be renewed. Reads the packet path's counters; on the control loop. */
final class ChildLimits {
    /** Sequence numbers left when an SA is renewed: at 1 Mpps more than four minutes. */
    static final long SEQUENCE_RESERVE = 1L << 28;
    /** A renewal that did not come about is asked for again after that. */
    private static final Duration AGAIN = Duration.ofSeconds(10);
    private static final double LATEST = 0.75;
    private static final double SPREAD = 0.125;

    private final SaDatabase sad;
    private final int tunnel;
    private final TrafficLimits limits;
    private final LongSupplier nanoTime;
    private final Map<Spi, Long> asked = new HashMap<>();

    ChildLimits(SaDatabase sad, int tunnel, TrafficLimits limits, LongSupplier nanoTime) {
        this.sad = sad;
        this.tunnel = tunnel;
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /** The inbound SPIs of those that are due now. */
    List<Spi> due(List<IkeStatus.Child> children) {
        long now = nanoTime.getAsLong();
        asked.values().removeIf(then -> now - then >= AGAIN.toNanos());
        var due = children.stream().filter(child -> child.current() && reached(child)).map(IkeStatus.Child::inbound)
                .filter(spi -> !asked.containsKey(spi)).toList();
        due.forEach(spi -> asked.put(spi, now));
        return due;
    }

    private boolean reached(IkeStatus.Child child) {
        double part = part(child.inbound());
        Optional<OutboundSa> out = sad.outbound(tunnel).stream().filter(sa -> sa.spi() == child.outbound().value()).findFirst();
        if (out.isPresent()) {
            var sa = out.get();
            if (sa.sequence() >= sa.lastSequence() - SEQUENCE_RESERVE || reached(sa.counters(), part, Math.min(limits.bytes(), sa.bytesPerKey()))) return true;
        }
        Optional<InboundSa> in = sad.inbound(tunnel).stream().filter(sa -> sa.spi() == child.inbound().value()).findFirst();
        return in.isPresent() && reached(in.get().counters(), part, limits.bytes());
    }

    private boolean reached(SaCounters carried, double part, long bytes) {
        return carried.bytes() >= bytes * part || carried.packets() >= limits.packets() * part;
    }

    /**
     * Of a limit at which the renewal begins: five eighths to three quarters of it. Different for each SA, so that two sides with the same limit seldom begin
     * together.
     */
    static double part(Spi inbound) {
        return LATEST - SPREAD * (inbound.value() & 0xFF) / 0x100;
    }
}
