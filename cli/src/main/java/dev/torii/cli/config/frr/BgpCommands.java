package dev.torii.cli.config.frr;

import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.Addresses;
import dev.torii.cli.config.Nearest;
import dev.torii.cli.config.frr.Grammar.Match;
import dev.torii.cli.config.frr.Neighbor.Policy;
import dev.torii.cli.config.frr.Neighbor.Reference;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** {@code router bgp} and its address family. */
final class BgpCommands {
    private final FrrState state;
    private final FrrValues values;
    private final Contexts contexts;

    BgpCommands(FrrState state, FrrValues values, Contexts contexts) {
        this.state = state;
        this.values = values;
        this.contexts = contexts;
    }

    private FrrState.Bgp bgp() { return state.bgp.orElseThrow(); }

    void define() {
        contexts.grammar(Context.TOP).only("router bgp <as>", this::router)
                .only("router bgp <as> vrf|view <rest>", match -> {
                    values.error(match.word(1), "is not supported yet", "configure one router bgp for the whole host");
                    contexts.enter(Context.SKIPPED);
                });
        var router = contexts.grammar(Context.ROUTER_BGP);
        instance(router);
        sessions(router);
        router.only("address-family ipv4", match -> contexts.enter(Context.IPV4_UNICAST)).only("address-family ipv4 unicast", match -> contexts.enter(Context.IPV4_UNICAST));
        for (String other : List.of("address-family ipv6|l2vpn|vpnv4|vpnv6 <rest>", "address-family ipv4 multicast|vpn|labeled-unicast|flowspec <rest>")) {
            router.only(other, match -> {
                values.error(match.first().at(), "this address family is not supported yet", "remove the block; address-family ipv4 unicast is supported");
                contexts.enter(Context.SKIPPED);
            });
        }
        contexts.grammar(Context.SKIPPED).only("exit-address-family", match -> contexts.enter(state.bgp.isPresent() ? Context.ROUTER_BGP : Context.TOP));
        family(router);         // FRR takes the lines of the IPv4 unicast family outside its block as well
        var family = contexts.grammar(Context.IPV4_UNICAST);
        family(family);
        family.only("exit-address-family", match -> contexts.enter(Context.ROUTER_BGP));
    }

    private void router(Match match) {
        var as = values.as(match.word(0));
        if (as.isEmpty()) {
            contexts.enter(Context.SKIPPED);
            return;
        }
        if (state.bgp.isEmpty()) {
            state.bgp = Optional.of(new FrrState.Bgp(as.getAsLong(), match.first().at()));
        } else if (bgp().as != as.getAsLong()) {
            values.error(match.word(0), "is another AS than " + bgp().as + " at " + bgp().at, "use one router bgp for the whole host");
        }
        contexts.enter(Context.ROUTER_BGP);
    }

    private void instance(Grammar router) {
        router.add("bgp router-id <addr>", match -> values.address(match.word(0)).ifPresent(id -> bgp().routerId = match.no() ? Optional.empty() : Optional.of(id)))
                .add("bgp router-id", match -> {
                    if (match.no()) bgp().routerId = Optional.empty();
                    else values.error(match.first().at(), "bgp router-id without an id", "write bgp router-id 192.168.1.42");
                })
                .add("bgp ebgp-requires-policy", match -> bgp().ebgpRequiresPolicy = Optional.of(!match.no()))
                .add("bgp default ipv4-unicast", match -> bgp().activateIpv4Unicast = !match.no())
                .add("bgp default local-preference <num>", match -> values.number(match.word(0), 0, FrrValues.MAX_32).ifPresent(n -> bgp().localPreference = match.no() ? 100 : n))
                .add("bgp bestpath as-path multipath-relax <rest>", match -> bgp().multipathRelax = !match.no())
                .add("timers bgp <num> <num>", match -> timers(match, 0).ifPresent(timers -> bgp().timers = match.no() ? Optional.empty() : Optional.of(timers)))
                .add("timers bgp", match -> {
                    if (match.no()) bgp().timers = Optional.empty();
                    else values.error(match.first().at(), "timers bgp without times", "write timers bgp 60 180");
                });
        for (String quiet : List.of("bgp log-neighbor-changes", "bgp deterministic-med", "bgp fast-external-failover", "bgp suppress-duplicates",
                "bgp default show-hostname", "bgp default show-nexthop-hostname", "bgp default software-version-capability", "bgp default ipv6-unicast",
                "bgp reject-as-sets", "bgp suppress-fib-pending", "bgp update-delay <rest>", "bgp minimum-holdtime <num>", "update-delay <rest>", "coalesce-time <num>",
                "write-quanta <num>", "read-quanta <num>", "auto-summary", "synchronization")) router.add(quiet, FrrValues::quiet);
        for (String noted : List.of("bgp graceful-restart", "bgp graceful-restart <rest>", "bgp graceful-restart-disable", "bgp graceful-shutdown", "bgp dampening <rest>",
                "bgp long-lived-graceful-restart <rest>")) router.add(noted, values.noted("graceful restart and dampening are not supported yet"));
        router.add("bgp network import-check", match -> {
            if (match.no()) values.error(match.first().at(), "networks without a route are not supported yet", "remove the line, and add ip route for each network");
        });
        for (String other : List.of("bgp always-compare-med", "bgp bestpath <rest>", "bgp cluster-id <rest>", "bgp confederation <rest>", "bgp listen <rest>", "bgp route-reflector <rest>",
                "bgp enforce-first-as", "bgp disable-ebgp-connected-route-check", "bgp route-map <rest>", "bgp shutdown <rest>", "bgp max-med <rest>", "bgp labeled-unicast <rest>")) {
            router.add(other, values.refused("this setting is", "remove the line"));
        }
    }

    private void sessions(Grammar router) {
        router.add("neighbor <addr> remote-as <as>", this::remoteAs);
        router.add("neighbor <addr>", match -> {
            if (!match.no()) values.error(match.word(0), "is named without anything about it", "write neighbor " + match.text(0) + " remote-as AS");
            else neighbor(match).ifPresent(neighbor -> bgp().neighbors.remove(neighbor.address));
        });
        set(router, "description <rest>", (neighbor, match) -> neighbor.description = match.no() ? Optional.empty()
                : Optional.of(match.taken().stream().skip(1).map(Word::text).collect(Collectors.joining(" "))));
        set(router, "update-source <word>", this::updateSource);
        set(router, "timers <num> <num>", (neighbor, match) -> timers(match, 1).ifPresent(timers -> neighbor.timers = match.no() ? Optional.empty() : Optional.of(timers)));
        set(router, "timers connect <num>", (neighbor, match) -> values.number(match.word(1), 1, 65535)
                .ifPresent(n -> neighbor.connectRetry = match.no() ? Optional.empty() : Optional.of(Duration.ofSeconds(n))));
        set(router, "timers delayopen <num>", (neighbor, match) -> values.number(match.word(1), 1, 240)
                .ifPresent(n -> neighbor.delayOpen = match.no() ? Duration.ZERO : Duration.ofSeconds(n)));
        set(router, "ebgp-multihop", (neighbor, match) -> neighbor.ebgpMultihop = match.no() ? 1 : 255);
        set(router, "ebgp-multihop <num>", (neighbor, match) -> values.number(match.word(1), 1, 255).ifPresent(n -> neighbor.ebgpMultihop = match.no() ? 1 : (int) n));
        set(router, "passive", (neighbor, match) -> neighbor.passive = !match.no());
        set(router, "shutdown", (neighbor, match) -> neighbor.shutdown = !match.no());
        set(router, "shutdown message <rest>", (neighbor, match) -> neighbor.shutdown = !match.no());
        set(router, "advertisement-interval <num>", (neighbor, match) -> values.number(match.word(1), 0, 600)
                .ifPresent(n -> neighbor.advertisementInterval = match.no() ? Duration.ZERO : Duration.ofSeconds(n)));
        for (String quiet : List.of("capability dynamic|extended-nexthop|fqdn|software-version", "disable-connected-check", "enforce-first-as", "strict-capability-match")) {
            set(router, quiet, (neighbor, match) -> FrrValues.quiet(match));
        }
        set(router, "password <rest>", (neighbor, match) -> {
            if (!match.no()) values.error(match.first().at(), "TCP MD5 passwords are not supported yet", "remove the line here and at the peer; OCI's Site-to-Site VPN takes none");
        });
        set(router, "bfd <rest>", refusedSetting("BFD is"));
        router.only("neighbor <addr> peer-group", match -> values.error(match.word(0), "would be a peer group, which is not supported yet", "write the lines for each neighbor"));
        router.add("neighbor <addr> interface <rest>", values.refused("unnumbered neighbors are", "write the neighbor's address"));
        for (String other : List.of("peer-group <rest>", "local-as <rest>", "ttl-security <rest>", "port <num>", "override-capability", "dont-capability-negotiate", "solo", "oad",
                "tcp-mss <num>", "graceful-restart", "graceful-restart-helper", "graceful-restart-disable", "graceful-shutdown", "local-role <rest>", "sender-as-path-loop-detection", "aigp")) {
            set(router, other, refusedSetting("this setting of a neighbor is"));
        }
    }

    private void family(Grammar family) {
        family.add("network <prefix>", match -> values.prefix(match.word(0)).ifPresent(prefix -> network(match, prefix, Optional.empty())))
                .add("network <prefix> route-map <name>", match -> values.prefix(match.word(0)).ifPresent(prefix -> network(match, prefix, Optional.of(match.word(1)))))
                .add("network <addr> mask <mask>", match -> values.prefix(match.word(0), match.word(1)).ifPresent(prefix -> network(match, prefix, Optional.empty())))
                .add("network <addr> mask <mask> route-map <name>", match -> values.prefix(match.word(0), match.word(1)).ifPresent(prefix -> network(match, prefix, Optional.of(match.word(2)))))
                .add("maximum-paths <num>", match -> values.number(match.word(0), 1, 256).ifPresent(n -> bgp().maximumPaths = match.no() ? Optional.empty() : Optional.of((int) n)))
                .add("maximum-paths ibgp <num>", match -> values.number(match.word(0), 1, 256).ifPresent(n -> bgp().maximumPathsIbgp = match.no() ? Optional.empty() : Optional.of((int) n)));
        set(family, "activate", (neighbor, match) -> neighbor.activate = Optional.of(!match.no()));
        set(family, "next-hop-self", (neighbor, match) -> neighbor.nextHopSelf = !match.no());
        set(family, "soft-reconfiguration inbound", (neighbor, match) -> neighbor.softReconfigurationInbound = !match.no());
        set(family, "weight <num>", (neighbor, match) -> values.number(match.word(1), 0, 65535).ifPresent(n -> neighbor.weight = match.no() ? 0 : (int) n));
        set(family, "route-map <name> in|out", (neighbor, match) -> policy(neighbor, match, true));
        set(family, "prefix-list <name> in|out", (neighbor, match) -> policy(neighbor, match, false));
        set(family, "send-community <rest>", (neighbor, match) -> FrrValues.quiet(match));
        for (String other : List.of("allowas-in <rest>", "as-override", "attribute-unchanged <rest>", "default-originate <rest>", "distribute-list <rest>", "filter-list <rest>",
                "maximum-prefix <rest>", "maximum-prefix-out <rest>", "next-hop-self force", "remove-private-AS <rest>", "route-reflector-client", "route-server-client",
                "addpath-tx-all-paths", "addpath-tx-bestpath-per-AS", "disable-addpath-rx", "unsuppress-map <rest>", "advertise-map <rest>", "soo <rest>", "accept-own")) {
            set(family, other, refusedSetting("this setting of a neighbor is"));
        }
        for (String other : List.of("redistribute <rest>", "aggregate-address <rest>", "distance <rest>", "table-map <rest>", "import <rest>", "export <rest>")) {
            family.add(other, values.refused("this command is", "remove it; network PREFIX announces a route, ip route PREFIX GATEWAY provides it"));
        }
    }

    /** A line about a neighbour that has been given its AS before. */
    private void set(Grammar grammar, String pattern, BiConsumer<Neighbor, Match> change) {
        grammar.add("neighbor <addr> " + pattern, match -> neighbor(match).ifPresent(neighbor -> change.accept(neighbor, match)));
    }

    private BiConsumer<Neighbor, Match> refusedSetting(String what) { return (neighbor, match) -> values.refused(what, "remove the line").run(match); }

    private Optional<Neighbor> neighbor(Match match) {
        var address = values.address(match.word(0));
        if (address.isEmpty()) return Optional.empty();
        var known = Optional.ofNullable(bgp().neighbors.get(address.get()));
        if (known.isEmpty()) {
            var names = bgp().neighbors.keySet().stream().map(InetAddress::getHostAddress).toList();
            values.error(match.word(0), "is an unknown neighbor: specify remote-as first",
                    Nearest.to(match.text(0), names).map(near -> "did you mean " + near + "? Otherwise ").orElse("") + "put neighbor " + match.text(0) + " remote-as AS before this line");
        }
        return known;
    }

    private void remoteAs(Match match) {
        var address = values.address(match.word(0));
        if (address.isEmpty()) return;
        if (match.no()) {
            bgp().neighbors.remove(address.get());
            return;
        }
        long as;
        switch (match.text(1)) {
            case "internal" -> as = bgp().as;
            case "external", "auto" -> {
                values.error(match.word(1), "is not supported yet", "write the neighbor's AS number");
                return;
            }
            default -> {
                var read = values.as(match.word(1));
                if (read.isEmpty()) return;
                as = read.getAsLong();
            }
        }
        var before = bgp().neighbors.get(address.get());
        if (before == null) bgp().neighbors.put(address.get(), new Neighbor(address.get(), as, match.first().at()));
        else if (before.remoteAs != as) values.error(match.word(1), "is another AS than " + before.remoteAs + " at " + before.at, "remove one of the two lines");
    }

    private void updateSource(Neighbor neighbor, Match match) {
        if (match.no()) {
            neighbor.updateSource = Optional.empty();
            return;
        }
        Optional<InetAddress> address = Addresses.ipv4(match.text(1)).map(InetAddress.class::cast).or(() -> Optional.ofNullable(state.interfaces.get(match.text(1))));
        if (address.isEmpty()) {
            values.error(match.word(1), "is neither an address nor a tunnel's interface with an address",
                    state.interfaces.isEmpty() ? "write the address" : "write an address, or one of " + state.interfaces.keySet().stream().sorted().collect(Collectors.joining(", ")));
        }
        neighbor.updateSource = address;
    }

    private Optional<Neighbor.Timers> timers(Match match, int first) {
        var keepalive = values.number(match.word(first), 0, 65535);
        var hold = values.number(match.word(first + 1), 0, 65535);
        if (keepalive.isEmpty() || hold.isEmpty()) return Optional.empty();
        if (hold.getAsLong() != 0 && hold.getAsLong() < 3) {
            values.error(match.word(first + 1), "is too short for a hold time (RFC 4271, section 4.2)", "write 0, or at least 3 seconds");
            return Optional.empty();
        }
        return Optional.of(new Neighbor.Timers(Duration.ofSeconds(keepalive.getAsLong()), Duration.ofSeconds(hold.getAsLong())));
    }

    private void network(Match match, Prefix prefix, Optional<Word> map) {
        if (match.no()) bgp().networks.remove(prefix);
        else bgp().networks.put(prefix, map.map(word -> new Reference(word.text(), word.at())));
    }

    private void policy(Neighbor neighbor, Match match, boolean routeMap) {
        var policy = Policy.of(routeMap, match.text(2).equals("in"));
        if (match.no()) neighbor.policies.remove(policy);
        else neighbor.policies.put(policy, new Reference(match.text(1), match.at(1)));
    }
}
