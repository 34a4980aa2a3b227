package dev.torii.ike.v2;

import dev.torii.ike.Octets;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.v2.wire.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Traffic selectors in common: RFC 7296, section 2.9. */
final class Narrowing {
    /** A peer may cut one selector of ours into many; every pair of selectors costs each packet some time. */
    private static final int MAX_PIECES = 16;

    private Narrowing() {
    }

    /** The responder's choice: as much of ours as is offered. */
    static List<TrafficSelector> choose(List<TrafficSelector> ours, List<Selector> offered) throws Refusal {
        var common = new ArrayList<TrafficSelector>();
        for (TrafficSelector one : ours) {
            offered.stream().flatMap(selector -> common(one, selector).stream()).forEach(common::add);
        }
        List<TrafficSelector> distinct = common.stream().distinct().toList();
        List<TrafficSelector> widest = distinct.stream()
                .filter(one -> distinct.stream().noneMatch(other -> !other.equals(one) && other.contains(one))).toList();
        if (widest.isEmpty()) {
            throw new Refusal(NotifyType.TS_UNACCEPTABLE, "traffic selectors: nothing in common with " + Traffic.text(ours));
        }
        return widest.subList(0, Math.min(widest.size(), Math.max(ours.size(), MAX_PIECES)));
    }

    /** The initiator's check: the answer is within what we offered. */
    static List<TrafficSelector> check(List<TrafficSelector> offered, List<Selector> answer) throws Refusal {
        if (answer.isEmpty() || answer.size() > Math.max(offered.size(), MAX_PIECES)) {
            throw new Refusal(NotifyType.TS_UNACCEPTABLE, answer.size() + " traffic selectors in the answer");
        }
        var agreed = new ArrayList<TrafficSelector>();
        for (Selector theirs : answer) {
            agreed.add(offered.stream().flatMap(one -> common(one, theirs).stream()).filter(common -> Selector.of(common).equals(theirs)).findFirst()
                    .orElseThrow(() -> new Refusal(NotifyType.TS_UNACCEPTABLE, "traffic selectors in the answer are not within " + Traffic.text(offered))));
        }
        return List.copyOf(agreed);
    }

    /** Whether there is anything to carry: IPv4 on one side and IPv6 on the other is nothing. */
    static void together(List<TrafficSelector> local, List<TrafficSelector> remote) throws Refusal {
        if (new Traffic(local, remote).pairs().isEmpty()) {
            throw new Refusal(NotifyType.TS_UNACCEPTABLE, "traffic selectors of two address families: " + new Traffic(local, remote));
        }
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
