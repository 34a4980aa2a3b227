package dev.torii.esp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One state of the {@link SaDatabase}. Immutable; finding an SA allocates nothing. */
final class SaSnapshot {
    static final SaSnapshot EMPTY = new SaSnapshot(new Inbound[0][], new Cover[0][]);
    private static final Cover[] NONE = {};
    private static final Inbound[] NOTHING = {};

    /** An inbound SA and the tunnel whose TUN its packets go to. */
    record Inbound(int tunnel, InboundSa sa) {}

    /** An outbound SA and where its datagrams go. */
    record Outbound(OutboundSa sa, DatagramSink sink) {}

    /** What one pair of selectors covers is sealed by this SA. */
    record Cover(Selectors selectors, Outbound child) {}

    private final Inbound[][] inbound;                      // by tunnel, every one once
    private final @Nullable Inbound[] slots;                // the same by SPI: open addressing, at most half full
    private final int mask;
    private final Cover[][] outbound;                       // by tunnel; in each the first that covers a packet is the right one

    private SaSnapshot(Inbound[][] inbound, Cover[][] outbound) {
        this.inbound = inbound;
        this.outbound = outbound;
        int count = 0;
        for (Inbound[] of : inbound) count += of.length;
        this.slots = new Inbound[Integer.highestOneBit(Math.max(1, count)) * 4];
        this.mask = slots.length - 1;
        for (Inbound[] of : inbound) for (Inbound entry : of) {
            int i = slot(entry.sa().spi());
            while (slots[i] != null) i = i + 1 & mask;
            slots[i] = entry;
        }
    }

    /** Other ways out, the same ways in. */
    private SaSnapshot(SaSnapshot before, Cover[][] outbound) {
        this.inbound = before.inbound;
        this.slots = before.slots;
        this.mask = before.mask;
        this.outbound = outbound;
    }

    private int slot(int spi) {
        int mixed = spi * 0x9E37_79B9;                      // a peer's SPIs may count up; spread them
        return (mixed ^ mixed >>> 16) & mask;
    }

    @Nullable Inbound inbound(int spi) {
        for (int i = slot(spi); ; i = i + 1 & mask) {
            Inbound entry = slots[i];
            if (entry == null || entry.sa().spi() == spi) return entry;
        }
    }

    Cover[] outbound(int tunnel) {
        return tunnel >= 0 && tunnel < outbound.length ? outbound[tunnel] : NONE;
    }

    /** The SA that seals this packet of the tunnel, if any. */
    static @Nullable Outbound covering(Cover[] covers, PacketHeader header) {
        for (Cover cover : covers) if (cover.selectors().coverOutbound(header)) return cover.child();
        return null;
    }

    List<InboundSa> inboundOf(int tunnel) {
        return Arrays.stream(inboundEntries(tunnel)).map(Inbound::sa).toList();
    }

    private Inbound[] inboundEntries(int tunnel) {
        return tunnel >= 0 && tunnel < inbound.length ? inbound[tunnel] : NOTHING;
    }

    SaSnapshot withInbound(Inbound added) {
        var before = inbound(added.sa().spi());
        var without = before == null ? inbound
                : replaced(inbound, before.tunnel(), Arrays.stream(inbound[before.tunnel()]).filter(entry -> entry != before).toArray(Inbound[]::new), NOTHING);
        var entries = added.tunnel() >= 0 && added.tunnel() < without.length ? without[added.tunnel()] : NOTHING;
        var more = Arrays.copyOf(entries, entries.length + 1);
        more[entries.length] = added;
        return new SaSnapshot(replaced(without, added.tunnel(), more, NOTHING), outbound);
    }

    SaSnapshot withoutInbound(int spi) {
        var gone = inbound(spi);
        if (gone == null) return this;
        return new SaSnapshot(replaced(inbound, gone.tunnel(), Arrays.stream(inbound[gone.tunnel()]).filter(entry -> entry != gone).toArray(Inbound[]::new),
                NOTHING), outbound);
    }

    private static <T> T[][] replaced(T[][] all, int tunnel, T[] one, T[] nothing) {
        if (tunnel < 0) throw new IllegalArgumentException("tunnel " + tunnel);
        var tunnels = Arrays.copyOf(all, Math.max(all.length, tunnel + 1));
        for (int i = all.length; i < tunnels.length; i++) tunnels[i] = nothing;
        tunnels[tunnel] = one;
        return tunnels;
    }

    /** The outbound SAs of a tunnel, each once, in the order in which they are tried. */
    List<OutboundSa> outboundOf(int tunnel) {
        return Arrays.stream(outbound(tunnel)).map(cover -> cover.child().sa()).distinct().toList();
    }

    SaSnapshot withOutbound(int tunnel, Outbound added) {
        var covers = new ArrayList<>(List.of(outbound(tunnel)));
        for (Selectors selectors : added.sa().selectors()) {
            int at = 0;
            while (at < covers.size() && Selectors.MOST_SPECIFIC_FIRST.compare(covers.get(at).selectors(), selectors) < 0) at++;
            covers.add(at, new Cover(selectors, added));    // before its equals: the newest first
        }
        return withTunnel(tunnel, covers.toArray(Cover[]::new));
    }

    SaSnapshot withoutOutbound(int tunnel, Predicate<OutboundSa> which) {
        return withTunnel(tunnel, Arrays.stream(outbound(tunnel)).filter(cover -> !which.test(cover.child().sa())).toArray(Cover[]::new));
    }

    SaSnapshot moved(int tunnel, Predicate<OutboundSa> which, DatagramSink sink) {
        var moved = new HashMap<OutboundSa, Outbound>();
        return withTunnel(tunnel, Arrays.stream(outbound(tunnel)).map(cover -> !which.test(cover.child().sa()) ? cover
                : new Cover(cover.selectors(), moved.computeIfAbsent(cover.child().sa(), sa -> new Outbound(sa, sink)))).toArray(Cover[]::new));
    }

    private SaSnapshot withTunnel(int tunnel, Cover[] covers) {
        return new SaSnapshot(this, replaced(outbound, tunnel, covers, NONE));
    }

    void eraseAll() {
        for (Inbound[] of : inbound) for (Inbound entry : of) entry.sa().erase();
        for (int tunnel = 0; tunnel < outbound.length; tunnel++) outboundOf(tunnel).forEach(OutboundSa::erase);
    }

    @Override public String toString() {
        return "inbound " + Arrays.deepToString(inbound) + ", outbound " + Arrays.deepToString(outbound);
    }
}
