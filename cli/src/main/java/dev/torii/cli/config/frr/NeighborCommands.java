package dev.torii.cli.config.frr;

import dev.torii.bgp.FamilyConfig;
import dev.torii.bgp.Password;
import dev.torii.bgp.PeerConfig;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AddressText;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.cli.config.Addresses;
import dev.torii.cli.config.Nearest;
import dev.torii.cli.config.Warning;
import dev.torii.cli.config.frr.Grammar.Match;
import dev.torii.cli.config.frr.Neighbor.Setting;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code neighbor ADDRESS|GROUP ...}, in {@code router bgp} and in an address family. */
final class NeighborCommands {
    static final String ONLY_HELPER = "this router helps neighbors that restart, but does not restart gracefully itself: without its process nothing is forwarded";

    private final FrrState state;
    private final FrrValues values;

    NeighborCommands(FrrState state, FrrValues values) {
        this.state = state;
        this.values = values;
    }

    private FrrState.Bgp bgp() { return state.bgp.orElseThrow(); }

    /** What a line sets, or nothing if it is wrong (and has been reported). */
    private interface Reading extends Function<Match, Optional<Setting>> {}

    /** What belongs to the session. */
    void session(Grammar router) {
        router.add("neighbor <peer> remote-as <as>", this::remoteAs);
        router.add("neighbor <peer>", match -> {
            if (!match.no()) values.error(match.word(0), "is named without anything about it", "write neighbor " + match.text(0) + " remote-as AS");
            else find(match).ifPresent(this::forget);
        });
        router.add("neighbor <group> peer-group", match -> {
            if (!match.no()) defineGroup(match);
            else if (bgp().groups.containsKey(match.text(0))) forget(bgp().groups.get(match.text(0)));
        });
        router.add("neighbor <peer> peer-group <group>", this::join);
        set(router, "description <rest>", match -> setting(peer -> peer.description(words(match))));
        set(router, "update-source <word>", this::updateSource);
        set(router, "timers <num> <num>", match -> timers(match, 1).flatMap(timers -> setting(peer -> peer.timers(timers.keepalive(), timers.hold()))));
        set(router, "timers connect <num>", match -> seconds(match, 1, 65535, PeerConfig.Builder::connectRetry));
        set(router, "timers delayopen <num>", match -> seconds(match, 1, 240, PeerConfig.Builder::delayOpen));
        set(router, "ebgp-multihop", match -> setting(peer -> peer.ebgpMultihop(255)));
        set(router, "ebgp-multihop <num>", match -> number(match, 1, 255).flatMap(ttl -> setting(peer -> peer.ebgpMultihop((int) (long) ttl))));
        set(router, "passive", match -> setting(peer -> peer.passive(true)));
        set(router, "shutdown", match -> setting(peer -> peer.shutdown("")));
        set(router, "shutdown message <rest>", match -> communication(match, 1).flatMap(words -> setting(peer -> peer.shutdown(words))));
        other(router, "shutdown rtt <rest>", refusedSetting());
        set(router, "local-as <as>", match -> localAs(match, false, false));
        set(router, "local-as <as> no-prepend", match -> localAs(match, true, false));
        set(router, "local-as <as> no-prepend replace-as", match -> localAs(match, true, true));
        set(router, "graceful-restart-helper", match -> gracefulRestart(true));
        set(router, "graceful-restart-disable", match -> gracefulRestart(false));
        set(router, "graceful-restart", match -> {
            values.warn(Warning.Kind.WITHOUT_EFFECT, match.first().at(), ONLY_HELPER, "write neighbor " + match.text(0) + " graceful-restart-helper");
            return gracefulRestart(true);
        });
        set(router, "password <rest>", this::password);
        set(router, "ttl-security hops <num>", match -> number(match, 1, 254).flatMap(hops -> setting(peer -> peer.ttlSecurityHops((int) (long) hops))));
        set(router, "advertisement-interval <num>", match -> number(match, 0, 600)
                .flatMap(n -> family(AddressFamily.IPV4_UNICAST, family -> family.advertisementInterval(Duration.ofSeconds(n)))));
        for (String quiet : List.of("capability dynamic|extended-nexthop|fqdn|software-version", "disable-connected-check", "enforce-first-as", "strict-capability-match")) {
            other(router, quiet, FrrValues::quiet);
        }
        other(router, "bfd <rest>", values.refused("BFD is", "remove the line"));
        router.add("neighbor <peer> interface <rest>", values.refused("unnumbered neighbors are", "write the neighbor's address"));
        for (String other : List.of("port <num>", "override-capability", "dont-capability-negotiate", "solo", "oad",
                "tcp-mss <num>", "graceful-shutdown", "local-role <rest>", "sender-as-path-loop-detection", "aigp")) {
            other(router, other, refusedSetting());
        }
    }

    /** What belongs to an address family. */
    void family(Grammar grammar, AddressFamily family) {
        setUnlessUndone(grammar, family, "activate", on -> family(family, builder -> builder.activate(on)));
        setFamily(grammar, family, "next-hop-self", builder -> builder.nextHopSelf(true));
        setFamily(grammar, family, "soft-reconfiguration inbound", builder -> builder.softReconfigurationInbound(true));
        setFamily(grammar, family, "as-override", builder -> builder.asOverride(true));
        setFamily(grammar, family, "allowas-in", builder -> builder.allowAsIn(3).allowAsInOrigin(false));
        setFamily(grammar, family, "allowas-in origin", builder -> builder.allowAsIn(0).allowAsInOrigin(true));
        set(grammar, family, "allowas-in <num>", match -> number(match, 1, 10).flatMap(n -> family(family, builder -> builder.allowAsIn((int) (long) n).allowAsInOrigin(false))));
        set(grammar, family, "weight <num>", match -> number(match, 0, 65535).flatMap(n -> family(family, builder -> builder.weight((int) (long) n))));
        setFamily(grammar, family, "default-originate", builder -> builder.defaultOriginate(new FamilyConfig.DefaultOriginate(Optional.empty())));
        set(grammar, family, "default-originate route-map <name>", match -> Optional.of(new Setting(
                peer -> peer.family(family, builder -> builder.defaultOriginate(new FamilyConfig.DefaultOriginate(Optional.of(match.text(1))))),
                Optional.of(new Reference(Reference.Kind.ROUTE_MAP, match.text(1), match.at(1))))));
        for (String threshold : List.of("", " <num>")) {
            set(grammar, family, "maximum-prefix <num>" + threshold, match -> maximumPrefixes(match, family, !threshold.isEmpty(), false, Optional.empty()));
            set(grammar, family, "maximum-prefix <num>" + threshold + " warning-only", match -> maximumPrefixes(match, family, !threshold.isEmpty(), true, Optional.empty()));
            set(grammar, family, "maximum-prefix <num>" + threshold + " restart <num>",
                    match -> maximumPrefixes(match, family, !threshold.isEmpty(), false, Optional.of(match.taken().getLast())));
        }
        filter(grammar, family, "route-map", Reference.Kind.ROUTE_MAP, FamilyConfig.Filters::withRouteMap);
        filter(grammar, family, "prefix-list", Reference.Kind.PREFIX_LIST, FamilyConfig.Filters::withPrefixList);
        filter(grammar, family, "distribute-list", Reference.Kind.ACCESS_LIST, FamilyConfig.Filters::withDistributeList);
        filter(grammar, family, "filter-list", Reference.Kind.AS_PATH_LIST, FamilyConfig.Filters::withFilterList);
        sendCommunity(grammar, family, "send-community", CommunityKind.STANDARD);
        sendCommunity(grammar, family, "send-community standard", CommunityKind.STANDARD);
        sendCommunity(grammar, family, "send-community extended", CommunityKind.EXTENDED);
        sendCommunity(grammar, family, "send-community large", CommunityKind.LARGE);
        sendCommunity(grammar, family, "send-community both", CommunityKind.STANDARD, CommunityKind.EXTENDED);
        sendCommunity(grammar, family, "send-community all", CommunityKind.values());
        for (String other : List.of("attribute-unchanged <rest>",
                "maximum-prefix-out <rest>", "next-hop-self force", "remove-private-AS <rest>", "route-reflector-client", "route-server-client",
                "addpath-tx-all-paths", "addpath-tx-bestpath-per-AS", "disable-addpath-rx", "unsuppress-map <rest>", "advertise-map <rest>", "soo <rest>", "accept-own")) {
            other(grammar, other, refusedSetting());
        }
    }

    private Grammar.Action refusedSetting() { return values.refused("this setting of a neighbor is", "remove the line"); }

    // ---- the forms of a command

    /** A setting that "no" takes back, with all that stands behind its words or without. */
    private void set(Grammar grammar, String pattern, Reading reading) { set(grammar, "", pattern, reading); }

    private void set(Grammar grammar, AddressFamily family, String pattern, Reading reading) { set(grammar, family + " ", pattern, reading); }

    private void set(Grammar grammar, String scope, String pattern, Reading reading) {
        String words = literals(pattern);
        grammar.add("neighbor <peer> " + pattern, match -> find(match).ifPresent(neighbor -> {
            if (match.no()) neighbor.settings.remove(scope + key(words));
            else reading.apply(match).ifPresent(setting -> neighbor.settings.put(scope + key(words), setting));
        }));
        if (!words.equals(pattern)) grammar.undo("neighbor <peer> " + words, match -> find(match).ifPresent(neighbor -> neighbor.settings.remove(scope + key(words))));
    }

    private void setFamily(Grammar grammar, AddressFamily family, String pattern, UnaryOperator<FamilyConfig.Builder> change) {
        set(grammar, family, pattern, match -> family(family, change));
    }

    /** A setting whose "no" says something of its own, which goes before what the group says. */
    private void setUnlessUndone(Grammar grammar, AddressFamily family, String pattern, Function<Boolean, Optional<Setting>> reading) {
        grammar.add("neighbor <peer> " + pattern, match -> find(match).ifPresent(neighbor ->
                reading.apply(!match.no()).ifPresent(setting -> neighbor.settings.put(family + " " + pattern, setting))));
    }

    private void sendCommunity(Grammar grammar, AddressFamily family, String pattern, CommunityKind... kinds) {
        grammar.add("neighbor <peer> " + pattern, match -> find(match).ifPresent(neighbor -> {
            for (CommunityKind kind : kinds)
                family(family, builder -> builder.sendCommunity(kind, !match.no())).ifPresent(setting -> neighbor.settings.put(family + " send-community " + kind, setting));
        }));
    }

    private void filter(Grammar grammar, AddressFamily family, String word, Reference.Kind kind, BiFunction<FamilyConfig.Filters, String, FamilyConfig.Filters> with) {
        var actual = !family.equals(AddressFamily.IPV6_UNICAST) ? kind : switch (kind) {
            case PREFIX_LIST -> Reference.Kind.IPV6_PREFIX_LIST;
            case ACCESS_LIST -> Reference.Kind.IPV6_ACCESS_LIST;
            default -> kind;
        };
        grammar.add("neighbor <peer> " + word + " <name> in|out", match -> find(match).ifPresent(neighbor -> {
            boolean in = match.text(2).equals("in");
            String key = family + " " + word + " " + match.text(2);
            if (match.no()) {
                neighbor.settings.remove(key);
                return;
            }
            Consumer<PeerConfig.Builder> change = peer -> peer.family(family, builder ->
                    in ? builder.in(with.apply(builder.in(), match.text(1))) : builder.out(with.apply(builder.out(), match.text(1))));
            neighbor.settings.put(key, new Setting(change, Optional.of(new Reference(actual, match.text(1), match.at(1)))));
        }));
    }

    /** A line that changes nothing here: the neighbour must exist all the same. */
    private void other(Grammar grammar, String pattern, Grammar.Action action) {
        grammar.add("neighbor <peer> " + pattern, match -> find(match).ifPresent(neighbor -> action.run(match)));
    }

    /** The words of a pattern before its first slot. */
    private static String literals(String pattern) {
        return Arrays.stream(pattern.split(" ")).takeWhile(word -> !word.startsWith("<")).collect(Collectors.joining(" "));
    }

    /** What a later line of the same command replaces. */
    private static String key(String words) {
        return words.startsWith("local-as") ? "local-as" : words.startsWith("default-originate") ? "default-originate" : words.startsWith("allowas-in") ? "allowas-in" : words.startsWith("shutdown") ? "shutdown" : words.startsWith("graceful-restart") ? "graceful-restart" : words;
    }

    private static Optional<Setting> setting(Consumer<PeerConfig.Builder> change) { return Optional.of(new Setting(change, Optional.empty())); }

    private static Optional<Setting> family(AddressFamily family, UnaryOperator<FamilyConfig.Builder> change) { return setting(peer -> peer.family(family, change)); }

    private static Optional<Setting> gracefulRestart(boolean helper) { return setting(peer -> peer.gracefulRestart(value -> value.withHelper(helper))); }

    private Optional<Setting> seconds(Match match, int least, int most, BiFunction<PeerConfig.Builder, Duration, PeerConfig.Builder> change) {
        return number(match, least, most).flatMap(n -> setting(peer -> change.apply(peer, Duration.ofSeconds(n))));
    }

    private Optional<Long> number(Match match, long least, long most) {
        var number = values.number(match.word(1), least, most);
        return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
    }

    private static String words(Match match) { return match.taken().stream().skip(1).map(Word::text).collect(Collectors.joining(" ")); }

    // ---- which neighbour

    private Optional<Neighbor> find(Match match) {
        var group = bgp().groups.get(match.text(0));
        if (group != null) return Optional.of(group);
        var address = values.ip(match.word(0));
        if (address.isEmpty()) return Optional.empty();
        var known = Optional.ofNullable(bgp().neighbors.get(address.get()));
        if (known.isEmpty()) {
            var names = Stream.concat(bgp().neighbors.keySet().stream().map(AddressText::of), bgp().groups.keySet().stream()).toList();
            values.error(match.word(0), "is an unknown neighbor: specify remote-as first",
                    Nearest.to(match.text(0), names).map(near -> "did you mean " + near + "? Otherwise ").orElse("") + "put neighbor " + match.text(0) + " remote-as AS before this line");
        }
        return known;
    }

    private void forget(Neighbor neighbor) {
        bgp().neighbors.values().removeIf(other -> other == neighbor || other.group.filter(of -> of == neighbor).isPresent() && other.remoteAs.isEmpty());
        bgp().neighbors.values().forEach(other -> other.group = other.group.filter(of -> of != neighbor));
        bgp().groups.values().remove(neighbor);
    }

    private void defineGroup(Match match) {
        if (Addresses.ipv4(match.text(0)).isPresent() || Addresses.looksLikeIpv6(match.text(0)))
            values.error(match.word(0), "is an address, not a name for a peer group", "write neighbor NAME peer-group");
        else bgp().groups.putIfAbsent(match.text(0), new Neighbor(match.text(0), match.first().at()));
    }

    private void join(Match match) {
        var group = bgp().groups.get(match.text(1));
        if (group == null) {
            values.error(match.word(1), "is an unknown peer group", Nearest.to(match.text(1), bgp().groups.keySet()).map(near -> "did you mean " + near + "?")
                    .orElse("put neighbor " + match.text(1) + " peer-group before this line"));
            return;
        }
        var address = values.ip(match.word(0));
        if (address.isEmpty()) return;
        var known = bgp().neighbors.get(address.get());
        if (match.no()) {
            if (known != null) known.group = Optional.empty();
        } else if (known != null) {
            known.group = Optional.of(group);
        } else if (group.remoteAs.isPresent()) {
            var neighbor = new Neighbor(match.text(0), match.first().at());
            neighbor.group = Optional.of(group);
            bgp().neighbors.put(address.get(), neighbor);
        } else {
            values.error(match.word(0), "is an unknown neighbor, and its group has no AS", "put neighbor " + match.text(0) + " remote-as AS before this line");
        }
    }

    private void remoteAs(Match match) {
        var group = bgp().groups.get(match.text(0));
        var address = group != null ? Optional.<InetAddress>empty() : values.ip(match.word(0));
        if (group == null && address.isEmpty()) return;
        if (match.no()) {
            if (group != null) group.remoteAs = OptionalLong.empty();
            else bgp().neighbors.remove(address.get());
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
        var neighbor = group != null ? group : bgp().neighbors.computeIfAbsent(address.get(), unseen -> new Neighbor(match.text(0), match.first().at()));
        if (neighbor.remoteAs.isPresent() && neighbor.remoteAs.getAsLong() != as)
            values.error(match.word(1), "is another AS than " + neighbor.remoteAs.getAsLong() + " at " + neighbor.remoteAsAt, "remove one of the two lines");
        else if (neighbor.group.isPresent() && neighbor.group.get().remoteAs.isPresent() && neighbor.remoteAs.isEmpty())
            values.error(match.word(1), "is said of a member of peer-group " + neighbor.group.get().name + ", which has AS " + neighbor.group.get().remoteAs.getAsLong(), "remove one of the two lines");
        else {
            neighbor.remoteAs = OptionalLong.of(as);
            neighbor.remoteAsAt = match.first().at();
        }
    }

    // ---- values

    private Optional<Setting> localAs(Match match, boolean noPrepend, boolean replaceAs) {
        var as = values.as(match.word(1));
        if (as.isEmpty()) return Optional.empty();
        if (as.getAsLong() == bgp().as) {
            values.error(match.word(1), "is the AS of router bgp already", "remove the line");
            return Optional.empty();
        }
        return setting(peer -> peer.localAs(new PeerConfig.LocalAs(as.getAsLong(), noPrepend, replaceAs)));
    }

    /** RFC 9003: what a neighbour is told when it is shut down. */
    Optional<String> communication(Match match, int from) {
        String words = match.taken().stream().skip(from).map(Word::text).collect(Collectors.joining(" "));
        int length = words.getBytes(StandardCharsets.UTF_8).length;
        if (length > 0 && length <= NotificationMessage.LONGEST_COMMUNICATION) return Optional.of(words);
        values.error(match.first().at(), "the message has " + length + " octets", "write one of 1 to " + NotificationMessage.LONGEST_COMMUNICATION);
        return Optional.empty();
    }

    /** Never repeated in a message: it is a secret. */
    private Optional<Setting> password(Match match) {
        String key = words(match);
        int length = key.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > Password.LONGEST) {
            values.error(match.first().at(), "the password has " + length + " octets", "write one of 1 to " + Password.LONGEST);
            return Optional.empty();
        }
        if (match.taken().size() > 2) {
            values.error(match.first().at(), "the password has spaces in it, which FRR does not take", "write one without spaces here and at the peer");
            return Optional.empty();
        }
        return setting(peer -> peer.password(new Password(key)));
    }

    private Optional<Setting> maximumPrefixes(Match match, AddressFamily family, boolean hasThreshold, boolean warningOnly, Optional<Word> restart) {
        var limit = values.number(match.word(1), 1, FrrValues.MAX_32);
        var threshold = hasThreshold ? values.number(match.word(2), 1, 100) : OptionalLong.of(FamilyConfig.MaximumPrefixes.DEFAULT_THRESHOLD);
        var minutes = restart.map(word -> values.number(word, 1, 65535));
        if (limit.isEmpty() || threshold.isEmpty() || minutes.filter(OptionalLong::isEmpty).isPresent()) return Optional.empty();
        return family(family, builder -> builder.maximumPrefixes(new FamilyConfig.MaximumPrefixes(limit.getAsLong(), (int) threshold.getAsLong(), warningOnly,
                minutes.map(n -> Duration.ofMinutes(n.getAsLong())))));
    }

    private Optional<Setting> updateSource(Match match) {
        Optional<InetAddress> address = Addresses.ip(match.text(1)).or(() -> Optional.ofNullable(state.interfaces.get(match.text(1))));
        if (address.isEmpty()) {
            values.error(match.word(1), "is neither an address nor a tunnel's interface with an address",
                    state.interfaces.isEmpty() ? "write the address" : "write an address, or one of " + state.interfaces.keySet().stream().sorted().collect(Collectors.joining(", ")));
        }
        return address.flatMap(local -> setting(peer -> peer.updateSource(local)));
    }

    /** {@code timers 60 180}, of one neighbour or of all. */
    Optional<Neighbor.Timers> timers(Match match, int first) {
        var keepalive = values.number(match.word(first), 0, 65535);
        var hold = values.number(match.word(first + 1), 0, 65535);
        if (keepalive.isEmpty() || hold.isEmpty()) return Optional.empty();
        if (hold.getAsLong() != 0 && hold.getAsLong() < 3) {
            values.error(match.word(first + 1), "is too short for a hold time (RFC 4271, section 4.2)", "write 0, or at least 3 seconds");
            return Optional.empty();
        }
        return Optional.of(new Neighbor.Timers(Duration.ofSeconds(keepalive.getAsLong()), Duration.ofSeconds(hold.getAsLong())));
    }
}
