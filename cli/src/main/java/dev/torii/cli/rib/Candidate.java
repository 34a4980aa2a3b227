package dev.torii.cli.rib;

import dev.torii.cli.rib.RibEntry.Hop;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * A route that could be used, as {@code show ip route} lists it.
 *
 * @param selected whether it is in use; if it is not, its entry has no age
 * @param legs     the ways it was asked to lead, in that order; empty drops what matches
 */
public record Candidate(RibEntry entry, boolean selected, List<Leg> legs) {
    public Candidate {
        legs = List.copyOf(legs);
    }

    /**
     * One next hop.
     *
     * @param gateway that it is reached through, where that is not on a subnet of an interface: found by looking it up (FRR: recursive)
     * @param hops    what was found
     */
    public record Leg(Optional<InetAddress> gateway, List<Hop> hops) {
        public Leg {
            hops = List.copyOf(hops);
        }

        static Leg direct(Hop hop) {
            return new Leg(Optional.empty(), List.of(hop));
        }
    }

    /** One that leads where its entry says. */
    public static Candidate of(RibEntry entry, boolean selected) {
        return new Candidate(entry, selected, entry.hops().stream().map(Leg::direct).toList());
    }
}
