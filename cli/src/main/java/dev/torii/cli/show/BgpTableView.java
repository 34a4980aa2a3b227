package dev.torii.cli.show;

import dev.torii.bgp.RibRow;
import dev.torii.bgp.Summary;
import dev.torii.bgp.wire.AddressText;
import dev.torii.bgp.wire.Prefix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code show bgp ipv4|ipv6 unicast}, in FRR's columns: every path of every prefix. */
public record BgpTableView(Summary summary, List<RibRow> rows) implements View {
    private static final String LEGEND = """
            Default local pref 100, local AS %d
            Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,
                           i internal, r RIB-failure, S Stale, R Removed
            Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self
            Origin codes:  i - IGP, e - EGP, ? - incomplete
            RPKI validation codes: V valid, I invalid, N Not found

               Network          Next Hop            Metric LocPrf Weight Path
            """;

    @Override public String text() {
        if (rows.isEmpty()) return "No BGP prefixes displayed, 0 exist\n";
        var text = new StringBuilder("BGP table version is %d, local router ID is %s, vrf id 0\n".formatted(summary.tableVersion(),
                summary.routerId().getHostAddress()));
        text.append(LEGEND.formatted(summary.localAs()));
        Prefix previous = null;
        int prefixes = 0;
        for (RibRow row : rows) {
            boolean first = !row.prefix().equals(previous);
            if (first) prefixes++;
            previous = row.prefix();
            String network = first ? row.prefix().toString() : "";
            String status = row.statusCodes();
            text.append(status).append("%-16s".formatted(network));
            if (network.length() > 16) text.append('\n').append(" ".repeat(status.length() + 16));
            var hop = AddressText.of(row.linkLocal().orElse(row.nextHop()));
            text.append(" %-16s".formatted(hop));
            if (hop.length() >= 16) text.append('\n').append(" ".repeat(36));
            text.append("%10s%7s%7d ".formatted(number(row.metric()), number(row.localPref()), row.weight()));
            text.append(row.asPath().isEmpty() ? "" : row.asPath() + " ").append(row.origin()).append('\n');
        }
        return text.append("\nDisplayed  %d routes and %d total paths\n".formatted(prefixes, rows.size())).toString();
    }

    private static String number(OptionalLong value) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : "";
    }

    @Override public Object json() {
        var routes = new LinkedHashMap<String, List<Object>>();
        for (RibRow row : rows) routes.computeIfAbsent(row.prefix().toString(), unseen -> new ArrayList<>()).add(json(row));
        var table = new LinkedHashMap<String, Object>();
        table.put("vrfId", 0);
        table.put("vrfName", "default");
        table.put("tableVersion", summary.tableVersion());
        table.put("routerId", summary.routerId().getHostAddress());
        table.put("defaultLocPrf", 100);
        table.put("localAS", summary.localAs());
        table.put("routes", routes);
        return table;
    }

    private static Map<String, Object> json(RibRow row) {
        var fields = new LinkedHashMap<String, Object>();
        if (row.suppressed()) fields.put("suppressed", true);
        if (row.valid()) fields.put("valid", true);
        if (row.best()) fields.put("bestpath", true);
        if (row.multipath()) fields.put("multipath", true);
        fields.put("pathFrom", row.internal() ? "internal" : "external");
        fields.put("prefix", AddressText.of(row.prefix().address()));
        fields.put("prefixLen", row.prefix().length());
        fields.put("network", row.prefix().toString());
        row.metric().ifPresent(metric -> fields.put("metric", metric));
        row.localPref().ifPresent(preference -> fields.put("locPrf", preference));
        fields.put("weight", row.weight());
        fields.put("peerId", row.peer().map(AddressText::of).orElse("(unspec)"));
        fields.put("path", row.asPath());
        fields.put("origin", switch (row.origin()) {
            case 'i' -> "IGP";
            case 'e' -> "EGP";
            default -> "incomplete";
        });
        fields.put("nexthops", Families.nextHops(row.nextHop(), row.linkLocal(), Optional.empty()));
        return fields;
    }
}
