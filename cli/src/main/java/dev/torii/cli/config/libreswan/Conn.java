package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Position;
import java.util.Map;
import java.util.Optional;

/** A conn with everything that {@code %default} and {@code also=} add to it, by canonical keyword. */
record Conn(String name, Position at, Map<String, Value> values) {
    Conn {
        values = Map.copyOf(values);
    }

    /**
     * What a keyword has been set to.
     *
     * @param keyword as it is written
     */
    record Value(String keyword, String text, Position keywordAt, Position at) {}

    Optional<Value> get(String keyword) { return Optional.ofNullable(values.get(keyword)); }

    /** {@code get(LEFT, "id")} is {@code leftid=}. */
    Optional<Value> get(Side side, String keyword) { return get(side.word() + keyword); }
}
