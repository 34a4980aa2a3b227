package dev.torii.esp;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Loops for tests that are not about lengths or traffic classes: everything fits, nothing is told. */
final class Loops {
    private static final TunnelPath WIDE = new TunnelPath(true, false);

    private Loops() {}

    static OutboundLoop outbound(Dataplane dataplane, int tunnel, PacketSource source, DropCounters drops, OutboundBuffers buffers) {
        return dataplane.outbound(tunnel, source, drops, buffers, WIDE, (packets, count) -> {
            throw new AssertionError("nothing is too long");
        });
    }

    static InboundLoop inbound(Dataplane dataplane, IntFunction<? extends @Nullable PacketSink> sinks, DropCounters drops) {
        return dataplane.inbound(sinks, drops, tunnel -> WIDE);
    }
}
