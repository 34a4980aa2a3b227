package dev.torii.esp;

import java.util.concurrent.atomic.AtomicLong;

/** What one SA has carried. The SA's owner counts, any thread may read while it does; a rising {@link #packets} is a sign of life. */
public final class SaCounters {
    private final AtomicLong packets = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final DropCounters drops = new DropCounters();

    SaCounters() {}

    void carried(int packetBytes) {
        packets.setOpaque(packets.getPlain() + 1);
        bytes.setOpaque(bytes.getPlain() + packetBytes);
    }

    Verdict dropped(Verdict reason) {
        drops.count(reason);
        return reason;
    }

    /** Packets sealed, or opened and accepted (dummies and drops are not among them). */
    public long packets() {
        return packets.getOpaque();
    }

    /** Bytes of the inner packets counted by {@link #packets}: no ESP overhead. */
    public long bytes() {
        return bytes.getOpaque();
    }

    /** Packets this SA dropped, by reason: replayed, bad ICV... */
    public DropCounters drops() {
        return drops;
    }

    @Override public String toString() {
        return packets() + " packets, " + bytes() + " bytes, dropped " + drops;
    }
}
