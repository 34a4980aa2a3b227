package dev.torii.ike.v2;

import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.wire.IkeHeader;

/** What happens to a set-up. */
sealed interface Input {
    /** Send the first message. */
    record Begin(Path path) implements Input { }

    /**
     * A message for this exchange came; header and length are sound.
     *
     * @param alone whether the session has nothing else with this peer, finished or half-open
     */
    record Arrived(Path path, IkeHeader header, Octets message, boolean alone) implements Input { }

    /** The wait for an answer is over. */
    record RetransmitDue() implements Input { }
}
