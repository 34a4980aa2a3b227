package dev.torii.cli.daemon;

import dev.torii.bgp.RibRow;
import dev.torii.bgp.Speaker;
import dev.torii.bgp.policy.Patterns;
import dev.torii.bgp.policy.PrefixList;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AddressText;
import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.Addresses;
import dev.torii.cli.daemon.ControlSocket.Answer;
import dev.torii.cli.show.BgpNeighborsView;
import dev.torii.cli.show.BgpNotes;
import dev.torii.cli.show.BgpPrefixView;
import dev.torii.cli.show.BgpRoutesView;
import dev.torii.cli.show.BgpSummariesView;
import dev.torii.cli.show.BgpSummaryView;
import dev.torii.cli.show.BgpTableView;
import dev.torii.cli.show.PrefixListView;
import dev.torii.cli.show.RouteMapView;
import dev.torii.cli.show.View;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** FRR's {@code show} and {@code clear} commands about BGP, in FRR's words and with FRR's complaints. On the control loop. */
final class BgpAnswers {
    private static final String NO_NEIGHBOR = "% No such neighbor in this view/vrf";

    private BgpAnswers() {}

    /** Whether the words are for here. */
    static boolean understands(List<String> words) {
        return subject(words).isPresent() && List.of("show", "clear").contains(words.getFirst())
                || words.size() >= 2 && words.getFirst().equals("show") && (words.get(1).equals("route-map") || List.of("ip", "ipv6").contains(words.get(1)) && words.size() > 2 && words.get(2).equals("prefix-list"));
    }

    /**
     * What stands behind {@code show [ip] bgp [ipv4|ipv6] [unicast]}.
     *
     * @param family the one that is named
     */
    private record Subject(Optional<AddressFamily> family, List<String> words) {
        /** FRR takes IPv4 where no family is named. */
        AddressFamily oneFamily() { return family.orElse(AddressFamily.IPV4_UNICAST); }
    }

    /** Empty: it is not about BGP. */
    private static Optional<Subject> subject(List<String> words) {
        int next = 1;
        Optional<AddressFamily> family = Optional.empty();
        if (words.size() > next && words.get(next).equals("ip")) {
            family = Optional.of(AddressFamily.IPV4_UNICAST);
            next++;
        }
        if (words.size() <= next || !words.get(next).equals("bgp")) return Optional.empty();
        next++;
        if (words.size() > next && List.of("ipv4", "ipv6").contains(words.get(next))) {
            family = Optional.of(words.get(next).equals("ipv6") ? AddressFamily.IPV6_UNICAST : AddressFamily.IPV4_UNICAST);
            next++;
            if (words.size() > next && words.get(next).equals("unicast")) next++;
        }
        return Optional.of(new Subject(family, words.subList(next, words.size())));
    }

    /** What the answers need to know besides the speaker: the columns of the summary, and what the table of routes says about it. */
    record Surroundings(BgpSummaryView.Columns columns, Supplier<BgpNotes> notes) {}

    static Answer answer(Speaker speaker, Surroundings around, List<String> words, boolean json) {
        if (words.get(1).equals("route-map")) return routeMap(speaker, words.subList(2, words.size()), json);
        var subject = subject(words);
        if (subject.isEmpty()) return prefixList(speaker, words.get(1).equals("ipv6"), words.subList(3, words.size()), json);
        return words.getFirst().equals("clear") ? clear(speaker, subject.get()) : show(speaker, around, subject.get(), json);
    }

    private static Answer show(Speaker speaker, Surroundings around, Subject subject, boolean json) {
        var words = subject.words();
        var family = subject.oneFamily();
        if (words.isEmpty()) return view(new BgpTableView(speaker.summary(family), speaker.table(family)), json);
        String first = words.getFirst();
        if (first.equals("summary") && words.size() == 1) return summary(speaker, around, subject, json);
        if (first.equals("neighbors")) return neighbors(speaker, around, family, words.subList(1, words.size()), json);
        if (first.equals("regexp") && words.size() > 1) return regexp(speaker, family, String.join(" ", words.subList(1, words.size())), json);
        if (words.size() == 1) {
            var prefix = prefix(speaker, first);
            if (prefix.isPresent()) {
                return speaker.prefix(prefix.get()).map(detail -> view(new BgpPrefixView(speaker.summary(prefix.get().family()), detail), json)).orElse(json ? Answer.ok("{}\n") : Answer.failed("% Network not in table"));
            }
        }
        return unknown();
    }

    /** Of all families that a neighbour has, or of the one that is named. */
    private static Answer summary(Speaker speaker, Surroundings around, Subject subject, boolean json) {
        var families = AddressFamily.KNOWN.stream().filter(family -> subject.family().map(family::equals).orElse(true)).map(speaker::summary)
                .filter(summary -> !summary.peers().isEmpty()).toList();
        var shown = families.isEmpty() ? List.of(speaker.summary(subject.oneFamily())) : families;
        var views = new ArrayList<BgpSummaryView>();                                    // the notes are of all families: once, below the last
        for (int i = 0; i < shown.size(); i++) views.add(new BgpSummaryView(shown.get(i), around.columns(), i + 1 < shown.size() ? BgpNotes.NONE : around.notes().get()));
        return view(new BgpSummariesView(views), json);
    }

    private static Answer unknown() {
        return Answer.usage("torii: unknown request\n    known: show bgp [ipv4|ipv6 unicast] summary | neighbors [X [routes|advertised-routes|received-routes|filtered-routes]] | PREFIX | ADDRESS"
                + " | regexp REGEX, show route-map [NAME], show ip|ipv6 prefix-list [NAME], clear bgp [ipv4|ipv6] X|* [soft] [in|out]");
    }

    /** A prefix as it stands, or the longest one in the table that an address lies in. */
    private static Optional<Prefix> prefix(Speaker speaker, String text) {
        var network = Addresses.network(text).filter(found -> text.matches(".*/\\d+")).or(() -> Addresses.network6(text)).map(Addresses.Network::prefix);
        if (network.isPresent()) return network;
        return Addresses.ip(text).map(address -> Prefix.of(address, address.getAddress().length * 8)).map(host -> speaker.table(host.family()).stream().map(RibRow::prefix)
                .filter(prefix -> prefix.covers(host)).max(Comparator.comparingInt(Prefix::length)).orElse(host));
    }

    private static Answer regexp(Speaker speaker, AddressFamily family, String expression, boolean json) {
        Pattern pattern;
        try {
            pattern = Patterns.compile(expression);
        } catch (PatternSyntaxException e) {
            return Answer.failed("Can't compile regexp " + expression);
        }
        return view(new BgpTableView(speaker.summary(family), speaker.table(family).stream().filter(row -> pattern.matcher(row.asPath()).find()).toList()), json);
    }

    private static Answer neighbors(Speaker speaker, Surroundings around, AddressFamily family, List<String> words, boolean json) {
        if (words.isEmpty()) return view(new BgpNeighborsView(speaker.summary(family), speaker.config().lists(), speaker.neighbors(), around.notes().get()), json);
        var address = Addresses.ip(words.getFirst());
        var neighbor = address.flatMap(speaker::neighbor);
        if (neighbor.isEmpty()) return Answer.failed(NO_NEIGHBOR);
        InetAddress peer = address.get();
        if (words.size() == 1) return view(new BgpNeighborsView(speaker.summary(family), speaker.config().lists(), List.of(neighbor.get()), around.notes().get()), json);
        if (words.size() > 2) return unknown();
        boolean kept = neighbor.get().config().family(family).softReconfigurationInbound();
        return switch (words.get(1)) {
            case "routes" -> view(new BgpTableView(speaker.summary(family), speaker.table(family).stream().filter(row -> row.peer().filter(peer::equals).isPresent()).toList()), json);
            case "advertised-routes" -> view(new BgpRoutesView(speaker.summary(family), speaker.advertisedRoutes(peer, family), true, 0), json);
            case "received-routes", "filtered-routes" -> {
                if (!kept) yield Answer.failed("% Inbound soft reconfiguration not enabled");
                var filtered = speaker.filteredRoutes(peer, family);
                yield view(words.get(1).equals("filtered-routes") ? new BgpRoutesView(speaker.summary(family), filtered, false, 0)
                        : new BgpRoutesView(speaker.summary(family), speaker.receivedRoutes(peer, family), false, filtered.size()), json);
            }
            default -> unknown();
        };
    }

    private static Answer routeMap(Speaker speaker, List<String> names, boolean json) {
        var maps = chosen(speaker.config().lists().routeMaps(), names, RouteMap::name);
        return maps.isEmpty() && !names.isEmpty() ? Answer.failed("BGP: 'route-map " + names.getFirst() + "' not found") : view(new RouteMapView(maps), json);
    }

    private static Answer prefixList(Speaker speaker, boolean ipv6, List<String> names, boolean json) {
        var defined = speaker.config().lists();
        var lists = chosen(ipv6 ? defined.ipv6PrefixLists() : defined.prefixLists(), names, PrefixList::name);
        return lists.isEmpty() && !names.isEmpty() ? Answer.failed("% Can't find specified prefix-list") : view(new PrefixListView(ipv6, lists), json);
    }

    private static <T> List<T> chosen(Map<String, T> all, List<String> names, Function<T, String> name) {
        return all.values().stream().filter(one -> names.isEmpty() || names.contains(name.apply(one))).sorted(Comparator.comparing(name)).toList();
    }

    private static Answer view(View view, boolean json) { return Answer.ok(json ? view.jsonText() : view.text()); }

    /** {@code X|* [soft] [in|out]}; in or out alone is soft, as in FRR. */
    private static Answer clear(Speaker speaker, Subject subject) {
        var words = subject.words();
        if (words.isEmpty()) return unknown();
        var rest = words.subList(1, words.size());
        boolean in = rest.contains("in");
        boolean out = rest.contains("out");
        boolean soft = rest.contains("soft") || in || out;
        if (!List.of("soft", "in", "out").containsAll(rest)) return unknown();
        var address = Addresses.ip(words.getFirst());
        var peers = words.getFirst().equals("*") ? speaker.neighbors().stream().map(neighbor -> neighbor.config().address()).toList()
                : address.filter(one -> speaker.neighbor(one).isPresent()).map(List::of).orElse(List.of());
        if (peers.isEmpty()) return Answer.failed(NO_NEIGHBOR);
        for (InetAddress peer : peers) {
            if (!soft) {
                speaker.clear(peer);
                continue;
            }
            boolean done = false;
            for (AddressFamily family : AddressFamily.KNOWN)
                if (subject.family().map(family::equals).orElse(true)) done |= (!in && out || speaker.softIn(peer, family)) & (!out && in || speaker.softOut(peer, family));
            if (!done && peers.size() == 1) return Answer.failed("torii: there is no session with " + AddressText.of(peer) + ", or it cannot be asked to send its routes again");
        }
        return Answer.ok("");
    }
}
