package dev.torii.cli.config;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code frr version X.Y}: the version of FRR whose defaults and output the files were written for. */
public record FrrVersion(int major, int minor) implements Comparable<FrrVersion> {
    /** From this one on {@code show bgp summary} has a Desc column and names the VRF. */
    public static final FrrVersion WITH_DESCRIPTIONS = new FrrVersion(8, 1);
    /** Before this one no policy was asked of external neighbours, and a {@code network} was announced whether there was a route or not. */
    public static final FrrVersion WITH_POLICY = new FrrVersion(7, 4);
    private static final Pattern TEXT = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})(?:\\D.*)?");

    /** {@code 8.4.4}, {@code 7.5_git}; empty: no version. */
    public static Optional<FrrVersion> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches() ? Optional.of(new FrrVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))) : Optional.empty();
    }

    /** Whether it is that version or a later one. */
    public boolean atLeast(FrrVersion other) { return compareTo(other) >= 0; }

    @Override public int compareTo(FrrVersion other) { return Comparator.comparingInt(FrrVersion::major).thenComparingInt(FrrVersion::minor).compare(this, other); }
}
