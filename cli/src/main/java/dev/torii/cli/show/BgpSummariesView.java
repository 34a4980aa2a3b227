package dev.torii.cli.show;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** {@code show bgp summary}: every address family that a neighbour has, one after the other. */
public record BgpSummariesView(List<BgpSummaryView> families) implements View {
    @Override public String text() { return families.stream().map(View::text).collect(Collectors.joining()); }

    @Override public Object json() {
        var all = new LinkedHashMap<String, Object>();
        families.forEach(family -> all.put(Families.word(family.summary().family()), family.familyJson()));
        return all;
    }
}
