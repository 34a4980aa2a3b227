package dev.torii.ike;

import java.util.List;

/**
 * A negotiated pair of ESP SAs.
 *
 * @param inbound the SPI we chose
 * @param outbound the SPI the peer chose
 * @param suite algorithms
 * @param inboundKey key material for what we receive: key, then salt (RFC 4106, section 8.1), then integrity key if any.
 *     The session does not need it any more; whoever installs it may erase it
 * @param outboundKey the same for what we send
 * @param local our side's traffic, not empty
 * @param remote the peer's side's traffic, not empty; carried is each of one to each of the other
 * @param path where encapsulated packets go when it was negotiated
 * @param udpEncapsulated ESP in UDP (RFC 3948) instead of IP protocol 50
 * @param initiator whether we began its Quick Mode
 */
public record ChildSa(Spi inbound, Spi outbound, EspProposal suite, Secret inboundKey, Secret outboundKey,
        List<TrafficSelector> local, List<TrafficSelector> remote, Path path, boolean udpEncapsulated, boolean initiator) {
    /** Copies the lists. */
    public ChildSa {
        local = List.copyOf(local);
        remote = List.copyOf(remote);
    }

    /** Overwrites both keys: it is removed. */
    public void erase() {
        inboundKey.erase();
        outboundKey.erase();
    }
}
