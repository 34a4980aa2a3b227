package dev.torii.bgp.wire;

import java.util.List;

/** An address family and subsequent address family, RFC 4760 section 2. */
public record AddressFamily(int afi, int safi) {
    public static final AddressFamily IPV4_UNICAST = new AddressFamily(1, 1);
    public static final AddressFamily IPV6_UNICAST = new AddressFamily(2, 1);
    /** Those that can be configured, in FRR's order. */
    public static final List<AddressFamily> KNOWN = List.of(IPV4_UNICAST, IPV6_UNICAST);

    /** Whether its prefixes are IPv6 ones. */
    public boolean ipv6() { return afi == IPV6_UNICAST.afi; }

    @Override public String toString() {
        if (equals(IPV4_UNICAST)) return "IPv4 Unicast";
        if (equals(IPV6_UNICAST)) return "IPv6 Unicast";
        return "afi " + afi + " safi " + safi;
    }
}
