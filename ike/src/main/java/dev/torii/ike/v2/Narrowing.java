package dev.torii.ike.v2;

import dev.torii.ike.Octets;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.v2.wire.Selector;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Traffic selectors in common: RFC 7296, section 2.9. One a side, as the connection has one. */
final class Narrowing {
    private Narrowing() {
    }

    /** The responder's choice: all of ours if it is offered, else the first part of it that is. */
    static TrafficSelector choose(TrafficSelector ours, List<Selector> offered) throws Refusal {
        List<TrafficSelector> common = offered.stream().flatMap(selector -> common(ours, selector).stream()).toList();
        return common.stream().filter(ours::equals).findFirst().or(() -> common.stream().findFirst())
                .orElseThrow(() -> new Refusal(NotifyType.TS_UNACCEPTABLE, "traffic selectors: nothing in common with " + ours));
    }

    /** The initiator's check: the answer is within what we offered. */
    static TrafficSelector check(TrafficSelector ours, List<Selector> answer) throws Refusal {
        if (answer.size() == 1) {
            Optional<TrafficSelector> common = common(ours, answer.get(0));
            if (common.isPresent() && Selector.of(common.get()).equals(answer.get(0))) {
                return common.get();
            }
        }
        throw new Refusal(NotifyType.TS_UNACCEPTABLE, "traffic selectors in the answer are not within " + ours);
    }

    private static Optional<TrafficSelector> common(TrafficSelector ours, Selector theirs) {
        if (theirs.first().length() != ours.first().length()) {
            return Optional.empty();
        }
        Octets first = compare(ours.first(), theirs.first()) >= 0 ? ours.first() : theirs.first();
        Octets last = compare(ours.last(), theirs.last()) <= 0 ? ours.last() : theirs.last();
        boolean protocols = ours.protocol() == 0 || theirs.protocol() == 0 || ours.protocol() == theirs.protocol();
        Optional<Integer> port = port(ours.port(), theirs);
        if (compare(first, last) > 0 || !protocols || port.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TrafficSelector(first, last, Math.max(ours.protocol(), theirs.protocol()), port.get()));
    }

    /** One port or all: what a child SA can have. */
    private static Optional<Integer> port(int ours, Selector theirs) {
        if (ours == 0) {
            return theirs.anyPort() ? Optional.of(0) : theirs.firstPort() == theirs.lastPort() && theirs.firstPort() > 0
                    ? Optional.of(theirs.firstPort()) : Optional.empty();
        }
        return theirs.firstPort() <= ours && ours <= theirs.lastPort() ? Optional.of(ours) : Optional.empty();
    }

    private static int compare(Octets a, Octets b) {
        return Arrays.compareUnsigned(a.toByteArray(), b.toByteArray());
    }
}
