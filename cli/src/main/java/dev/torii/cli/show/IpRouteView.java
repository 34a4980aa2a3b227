package dev.torii.cli.show;

import dev.torii.cli.rib.RibEntry;
import dev.torii.cli.rib.RibEntry.Hop;
import dev.torii.cli.rib.RibEntry.Source;
import dev.torii.tun.Route;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code show ip route}, in FRR's form: the route in use for each prefix. */
public record IpRouteView(List<RibEntry> entries, long nowNanos) implements View {
    private static final String LEGEND = """
            Codes: K - kernel route, C - connected, S - static, B - BGP,
                   G - path to an IPsec peer, I - IPsec tunnel's remote subnet,
                   > - selected route, * - FIB route

            """;

    @Override public String text() {
        var text = new StringBuilder(LEGEND);
        for (RibEntry entry : entries) {
            if (entry.prefix().ipv6()) continue;
            String head = entry.source().letter() + ">* " + entry.prefix()
                    + (entry.source() == Source.CONNECTED ? "" : " [" + entry.distance() + "/" + entry.metric() + "]");
            String since = Uptime.format(Duration.ofNanos(nowNanos - entry.sinceNanos()));
            if (entry.hops().isEmpty()) text.append(head).append(" unreachable (blackhole), weight 1, ").append(since).append('\n');
            boolean first = true;
            for (Hop hop : entry.hops()) {
                text.append(first ? head : "  *" + " ".repeat(head.length() - 3)).append(where(hop));
                if (weighted(entry.source())) text.append(", weight 1");
                text.append(", ").append(since).append('\n');
                first = false;
            }
        }
        return text.toString();
    }

    /** FRR shows no weight where the kernel chose the next hop. */
    private static boolean weighted(Source source) {
        return source != Source.CONNECTED && source != Source.KERNEL;
    }

    private static String where(Hop hop) {
        return hop.gateway().map(gateway -> " via " + gateway.getHostAddress()).orElse(" is directly connected") + ", " + hop.interfaceName();
    }

    @Override public Object json() {
        var routes = new LinkedHashMap<String, List<Object>>();
        for (RibEntry entry : entries) {
            if (!entry.prefix().ipv6()) routes.put(entry.prefix().toString(), List.of(json(entry)));
        }
        return routes;
    }

    private Map<String, Object> json(RibEntry entry) {
        var hops = new ArrayList<Object>();
        for (Hop hop : entry.hops()) hops.add(json(entry.source(), hop));
        if (hops.isEmpty()) hops.add(dropped());
        var fields = new LinkedHashMap<String, Object>();
        fields.put("prefix", entry.prefix().toString());
        fields.put("prefixLen", entry.prefix().length());
        fields.put("protocol", entry.source().name().toLowerCase(Locale.ROOT));
        fields.put("vrfId", 0);
        fields.put("vrfName", "default");
        fields.put("selected", true);
        fields.put("destSelected", true);
        fields.put("distance", entry.distance());
        fields.put("metric", entry.metric());
        fields.put("installed", true);
        fields.put("table", Route.TABLE_MAIN);
        fields.put("uptime", Uptime.format(Duration.ofNanos(nowNanos - entry.sinceNanos())));
        fields.put("nexthops", hops);
        return fields;
    }

    private static Map<String, Object> json(Source source, Hop hop) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("fib", true);
        hop.gateway().ifPresentOrElse(gateway -> {
            fields.put("ip", gateway.getHostAddress());
            fields.put("afi", gateway instanceof Inet4Address ? "ipv4" : "ipv6");
        }, () -> fields.put("directlyConnected", true));
        fields.put("interfaceIndex", hop.interfaceIndex());
        fields.put("interfaceName", hop.interfaceName());
        fields.put("active", true);
        if (weighted(source)) fields.put("weight", 1);
        return fields;
    }

    private static Map<String, Object> dropped() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("fib", true);
        fields.put("unreachable", true);
        fields.put("blackhole", true);
        fields.put("active", true);
        fields.put("weight", 1);
        return fields;
    }
}
