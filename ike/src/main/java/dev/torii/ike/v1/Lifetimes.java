package dev.torii.ike.v1;

import dev.torii.ike.wire.Attribute;
import java.time.Duration;
import java.util.List;

/** Lifetime attributes: a type, then a duration, possibly once for seconds and once for kilobytes (RFC 2407, section 4.5). */
final class Lifetimes {
    static final int SECONDS = 1;

    private Lifetimes() {
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
