package dev.torii.cli.rib;

import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The route in use for a prefix.
 *
 * @param source    who wants it
 * @param distance  administrative distance, 0 to 255: the lowest wins
 * @param metric    of the kernel's route, or 0
 * @param hops      where it leads; empty drops what matches
 * @param sinceNanos when it came into use, by the daemon's clock
 */
public record RibEntry(Prefix prefix, Source source, int distance, long metric, List<Hop> hops, long sinceNanos) {
    public RibEntry {
        hops = List.copyOf(hops);
    }

    /** Who wants a route: FRR's letters and default distances. */
    public enum Source {
        /** Made in the kernel by somebody else; never touched. */
        KERNEL('K', 0),
        /** The subnet of an interface's address; the kernel's own. */
        CONNECTED('C', 0),
        /** The underlay path to an IPsec peer, which keeps outer packets out of the tunnels. */
        GATEWAY('G', 0),
        /** {@code ip route} in staticd.conf or frr.conf. */
        STATIC('S', 1),
        /** A connection's narrow remote subnet, over every tunnel that is up for it. */
        TUNNEL('I', 1),
        /** Learnt from a BGP peer: 20 external, 200 internal. */
        BGP('B', 20);

        private final char letter;
        private final int distance;

        Source(char letter, int distance) {
            this.letter = letter;
            this.distance = distance;
        }

        /** As {@code show ip route} marks it. */
        public char letter() {
            return letter;
        }

        /** The default administrative distance. */
        public int distance() {
            return distance;
        }

        /** Whether such a route is ours to put into the kernel. */
        public boolean installed() {
            return this != KERNEL && this != CONNECTED;
        }
    }

    /** One way out: over an interface, to a gateway on it or (a TUN) straight into it. */
    public record Hop(Optional<InetAddress> gateway, String interfaceName, int interfaceIndex) {}

    /** Whether it only keeps a remote subnet's packets from leaving in the clear while no tunnel is up for it. */
    public boolean isGuard() {
        return source == Source.TUNNEL && hops.isEmpty();
    }

    /** Whether both lead the same packets the same way. */
    boolean sameRoute(RibEntry other) {
        return prefix.equals(other.prefix) && source == other.source && distance == other.distance && metric == other.metric && hops.equals(other.hops);
    }

    RibEntry since(long nanos) {
        return new RibEntry(prefix, source, distance, metric, hops, nanos);
    }
}
