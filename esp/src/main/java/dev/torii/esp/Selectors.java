package dev.torii.esp;

import java.util.Comparator;

/**
 * Traffic that a pair of SAs carries: from addresses of our side to addresses of the peer's and back (RFC 4301, section 4.4.1). An SA may have several of them.
 */
public record Selectors(Selector local, Selector remote) {
    /** The most specific first: by the peer's side, then by ours. */
    static final Comparator<Selectors> MOST_SPECIFIC_FIRST =
            Comparator.comparing(Selectors::remote, Selector.MOST_SPECIFIC_FIRST)
                    .thenComparing(Selectors::local, Selector.MOST_SPECIFIC_FIRST);

    /** Whether a packet of ours belongs here: its source is local, its destination remote. */
    public boolean coverOutbound(PacketHeader header) {
        return local.matchesSource(header) && remote.matchesDestination(header);
    }

    /** Whether a packet of the peer's belongs here: its source is remote, its destination local. */
    public boolean coverInbound(PacketHeader header) {
        return remote.matchesSource(header) && local.matchesDestination(header);
    }

    @Override public String toString() {
        return local + " === " + remote;
    }
}
