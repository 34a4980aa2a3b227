package dev.torii.cli.config.libreswan;

import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.InnerAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** What IPv4 and IPv6 inside one tunnel ask of a conn: the same families on both sides, and for IPv6 an interface that is wide enough. */
final class InnerFamilies {
    private static final int LEAST_IPV6_MTU = 1280;             // RFC 8200, section 5

    private final Diagnostics diagnostics;

    InnerFamilies(Diagnostics diagnostics) { this.diagnostics = diagnostics; }

    /** @param mtu 0 if the conn has none */
    void check(Conn conn, Orientation.Ends ends, List<Prefix> local, List<Prefix> remote, Optional<InnerAddress> inner, int mtu) {
        var here = ends.localSide();
        var ours = local.isEmpty() ? ends.local().or(ends::remote).map(InnerFamilies::host).stream().toList() : local;
        for (boolean ipv6 : new boolean[] {false, true}) {
            if (ours.isEmpty() || remote.isEmpty() || has(ours, ipv6) == has(remote, ipv6)) continue;
            var missing = has(ours, ipv6) ? here.other() : here;
            var at = subnets(conn, missing.other()).map(Conn.Value::at).orElse(conn.at());
            String family = ipv6 ? "IPv6" : "IPv4";
            diagnostics.error(at, "conn " + conn.name() + " has " + family + " traffic on the " + missing.other().word()
                    + " side and none on the " + missing.word(),
                    "write an " + family + " subnet into " + missing.word() + "subnet=, or two families into " + missing.word() + "subnets=");
        }
        boolean ipv6Inside = has(ours, true) || inner.filter(address -> address.address() instanceof Inet6Address).isPresent();
        if (ipv6Inside && mtu != 0 && mtu < LEAST_IPV6_MTU) {
            new Values(diagnostics).error(conn.get("mtu").orElseThrow(), "is too little for IPv6 in the tunnel",
                    "write mtu=" + LEAST_IPV6_MTU + " or more, or remove the line");
        }
    }

    private static Optional<Conn.Value> subnets(Conn conn, Side side) {
        return conn.get(side, "subnets").or(() -> conn.get(side, "subnet"));
    }

    private static boolean has(List<Prefix> subnets, boolean ipv6) {
        return subnets.stream().anyMatch(subnet -> subnet.ipv6() == ipv6);
    }

    /** One address as a subnet. */
    static Prefix host(InetAddress address) {
        return Prefix.of(address, address.getAddress().length * Byte.SIZE);
    }
}
