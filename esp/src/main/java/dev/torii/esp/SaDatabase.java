package dev.torii.esp;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The SAs in use (RFC 4301, section 4.4.2): an immutable snapshot behind one volatile field. The control thread alone changes it,
 * and replaces it whole; packet threads read it once a batch. A tunnel is a small number that the caller chooses.
 *
 * <p>An SA's key is erased by the packet thread that owns the SA, when it next begins a batch: the control thread only
 * hands a removed SA over, and so never takes a key away from under a packet.
 */
public final class SaDatabase implements AutoCloseable {
    private final AeadProvider aeads;
    private volatile SaSnapshot snapshot = SaSnapshot.EMPTY;
    private final Map<Integer, Queue<OutboundSa>> retiredOutbound = new ConcurrentHashMap<>();
    private final Map<Integer, SaCounters> totalsIn = new ConcurrentHashMap<>();
    private final Map<Integer, SaCounters> totalsOut = new ConcurrentHashMap<>();
    private final Map<Integer, Trap> traps = new ConcurrentHashMap<>();
    private final Departed departed = new Departed();
    private final Queue<InboundSa> retiredInbound = new ConcurrentLinkedQueue<>();

    /** Of SAs with the JDK's ciphers. */
    public SaDatabase() {
        this(AeadProvider.JDK);
    }

    /** @param aeads whose ciphers the SAs are to have that are made for it */
    public SaDatabase(AeadProvider aeads) {
        this.aeads = aeads;
    }

    /** Whose ciphers the SAs are to have. */
    public AeadProvider aeads() {
        return aeads;
    }

    /** From now on packets with this SA's SPI are opened by it. During a rekey the old and the new SA both stay until removed. */
    public void installInbound(int tunnel, InboundSa sa) {
        var before = snapshot.inbound(sa.spi());
        sa.counters().addTo(totalIn(tunnel));
        snapshot = snapshot.withInbound(new SaSnapshot.Inbound(tunnel, sa));
        if (before != null && before.sa() != sa) retiredInbound.add(before.sa());
    }

    /**
     * From now on packets of this tunnel that the SA covers, and no more specific one does, are sealed by it: the newest of
     * equals wins.
     */
    public void installOutbound(int tunnel, OutboundSa sa, DatagramSink sink) {
        sa.counters().addTo(totalOut(tunnel));
        snapshot = snapshot.withOutbound(tunnel, new SaSnapshot.Outbound(sa, sink));
    }

    /** Forgets the inbound SA with this SPI, if there is one; its key is erased by its owner. */
    public void removeInbound(int spi) {
        var removed = snapshot.inbound(spi);
        if (removed == null) return;
        snapshot = snapshot.withoutInbound(spi);
        departed.add(removed.tunnel(), spi);
        retiredInbound.add(removed.sa());               // after publication: whoever takes it from here cannot find it in the snapshot
    }

    /** Forgets some of this tunnel's outbound SAs; their keys are erased by their owner. Not by SPI: several peers of a tunnel may choose the same. */
    public void removeOutbound(int tunnel, Predicate<OutboundSa> which) {
        var before = snapshot.outboundOf(tunnel);
        snapshot = snapshot.withoutOutbound(tunnel, which);
        for (var sa : before) if (which.test(sa)) retiredOutbound(tunnel).add(sa);
    }

    /** From now on what some of this tunnel's SAs seal goes to this sink: their peer's address or port has changed. */
    public void moved(int tunnel, Predicate<OutboundSa> which, DatagramSink sink) {
        snapshot = snapshot.moved(tunnel, which, sink);
    }

    /** The inbound SAs of a tunnel, in no particular order, for status and liveness. Any thread may ask. */
    public List<InboundSa> inbound(int tunnel) {
        return snapshot.inboundOf(tunnel);
    }

    /** The outbound SAs of a tunnel in the order in which they are tried, for status and rekeying. Any thread may ask. */
    public List<OutboundSa> outbound(int tunnel) {
        return snapshot.outboundOf(tunnel);
    }

    /** What the tunnel's inbound SAs have carried and dropped, those that are gone included. Any thread may ask. */
    public SaCounters totalIn(int tunnel) {
        return totalsIn.computeIfAbsent(tunnel, first -> new SaCounters());
    }

    /** What the tunnel's outbound SAs have carried and dropped, those that are gone included. Any thread may ask. */
    public SaCounters totalOut(int tunnel) {
        return totalsOut.computeIfAbsent(tunnel, first -> new SaCounters());
    }

    /** From now on packets of this tunnel that one of these covers, and for which there is no SA, are counted by themselves. */
    public void trap(int tunnel, List<Selectors> selectors) {
        traps.put(tunnel, new Trap(selectors));
    }

    /** How many packets the tunnel's latest {@link #trap} has seen. */
    public long trapped(int tunnel) {
        var trap = traps.get(tunnel);
        return trap == null ? 0 : trap.caught();
    }

    /**
     * SPIs of inbound SAs of this tunnel that were removed, and with which packets have come since it was last asked and also before that: the peer does
     * not know. To be asked by the control thread, regularly. Nothing authenticates those packets.
     */
    public List<Integer> orphans(int tunnel) {
        return departed.still(tunnel);
    }

    /** A packet came whose SPI no SA has. */
    void unknownSpi(int spi) {
        departed.mark(spi);
    }

    /** A packet without an SA. */
    void withoutSa(int tunnel, PacketHeader header) {
        var trap = traps.get(tunnel);
        if (trap != null) trap.look(header);
    }

    SaSnapshot snapshot() {
        return snapshot;
    }

    /**
     * The SAs removed from this tunnel and not yet erased: only the thread that polls the tunnel takes from it, before it reads
     * the snapshot.
     */
    Queue<OutboundSa> retiredOutbound(int tunnel) {
        return retiredOutbound.computeIfAbsent(tunnel, t -> new ConcurrentLinkedQueue<>());
    }

    /** The inbound SAs removed and not yet erased: only the inbound packet thread takes from it, before it reads the snapshot. */
    Queue<InboundSa> retiredInbound() {
        return retiredInbound;
    }

    static void eraseOutbound(Queue<OutboundSa> retired) {
        for (@Nullable OutboundSa sa = retired.poll(); sa != null; sa = retired.poll()) sa.erase();
    }

    static void eraseInbound(Queue<InboundSa> retired) {
        for (@Nullable InboundSa sa = retired.poll(); sa != null; sa = retired.poll()) sa.erase();
    }

    /** Forgets and erases every SA. Only after the packet threads have ended. */
    @Override public void close() {
        var last = snapshot;
        snapshot = SaSnapshot.EMPTY;
        last.eraseAll();
        retiredOutbound.values().forEach(SaDatabase::eraseOutbound);
        eraseInbound(retiredInbound);
    }

    @Override public String toString() {
        return snapshot.toString();
    }
}
