package dev.torii.bgp.policy;

import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * FRR's {@code bgp community-list}, {@code large-community-list} and {@code extcommunity-list}: the first entry that holds decides; none: no match.
 *
 * @param entries sorted by sequence number on construction
 */
public record CommunityList(CommunityKind kind, String name, List<Entry> entries) {
    /** One line: what it asks for. */
    public sealed interface Entry {
        long seq();

        Action action();

        /** {@code standard}: all of these must be there. */
        record Standard(long seq, Action action, CommunitySet wanted) implements Entry {}

        /** {@code expanded}: an expression that is to be found in the communities as they are printed. */
        record Expanded(long seq, Action action, Pattern pattern) implements Entry {}
    }

    public CommunityList { entries = entries.stream().sorted(Comparator.comparingLong(Entry::seq)).toList(); }

    /** {@code match community NAME [exact-match]}; a route without communities matches nothing. */
    public boolean matches(CommunitySet communities, boolean exactly) {
        for (Entry entry : entries)
            if (holds(entry, communities, exactly)) return entry.action() == Action.PERMIT;
        return false;
    }

    private static boolean holds(Entry entry, CommunitySet communities, boolean exactly) {
        return switch (entry) {
            case Entry.Standard standard -> exactly ? communities.equals(standard.wanted()) : !communities.isEmpty()
                    && communities.containsAll(standard.wanted());
            case Entry.Expanded expanded -> !communities.isEmpty() && expanded.pattern().matcher(communities.toString()).find();
        };
    }

    /** {@code set comm-list NAME delete}: without each value that an entry permits. */
    public CommunitySet delete(CommunitySet from) {
        var kept = from;
        for (CommunitySet single : from.singles())
            for (Entry entry : entries) {
                boolean holds = switch (entry) {
                    case Entry.Standard standard -> standard.wanted().containsAll(single);
                    case Entry.Expanded expanded -> expanded.pattern().matcher(single.toString()).find();
                };
                if (!holds) continue;
                if (entry.action() == Action.PERMIT) kept = kept.minus(single);
                break;
            }
        return kept;
    }
}
