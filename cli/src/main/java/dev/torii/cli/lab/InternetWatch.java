package dev.torii.cli.lab;

import java.util.regex.Pattern;

/** Counts what crosses the lab's internet: UDP on port 4500, and packets of the two sites in clear, of which there must be none. */
public final class InternetWatch {
    /** nftables rules for the internet's namespace. Both sites' prefixes, the tunnels' own and the VCN's included; ICMP errors count too. */
    static final String RULES = """
            table ip watch {
              counter clear { }
              counter encapsulated { }
              chain seen {
                type filter hook prerouting priority raw; policy accept;
                ip saddr { 10.0.0.0/8, 192.168.0.0/16 } counter name clear
                ip daddr { 10.0.0.0/8, 192.168.0.0/16 } counter name clear
                udp sport 4500 counter name encapsulated
                udp dport 4500 udp sport != 4500 counter name encapsulated
              }
            }
            """;
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

    private final Namespaces namespaces;

    /** Of this family's {@code inet}. */
    public InternetWatch(Namespaces namespaces) {
        this.namespaces = namespaces;
    }

    /** Packets with an inner address in an outer header, since the network was built. */
    public long clear() {
        return packets("clear");
    }

    /** UDP datagrams of port 4500, since the network was built. */
    public long encapsulated() {
        return packets("encapsulated");
    }

    private long packets(String counter) {
        var answer = namespaces.run("inet", Shell.SHORT, "nft", "list", "counter", "ip", "watch", counter).orFail("reading the internet's counters");
        var match = PACKETS.matcher(answer.out());
        if (!match.find()) throw new LabFailure("nft gave no count: " + answer.text());
        return Long.parseLong(match.group(1));
    }
}
