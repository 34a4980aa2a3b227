package dev.torii.ike.v2;

/**
 * A request that waits for its answer.
 *
 * @param message as sent the last time
 * @param sent how many times
 */
record Flight(Sealed message, int sent) {
    static Flight first(Sealed message) {
        return new Flight(message, 1);
    }

    Flight again() {
        return new Flight(message.at(sent + 1), sent + 1);
    }
}
