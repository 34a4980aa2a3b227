package dev.torii.esp;

import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The packet path between TUNs and sockets: TUN to {@link OutboundLoop} to {@link DatagramSink}, socket to {@link InboundLoop}
 * to {@link PacketSink}. It has no threads: whoever polls a loop owns it, and the SAs it uses.
 */
public final class Dataplane {
    private final SaDatabase sad;
    private final int batch;
    private final int maxPacketBytes;
    private final LongSupplier clock;

    /**
     * @param batch          packets handled at once, 1 to 1024: what one read of a TUN or socket yields
     * @param maxPacketBytes the longest inner packet, up to 65535
     * @param clock          nanoseconds of a clock that never goes back; asked once a batch, for when an SA was last used
     */
    public Dataplane(SaDatabase sad, int batch, int maxPacketBytes, LongSupplier clock) {
        if (batch < 1 || batch > 1024) throw new IllegalArgumentException("batch of " + batch);
        if (maxPacketBytes < 1 || maxPacketBytes > 0xFFFF) throw new IllegalArgumentException("packets of " + maxPacketBytes + " bytes");
        this.sad = sad;
        this.batch = batch;
        this.maxPacketBytes = maxPacketBytes;
        this.clock = clock;
    }

    /** For all the loops that one thread polls. */
    public OutboundBuffers outboundBuffers() {
        return new OutboundBuffers(batch, maxPacketBytes);
    }

    /**
     * The way out of one tunnel. At most one loop a tunnel: it owns the tunnel's outbound SAs.
     *
     * @param inside takes the ICMP errors about packets that are too long, on the thread that polls the loop
     */
    public OutboundLoop outbound(int tunnel, PacketSource source, DropCounters drops, OutboundBuffers buffers, TunnelPath path, PacketSink inside) {
        return new OutboundLoop(sad, tunnel, source, drops, buffers, path, new TooBigAnswers(inside, clock), clock);
    }

    /**
     * The way in for all tunnels. One loop only: it owns the inbound SAs.
     *
     * @param sinks the TUN of each tunnel, null where there is none; asked at every flush
     * @param paths the way through each tunnel that has an SA
     */
    public InboundLoop inbound(IntFunction<? extends @Nullable PacketSink> sinks, DropCounters drops, IntFunction<TunnelPath> paths) {
        return new InboundLoop(sad, sinks, drops, paths, batch, maxPacketBytes, clock);
    }
}
