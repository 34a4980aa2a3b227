package dev.torii.ike.v2;

import dev.torii.ike.Octets;

/**
 * A request that waits for its answer.
 *
 * @param message as sent
 * @param sent how many times
 */
record Flight(Octets message, int sent) {
    static Flight first(Octets message) {
        return new Flight(message, 1);
    }

    Flight again() {
        return new Flight(message, sent + 1);
    }
}
