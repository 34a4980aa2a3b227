package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import java.net.InetAddress;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/**
 * One neighbour as {@code show bgp neighbors} needs it.
 *
 * @param summary    of the first family that is activated
 * @param families   of each family that is activated
 * @param negotiated present in OpenConfirm and Established
 * @param local      our end of the session, while there is one
 * @param sent       messages by type since start
 * @param lastReset  why the last session or attempt ended
 */
public record NeighborView(PeerConfig config, PeerSummary summary, Map<AddressFamily, PeerSummary> families, Optional<Negotiated> negotiated, Optional<InetAddress> local,
        boolean reachable, int established, int dropped, Map<String, Long> sent, Map<String, Long> received, Optional<Reason> lastReset) {
    public NeighborView {
        families = Collections.unmodifiableMap(families);
        sent = Map.copyOf(sent);
        received = Map.copyOf(received);
    }
}
