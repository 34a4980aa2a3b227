package dev.torii.cli.config.frr;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.Addresses;
import dev.torii.cli.config.FrrVersion;
import dev.torii.cli.config.StaticRoute;
import dev.torii.cli.config.frr.Grammar.Match;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Commands outside any block: static routes, prefix lists, the headers of the blocks, and what has to do with FRR's own processes. */
final class TopCommands {
    private final FrrState state;
    private final FrrValues values;
    private final Contexts contexts;

    TopCommands(FrrState state, FrrValues values, Contexts contexts) {
        this.state = state;
        this.values = values;
        this.contexts = contexts;
    }

    void define() {
        var top = contexts.grammar(Context.TOP);
        top.only("frr version <rest>", match -> state.version = match.taken().isEmpty() ? Optional.empty() : FrrVersion.parse(match.text(0))).only("frr defaults <word>", this::defaults)
                .add("hostname <word>", match -> state.hostname = match.no() ? Optional.empty() : Optional.of(match.text(0)))
                .add("router-id <addr>", this::routerId).add("ip router-id <addr>", this::routerId);
        for (String quiet : List.of("domainname <rest>", "log <rest>", "debug <rest>", "password <rest>", "enable password <rest>", "service <rest>", "banner <rest>",
                "username <rest>", "ip forwarding", "ipv6 forwarding", "ip prefix-list sequence-number", "agentx", "zebra <rest>", "ip nht <rest>", "ipv6 nht <rest>",
                "route-map <word> optimization", "ip protocol <rest>", "fpm <rest>", "allow-external-route-update")) top.add(quiet, FrrValues::quiet);
        top.only("line vty", match -> contexts.enter(Context.LINE_VTY));
        for (String quiet : List.of("login", "exec-timeout <rest>", "access-class <rest>", "ipv6 access-class <rest>")) contexts.grammar(Context.LINE_VTY).add(quiet, FrrValues::quiet);
        top.only("interface <word>", match -> contexts.enter(Context.INTERFACE));
        var inside = contexts.grammar(Context.INTERFACE);
        for (String quiet : List.of("description <rest>", "shutdown", "link-detect", "multicast", "bandwidth <num>", "ipv6 nd <rest>", "exit-interface")) inside.add(quiet, FrrValues::quiet);
        inside.add("ip address <rest>", values.noted("addresses are not set from here; for a tunnel write leftvti= in ipsec.conf"))
                .add("ipv6 address <rest>", values.noted("addresses are not set from here"));

        for (AddressFamily family : AddressFamily.KNOWN) top.add((family.ipv6() ? "ipv6" : "ip") + " route <rest>", match -> route(match, family));
        new ListCommands(state, values).define(top);
        refuse(top, "router ospf|ospf6|rip|ripng|isis|eigrp|babel|openfabric|pim|pim6 <rest>", "routing protocols besides BGP are", "remove the block");
        refuse(top, "vrf <word>", "VRFs are", "remove the block");
        refuse(top, "bfd", "BFD is", "remove the block");
        refuse(top, "rpki", "RPKI is", "remove the block");
        refuse(top, "key chain <rest>", "key chains are", "remove the block");
        top.only("exit-vrf", FrrValues::quiet);
        top.add("ip mroute <rest>", values.refused("multicast routes are", "remove the line"));
    }

    private void refuse(Grammar top, String pattern, String what, String suggestion) {
        top.add(pattern, match -> {
            if (match.no()) return;
            values.error(match.first().at(), what + " not supported yet", suggestion);
            contexts.enter(Context.SKIPPED);
        });
    }

    private void defaults(Match match) {
        if (List.of("traditional", "datacenter").contains(match.text(0))) state.profile(match.text(0));
        else values.error(match.word(0), "is no set of defaults", "write traditional or datacenter");
    }

    private void routerId(Match match) { values.address(match.word(0)).ifPresent(id -> state.zebraRouterId = match.no() ? Optional.empty() : Optional.of(id)); }

    /** {@code ip route PREFIX|ADDRESS MASK  GATEWAY|INTERFACE|Null0 [INTERFACE] [DISTANCE] [tag N]}, and {@code ipv6 route PREFIX ...}. */
    private void route(Match match, AddressFamily family) {
        String form = "write " + (family.ipv6() ? "ipv6" : "ip") + " route PREFIX GATEWAY";
        var words = match.taken();
        if (words.size() < 2) {
            values.error(match.first().at(), "the route has no next hop", form);
            return;
        }
        boolean masked = !family.ipv6() && Addresses.ipv4(words.get(0).text()).isPresent();
        Optional<Prefix> prefix = masked ? values.prefix(words.get(0), words.get(1)) : values.prefix(words.get(0), family);
        int next = masked ? 2 : 1;
        if (prefix.isEmpty()) return;
        if (next >= words.size()) {
            values.error(match.first().at(), "the route has no next hop", form);
            return;
        }
        var hop = words.get(next++);
        Optional<InetAddress> gateway = family.ipv6() ? Addresses.ipv6(hop.text()).map(InetAddress.class::cast) : Addresses.ipv4(hop.text()).map(InetAddress.class::cast);
        boolean drops = gateway.isEmpty() && List.of("null0", "blackhole", "reject").contains(hop.text().toLowerCase(Locale.ROOT));
        Optional<String> interfaceName = gateway.isEmpty() && !drops ? interfaceName(hop) : Optional.empty();
        if (gateway.isEmpty() && !drops && interfaceName.isEmpty()) return;
        if (gateway.isPresent() && next < words.size() && words.get(next).text().matches("[A-Za-z].*") && !List.of("tag", "onlink", "label", "vrf", "nexthop-vrf", "table", "color").contains(words.get(next).text())) {
            interfaceName = interfaceName(words.get(next++));
            if (interfaceName.isEmpty()) return;
        }
        if (gateway.filter(InetAddress::isLinkLocalAddress).isPresent() && interfaceName.isEmpty()) {
            values.error(hop, "is link-local: it says nothing without an interface", form + " INTERFACE");
            return;
        }
        int distance = 1;
        OptionalLong tag = OptionalLong.empty();
        while (next < words.size()) {
            var word = words.get(next++);
            if (word.text().equals("tag") && next < words.size()) {
                tag = values.number(words.get(next++), 1, FrrValues.MAX_32);
                if (tag.isEmpty()) return;
            } else if (word.text().matches("\\d+")) {
                var read = values.number(word, 1, 255);
                if (read.isEmpty()) return;
                distance = (int) read.getAsLong();
            } else if (List.of("onlink", "label", "vrf", "nexthop-vrf", "table", "color", "segments").contains(word.text())) {
                values.error(word, "is not supported yet", "remove it");
                return;
            } else {
                values.error(word, "is unexpected", form + " [DISTANCE] [tag NUMBER]");
                return;
            }
        }
        var route = new StaticRoute(match.first().at(), prefix.get(), gateway, interfaceName, distance, tag);
        if (match.no()) state.staticRoutes.removeIf(other -> other.prefix().equals(route.prefix()) && other.gateway().equals(route.gateway()) && other.interfaceName().equals(route.interfaceName()));
        else state.staticRoutes.add(route);
    }

    private Optional<String> interfaceName(Word word) {
        if (word.text().matches("[A-Za-z_][A-Za-z0-9_.@-]{0,14}")) {
            if (!Addresses.isPlaceholder(word.text())) return Optional.of(word.text());
            values.error(word, "is still the placeholder", "put the gateway's address here");
        } else {
            values.error(word, "is neither an address nor an interface", "write a gateway like 192.168.1.1, an interface, or Null0");
        }
        return Optional.empty();
    }
}
