package dev.torii.cli.config.frr;

import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Nearest;
import dev.torii.cli.config.SourceFile;
import dev.torii.cli.config.frr.Grammar.Outcome;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Runs the lines of a file. A line that the current context does not know is tried in the contexts around it, as FRR does; indentation says nothing.
 */
final class FrrParser {
    private final Diagnostics diagnostics;
    private final Contexts contexts;

    FrrParser(FrrState state, Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
        this.contexts = new Contexts(state, diagnostics);
    }

    void parse(SourceFile file) {
        contexts.leaveAll();
        for (int i = 1; i <= file.lines().size(); i++) {
            var words = Word.of(file, i);
            if (!words.isEmpty()) line(words);
        }
    }

    private void line(List<Word> words) {
        Outcome.Failed deepest = null;
        for (Context context = contexts.current(); ; context = context.parent()) {
            switch (contexts.grammar(context).match(words)) {
                case Outcome.Found(Grammar.Action action, Grammar.Match match) -> {
                    contexts.enter(context);
                    action.run(match);
                    return;
                }
                case Outcome.Failed failed -> {
                    if (deepest == null || failed.words() > deepest.words()) deepest = failed;
                }
            }
            if (context == Context.TOP) break;
        }
        if (contexts.current() == Context.SKIPPED) return;      // its header has been refused already
        report(words, deepest);
    }

    private void report(List<Word> words, Outcome.Failed failed) {
        boolean firstWord = failed.at().equals(words.getFirst().at());
        String suggestion = failed.suggestion();
        if (firstWord) {
            var known = new LinkedHashSet<String>();
            for (Context context = contexts.current(); ; context = context.parent()) {
                known.addAll(contexts.grammar(context).firstWords());
                if (context == Context.TOP) break;
            }
            suggestion = Nearest.to(words.getFirst().text(), known).map(near -> "did you mean " + near + "?").orElse("remove the line, or put a ! before it");
        }
        diagnostics.error(failed.at(), failed.cause(), suggestion);
    }
}
