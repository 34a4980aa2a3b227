package dev.torii.ike.v1;

import java.util.List;

/**
 * One step of a machine.
 *
 * @param next state after it
 * @param outputs in order
 */
record Step<S>(S next, List<Output> outputs) {
    static <S> Step<S> to(S next, Output... outputs) {
        return new Step<>(next, List.of(outputs));
    }
}
