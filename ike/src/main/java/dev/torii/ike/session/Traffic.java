package dev.torii.ike.session;

import dev.torii.ike.ChildSa;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.TrafficSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a child SA carries, or is to carry: each of our selectors to each of the peer's.
 *
 * @param local ours, not empty
 * @param remote the peer's, not empty
 */
public record Traffic(List<TrafficSelector> local, List<TrafficSelector> remote) {
    /** Copies the lists. */
    public Traffic {
        local = List.copyOf(local);
        remote = List.copyOf(remote);
    }

    /** One selector a side. */
    public static Traffic of(TrafficSelector local, TrafficSelector remote) {
        return new Traffic(List.of(local), List.of(remote));
    }

    /** All of a connection. */
    public static Traffic of(IkeConfig config) {
        return new Traffic(config.localSelectors(), config.remoteSelectors());
    }

    /** What a child SA carries. */
    public static Traffic of(ChildSa child) {
        return new Traffic(child.local(), child.remote());
    }

    /** Each combination of two selectors of one address family, by itself. */
    public List<Traffic> pairs() {
        var pairs = new ArrayList<Traffic>();
        for (TrafficSelector ours : local) {
            for (TrafficSelector theirs : remote) {
                if (ours.isIpv6() == theirs.isIpv6()) {
                    pairs.add(of(ours, theirs));
                }
            }
        }
        return List.copyOf(pairs);
    }

    /** Whether some packet belongs to both. */
    public boolean overlaps(Traffic other) {
        return overlap(local, other.local) && overlap(remote, other.remote);
    }

    private static boolean overlap(List<TrafficSelector> some, List<TrafficSelector> others) {
        return some.stream().anyMatch(one -> others.stream().anyMatch(one::overlaps));
    }

    /** Whether each selector of {@code other} lies within one of this. */
    public boolean contains(Traffic other) {
        return contain(local, other.local) && contain(remote, other.remote);
    }

    private static boolean contain(List<TrafficSelector> some, List<TrafficSelector> others) {
        return others.stream().allMatch(other -> some.stream().anyMatch(one -> one.contains(other)));
    }

    /** For example {@code 192.168.2.0/24 === 10.0.2.0/24,10.0.3.0/24}. */
    @Override
    public String toString() {
        return text(local) + " === " + text(remote);
    }

    /** With commas between them. */
    public static String text(List<TrafficSelector> selectors) {
        return selectors.stream().map(TrafficSelector::toString).collect(Collectors.joining(","));
    }
}
