package dev.torii.bgp.policy;

import dev.torii.bgp.wire.Prefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * FRR's {@code ip prefix-list}: the first entry, by sequence number, that matches decides; none: denied.
 * A list without any entry permits everything, as FRR's does.
 *
 * @param entries in the order of their sequence numbers, each number once
 */
public record PrefixList(String name, List<Entry> entries) {
    /** FRR numbers entries without {@code seq} in steps of 5 after the highest there is. */
    private static final int STEP = 5;

    /**
     * One line of a prefix list.
     *
     * @param ge smallest length matched, if given
     * @param le greatest length matched, if given; with neither, only {@code prefix} itself matches
     */
    public record Entry(long seq, Action action, Prefix prefix, OptionalInt ge, OptionalInt le) {
        public Entry {
            int longest = prefix.ipv6() ? 128 : 32;
            int low = ge.orElse(prefix.length());
            int high = le.orElse(longest);
            if (low < prefix.length() || high < low || high > longest)
                throw new IllegalArgumentException("need length <= ge <= le, have " + prefix + " ge " + low + " le " + high);
        }

        boolean matches(Prefix candidate) {
            if (!prefix.covers(candidate)) return false;
            if (ge.isEmpty() && le.isEmpty()) return candidate.length() == prefix.length();
            return candidate.length() >= ge.orElse(prefix.length()) && candidate.length() <= le.orElse(prefix.ipv6() ? 128 : 32);
        }
    }

    public PrefixList {
        entries = List.copyOf(entries);
        for (int i = 1; i < entries.size(); i++)
            if (entries.get(i - 1).seq() >= entries.get(i).seq()) throw new IllegalArgumentException("entries of " + name + " out of order");
    }

    public boolean permits(Prefix candidate) {
        if (entries.isEmpty()) return true;
        for (Entry entry : entries) if (entry.matches(candidate)) return entry.action() == Action.PERMIT;
        return false;
    }

    public static Builder builder(String name) { return new Builder(name); }

    /** Collects the lines of one list as a configuration file gives them. */
    public static final class Builder {
        private final String name;
        private final List<Entry> entries = new ArrayList<>();

        private Builder(String name) { this.name = name; }

        /** A line without {@code seq}: gets the next multiple of 5 after the highest number so far. The same line again changes nothing. */
        public Builder add(Action action, Prefix prefix, OptionalInt ge, OptionalInt le) {
            if (entries.stream().anyMatch(entry -> entry.equals(new Entry(entry.seq(), action, prefix, ge, le)))) return this;
            long highest = entries.stream().mapToLong(Entry::seq).max().orElse(0);
            return add((highest / STEP + 1) * STEP, action, prefix, ge, le);
        }

        /** {@link #add(Action, Prefix, OptionalInt, OptionalInt)} without ge and le. */
        public Builder add(Action action, Prefix prefix) { return add(action, prefix, OptionalInt.empty(), OptionalInt.empty()); }

        /** A line with {@code seq}: replaces the entry of that number. */
        public Builder add(long seq, Action action, Prefix prefix, OptionalInt ge, OptionalInt le) {
            entries.removeIf(entry -> entry.seq() == seq);
            entries.add(new Entry(seq, action, prefix, ge, le));
            return this;
        }

        public PrefixList build() {
            return new PrefixList(name, entries.stream().sorted(Comparator.comparingLong(Entry::seq)).toList());
        }
    }
}
