package dev.torii.ike.wire;

import dev.torii.ike.Octets;
import java.util.List;

/**
 * A proposal (RFC 2408, section 3.5).
 *
 * @param number proposals with one number belong together
 * @param protocol 1 ISAKMP, 2 AH, 3 ESP, 4 IPCOMP
 * @param spi the sender's SPI, often empty for ISAKMP
 * @param transforms alternatives in order of preference
 */
public record Proposal(int number, int protocol, Octets spi, List<Transform> transforms) {
    /** Copies the list. */
    public Proposal {
        transforms = List.copyOf(transforms);
    }
}
