package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import java.net.Inet4Address;
import java.util.List;

/**
 * One address family of the speaker, as {@code show bgp summary} needs it.
 *
 * @param tableVersion rises with every change of a best path
 * @param ribEntries   nodes of the table as FRR counts them: prefixes and the inner nodes of its radix tree
 * @param peers        those the family is activated for, in the order of their addresses
 */
public record Summary(AddressFamily family, Inet4Address routerId, long localAs, long tableVersion, int ribEntries, List<PeerSummary> peers) {
    public Summary { peers = List.copyOf(peers); }
}
