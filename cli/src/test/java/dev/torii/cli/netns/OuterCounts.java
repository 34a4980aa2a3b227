package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Pattern;

/** Counts what arrives in a namespace: ESP as IP protocol 50, that of it with DSCP EF, datagrams on UDP 4500, and ICMP's word that something could not be delivered. */
final class OuterCounts {
    static final String PLAIN = "plain";
    static final String EXPEDITED = "expedited";
    static final String ENCAPSULATED = "encapsulated";
    static final String REFUSED = "refused";
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");
    private static final String RULES = """
            nft -f - <<'END'
            table inet seen {
              counter plain { }
              counter expedited { }
              counter encapsulated { }
              counter refused { }
              chain watch {
                type filter hook input priority -300; policy accept;
                meta l4proto esp counter name plain
                meta l4proto esp ip dscp ef counter name expedited
                meta l4proto esp ip6 dscp ef counter name expedited
                udp dport 4500 counter name encapsulated
                icmp type destination-unreachable counter name refused
                icmpv6 type destination-unreachable counter name refused
              }
            }
            END
            """;

    private final Vpn vpn;
    private final String namespace;

    private OuterCounts(Vpn vpn, String namespace) {
        this.vpn = vpn;
        this.namespace = namespace;
    }

    /** Begins at 0. */
    static OuterCounts in(Vpn vpn, String namespace) {
        vpn.namespaces().script(namespace, RULES).orFail("counters");
        return new OuterCounts(vpn, namespace);
    }

    long of(String counter) {
        var listed = vpn.namespaces().script(namespace, "nft list counter inet seen " + counter).orFail("counter").out();
        var packets = PACKETS.matcher(listed);
        assertTrue(packets.find(), listed);
        return Long.parseLong(packets.group(1));
    }
}
