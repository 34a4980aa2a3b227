package dev.torii.ike.v1;

import dev.torii.ike.Octets;
import dev.torii.ike.wire.Attribute;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Lifetime attributes: a type, then a duration, possibly once for seconds and once for kilobytes (RFC 2407, section 4.5). */
final class Lifetimes {
    static final int SECONDS = 1;
    private static final Duration FOREVER = Duration.ofSeconds(0xFFFF_FFFFL);

    private Lifetimes() {
    }

    /** RESPONDER-LIFETIME, if what is agreed ends earlier than what was offered: RFC 2407, section 4.6.3.1. @param spi of the SA */
    static Optional<Payload> shortened(Duration agreed, List<Attribute> offered, int typeAttribute, int durationAttribute, int protocol, Octets spi) {
        boolean same = agreed.compareTo(shorter(FOREVER, offered, typeAttribute, durationAttribute)) >= 0;
        Octets attributes = MessageCodec.attributes(List.of(Attribute.of(typeAttribute, SECONDS), Attribute.ofNumber(durationAttribute, agreed.toSeconds())));
        return same ? Optional.empty() : Optional.of(new Payload.Notify(Payload.DOI_IPSEC, protocol, spi, NotifyType.RESPONDER_LIFETIME, attributes));
    }

    /** The shorter of ours and the seconds in the attributes; kilobytes and zero are ignored. */
    static Duration shorter(Duration ours, List<Attribute> attributes, int typeAttribute, int durationAttribute) {
        Duration shortest = ours;
        long unit = SECONDS;
        for (Attribute attribute : attributes) {
            if (attribute.type() == typeAttribute) {
                unit = attribute.number();
            } else if (attribute.type() == durationAttribute && unit == SECONDS && attribute.number() > 0) {
                long seconds = attribute.number();
                if (seconds < shortest.toSeconds()) {
                    shortest = Duration.ofSeconds(seconds);
                }
            }
        }
        return shortest;
    }
}
