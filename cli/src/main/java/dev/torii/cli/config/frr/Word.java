package dev.torii.cli.config.frr;

import dev.torii.cli.config.Position;
import dev.torii.cli.config.SourceFile;
import java.util.ArrayList;
import java.util.List;

/** A word of a command and where it starts. */
record Word(String text, Position at) {
    /** The words of a line; none for an empty line and for a comment, which starts with ! or #. */
    static List<Word> of(SourceFile file, int number) {
        String line = file.lines().get(number - 1);
        var words = new ArrayList<Word>();
        int next = 0;
        while (next < line.length()) {
            if (Character.isWhitespace(line.charAt(next))) {
                next++;
                continue;
            }
            int from = next;
            while (next < line.length() && !Character.isWhitespace(line.charAt(next))) next++;
            words.add(new Word(line.substring(from, next), file.at(number, from + 1)));
        }
        boolean comment = !words.isEmpty() && (words.getFirst().text().startsWith("!") || words.getFirst().text().startsWith("#"));
        return comment ? List.of() : words;
    }
}
