package dev.torii.cli.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of every Java file of the tree. */
class SourceRulesTest {
    private static final int LONGEST_LINE = 160;
    private static final List<String> MODULES = List.of("ike", "esp", "tun");

    @Test
    void noLineIsLongerThan160Characters() throws IOException {
        var found = new ArrayList<String>();
        for (String module : MODULES) {
            Path sources = Path.of("..", module, "src");
            assertTrue(javaFiles(sources).size() > 20, sources + " is not where the sources are");
            found.addAll(longLines(sources));
        }
        assertEquals(List.of(), found);
    }

    @Test
    void aLongLineIsFound(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("A.java"), "class A {\n" + "x".repeat(LONGEST_LINE) + "\n" + "x".repeat(LONGEST_LINE + 1) + "\n}\n");
        assertEquals(List.of(directory.resolve("A.java") + ":3"), longLines(directory));
    }

    private static List<Path> javaFiles(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    private static List<String> longLines(Path root) throws IOException {
        return javaFiles(root).stream().flatMap(SourceRulesTest::longLinesOf).toList();
    }

    private static Stream<String> longLinesOf(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return IntStream.range(0, lines.size()).filter(i -> lines.get(i).length() > LONGEST_LINE).mapToObj(i -> file + ":" + (i + 1));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
