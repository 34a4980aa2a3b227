package dev.torii.cli.show;

import dev.torii.bgp.wire.AddressText;
import dev.torii.cli.rib.Candidate;
import dev.torii.cli.rib.Candidate.Leg;
import dev.torii.cli.rib.RibEntry;
import dev.torii.cli.rib.RibEntry.Hop;
import dev.torii.cli.rib.RibEntry.Source;
import dev.torii.tun.Route;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code show ip route} and {@code show ipv6 route}, in FRR's form: of each prefix the route in use, then those it goes before. FRR shows the age of these, too. */
public record IpRouteView(List<Candidate> routes, boolean ipv6, long nowNanos) implements View {
    private static final String LEGEND = """
            Codes: K - kernel route, C - connected, S - static, B - BGP,
                   G - path to an IPsec peer, I - IPsec tunnel's remote subnet,
                   > - selected route, * - FIB route

            """;

    @Override public String text() {
        var text = new StringBuilder(LEGEND);
        for (Candidate route : routes) {
            if (route.entry().prefix().ipv6() == ipv6) lines(text, route);
        }
        return text.toString();
    }

    private void lines(StringBuilder text, Candidate route) {
        RibEntry entry = route.entry();
        char used = route.selected() ? '*' : ' ';
        String place = entry.prefix() + (entry.source() == Source.CONNECTED ? "" : " [" + entry.distance() + "/" + entry.metric() + "]");
        String since = route.selected() ? ", " + Uptime.format(age(entry)) : "";
        String weight = weighted(entry.source()) ? ", weight 1" : "";
        String head = entry.source().letter() + (route.selected() ? ">" : " ");
        String indent = " ".repeat(place.length() + 4);
        if (route.legs().isEmpty()) text.append(head).append(used).append(' ').append(place).append(" unreachable (blackhole), weight 1").append(since).append('\n');
        boolean first = true;
        for (Leg leg : route.legs()) {
            if (leg.gateway().isPresent()) {
                text.append(first ? head + "  " + place : indent).append(" via ").append(AddressText.of(leg.gateway().get())).append(" (recursive)").append(weight).append(since).append('\n');
                first = false;
            }
            for (Hop hop : leg.hops()) {
                text.append(first ? head + used + " " + place : "  " + used + indent.substring(3)).append(leg.gateway().isPresent() ? "  " : "").append(where(hop)).append(weight).append(since).append('\n');
                first = false;
            }
        }
    }

    private Duration age(RibEntry entry) {
        return Duration.ofNanos(nowNanos - entry.sinceNanos());
    }

    /** FRR shows no weight where the kernel chose the next hop. */
    private static boolean weighted(Source source) {
        return source != Source.CONNECTED && source != Source.KERNEL;
    }

    private static String where(Hop hop) {
        return hop.gateway().map(gateway -> " via " + AddressText.of(gateway)).orElse(" is directly connected") + ", " + hop.interfaceName();
    }

    @Override public Object json() {
        var byPrefix = new LinkedHashMap<String, List<Object>>();
        for (Candidate route : routes) {
            if (route.entry().prefix().ipv6() == ipv6) byPrefix.computeIfAbsent(route.entry().prefix().toString(), unseen -> new ArrayList<>()).add(json(route));
        }
        return byPrefix;
    }

    private Map<String, Object> json(Candidate route) {
        RibEntry entry = route.entry();
        var hops = new ArrayList<Object>();
        for (Leg leg : route.legs()) {
            leg.gateway().ifPresent(gateway -> hops.add(recursive(gateway)));
            for (Hop hop : leg.hops()) hops.add(json(route, hop, leg.gateway().isPresent()));
        }
        if (hops.isEmpty()) hops.add(dropped(route.selected()));
        var fields = new LinkedHashMap<String, Object>();
        fields.put("prefix", entry.prefix().toString());
        fields.put("prefixLen", entry.prefix().length());
        fields.put("protocol", entry.source().name().toLowerCase(Locale.ROOT));
        fields.put("vrfId", 0);
        fields.put("vrfName", "default");
        if (route.selected()) {
            fields.put("selected", true);
            fields.put("destSelected", true);
        }
        fields.put("distance", entry.distance());
        fields.put("metric", entry.metric());
        if (route.selected()) fields.put("installed", true);
        fields.put("table", Route.TABLE_MAIN);
        if (route.selected()) fields.put("uptime", Uptime.format(age(entry)));
        fields.put("nexthops", hops);
        return fields;
    }

    private static Map<String, Object> recursive(InetAddress gateway) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("ip", AddressText.of(gateway));
        fields.put("afi", Families.afi(gateway));
        fields.put("active", true);
        fields.put("recursive", true);
        fields.put("weight", 1);
        return fields;
    }

    private static Map<String, Object> json(Candidate route, Hop hop, boolean resolver) {
        var fields = new LinkedHashMap<String, Object>();
        if (route.selected()) fields.put("fib", true);
        hop.gateway().ifPresentOrElse(gateway -> {
            fields.put("ip", AddressText.of(gateway));
            fields.put("afi", Families.afi(gateway));
        }, () -> fields.put("directlyConnected", true));
        fields.put("interfaceIndex", hop.interfaceIndex());
        fields.put("interfaceName", hop.interfaceName());
        if (resolver) fields.put("resolver", true);
        fields.put("active", true);
        if (weighted(route.entry().source())) fields.put("weight", 1);
        return fields;
    }

    private static Map<String, Object> dropped(boolean inUse) {
        var fields = new LinkedHashMap<String, Object>();
        if (inUse) fields.put("fib", true);
        fields.put("unreachable", true);
        fields.put("blackhole", true);
        fields.put("active", true);
        fields.put("weight", 1);
        return fields;
    }
}
