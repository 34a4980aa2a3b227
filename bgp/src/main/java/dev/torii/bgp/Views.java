package dev.torii.bgp;

import dev.torii.bgp.rib.DecisionProcess;
import dev.torii.bgp.rib.LocRib;
import dev.torii.bgp.rib.Route;
import dev.torii.bgp.rib.RouteAttributes;
import dev.torii.bgp.rib.RouteSource;
import dev.torii.bgp.wire.Prefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Tables as rows for display. */
final class Views {
    private Views() {}

    static List<RibRow> locRib(Tables tables) {
        var rows = new ArrayList<RibRow>();
        tables.locRib().forEach((prefix, selection) -> {
            for (int i = 0; i < selection.routes().size(); i++) rows.add(row(prefix, selection, i, tables));
        });
        rows.sort(Comparator.comparing(RibRow::prefix));                            // stable: the best path stays first
        return rows;
    }

    static PrefixDetail detail(Prefix prefix, DecisionProcess.Selection selection, Tables tables, Inet4Address ourId) {
        var paths = new ArrayList<PrefixDetail.Path>();
        for (int i = 0; i < selection.routes().size(); i++) {
            Route route = selection.routes().get(i);
            var id = route.local() ? ourId : (Inet4Address) Prefix.ipv4(route.source().identifier(), 32).address();
            paths.add(new PrefixDetail.Path(row(prefix, selection, i, tables), id, route.attributes(),
                    route.source().equals(RouteSource.REDISTRIBUTED), route.source().equals(RouteSource.AGGREGATE)));
        }
        return new PrefixDetail(prefix, paths, tables.locRib().reason(prefix), tables.toldOf(prefix));
    }

    private static RibRow row(Prefix prefix, DecisionProcess.Selection selection, int index, Tables tables) {
        Route route = selection.routes().get(index);
        var a = route.attributes();
        boolean used = index < selection.selected();
        boolean valid = route.local() || tables.nextHops().cost(a.nextHop()).isPresent();
        return new RibRow(prefix, valid, tables.suppressed(prefix, route), used && index == 0, used && index > 0, route.internal(), route.source().peer(),
                a.nextHop(), a.linkLocal(), a.med(), a.localPref(), route.weight(), a.asPath().toString(), a.origin().letter());
    }

    /** What that peer was told, as FRR prints it: before our own AS and address are put in. */
    static List<RibRow> advertised(PeerTables peer, LocRib rib, int ownAsNumbers) {
        var rows = new ArrayList<RibRow>();
        var unspecified = new Prefix(peer.family.ipv6(), 0, 0, 0).address();
        peer.out.forEach((prefix, a) -> {
            boolean self = peer.isOurs(a.nextHop());
            var path = peer.external ? a.asPath().withoutFirst(ownAsNumbers) : a.asPath();
            rows.add(new RibRow(prefix, true, false, true, false, rib.best(prefix).map(Route::internal).orElse(false), peer.source.peer(),
                    self ? unspecified : a.nextHop(), Optional.empty(), a.med(), a.localPref(), rib.best(prefix).map(Route::weight).orElse(0L),
                    path.toString(), a.origin().letter()));
        });
        rows.sort(Comparator.comparing(RibRow::prefix));
        return rows;
    }

    /** The rows of an Adj-RIB of that peer. */
    static List<RibRow> adjRib(PeerTables peer, Consumer<BiConsumer<Prefix, RouteAttributes>> forEach) {
        var rows = new ArrayList<RibRow>();
        forEach.accept((prefix, a) -> rows.add(new RibRow(prefix, true, false, true, false, !peer.external, peer.source.peer(),
                a.nextHop(), a.linkLocal(), a.med(), a.localPref(), 0, a.asPath().toString(), a.origin().letter())));
        rows.sort(Comparator.comparing(RibRow::prefix));
        return rows;
    }

    /** How many paths lead to each of these next hops. */
    static Map<InetAddress, Integer> unreachable(LocRib rib, Set<InetAddress> nextHops) {
        var counts = new TreeMap<InetAddress, Integer>(Comparator.comparing(InetAddress::getHostAddress));
        if (!nextHops.isEmpty()) rib.forEach((prefix, selection) -> selection.routes().stream().map(route -> route.attributes().nextHop()).filter(nextHops::contains)
                .forEach(hop -> counts.merge(hop, 1, Integer::sum)));
        return counts;
    }

    /** FRR counts the nodes of its binary tree: the prefixes, and the places where two of them part. */
    static int nodes(LocRib rib) {
        var prefixes = new ArrayList<Prefix>(rib.size());
        rib.forEach((prefix, selection) -> prefixes.add(prefix));
        prefixes.sort(null);
        var nodes = new HashSet<>(prefixes);
        for (int i = 1; i < prefixes.size(); i++) {
            var a = prefixes.get(i - 1);
            var b = prefixes.get(i);
            if (a.ipv6() == b.ipv6()) nodes.add(common(a, b));
        }
        return nodes.size();
    }

    private static Prefix common(Prefix a, Prefix b) {
        int same = a.high() != b.high() ? Long.numberOfLeadingZeros(a.high() ^ b.high()) : 64 + Long.numberOfLeadingZeros(a.low() ^ b.low());
        return new Prefix(a.ipv6(), a.high(), a.low(), Math.min(same, Math.min(a.length(), b.length())));
    }
}
