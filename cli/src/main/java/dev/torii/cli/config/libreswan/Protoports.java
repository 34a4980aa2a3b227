package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Protoport;
import dev.torii.cli.config.libreswan.Conn.Value;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code leftprotoport=} and {@code rightprotoport=}: protocol, or protocol and port, as numbers or by their usual names. */
final class Protoports {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final Map<String, Integer> PROTOCOLS = Map.of("icmp", 1, "igmp", 2, "ipip", 4, "tcp", TCP, "udp", UDP, "gre", 47, "ipv6-icmp", 58, "ospf",
            89, "l2tp", 115, "sctp", 132);
    private static final Set<Integer> WITH_PORTS = Set.of(TCP, UDP, 33, 132, 136);
    private static final Set<String> ANY = Set.of("%any", "any", "0");

    private final Values values;
    private final Diagnostics diagnostics;

    Protoports(Values values, Diagnostics diagnostics) {
        this.values = values;
        this.diagnostics = diagnostics;
    }

    Protoport of(Conn conn, Side side) {
        var value = conn.get(side, "protoport");
        if (value.isEmpty()) return Protoport.ANY;
        String[] parts = value.get().text().toLowerCase(Locale.ROOT).split("/", 2);
        int protocol = ANY.contains(parts[0]) ? 0 : PROTOCOLS.getOrDefault(parts[0], number(parts[0], 255));
        int port = parts.length == 1 || ANY.contains(parts[1]) ? 0 : number(parts[1], 65535);
        if (protocol < 0 || port < 0) return wrong(value.get(), "is not a protocol and a port");
        if (port > 0 && !WITH_PORTS.contains(protocol)) {
            return wrong(value.get(), "has a port, and " + (protocol == 0 ? "no protocol" : "protocol " + protocol + " has none"));
        }
        return new Protoport(protocol, port);
    }

    /** Both sides must be able to mean the same packet. */
    void check(Conn conn, Protoport local, Protoport remote) {
        if (local.protocol() == remote.protocol() || local.protocol() == 0 || remote.protocol() == 0) return;
        diagnostics.error(conn.get(Side.RIGHT, "protoport").orElseThrow().at(),
                "conn " + conn.name() + " has different protocols for its sides, which no packet has",
                "write the same protocol into leftprotoport= and rightprotoport=");
    }

    private Protoport wrong(Value value, String what) {
        values.error(value, what, "write it like udp/1701, 17/1701, tcp or icmp");
        return Protoport.ANY;
    }

    /** -1 if it is none. */
    private static int number(String text, int most) { return text.matches("\\d{1,5}") && Integer.parseInt(text) <= most ? Integer.parseInt(text) : -1; }
}
