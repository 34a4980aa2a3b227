package dev.torii.cli.config.frr;

import dev.torii.cli.config.Diagnostics;
import java.util.EnumMap;
import java.util.Map;

/** The grammar of each context, and which one is current. */
final class Contexts {
    private final Map<Context, Grammar> grammars = new EnumMap<>(Context.class);
    private Context current = Context.TOP;

    Contexts(FrrState state, Diagnostics diagnostics) {
        for (Context context : Context.values()) grammars.put(context, new Grammar());
        var values = new FrrValues(diagnostics);
        new TopCommands(state, values, this).define();
        new BgpCommands(state, values, this).define();
        new RouteMapCommands(state, values, this).define();
        for (Context context : Context.values()) {
            grammar(context).only("exit|quit", match -> enter(context.parent()));
            grammar(context).only("end", match -> leaveAll());
        }
    }

    Context current() { return current; }

    Grammar grammar(Context context) { return grammars.get(context); }

    void enter(Context context) { current = context; }

    void leaveAll() { current = Context.TOP; }
}
