package dev.torii.bgp.policy;

import dev.torii.bgp.wire.AsPath;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * FRR's {@code bgp as-path access-list}: the first entry whose expression is found in the path, as it is printed, decides; none: denied.
 *
 * @param entries sorted by sequence number on construction
 */
public record AsPathList(String name, List<Entry> entries) {
    /** One line. */
    public record Entry(long seq, Action action, Pattern pattern) {}

    public AsPathList { entries = entries.stream().sorted(Comparator.comparingLong(Entry::seq)).toList(); }

    public boolean permits(AsPath path) {
        String text = path.toString();
        for (Entry entry : entries) if (entry.pattern().matcher(text).find()) return entry.action() == Action.PERMIT;
        return false;
    }
}
