package dev.torii.ike.v2;

import dev.torii.ike.Identity;
import java.time.Duration;

/** What a set-up asks of its owner. */
sealed interface Output {
    /** Send along the path of the state. */
    record Transmit(Sealed message) implements Output { }

    /** Give {@link Input.RetransmitDue} after a while. */
    record AwaitAnswer(Duration after) implements Output { }

    /** No retransmission is wanted any more. */
    record Answered() implements Output { }

    /** The exchange goes on in another session. */
    record HandOver(String connection, Identity peer) implements Output { }

    /** A message was not accepted. */
    record Drop(String cause) implements Output { }

    /** People should know. */
    record Warn(String text) implements Output { }
}
