package dev.torii.bgp;

import java.net.Inet4Address;
import java.util.List;

/**
 * The speaker as {@code show bgp summary} needs it.
 *
 * @param tableVersion rises with every change of a best path
 * @param ribEntries   nodes of the table as FRR counts them: prefixes and the inner nodes of its radix tree
 * @param peers        in the order of their addresses
 */
public record Summary(Inet4Address routerId, long localAs, long tableVersion, int ribEntries, List<PeerSummary> peers) {
    public Summary { peers = List.copyOf(peers); }
}
