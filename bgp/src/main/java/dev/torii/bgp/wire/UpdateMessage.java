package dev.torii.bgp.wire;

import java.util.List;

/**
 * RFC 4271 section 4.3. All empty: End-of-RIB for IPv4 unicast (RFC 4724 section 2).
 *
 * @param attributes in the order of the wire, each type once
 */
public record UpdateMessage(List<Prefix> withdrawn, List<PathAttribute> attributes, List<Prefix> nlri) implements BgpMessage {
    public UpdateMessage {
        withdrawn = List.copyOf(withdrawn);
        attributes = List.copyOf(attributes);
        nlri = List.copyOf(nlri);
    }

    public boolean endOfRib() { return withdrawn.isEmpty() && attributes.isEmpty() && nlri.isEmpty(); }
}
