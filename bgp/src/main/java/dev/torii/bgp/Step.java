package dev.torii.bgp;

import java.util.List;

/** Where a machine goes and what it wants done. */
record Step(Session next, List<Effect> effects) {
    Step { effects = List.copyOf(effects); }

    static Step to(Session next, Effect... effects) { return new Step(next, List.of(effects)); }
}
