package dev.torii.ike.v2;

import java.util.List;

/** The outcome of one input: the next state and what is to be done, in order. */
record Step(SetUp.State next, List<Output> outputs) {
    Step {
        outputs = List.copyOf(outputs);
    }

    static Step to(SetUp.State next, Output... outputs) {
        return new Step(next, List.of(outputs));
    }
}
