package dev.torii.cli.show;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/** Something that can be shown as text for people and as JSON for programs. */
public interface View {
    ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Lines for a terminal. */
    String text();

    /** Maps, lists, strings, numbers: what becomes the JSON. */
    Object json();

    /** The JSON text. */
    default String jsonText() {
        try {
            return JSON.writeValueAsString(json()) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a view must be made of plain values", e);
        }
    }
}
