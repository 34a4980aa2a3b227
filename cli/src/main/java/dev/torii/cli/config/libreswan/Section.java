package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Position;
import java.util.List;

/** {@code conn NAME} or {@code config setup} with its lines. */
record Section(String name, Position at, List<Entry> entries) {
    /** The conn whose lines hold for all others. */
    static final String DEFAULT = "%default";

    Section {
        entries = List.copyOf(entries);
    }

    /**
     * {@code keyword=value}.
     *
     * @param keyword as it is written
     */
    record Entry(String keyword, Position at, String value, Position valueAt) {}
}
