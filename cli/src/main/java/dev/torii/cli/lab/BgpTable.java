package dev.torii.cli.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the table that {@code show bgp ipv4 unicast} prints, FRR's and Torii's alike. */
final class BgpTable {
    private static final String ADDRESS = "\\d+\\.\\d+\\.\\d+\\.\\d+";
    private static final Pattern ROW = Pattern.compile("^[ *>=isdhrSRV]*?(?:(" + ADDRESS + "(?:/\\d+)?)\\s+)?(" + ADDRESS + ")\\s+(?!/).*$");

    private BgpTable() {}

    /** The prefixes that have a path over {@code nextHop}; a row without a prefix continues the one above. */
    static List<String> prefixesVia(String nextHop, String table) {
        var found = new ArrayList<String>();
        String prefix = "";
        for (var line : table.lines().toList()) {
            var row = ROW.matcher(line);
            if (!line.contains("*") || !row.matches()) continue;
            if (row.group(1) != null) prefix = row.group(1);
            if (row.group(2).equals(nextHop) && !found.contains(prefix)) found.add(prefix);
        }
        return found;
    }
}
