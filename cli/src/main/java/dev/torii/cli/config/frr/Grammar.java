package dev.torii.cli.config.frr;

import dev.torii.cli.config.Nearest;
import dev.torii.cli.config.Position;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The commands of one context (FRR's "node") and how a line is matched against them: word by word, abbreviations allowed while they are unambiguous.
 *
 * <p>A pattern is written like FRR's own: {@code neighbor <addr> route-map <word> in|out}. {@code <num>} takes digits only, any other {@code <slot>} takes any
 * word, {@code <rest>} takes what is left, even nothing. Slots and alternatives are what the action gets, in their order.
 */
final class Grammar {
    private final List<Command> commands = new ArrayList<>();

    /** What a command does. */
    @FunctionalInterface
    interface Action {
        void run(Match match);
    }

    /** With which of the two forms a command exists. */
    private enum Form { BOTH, PLAIN, NEGATED }

    private record Command(List<String> pattern, Form form, Action action) {
        boolean takesRest() { return pattern.getLast().equals("<rest>"); }

        Optional<String> part(int index) { return index < pattern.size() ? Optional.of(pattern.get(index)) : Optional.empty(); }
    }

    /**
     * A line that matched.
     *
     * @param no    whether it was negated
     * @param first its first word
     * @param taken what stood for slots and alternatives; of an alternative the full word
     */
    record Match(boolean no, Word first, List<Word> taken) {
        Word word(int index) { return taken.get(index); }

        String text(int index) { return taken.get(index).text(); }

        Position at(int index) { return taken.get(index).at(); }
    }

    /** How a line fared: run, or why not. */
    sealed interface Outcome {
        record Found(Action action, Match match) implements Outcome {}

        /** @param words how many words were understood */
        record Failed(int words, Position at, String cause, String suggestion) implements Outcome {}
    }

    /** A command that may come with "no" before it. */
    Grammar add(String pattern, Action action) { return add(pattern, Form.BOTH, action); }

    /** A command that has no negation. */
    Grammar only(String pattern, Action action) { return add(pattern, Form.PLAIN, action); }

    /** A command that only exists with "no" before it: a shorter way to undo another one. */
    Grammar undo(String pattern, Action action) { return add(pattern, Form.NEGATED, action); }

    private Grammar add(String pattern, Form form, Action action) {
        commands.add(new Command(List.of(pattern.split(" ")), form, action));
        return this;
    }

    Outcome match(List<Word> line) {
        boolean no = line.getFirst().text().equals("no");
        List<Word> words = no ? line.subList(1, line.size()) : line;
        int before = no ? 1 : 0;
        if (words.isEmpty()) return new Outcome.Failed(1, line.getFirst().at(), "\"no\" alone", "write what is to be undone, or remove the line");
        List<Command> candidates = commands.stream().filter(command -> command.form() != (no ? Form.PLAIN : Form.NEGATED)).toList();
        var taken = new ArrayList<Word>();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            var next = narrow(candidates, i, word);
            if (next.isEmpty()) return unknown(candidates, i, word, before);
            if (next.size() > 1) {
                var meanings = new LinkedHashSet<String>();
                for (Command command : next) literal(command, i, word.text()).ifPresent(meanings::add);
                if (meanings.size() > 1) {
                    return new Outcome.Failed(before + i, word.at(), "\"" + word.text() + "\" is ambiguous", "write " + String.join(" or ", meanings));
                }
            }
            candidates = next;
            String part = candidates.getFirst().part(i).orElse("<rest>");
            if (part.equals("<rest>")) {
                for (int j = i; j < words.size(); j++) taken.add(words.get(j));
                return new Outcome.Found(candidates.getFirst().action(), new Match(no, line.getFirst(), taken));
            }
            if (part.startsWith("<")) taken.add(word);
            else if (part.contains("|")) taken.add(new Word(literal(candidates.getFirst(), i, word.text()).orElseThrow(), word.at()));
        }
        int length = words.size();
        for (Command command : candidates) {
            if (command.pattern().size() == length || command.takesRest() && command.pattern().size() == length + 1) {
                return new Outcome.Found(command.action(), new Match(no, line.getFirst(), taken));
            }
        }
        return new Outcome.Failed(before + length, words.getLast().at(), "the command is incomplete after \"" + words.getLast().text() + "\"",
                "expected " + expected(candidates, length) + " next");
    }

    /** The words a command may start with. */
    Set<String> firstWords() {
        var all = new LinkedHashSet<String>();
        for (Command command : commands) if (command.form() != Form.NEGATED) all.addAll(List.of(command.pattern().getFirst().split("\\|")));
        return all;
    }

    /** Exact words go before abbreviations, abbreviations before slots. */
    private static List<Command> narrow(List<Command> candidates, int index, Word word) {
        var exact = candidates.stream().filter(command -> literal(command, index, word.text()).filter(word.text()::equals).isPresent()).toList();
        if (!exact.isEmpty()) return exact;
        var shortened = candidates.stream().filter(command -> literal(command, index, word.text()).isPresent()).toList();
        var slots = candidates.stream().filter(command -> command.part(index).map(part -> takes(part, word.text())).orElse(false)).toList();
        if (!shortened.isEmpty() && (slots.isEmpty() || word.text().length() > 2)) return shortened;
        return slots;
    }

    private static boolean takes(String part, String word) { return part.startsWith("<") && (!part.equals("<num>") || word.matches("\\d+")); }

    private static Optional<String> literal(Command command, int index, String word) {
        String part = command.part(index).orElse("<rest>");
        if (part.startsWith("<")) return Optional.empty();
        String found = null;
        for (String alternative : part.split("\\|")) {
            if (alternative.equals(word)) return Optional.of(alternative);
            if (alternative.startsWith(word)) found = alternative;
        }
        return Optional.ofNullable(found);
    }

    private static Outcome unknown(List<Command> candidates, int index, Word word, int before) {
        var literals = new LinkedHashSet<String>();
        boolean number = false;
        boolean more = false;
        for (Command command : candidates) {
            String part = command.part(index).orElse("");
            more |= !part.isEmpty();
            number |= part.equals("<num>");
            if (!part.isEmpty() && !part.startsWith("<")) literals.addAll(List.of(part.split("\\|")));
        }
        var near = Nearest.to(word.text(), literals);
        String cause = !more ? "unexpected \"" + word.text() + "\" at the end of the command"
                : number && literals.isEmpty() ? "\"" + word.text() + "\" is not a number"
                : index == 0 ? "unknown command \"" + word.text() + "\"" : "unknown word \"" + word.text() + "\"";
        String suggestion = !more ? "remove it" : near.map(n -> "did you mean " + n + "?")
                .orElse("expected " + expected(candidates, index) + ", or put a ! before the line");
        return new Outcome.Failed(before + index, word.at(), cause, suggestion);
    }

    private static String expected(List<Command> candidates, int index) {
        var parts = new LinkedHashSet<String>();
        for (Command command : candidates) command.part(index).ifPresent(part -> parts.addAll(List.of(part.split("\\|"))));
        return parts.size() > 12 ? "another word" : String.join(" or ", parts);
    }
}
