package dev.torii.esp;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one SA has carried, or all SAs that one tunnel has had in one direction. The SA's owner counts, any thread may read while it does; a rising
 * {@link #packets} is a sign of life.
 */
public final class SaCounters {
    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicLong packets = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong lastUse = new AtomicLong(NEVER);
    private final DropCounters drops = new DropCounters();
    private @Nullable SaCounters total;                             // has the same owner: all SAs of a tunnel and direction have

    SaCounters() {}

    /** Counts there too from now on; called before the SA's owner can see the SA. */
    void addTo(SaCounters tunnel) {
        total = tunnel;
    }

    void carried(int packetBytes) {
        packets.setOpaque(packets.getPlain() + 1);
        bytes.setOpaque(bytes.getPlain() + packetBytes);
        if (total != null) total.carried(packetBytes);
    }

    Verdict dropped(Verdict reason) {
        drops.count(reason);
        return total == null ? reason : total.dropped(reason);
    }

    /** @param nowNanos the batch's time */
    void used(long nowNanos) {
        lastUse.setOpaque(nowNanos);
        if (total != null) total.used(nowNanos);
    }

    /** Packets sealed, or opened and accepted (dummies and drops are not among them). */
    public long packets() {
        return packets.getOpaque();
    }

    /** Bytes of the inner packets counted by {@link #packets}: no ESP overhead. */
    public long bytes() {
        return bytes.getOpaque();
    }

    /** When the last of {@link #packets} was counted, to a batch, in nanoseconds of the loops' clock; empty if there was none. */
    public OptionalLong lastUse() {
        long nanos = lastUse.getOpaque();
        return nanos == NEVER ? OptionalLong.empty() : OptionalLong.of(nanos);
    }

    /** Packets this SA dropped, by reason: replayed, bad ICV... */
    public DropCounters drops() {
        return drops;
    }

    @Override public String toString() {
        return packets() + " packets, " + bytes() + " bytes, dropped " + drops;
    }
}
