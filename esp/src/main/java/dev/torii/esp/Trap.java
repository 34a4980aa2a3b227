package dev.torii.esp;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Traffic that is to have an SA although there is none yet: packets of it that found none are counted (RFC 4301, section 4.4.1: PROTECT without an SA). */
final class Trap {
    private final Selectors[] selectors;
    private final AtomicLong caught = new AtomicLong();

    Trap(List<Selectors> selectors) {
        this.selectors = selectors.toArray(Selectors[]::new);
    }

    /** A packet without an SA. What the kernel itself says to its neighbours on any IPv6 interface asks for no tunnel. */
    void look(PacketHeader header) {
        if (header.staysOnTheLink()) return;
        for (Selectors each : selectors) {
            if (each.coverOutbound(header)) {
                caught.incrementAndGet();
                return;
            }
        }
    }

    long caught() {
        return caught.get();
    }
}
