package dev.torii.esp;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Reads packets of one tunnel, seals them, sends them. One thread owns it; {@link DropCounters} may be read from any. */
public final class OutboundLoop {
    private final SaDatabase sad;
    private final int tunnel;
    private final PacketSource source;
    private final DropCounters drops;
    private final Queue<OutboundSa> retired;
    private final LongSupplier clock;
    private final PacketHeader header = new PacketHeader();

    private final ByteBuffer[] packets;
    private final ByteBuffer[] datagrams;
    private final SaSnapshot.@Nullable Outbound[] sealedBy;
    private final ByteBuffer[] group;

    OutboundLoop(SaDatabase sad, int tunnel, PacketSource source, DropCounters drops, OutboundBuffers buffers, LongSupplier clock) {
        this.sad = sad;
        this.tunnel = tunnel;
        this.source = source;
        this.drops = drops;
        this.clock = clock;
        this.retired = sad.retiredOutbound(tunnel);
        this.packets = buffers.packets;
        this.datagrams = buffers.datagrams;
        this.sealedBy = buffers.sealedBy;
        this.group = buffers.group;
    }

    /**
     * Reads one batch, seals it, sends it grouped by SA, in order within each. Never throws.
     *
     * @return the number of packets read, whatever became of them; 0: there were none
     */
    public int poll() {
        SaDatabase.eraseOutbound(retired);                          // before the snapshot is read: what is retired is not in it
        var covers = sad.snapshot().outbound(tunnel);
        int read = read();
        for (int i = 0; i < read; i++) sealedBy[i] = seal(covers, packets[i], datagrams[i]);
        long now = read == 0 ? 0 : clock.getAsLong();
        for (int i = 0; i < read; i++) {
            var child = sealedBy[i];
            if (child != null) send(child, i, read, now);
        }
        return read;
    }

    private int read() {
        for (ByteBuffer packet : packets) packet.clear();
        try {
            return source.read(packets);
        } catch (RuntimeException broken) {
            drops.count(Verdict.FAILED);
            return 0;
        }
    }

    private SaSnapshot.@Nullable Outbound seal(SaSnapshot.Cover[] covers, ByteBuffer packet, ByteBuffer datagram) {
        if (!header.parse(packet)) return drop(Verdict.MALFORMED_PACKET);
        packet.limit(packet.position() + header.totalBytes());
        var child = SaSnapshot.covering(covers, header);
        if (child == null) {
            sad.withoutSa(tunnel, header);
            return drop(Verdict.NO_SA);
        }
        Verdict verdict = child.sa().seal(packet, datagram.clear());
        if (verdict != Verdict.SEALED) return drop(verdict);
        datagram.flip();
        return child;
    }

    private SaSnapshot.@Nullable Outbound drop(Verdict reason) {
        drops.count(reason);
        return null;
    }

    /**
     * Everything from {@code first} on that this SA has sealed goes in one call. Where a socket must tell datagrams apart (DSCP, ECN,
     * DF), the group gets narrower here.
     */
    private void send(SaSnapshot.Outbound child, int first, int end, long now) {
        int count = 0;
        for (int i = first; i < end; i++) {
            if (sealedBy[i] != child) continue;
            sealedBy[i] = null;
            group[count++] = datagrams[i];
        }
        child.sa().counters().used(now);
        try {
            child.sink().send(group, count);
        } catch (RuntimeException broken) {
            drops.count(Verdict.FAILED, count);
        }
    }
}
