package dev.torii.ike.v1;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Identity;
import dev.torii.ike.Octets;
import java.time.Duration;

/** What the machines of this package ask of {@link Connection}. */
sealed interface Output {
    /** Send along the path of the machine's state, or of its IKE SA. */
    record Transmit(Octets message) implements Output { }

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

    /** Tell the peer under the protection of the IKE SA. */
    record Tell(Phase1Sa sa, int notifyType, Octets spi) implements Output { }

    /** The child can receive. */
    record InstallInbound(ChildSa child) implements Output { }

    /** The child can send. */
    record InstallOutbound(ChildSa child) implements Output { }
}
