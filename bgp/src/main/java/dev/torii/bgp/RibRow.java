package dev.torii.bgp;

import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One path of one prefix, as {@code show bgp ipv4 unicast} prints a line.
 *
 * @param suppressed not announced, because of an aggregate ({@code s})
 * @param best      chosen by the decision process ({@code >})
 * @param multipath equal to the best one and used as well ({@code =})
 * @param internal  learnt over iBGP ({@code i})
 * @param peer      empty for a route of our own
 * @param nextHop   0.0.0.0 or :: for a route of our own
 * @param linkLocal the next hop's address on the link, which is used where there is one
 * @param asPath    as FRR prints it, empty for a route of our own
 * @param origin    {@code i}, {@code e} or {@code ?}
 */
public record RibRow(Prefix prefix, boolean valid, boolean suppressed, boolean best, boolean multipath, boolean internal, Optional<InetAddress> peer,
        InetAddress nextHop, Optional<InetAddress> linkLocal, OptionalLong metric, OptionalLong localPref, long weight, String asPath, char origin) {

    /** The status column: {@code "*> "}, {@code "*= "}, {@code "*>i"}, ... */
    public String statusCodes() {
        return (suppressed ? "s" : valid ? "*" : " ") + (best ? ">" : multipath ? "=" : " ") + (internal ? "i" : " ");
    }
}
