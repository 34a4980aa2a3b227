package dev.torii.ike.v1;

import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.Spi;
import dev.torii.ike.session.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The child SAs of one session, and which of those with the same selectors is the one that counts. Bookkeeping only. */
final class ChildTable {
    private final List<Child> children = new ArrayList<>();     // usable ones in the order in which they became usable

    /** Of now: what is done with them may change the table. */
    List<Child> all() {
        return List.copyOf(children);
    }

    /** Those that work both ways. */
    Stream<Child> usable() {
        return children.stream().filter(c -> c.usable);
    }

    boolean anyUsable() {
        return usable().findAny().isPresent();
    }

    boolean isEmpty() {
        return children.isEmpty();
    }

    boolean contains(Child child) {
        return children.contains(child);
    }

    Optional<Child> find(long id) {
        return children.stream().filter(c -> c.id == id).findFirst();
    }

    Optional<Child> receivingWith(Spi inbound) {
        return children.stream().filter(c -> c.sa.inbound().equals(inbound)).findFirst();
    }

    Optional<Child> sendingWith(Octets outbound) {
        return children.stream().filter(c -> c.sa.outbound().octets().equals(outbound)).findFirst();
    }

    /** One that is not finished yet. */
    void add(Child child) {
        children.add(child);
    }

    /** It is finished now; an older one than what has overtaken it counts as older still. */
    void finished(Child child) {
        children.remove(child);
        children.add(overtakenBy(child).map(children::indexOf).orElse(children.size()), child);
        child.usable = true;
    }

    boolean remove(Child child) {
        return children.remove(child);
    }

    void clear() {
        children.clear();
    }

    /** The newest usable child for two selectors: what is sent, is sent with it. */
    Optional<Child> current(Traffic pair) {
        return usable().filter(c -> c.pair.equals(pair)).reduce((older, newer) -> newer);
    }

    boolean isCurrent(Child child) {
        return current(child.pair).filter(newest -> newest == child).isPresent();
    }

    /** What the peer began after this one and we finished before it, because a message 3 was lost: the peer has replaced this one. */
    Optional<Child> overtakenBy(Child child) {
        return usable().filter(newer -> newer.id > child.id && newer.pair.equals(child.pair) && !newer.sa.initiator() && !child.sa.initiator()).findFirst();
    }

    /** If none sends, because what did is gone: the one that the peer has had for the longest time. */
    Optional<Child> nextToSend(Traffic pair) {
        List<Child> left = usable().filter(c -> c.pair.equals(pair)).toList();
        return left.stream().allMatch(c -> c.held) ? left.stream().findFirst() : Optional.empty();
    }

    /** Whether no newer one sends in its place. */
    boolean sends(Child child) {
        return usable().noneMatch(newer -> !newer.held && newer.id > child.id && newer.pair.equals(child.pair));
    }

    List<IkeStatus.Child> status() {
        return children.stream().map(c -> new IkeStatus.Child(c.sa.inbound(), c.sa.outbound(), c.sa.suite().suite(),
                Traffic.text(c.sa.local()), Traffic.text(c.sa.remote()), c.sa.udpEncapsulated(), c.usable, isCurrent(c))).toList();
    }
}
