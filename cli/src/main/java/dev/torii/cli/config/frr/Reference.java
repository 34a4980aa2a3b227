package dev.torii.cli.config.frr;

import dev.torii.cli.config.Position;

/** Where a line names a list or a map. */
record Reference(Kind kind, String name, Position at) {
    /** What it names, in FRR's words, and how one is defined. */
    enum Kind {
        ROUTE_MAP("route-map", "route-map %s permit 10"), PREFIX_LIST("prefix-list", "ip prefix-list %s permit PREFIX"),
        IPV6_PREFIX_LIST("ipv6 prefix-list", "ipv6 prefix-list %s permit PREFIX"), ACCESS_LIST("access-list", "access-list %s permit PREFIX"),
        IPV6_ACCESS_LIST("ipv6 access-list", "ipv6 access-list %s permit PREFIX"),
        AS_PATH_LIST("as-path access-list", "bgp as-path access-list %s permit REGEX"),
        COMMUNITY_LIST("community-list", "bgp community-list standard %s permit AA:NN"),
        EXTENDED_COMMUNITY_LIST("extcommunity-list", "bgp extcommunity-list standard %s permit rt AA:NN"),
        LARGE_COMMUNITY_LIST("large-community-list", "bgp large-community-list standard %s permit AA:BB:CC");

        private final String word;
        private final String definition;

        Kind(String word, String definition) {
            this.word = word;
            this.definition = definition;
        }

        String word() { return word; }
    }

    /** A line that would define it. */
    String definition() { return kind.definition.formatted(name); }
}
