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
    private static final Pattern COUNTS = Pattern.compile("packets (\\d+) bytes (\\d+)");

    private final Namespaces namespaces;

    /** Of this family's {@code inet}. */
    public InternetWatch(Namespaces namespaces) {
        this.namespaces = namespaces;
    }

    /** Packets with an inner address in an outer header, since the network was built. */
    public long clear() {
        return count("clear", 1);
    }

    /** Packets of UDP port 4500, since the network was built. A run of datagrams that left as one (UDP_SEGMENT) crosses these links as one. */
    public long encapsulated() {
        return count("encapsulated", 1);
    }

    /** Their bytes. */
    public long encapsulatedBytes() {
        return count("encapsulated", 2);
    }

    private long count(String counter, int group) {
        var answer = namespaces.run("inet", Shell.SHORT, "nft", "list", "counter", "ip", "watch", counter).orFail("reading the internet's counters");
        var match = COUNTS.matcher(answer.out());
        if (!match.find()) throw new LabFailure("nft gave no count: " + answer.text());
        return Long.parseLong(match.group(group));
    }
}
