package dev.torii.cli.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/** Compares our JSON with FRR's, but for the fields that are FRR's inner affairs. */
final class FrrJson {
    private FrrJson() {}

    static JsonNode parse(String json) {
        try {
            return View.JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Equal, field by field, once {@code onlyFrrs} is taken out of FRR's, at any depth; a listed field that FRR does not print is a mistake. */
    static void assertSame(String frr, Set<String> onlyFrrs, View ours) {
        JsonNode expected = parse(frr);
        for (String field : onlyFrrs) {
            if (expected.findParents(field).isEmpty()) throw new AssertionError("FRR prints no " + field);
            expected.findParents(field).forEach(parent -> ((ObjectNode) parent).remove(field));
        }
        assertEquals(expected.toPrettyString(), sorted(expected, parse(ours.jsonText())).toPrettyString());
    }

    /** Our fields in FRR's order, those it does not have last. */
    private static JsonNode sorted(JsonNode like, JsonNode node) {
        if (node instanceof ObjectNode object && like instanceof ObjectNode model) {
            var copy = View.JSON.createObjectNode();
            model.fieldNames().forEachRemaining(name -> {
                if (object.has(name)) copy.set(name, sorted(model.get(name), object.get(name)));
            });
            object.fieldNames().forEachRemaining(name -> {
                if (!copy.has(name)) copy.set(name, object.get(name));
            });
            return copy;
        }
        if (node instanceof ArrayNode array && like instanceof ArrayNode model) {
            var copy = View.JSON.createArrayNode();
            for (int i = 0; i < array.size(); i++) copy.add(i < model.size() ? sorted(model.get(i), array.get(i)) : array.get(i));
            return copy;
        }
        return node;
    }

}
