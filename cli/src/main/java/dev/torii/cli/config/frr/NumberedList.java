package dev.torii.cli.config.frr;

import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongFunction;

/** The lines of one list by number. A line without a number gets the next multiple of five; the same line again changes nothing. */
final class NumberedList<E> {
    private static final int STEP = 5;

    private final TreeMap<Long, Line<E>> lines = new TreeMap<>();

    /** @param text what the line says, without its number */
    private record Line<E>(String text, LongFunction<E> entry) {}

    void add(OptionalLong number, String text, LongFunction<E> entry) {
        if (number.isPresent()) lines.put(number.getAsLong(), new Line<>(text, entry));
        else if (lines.values().stream().noneMatch(line -> line.text().equals(text)))
            lines.put(((lines.isEmpty() ? 0 : lines.lastKey()) / STEP + 1) * STEP, new Line<>(text, entry));
    }

    /** Undoes the line of that number, or the one that says the same. */
    void remove(OptionalLong number, String text) {
        if (number.isPresent()) lines.remove(number.getAsLong());
        else lines.values().removeIf(line -> line.text().equals(text));
    }

    List<E> entries() { return lines.entrySet().stream().map(line -> line.getValue().entry().apply(line.getKey())).toList(); }
}
