package dev.torii.esp;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads packets of one tunnel, seals them, sends them; what is too long for the tunnel it cuts, or tells the sender. One thread owns it; {@link DropCounters}
 * may be read from any.
 */
public final class OutboundLoop {
    /** Whatever the tunnel's MTU, an IPv6 packet of this length must get through (RFC 8200, section 5): if need be, the outer packet is fragmented. */
    private static final int LEAST_IPV6_MTU = 1280;
    private static final int FLAGS_AT = 6;
    private static final int DONT_FRAGMENT = 0x40;

    private final SaDatabase sad;
    private final int tunnel;
    private final PacketSource source;
    private final DropCounters drops;
    private final Queue<OutboundSa> retired;
    private final LongSupplier clock;
    private final TunnelPath path;
    private final TooBigAnswers answers;
    private final PacketHeader header = new PacketHeader();
    private final Fragments fragments = new Fragments();

    private final ByteBuffer[] packets;
    private final ByteBuffer[] datagrams;
    private final SaSnapshot.@Nullable Outbound[] sealedBy;
    private final int[] trafficClasses;
    private final ByteBuffer[] group;
    private final ByteBuffer fragment;
    private int sealed;
    private long now;                                               // read once a batch

    OutboundLoop(SaDatabase sad, int tunnel, PacketSource source, DropCounters drops, OutboundBuffers buffers, TunnelPath path, TooBigAnswers answers,
            LongSupplier clock) {
        this.sad = sad;
        this.tunnel = tunnel;
        this.source = source;
        this.drops = drops;
        this.clock = clock;
        this.retired = sad.retiredOutbound(tunnel);
        this.path = path;
        this.answers = answers;
        this.packets = buffers.packets;
        this.datagrams = buffers.datagrams;
        this.sealedBy = buffers.sealedBy;
        this.trafficClasses = buffers.trafficClasses;
        this.group = buffers.group;
        this.fragment = buffers.fragment;
    }

    /**
     * Reads one batch, seals it, sends it grouped by SA and traffic class, in order within each. Never throws.
     *
     * @return the number of packets read, whatever became of them; 0: there were none
     */
    public int poll() {
        SaDatabase.eraseOutbound(retired);                          // before the snapshot is read: what is retired is not in it
        var covers = sad.snapshot().outbound(tunnel);
        int mtu = path.mtu();
        int read = read();
        if (read > 0 || path.requested()) now = clock.getAsLong();
        for (int i = 0; i < read; i++) take(covers, packets[i], mtu);
        flush();
        if (path.requested()) probe(covers);
        return read;
    }

    /** A probe is as long as it is, whatever the MTU. */
    private void probe(SaSnapshot.Cover[] covers) {
        var request = path.takeRequest();
        if (request == null || !header.parse(request)) return;
        var child = SaSnapshot.covering(covers, header);
        if (child == null) return;
        seal(child, request);
        flush();
    }

    /** Whether there is something to be sent although nothing may be there to read; any thread may ask. */
    public boolean hasRequest() {
        return path.requested();
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

    private void take(SaSnapshot.Cover[] covers, ByteBuffer packet, int mtu) {
        if (!header.parse(packet)) {
            drops.count(Verdict.MALFORMED_PACKET);
            return;
        }
        packet.limit(packet.position() + header.totalBytes());
        var child = SaSnapshot.covering(covers, header);
        if (child == null) {
            sad.withoutSa(tunnel, header);
            drops.count(Verdict.NO_SA);
        } else if (header.totalBytes() > mtu) {
            tooLong(child, packet, mtu);
        } else {
            MssClamp.apply(packet, header, mtu);
            seal(child, packet);
        }
    }

    /** RFC 4301, section 8.2.1: cut before sealing rather than after, where the sender allows it; else the sender is to make shorter packets. */
    private void tooLong(SaSnapshot.Outbound child, ByteBuffer packet, int mtu) {
        if (header.version() == 6 && header.totalBytes() <= LEAST_IPV6_MTU) {
            MssClamp.apply(packet, header, mtu);
            seal(child, packet);
        } else if (header.version() == 6 || (packet.get(packet.position() + FLAGS_AT) & DONT_FRAGMENT) != 0) {
            drops.count(Verdict.EXCEEDS_MTU);
            tell(packet, header.version() == 4 ? mtu : Math.max(mtu, LEAST_IPV6_MTU));
        } else {
            fragments.begin(packet, header.totalBytes(), mtu);
            while (fragments.hasNext()) {
                fragments.next(fragment);
                seal(child, fragment);
            }
        }
    }

    private void tell(ByteBuffer packet, int mtu) {
        try {
            answers.tell(packet, header, mtu);
        } catch (RuntimeException broken) {
            drops.count(Verdict.FAILED);
        }
    }

    private void seal(SaSnapshot.Outbound child, ByteBuffer packet) {
        if (sealed == datagrams.length) flush();
        Verdict verdict = child.sa().seal(packet, datagrams[sealed].clear());
        if (verdict != Verdict.SEALED) {
            drops.count(verdict);
            return;
        }
        datagrams[sealed].flip();
        sealedBy[sealed] = child;
        trafficClasses[sealed++] = path.entering(header.trafficClass());
    }

    private void flush() {
        for (int i = 0; i < sealed; i++) {
            var child = sealedBy[i];
            if (child != null) send(child, trafficClasses[i], i);
        }
        sealed = 0;
    }

    /** Everything from {@code first} on that this SA has sealed for this traffic class goes in one call. */
    private void send(SaSnapshot.Outbound child, int trafficClass, int first) {
        int count = 0;
        for (int i = first; i < sealed; i++) {
            if (sealedBy[i] != child || trafficClasses[i] != trafficClass) continue;
            sealedBy[i] = null;
            group[count++] = datagrams[i];
        }
        child.sa().counters().used(now);
        try {
            child.sink().send(group, count, trafficClass);
        } catch (RuntimeException broken) {
            drops.count(Verdict.FAILED, count);
        }
    }
}
