package dev.torii.cli.config.frr;

import dev.torii.bgp.BgpConfig;
import dev.torii.bgp.PeerConfig.GracefulRestart;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.Addresses;
import dev.torii.cli.config.Warning;
import dev.torii.cli.config.frr.Grammar.Match;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;

/** {@code router bgp} and its address family. */
final class BgpCommands {
    private final FrrState state;
    private final FrrValues values;
    private final Contexts contexts;
    private final NeighborCommands neighbors;

    BgpCommands(FrrState state, FrrValues values, Contexts contexts) {
        this.state = state;
        this.values = values;
        this.contexts = contexts;
        this.neighbors = new NeighborCommands(state, values);
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
        neighbors.session(router);
        router.only("address-family ipv4", match -> contexts.enter(Context.IPV4_UNICAST)).only("address-family ipv4 unicast", match -> contexts.enter(Context.IPV4_UNICAST));
        router.only("address-family ipv6", match -> contexts.enter(Context.IPV6_UNICAST)).only("address-family ipv6 unicast", match -> contexts.enter(Context.IPV6_UNICAST));
        for (String other : List.of("address-family l2vpn|vpnv4|vpnv6 <rest>", "address-family ipv4|ipv6 multicast|vpn|labeled-unicast|flowspec <rest>")) {
            router.only(other, match -> {
                values.error(match.first().at(), "this address family is not supported yet", "remove the block; address-family ipv4 unicast and ipv6 unicast are supported");
                contexts.enter(Context.SKIPPED);
            });
        }
        contexts.grammar(Context.SKIPPED).only("exit-address-family", match -> contexts.enter(state.bgp.isPresent() ? Context.ROUTER_BGP : Context.TOP));
        family(router, AddressFamily.IPV4_UNICAST);     // FRR takes the lines of the IPv4 unicast family outside its block as well
        for (Context context : List.of(Context.IPV4_UNICAST, Context.IPV6_UNICAST)) {
            var grammar = contexts.grammar(context);
            family(grammar, context == Context.IPV4_UNICAST ? AddressFamily.IPV4_UNICAST : AddressFamily.IPV6_UNICAST);
            grammar.only("exit-address-family", match -> contexts.enter(Context.ROUTER_BGP));
        }
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
                .add("bgp default ipv4-unicast", match -> bgp().family(AddressFamily.IPV4_UNICAST).activate = !match.no())
                .add("bgp default ipv6-unicast", match -> bgp().family(AddressFamily.IPV6_UNICAST).activate = !match.no())
                .add("bgp default local-preference <num>", match -> values.number(match.word(0), 0, FrrValues.MAX_32).ifPresent(n -> bgp().localPreference = match.no() ? 100 : n))
                .add("bgp bestpath as-path multipath-relax <rest>", match -> bgp().multipathRelax = !match.no())
                .add("bgp bestpath as-path ignore", match -> bgp().ignoreAsPath = !match.no())
                .add("bgp bestpath compare-routerid", match -> bgp().compareRouterId = !match.no())
                .add("bgp bestpath med missing-as-worst", match -> bgp().missingMedIsWorst = !match.no())
                .add("bgp always-compare-med", match -> bgp().alwaysCompareMed = !match.no())
                .add("timers bgp <num> <num>", match -> neighbors.timers(match, 0).ifPresent(timers -> bgp().timers = match.no() ? Optional.empty() : Optional.of(timers)))
                .add("timers bgp", match -> {
                    if (match.no()) bgp().timers = Optional.empty();
                    else values.error(match.first().at(), "timers bgp without times", "write timers bgp 60 180");
                });
        for (String quiet : List.of("bgp log-neighbor-changes", "bgp deterministic-med", "bgp fast-external-failover", "bgp suppress-duplicates",
                "bgp default show-hostname", "bgp default show-nexthop-hostname", "bgp default software-version-capability",
                "bgp reject-as-sets", "bgp suppress-fib-pending", "bgp update-delay <rest>", "bgp minimum-holdtime <num>", "update-delay <rest>", "coalesce-time <num>",
                "write-quanta <num>", "read-quanta <num>", "auto-summary", "synchronization")) router.add(quiet, FrrValues::quiet);
        gracefulRestart(router);
        router.add("bgp dampening <rest>", values.noted("dampening is not supported yet"));
        router.add("bgp graceful-shutdown", match -> bgp().gracefulShutdown = !match.no());
        router.add("bgp shutdown", match -> bgp().shutdown = match.no() ? Optional.empty() : Optional.of(""));
        router.add("bgp shutdown message <rest>", match -> {
            if (match.no()) bgp().shutdown = Optional.of("");
            else neighbors.communication(match, 0).ifPresent(words -> bgp().shutdown = Optional.of(words));
        });
        router.add("bgp network import-check", match -> bgp().networkImportCheck = Optional.of(!match.no()));
        for (String other : List.of("bgp bestpath as-path confed", "bgp bestpath med confed", "bgp bestpath peer-type <rest>", "bgp bestpath bandwidth <rest>", "bgp cluster-id <rest>", "bgp confederation <rest>", "bgp listen <rest>", "bgp route-reflector <rest>",
                "bgp enforce-first-as", "bgp disable-ebgp-connected-route-check", "bgp route-map <rest>", "bgp max-med <rest>", "bgp labeled-unicast <rest>")) {
            router.add(other, values.refused("this setting is", "remove the line"));
        }
    }

    /** RFC 4724: this process helps neighbors that restart; it cannot restart gracefully itself, because nothing is forwarded without it. */
    private void gracefulRestart(Grammar router) {
        router.add("bgp graceful-restart-disable", match -> bgp().gracefulRestart = bgp().gracefulRestart.withHelper(match.no()))
                .add("bgp graceful-restart disable-eor", match -> bgp().gracefulRestart = bgp().gracefulRestart.withEndOfRib(match.no()));
        restartTime(router, "stalepath-time", 1, GracefulRestart::withStaleTime, GracefulRestart.STANDARD.staleTime());
        restartTime(router, "restart-time", 0, GracefulRestart::withRestartTime, GracefulRestart.STANDARD.restartTime());
        for (String ours : List.of("bgp graceful-restart", "bgp graceful-restart preserve-fw-state", "bgp graceful-restart notification",
                "bgp graceful-restart select-defer-time <rest>", "bgp graceful-restart rib-stale-time <rest>", "bgp long-lived-graceful-restart <rest>"))
            router.add(ours, match -> { if (!match.no()) values.warn(Warning.Kind.WITHOUT_EFFECT, match.first().at(), NeighborCommands.ONLY_HELPER, "remove the line"); });
    }

    private void restartTime(Grammar router, String word, int least, BiFunction<GracefulRestart, Duration, GracefulRestart> change, Duration standard) {
        router.undo("bgp graceful-restart " + word, match -> bgp().gracefulRestart = change.apply(bgp().gracefulRestart, standard));
        router.add("bgp graceful-restart " + word + " <num>", match -> values.number(match.word(0), least, 4095).ifPresent(seconds ->
                bgp().gracefulRestart = change.apply(bgp().gracefulRestart, match.no() ? standard : Duration.ofSeconds(seconds))));
    }

    private void family(Grammar grammar, AddressFamily family) {
        grammar.add("network <prefix>", match -> values.prefix(match.word(0), family).ifPresent(prefix -> network(match, prefix, Optional.empty())))
                .add("network <prefix> route-map <name>", match -> values.prefix(match.word(0), family).ifPresent(prefix -> network(match, prefix, Optional.of(match.word(1)))))
                .add("maximum-paths <num>", match -> values.number(match.word(0), 1, 256)
                        .ifPresent(n -> bgp().family(family).maximumPaths = match.no() ? Optional.empty() : Optional.of((int) n)))
                .add("maximum-paths ibgp <num>", match -> values.number(match.word(0), 1, 256)
                        .ifPresent(n -> bgp().family(family).maximumPathsIbgp = match.no() ? Optional.empty() : Optional.of((int) n)));
        if (!family.ipv6())
            grammar.add("network <addr> mask <mask>", match -> values.prefix(match.word(0), match.word(1)).ifPresent(prefix -> network(match, prefix, Optional.empty())))
                    .add("network <addr> mask <mask> route-map <name>", match -> values.prefix(match.word(0), match.word(1)).ifPresent(prefix -> network(match, prefix, Optional.of(match.word(2)))));
        if (!family.ipv6()) grammar.add("distance bgp <num> <num> <num>", this::distances).undo("distance bgp", match -> bgp().distances = Optional.empty());
        neighbors.family(grammar, family);
        redistribute(grammar, family);
        grammar.add("aggregate-address <rest>", match -> aggregate(match, family));
        for (String other : List.of("redistribute babel|bgp|eigrp|isis|nhrp|openfabric|ospf|ospf6|rip|ripng|sharp|table|vnc|vnc-direct <rest>", family.ipv6() ? "distance <rest>" : "distance <num> <rest>", "table-map <rest>", "import <rest>", "export <rest>")) {
            grammar.add(other, values.refused("this command is", "remove it; network PREFIX announces a route, " + (family.ipv6() ? "ipv6" : "ip") + " route PREFIX GATEWAY provides it"));
        }
    }

    /** External, internal, local. The last is of routes that BGP makes itself: none of those is installed. */
    private void distances(Match match) {
        var external = values.number(match.word(0), 1, 255);
        var internal = values.number(match.word(1), 1, 255);
        if (values.number(match.word(2), 1, 255).isEmpty() || external.isEmpty() || internal.isEmpty()) return;
        bgp().distances = match.no() ? Optional.empty() : Optional.of(new BgpConfig.Distances((int) external.getAsLong(), (int) internal.getAsLong()));
    }

    /** Both options in either order, as in FRR. */
    private void redistribute(Grammar grammar, AddressFamily family) {
        grammar.add("redistribute static|connected|kernel <rest>", match -> {
            var from = BgpConfig.Redistributed.valueOf(match.text(0).toUpperCase(Locale.ROOT));
            if (match.no()) {
                bgp().family(family).redistributions.remove(from);
                return;
            }
            var metric = OptionalLong.empty();
            Optional<Reference> map = Optional.empty();
            for (int i = 1; i < match.taken().size(); i += 2) {
                if (i + 1 == match.taken().size() || !List.of("metric", "route-map").contains(match.text(i))) {
                    values.error(match.word(i), "is unexpected", "write redistribute " + match.text(0) + " [metric N] [route-map NAME]");
                    return;
                }
                if (match.text(i).equals("route-map")) map = Optional.of(new Reference(Reference.Kind.ROUTE_MAP, match.text(i + 1), match.at(i + 1)));
                else {
                    metric = values.number(match.word(i + 1), 0, FrrValues.MAX_32);
                    if (metric.isEmpty()) return;
                }
            }
            bgp().family(family).redistributions.put(from, new FrrState.Redistribution(metric, map));
        });
    }

    /** Its options in any order, as in FRR. */
    private void aggregate(Match match, AddressFamily family) {
        var words = match.taken();
        String form = "write aggregate-address PREFIX [as-set] [summary-only] [route-map NAME] [origin igp|egp|incomplete]";
        if (words.isEmpty()) {
            values.error(match.first().at(), "aggregate-address without a prefix", form);
            return;
        }
        boolean masked = !family.ipv6() && Addresses.ipv4(match.text(0)).isPresent() && words.size() > 1;
        var prefix = masked ? values.prefix(match.word(0), match.word(1)) : values.prefix(match.word(0), family);
        if (prefix.isEmpty()) return;
        var known = bgp().family(family).aggregates;
        if (match.no()) {
            known.remove(prefix.get());
            return;
        }
        boolean asSet = false, summaryOnly = false;
        Optional<Reference> map = Optional.empty();
        Optional<PathAttribute.Origin> origin = Optional.empty();
        for (int i = masked ? 2 : 1; i < words.size(); i++) {
            String next = i + 1 < words.size() ? match.text(i + 1) : "";
            switch (match.text(i)) {
                case "as-set" -> asSet = true;
                case "summary-only" -> summaryOnly = true;
                case "route-map" -> {
                    if (next.isEmpty()) {
                        values.error(match.word(i), "has no name behind it", form);
                        return;
                    }
                    map = Optional.of(new Reference(Reference.Kind.ROUTE_MAP, next, match.at(++i)));
                }
                case "origin" -> {
                    int code = List.of("igp", "egp", "incomplete").indexOf(next);
                    if (code < 0) {
                        values.error(match.word(i), "has no origin behind it", form);
                        return;
                    }
                    origin = Optional.of(PathAttribute.Origin.values()[code]);
                    i++;
                }
                default -> {
                    values.error(match.word(i), List.of("matching-MED-only", "suppress-map").contains(match.text(i)) ? "is not supported yet" : "is unexpected", form);
                    return;
                }
            }
        }
        known.put(prefix.get(), new FrrState.Aggregate(new BgpConfig.Aggregate(prefix.get(), asSet, summaryOnly, map.map(Reference::name), origin), map));
    }

    private void network(Match match, Prefix prefix, Optional<Word> map) {
        if (match.no()) bgp().networks.remove(prefix);
        else bgp().networks.put(prefix, map.map(word -> new Reference(Reference.Kind.ROUTE_MAP, word.text(), word.at())));
    }
}
