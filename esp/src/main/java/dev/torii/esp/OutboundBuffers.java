package dev.torii.esp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Room for one batch on its way out: packets as they were read, and sealed. Nothing stays here from one {@link OutboundLoop#poll} to the next, so all loops
 * that one thread polls share it: about a megabyte a thread, however many tunnels there are.
 */
public final class OutboundBuffers {
    final ByteBuffer[] packets;
    final ByteBuffer[] datagrams;
    final SaSnapshot.@Nullable Outbound[] sealedBy;         // per datagram; null: already sent
    final int[] trafficClasses;                             // of the outer packets
    final ByteBuffer[] group;
    final ByteBuffer fragment;

    OutboundBuffers(int batch, int maxPacketBytes) {
        this.packets = Buffers.heap(batch, maxPacketBytes + OutboundSa.TRAILER);
        this.datagrams = Buffers.heap(batch, maxPacketBytes + OutboundSa.OVERHEAD);
        this.sealedBy = new SaSnapshot.Outbound[batch];
        this.trafficClasses = new int[batch];
        this.group = new ByteBuffer[batch];
        this.fragment = ByteBuffer.allocate(maxPacketBytes + OutboundSa.TRAILER);
    }
}
