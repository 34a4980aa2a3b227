package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AttributeOutcome;
import dev.torii.bgp.wire.DecodeContext;
import dev.torii.bgp.wire.UpdateMessage;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What one established session exchanges: of each family negotiated the Adj-RIBs and what is still to be sent. */
final class SessionTables {
    private final Context context;
    private final Negotiated negotiated;
    private final Map<AddressFamily, Exchange> families = new LinkedHashMap<>();

    /** Of one family. */
    private record Exchange(PeerTables tables, Announcer announcer) {}

    /**
     * Its routes come with {@link #up}.
     *
     * @param send   false: no more for now
     * @param report takes a line about what could not be announced
     */
    SessionTables(Context context, List<PeerTables> all, Negotiated negotiated, DecodeContext decoding, PeerCounters counters, Predicate<ByteBuffer> send, Consumer<String> report) {
        this.context = context;
        this.negotiated = negotiated;
        for (PeerTables tables : all) families.put(tables.family, new Exchange(tables, new Announcer(tables, context.tables(tables.family), decoding, counters, send, report)));
    }

    Negotiated negotiated() { return negotiated; }

    List<PeerTables> all() { return families.values().stream().map(Exchange::tables).toList(); }

    Optional<PeerTables> of(AddressFamily family) { return Optional.ofNullable(families.get(family)).map(Exchange::tables); }

    Optional<Announcer> announcer(AddressFamily family) { return Optional.ofNullable(families.get(family)).map(Exchange::announcer); }

    /** The peer gets the whole table. */
    void up() { families.forEach((family, exchange) -> context.tables(family).up(exchange.tables())); }

    void update(UpdateMessage update, AttributeOutcome outcome) {
        families.forEach((family, exchange) -> context.tables(family).update(exchange.tables(), update, outcome));
    }

    void writable() { families.values().forEach(exchange -> exchange.announcer().writable()); }

    /** Sends what there is to send. Returns how many messages that took. */
    int flush() {
        int messages = 0;
        for (Exchange exchange : families.values()) messages += exchange.announcer().flush();
        return messages;
    }
}
