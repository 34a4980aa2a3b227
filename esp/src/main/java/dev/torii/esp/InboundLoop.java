package dev.torii.esp;

import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens ESP packets of all tunnels and writes what was inside to each tunnel's sink. One thread owns it;
 * its {@link DropCounters} may be read from any.
 */
public final class InboundLoop {
    private static final int SPI_AND_SEQUENCE = 8;
    private static final int MAX_TRAILER = 255 + 2;                 // a peer may pad far beyond alignment (RFC 4303, section 2.4)
    private static final int MAX_DATAGRAM = 0xFFFF;
    private static final int SENT = -1;

    private final SaDatabase sad;
    private final IntFunction<? extends @Nullable PacketSink> sinks;
    private final DropCounters drops;
    private final LongSupplier clock;
    private final IntFunction<TunnelPath> paths;
    private final ByteBuffer heapCopy = ByteBuffer.allocate(MAX_DATAGRAM);

    private final ByteBuffer[] packets;
    private final int[] tunnels;                                    // per opened packet
    private final ByteBuffer[] group;
    private int opened;
    private @Nullable SaSnapshot snapshot;                          // read once a batch, and for an SPI that is not in it
    private long now;                                               // the same

    InboundLoop(SaDatabase sad, IntFunction<? extends @Nullable PacketSink> sinks, DropCounters drops, IntFunction<TunnelPath> paths,
            int batch, int maxPacketBytes, LongSupplier clock) {
        this.sad = sad;
        this.paths = paths;
        this.sinks = sinks;
        this.drops = drops;
        this.clock = clock;
        this.packets = Buffers.heap(batch, maxPacketBytes + MAX_TRAILER);
        this.tunnels = new int[batch];
        this.group = new ByteBuffer[batch];
    }

    /**
     * Opens one ESP packet, SPI to ICV from position to limit, and keeps what was inside for {@link #flush}; flushes by itself when
     * the batch is full. Never throws. The buffer is the caller's again on return, its position anywhere; heap buffers save a copy.
     *
     * @param outerClass DSCP and ECN that the packet arrived with, or {@link TunnelPath#UNKNOWN_CLASS}
     */
    public Verdict receive(ByteBuffer espDatagram, int outerClass) {
        Verdict verdict = open(espDatagram, outerClass);
        if (verdict.dropped()) drops.count(verdict);
        else if (opened == packets.length) flush();
        return verdict;
    }

    private Verdict open(ByteBuffer espDatagram, int outerClass) {
        if (espDatagram.remaining() < SPI_AND_SEQUENCE) return Verdict.RUNT;
        if (espDatagram.remaining() > MAX_DATAGRAM) return Verdict.TOO_BIG;
        int spi = espDatagram.getInt(espDatagram.position());
        var entry = current().inbound(spi);
        if (entry == null) {
            snapshot = null;                                        // a batch may take long on a busy machine, and a rekey be done meanwhile
            entry = current().inbound(spi);
        }
        if (entry == null) {
            sad.unknownSpi(spi);
            return Verdict.UNKNOWN_SPI;
        }
        ByteBuffer datagram = espDatagram.hasArray() ? espDatagram : heapCopy.clear().put(espDatagram).flip();
        Verdict verdict = entry.sa().open(datagram, packets[opened].clear());
        if (verdict == Verdict.OPENED) {
            verdict = paths.apply(entry.tunnel()).left(packets[opened], entry.sa().header(), outerClass);
            if (verdict.dropped()) entry.sa().counters().dropped(verdict);
        }
        if (verdict == Verdict.OPENED) {
            tunnels[opened++] = entry.tunnel();
            entry.sa().counters().used(now);
        }
        return verdict;
    }

    private SaSnapshot current() {
        if (snapshot == null) {
            SaDatabase.eraseInbound(sad.retiredInbound());          // before the snapshot is read: what is retired is not in it
            snapshot = sad.snapshot();
            now = clock.getAsLong();
        }
        return snapshot;
    }

    /** Ends a batch: writes what was opened to each tunnel's sink, in order of arrival within each. Never throws. */
    public void flush() {
        for (int i = 0; i < opened; i++) if (tunnels[i] != SENT) write(tunnels[i], i);
        opened = 0;
        snapshot = null;
    }

    private void write(int tunnel, int first) {
        int count = 0;
        for (int i = first; i < opened; i++) {
            if (tunnels[i] != tunnel) continue;
            tunnels[i] = SENT;
            group[count++] = packets[i];
        }
        try {
            var sink = sinks.apply(tunnel);
            if (sink == null) drops.count(Verdict.FAILED, count);
            else sink.write(group, count);
        } catch (RuntimeException broken) {
            drops.count(Verdict.FAILED, count);
        }
    }
}
