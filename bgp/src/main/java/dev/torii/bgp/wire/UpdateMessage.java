package dev.torii.bgp.wire;

import java.util.List;
import java.util.Optional;

/**
 * RFC 4271 section 4.3.
 *
 * @param attributes in the order of the wire, each type once
 */
public record UpdateMessage(List<Prefix> withdrawn, List<PathAttribute> attributes, List<Prefix> nlri) implements BgpMessage {
    public UpdateMessage {
        withdrawn = List.copyOf(withdrawn);
        attributes = List.copyOf(attributes);
        nlri = List.copyOf(nlri);
    }

    /** The marker of that family, RFC 4724 section 2: an empty UPDATE, or one that withdraws nothing of it. */
    public static UpdateMessage endOfRib(AddressFamily family) {
        boolean plain = family.equals(AddressFamily.IPV4_UNICAST);
        return new UpdateMessage(List.of(), plain ? List.of() : List.of(new PathAttribute.MpUnreach(family, List.of())), List.of());
    }

    /** Of which family it is the marker; empty: of none. */
    public Optional<AddressFamily> endOfRib() {
        if (!withdrawn.isEmpty() || !nlri.isEmpty() || attributes.size() > 1) return Optional.empty();
        if (attributes.isEmpty()) return Optional.of(AddressFamily.IPV4_UNICAST);
        return attributes.getFirst() instanceof PathAttribute.MpUnreach unreach && unreach.withdrawn().isEmpty() ? Optional.of(unreach.family()) : Optional.empty();
    }
}
