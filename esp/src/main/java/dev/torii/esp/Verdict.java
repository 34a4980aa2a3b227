package dev.torii.esp;

/** What became of one packet. Everything but {@link #SEALED} and {@link #OPENED} is a drop, and its own counter. */
public enum Verdict {
    /** Outbound: the datagram is ready to be sent. */
    SEALED,
    /** Inbound: the inner packet is authentic, fresh, well-formed and inside the SA's selectors. */
    OPENED,
    /** Outbound: the tunnel has no SA whose selectors cover the packet. It never leaves in the clear. */
    NO_SA,
    /** Outbound: the last sequence number is used up; the SA must be rekeyed (RFC 4303, section 3.3.3). */
    SEQUENCE_EXHAUSTED,
    /** The packet does not fit the buffers: larger than the configured maximum. */
    TOO_BIG,
    /** Inbound: no SA with this SPI. */
    UNKNOWN_SPI,
    /** Inbound: shorter than any ESP packet of this suite, or not aligned to its block. */
    RUNT,
    /** Inbound: seen before, or left of the replay window (RFC 4303, section 3.4.3). */
    REPLAYED,
    /** Inbound: the integrity check failed (RFC 4303, section 3.4.4). */
    BAD_ICV,
    /** Inbound: authentic, but the padding is not 1, 2, 3... or longer than the payload (RFC 4303, section 2.4). */
    BAD_PADDING,
    /** Inbound: a dummy packet, next header 59, dropped as RFC 4303, section 2.6, asks. Not an error. */
    DUMMY,
    /** The inner packet is not IPv4 or IPv6, is cut short, or contradicts the next header field. */
    MALFORMED_PACKET,
    /** Inbound: authentic, but the inner addresses are outside the SA's selectors (RFC 4301, section 5.2, step 4). */
    OUT_OF_SELECTOR,
    /** Outbound: longer than the tunnel's MTU, and may not be fragmented; its sender is told (RFC 1191, RFC 4443). */
    EXCEEDS_MTU,
    /** Inbound: the outer packet was marked by a congested router, and the inner one belongs to a sender that does not know marks (RFC 6040, section 4.2). */
    CONGESTED,
    /** Inbound: the answer to a probe of ours, see {@link EchoProbe}. Not an error. */
    PROBE,
    /** The cipher, a source or a sink failed in a way that has no counter of its own. */
    FAILED;

    /** Whether the packet was dropped. */
    public boolean dropped() {
        return this != SEALED && this != OPENED;
    }
}
