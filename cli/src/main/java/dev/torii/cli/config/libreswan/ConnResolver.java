package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Nearest;
import dev.torii.cli.config.Position;
import dev.torii.cli.config.Warning;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Puts {@code conn %default}, {@code also=} and the conns themselves together and checks the spelling of every keyword. A conn's own value goes before one
 * of {@code also=}, the first {@code also=} before later ones, all of them before {@code %default}; of several {@code %default} the last counts.
 */
final class ConnResolver {
    private final Diagnostics diagnostics;
    private final Map<String, Section> byName = new LinkedHashMap<>();
    private final Map<Section, Map<String, Conn.Value>> own = new HashMap<>();
    private final Map<Section, List<Conn.Value>> alsos = new HashMap<>();
    private final Map<String, Conn.Value> defaults = new HashMap<>();

    ConnResolver(Diagnostics diagnostics) { this.diagnostics = diagnostics; }

    /** Every conn that is to be loaded: all but those with {@code auto=ignore}, which is the default. */
    List<Conn> resolve(List<Section> sections) {
        for (Section section : sections) {
            boolean isDefault = section.name().equals(Section.DEFAULT);
            var values = keywords(section, isDefault);
            if (isDefault) {
                defaults.putAll(values);
                continue;
            }
            var before = byName.putIfAbsent(section.name(), section);
            if (before != null) diagnostics.error(section.at(), "there is a conn " + section.name() + " already, at " + before.at(),
                    "give one of them another name");
            else own.put(section, values);
        }
        var conns = new ArrayList<Conn>();
        var included = new HashSet<Section>();
        for (Section section : byName.values()) conns.add(new Conn(section.name(), section.at(), withAlsos(section, included)));
        return conns.stream().filter(conn -> loaded(conn, included.contains(byName.get(conn.name())))).toList();
    }

    /** Spelling and treatment of config setup. */
    Map<String, Conn.Value> checkSetup(List<Section> setups) {
        var used = new LinkedHashMap<String, Conn.Value>();
        for (Section setup : setups) {
            if (setup.name().isEmpty()) continue;
            for (Section.Entry entry : setup.entries()) {
                var keyword = Keywords.setup(entry.keyword());
                if (keyword.isPresent() && keyword.get().effect() == Keywords.Effect.USED) used.put(keyword.get().name(),
                        new Conn.Value(entry.keyword(), entry.value(), entry.at(), entry.valueAt()));
                else if (keyword.isPresent()) treat(keyword.get(), entry.keyword(), entry.value(), entry.at());
                else diagnostics.error(entry.at(), "unknown keyword " + entry.keyword() + " in config setup", Keywords.conn(entry.keyword()).isPresent()
                        ? "it belongs into a conn" : suggest(entry.keyword(), Keywords.setupWords()));
            }
        }
        return used;
    }

    private Map<String, Conn.Value> keywords(Section section, boolean isDefault) {
        var values = new LinkedHashMap<String, Conn.Value>();
        for (Section.Entry entry : section.entries()) {
            var resolved = Keywords.conn(entry.keyword());
            if (resolved.isEmpty()) {
                diagnostics.error(entry.at(), "unknown keyword " + entry.keyword(),
                        Keywords.elsewhere(entry.keyword()).orElseGet(() -> suggest(entry.keyword(), Keywords.connWords())));
                continue;
            }
            var value = new Conn.Value(entry.keyword(), entry.value(), entry.at(), entry.valueAt());
            String name = resolved.get().written();
            if (name.equals("also")) {
                if (isDefault) diagnostics.error(entry.at(), "also= in conn %default", "put what it includes into conn %default itself");
                else alsos.computeIfAbsent(section, unseen -> new ArrayList<>()).add(value);
                continue;
            }
            if (name.endsWith("subnets") && values.containsKey(name)) {
                values.merge(name, value, (a, b) -> new Conn.Value(a.keyword(), a.text() + "," + b.text(), a.keywordAt(), a.at()));
                continue;
            }
            var before = values.putIfAbsent(name, value);
            if (before != null && !before.text().equals(value.text())) {
                diagnostics.error(entry.at(), entry.keyword() + "= is set a second time to another value; first at " + before.keywordAt(),
                        "remove one of the two lines");
            }
        }
        return values;
    }

    private Map<String, Conn.Value> withAlsos(Section section, Set<Section> included) {
        var values = new HashMap<>(own.get(section));
        var seen = new HashSet<>(Set.of(section));
        var queue = new ArrayDeque<>(alsos.getOrDefault(section, List.of()));
        while (!queue.isEmpty()) {
            var also = queue.poll();
            for (String name : also.text().split("[\\s,]+")) {
                var other = byName.get(name);
                if (other == null) {
                    diagnostics.error(also.at(), "also= names conn " + name + ", which does not exist",
                            Nearest.to(name, byName.keySet()).map(near -> "did you mean " + near + "?").orElse("write a conn " + name));
                } else if (seen.add(other)) {       // a loop ends here, as in Libreswan
                    included.add(other);
                    own.get(other).forEach((keyword, value) -> merge(values, keyword, value, section));
                    queue.addAll(alsos.getOrDefault(other, List.of()));
                }
            }
        }
        defaults.forEach(values::putIfAbsent);
        return values;
    }

    private void merge(Map<String, Conn.Value> values, String keyword, Conn.Value value, Section into) {
        var before = values.putIfAbsent(keyword, value);
        boolean templates = keyword.equals("auto");      // auto=ignore in what is included is the usual thing
        if (before != null && !templates && !before.text().equals(value.text())) {
            diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, before.keywordAt(), before.keyword() + "=" + before.text() + " counts in conn " + into.name()
                    + ", not the value that also= brings from " + value.keywordAt(), "keep one of the two lines");
        }
    }

    private boolean loaded(Conn conn, boolean included) {
        var auto = conn.get("auto");
        if (auto.isEmpty()) {
            if (!included) {
                diagnostics.warn(Warning.Kind.WITHOUT_EFFECT, conn.at(), "conn " + conn.name() + " is not loaded: it has no auto=",
                        "write auto=start or auto=add");
            }
            return false;
        }
        if (auto.get().text().equalsIgnoreCase("ignore")) return false;
        conn.values().forEach((name, value) -> Keywords.conn(value.keyword())
                .ifPresent(found -> treat(found.keyword(), value.keyword(), value.text(), value.keywordAt())));
        return true;
    }

    private void treat(Keywords.Keyword keyword, String written, String value, Position at) {
        if (keyword.harmless().contains(value.toLowerCase(Locale.ROOT))) return;
        switch (keyword.effect()) {
            case USED, QUIET -> { }
            case NOTED -> diagnostics.warn(Warning.Kind.WITHOUT_EFFECT, at, written + "= has no effect: " + keyword.note(), "remove the line");
            case REFUSED -> diagnostics.error(at, written + "=" + value + " is not supported", keyword.note());
        }
    }

    private static String suggest(String word, Set<String> words) {
        return Nearest.to(word, words).map(near -> "did you mean " + near + "=?").orElse("remove the line, or put a # before it");
    }

}
