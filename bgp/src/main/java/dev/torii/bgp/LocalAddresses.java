package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Our end of a session, and our other addresses on its interface: the next hops of what is announced over it, as in FRR.
 *
 * @param session   what the connection has
 * @param ipv4      for IPv4 routes; the session's own address if that is one
 * @param ipv6      for IPv6 routes: a global address, or the link-local one where there is no other
 * @param linkLocal sent beside {@code ipv6} (RFC 2545 section 3); only if the peer is on the same link
 */
public record LocalAddresses(InetAddress session, Optional<InetAddress> ipv4, Optional<InetAddress> ipv6, Optional<InetAddress> linkLocal) {
    /** Where nothing else is known of the interface. */
    public static LocalAddresses of(InetAddress session) {
        var address = Optional.of(session);
        return new LocalAddresses(session, address.filter(Inet4Address.class::isInstance), address.filter(Inet6Address.class::isInstance), Optional.empty());
    }

    /** The next hop of what is announced of that family; empty: there is none. */
    Optional<InetAddress> nextHop(AddressFamily family) { return family.ipv6() ? ipv6 : ipv4; }
}
