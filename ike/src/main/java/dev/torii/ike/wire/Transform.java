package dev.torii.ike.wire;

import java.util.List;
import java.util.Optional;

/**
 * A transform (RFC 2408, section 3.6).
 *
 * @param number as numbered by the initiator
 * @param id transform id in its protocol
 * @param attributes in the order of the wire
 */
public record Transform(int number, int id, List<Attribute> attributes) {
    /** Copies the list. */
    public Transform {
        attributes = List.copyOf(attributes);
    }

    /** The value of the first attribute of a type. */
    public Optional<Long> number(int type) {
        return attributes.stream().filter(attribute -> attribute.type() == type).map(Attribute::number).findFirst();
    }
}
