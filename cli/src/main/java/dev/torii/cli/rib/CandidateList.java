package dev.torii.cli.rib;

import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.rib.Candidate.Leg;
import dev.torii.cli.rib.RibEntry.Hop;
import dev.torii.cli.rib.RibEntry.Source;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Everything that competes in a {@link RouteTable}, found again from what the table was told: the table itself keeps only what is in use. */
final class CandidateList {
    private final RouteTable table;

    CandidateList(RouteTable table) {
        this.table = table;
    }

    List<Candidate> all() {
        var prefixes = new TreeSet<>(table.candidates.connected.keySet());
        prefixes.addAll(table.candidates.kernel.keySet());
        prefixes.addAll(table.selected.keySet());
        prefixes.addAll(table.statics.keySet());
        prefixes.addAll(table.learnt.keySet());
        var all = new ArrayList<Candidate>();
        for (Prefix prefix : prefixes) add(prefix, all);
        return all;
    }

    private void add(Prefix prefix, List<Candidate> all) {
        var entries = competing(prefix);
        var inUse = Optional.ofNullable(table.selected.get(prefix));
        entries.forEach((entry, legs) -> inUse.filter(entry::sameRoute).ifPresent(used -> all.add(new Candidate(used, true, legs))));
        entries.forEach((entry, legs) -> {
            if (inUse.filter(entry::sameRoute).isEmpty()) all.add(new Candidate(entry, false, legs));
        });
    }

    private Map<RibEntry, List<Leg>> competing(Prefix prefix) {
        var entries = new LinkedHashMap<RibEntry, List<Leg>>();
        table.candidates.connected.getOrDefault(prefix, List.of()).forEach(address -> table.connected(address).ifPresent(entry -> entries.put(entry, direct(entry.hops()))));
        table.candidates.kernel.getOrDefault(prefix, List.of()).forEach(route -> table.kernel(route).ifPresent(entry -> entries.put(entry, direct(entry.hops()))));
        Optional.ofNullable(table.candidates.gateways.get(prefix)).ifPresent(entry -> entries.put(entry, direct(entry.hops())));
        table.tunnelRoute(prefix).ifPresent(entry -> entries.put(entry, direct(entry.hops())));
        table.statics.getOrDefault(prefix, Collections.emptyNavigableMap()).forEach((distance, hops) -> table.staticRoute(prefix, hops, distance, table.base)
                .ifPresent(entry -> entries.put(entry, legs(entry, hops.stream().flatMap(hop -> hop.gateway().stream()).toList()))));
        var learnt = table.learnt.get(prefix);
        if (learnt != null && !table.isGateway(prefix)) {
            var entry = new RibEntry(prefix, Source.BGP, table.distance(learnt), 0, table.resolve(learnt), 0);
            if (!entry.hops().isEmpty()) entries.put(entry, legs(entry, learnt.nextHops()));
        }
        return entries;
    }

    private static List<Leg> direct(Iterable<Hop> hops) {
        var legs = new ArrayList<Leg>();
        hops.forEach(hop -> legs.add(Leg.direct(hop)));
        return legs;
    }

    private List<Leg> legs(RibEntry entry, List<InetAddress> gateways) {
        var legs = new ArrayList<Leg>();
        var left = new LinkedHashSet<>(entry.hops());
        for (InetAddress gateway : gateways) {
            var hops = RouteTable.resolve(gateway, Optional.empty(), table.base).stream().filter(left::remove).toList();
            if (hops.stream().anyMatch(hop -> !hop.gateway().equals(Optional.of(gateway)))) legs.add(new Leg(Optional.of(gateway), hops));
            else legs.addAll(direct(hops));
        }
        legs.addAll(direct(left));
        return legs;
    }
}
