package dev.torii.bgp.policy;

import dev.torii.bgp.wire.Prefix;
import java.util.Comparator;
import java.util.List;

/**
 * FRR's {@code access-list} as a filter of routes: the first entry that matches decides; none: denied.
 *
 * @param entries sorted by sequence number on construction
 */
public record AccessList(String name, List<Entry> entries) {
    /** What a line is about. */
    public sealed interface Entry {
        long seq();

        Action action();

        boolean matches(Prefix candidate);

        /** {@code PREFIX [exact-match]}: what lies inside; {@code any} is the prefix of length 0. */
        record Inside(long seq, Action action, Prefix prefix, boolean exact) implements Entry {
            @Override public boolean matches(Prefix candidate) { return exact ? candidate.equals(prefix) : prefix.covers(candidate); }
        }

        /** {@code ADDRESS WILDCARD}, Cisco's form: bits set in the wildcard are not compared, nor is the length. */
        record Wildcard(long seq, Action action, int address, int wildcard) implements Entry {
            @Override public boolean matches(Prefix candidate) {
                return !candidate.ipv6() && ((int) (candidate.high() >>> 32) & ~wildcard) == (address & ~wildcard);
            }
        }
    }

    public AccessList { entries = entries.stream().sorted(Comparator.comparingLong(Entry::seq)).toList(); }

    public boolean permits(Prefix candidate) {
        for (Entry entry : entries) if (entry.matches(candidate)) return entry.action() == Action.PERMIT;
        return false;
    }
}
