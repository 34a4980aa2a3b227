package dev.torii.cli.show;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AddressText;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** FRR's json words for address families, and its list of a path's next hops. */
final class Families {
    private Families() {}

    static String word(AddressFamily family) { return family.ipv6() ? "ipv6Unicast" : "ipv4Unicast"; }

    static String afi(InetAddress address) { return address instanceof Inet4Address ? "ipv4" : "ipv6"; }

    /**
     * FRR's {@code nexthops}: of IPv6 with their scope, the link-local one used where there is one.
     *
     * @param accessible said, if anything is to be said of it
     */
    static List<Object> nextHops(InetAddress nextHop, Optional<InetAddress> linkLocal, Optional<Boolean> accessible) {
        var hops = new ArrayList<Object>();
        hops.add(hop(nextHop, "global", accessible, linkLocal.isEmpty()));
        linkLocal.ifPresent(address -> hops.add(hop(address, "link-local", accessible, true)));
        return hops;
    }

    private static Object hop(InetAddress address, String scope, Optional<Boolean> accessible, boolean used) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("ip", AddressText.of(address));
        fields.put("afi", afi(address));
        if (!(address instanceof Inet4Address)) fields.put("scope", scope);
        accessible.filter(is -> is).ifPresent(is -> fields.put("accessible", true));
        if (used) fields.put("used", true);
        return fields;
    }
}
