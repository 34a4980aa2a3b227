package dev.torii.ike.v2;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.wire.IkeHeader;
import java.util.Optional;

/** What happens to a set-up. */
sealed interface Input {
    /** Send the first message. */
    record Begin(Path path) implements Input { }

    /**
     * A message for this exchange came; header and length are sound.
     *
     * @param message the datagram, or the first fragment of {@code whole}
     * @param alone whether the session has nothing else with this peer, finished or half-open
     * @param whole what has come in fragments, and was opened for that
     */
    record Arrived(Path path, IkeHeader header, Octets message, boolean alone, Optional<Opened> whole) implements Input {
        /** Opens it. */
        Opened open(Protection protection) throws IkeException {
            return whole.isPresent() ? whole.get() : Opened.of(protection, header, message);
        }
    }

    /** The wait for an answer is over. */
    record RetransmitDue() implements Input { }
}
