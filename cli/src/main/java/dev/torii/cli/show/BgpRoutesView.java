package dev.torii.cli.show;

import dev.torii.bgp.RibRow;
import dev.torii.bgp.Summary;
import dev.torii.bgp.wire.AddressText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code show bgp ipv4|ipv6 unicast neighbors X advertised-routes | received-routes | filtered-routes}, in FRR's columns.
 *
 * @param filtered how many of the rows policy refuses; FRR says it of received routes
 */
public record BgpRoutesView(Summary summary, List<RibRow> rows, boolean advertised, int filtered) implements View {
    @Override public String text() {
        if (rows.isEmpty()) return "";
        var table = new BgpTableView(summary, rows).text();
        var total = "Total number of prefixes " + rows.size() + (filtered > 0 ? " (" + filtered + " filtered)" : "") + "\n";
        return table.substring(0, table.lastIndexOf("\nDisplayed") + 1) + total;
    }

    @Override public Object json() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("bgpTableVersion", summary.tableVersion());
        fields.put("bgpLocalRouterId", summary.routerId().getHostAddress());
        fields.put("defaultLocPrf", 100);
        fields.put("localAS", summary.localAs());
        var routes = new LinkedHashMap<String, Object>();
        for (RibRow row : rows) routes.put(row.prefix().toString(), json(row));
        fields.put(advertised ? "advertisedRoutes" : "receivedRoutes", routes);
        fields.put("totalPrefixCounter", rows.size());
        fields.put("filteredPrefixCounter", filtered);
        return fields;
    }

    private static Map<String, Object> json(RibRow row) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("addrPrefix", AddressText.of(row.prefix().address()));
        fields.put("prefixLen", row.prefix().length());
        fields.put("network", row.prefix().toString());
        fields.put("nextHop", AddressText.of(row.nextHop()));
        row.metric().ifPresent(metric -> fields.put("metric", metric));
        row.localPref().ifPresent(preference -> fields.put("locPrf", preference));
        fields.put("weight", row.weight());
        fields.put("path", row.asPath());
        fields.put("bgpOriginCode", String.valueOf(row.origin()));
        var symbols = new LinkedHashMap<String, Object>();
        symbols.put("*", true);
        symbols.put(">", true);
        if (row.internal()) symbols.put("i", true);
        fields.put("appliedStatusSymbols", symbols);
        return fields;
    }
}
