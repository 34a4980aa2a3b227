package dev.torii.bgp.wire;

import java.util.List;

/**
 * RFC 4271 section 4.2.
 *
 * @param version         4
 * @param myAs            the two-octet field: {@link Iana#AS_TRANS} if the AS does not fit (RFC 6793)
 * @param holdTimeSeconds 0 to 65535
 * @param identifier      the BGP identifier as a big-endian int
 * @param capabilities    of all capability parameters, in their order (RFC 5492)
 */
public record OpenMessage(int version, int myAs, int holdTimeSeconds, int identifier, List<Capability> capabilities) implements BgpMessage {
    public OpenMessage { capabilities = List.copyOf(capabilities); }

    /** The sender's AS: from the four-octet capability if it is there. */
    public long as() {
        for (Capability capability : capabilities) if (capability instanceof Capability.FourOctetAs four) return four.as();
        return myAs;
    }
}
