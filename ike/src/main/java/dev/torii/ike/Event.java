package dev.torii.ike;

import java.net.InetAddress;

/** What happens to a session. */
public sealed interface Event {
    /** Bring the tunnel up, from port 500 to port 500. Harmless when it is up. */
    record Start(InetAddress local, InetAddress remote) implements Event { }

    /** A datagram came, without the non-ESP marker. */
    record Received(Path path, Octets message) implements Event { }

    /** An armed timer ran out. */
    record Expired(Timer timer) implements Event { }

    /** Authenticated ESP came in since this was last said. */
    record Heard() implements Event { }

    /**
     * Ask the peer now whether it is there, as often as the driver likes: what waits for an answer is asked again, else there is a question for just that.
     * {@link Effect.Asked} says that it was done; a peer of IKEv1 that has not announced dead peer detection cannot be asked.
     */
    record Ask() implements Event { }

    /** ESP came with the SPI of a child SA that was removed here, in more than a moment after that. Nothing authenticates it. */
    record Orphaned(Spi inbound) implements Event { }

    /** A child SA needs a successor now, for example because its sequence numbers run out. */
    record RekeyChild(Spi inbound) implements Event { }

    /** An exchange that another session has handed over. */
    record TakeOver(Handover exchange) implements Event { }

    /** The network may reach the peer again: what waits is tried at once. */
    record NetworkReturned() implements Event { }

    /** Delete everything, tell the peer, do not start again by ourselves. A peer's own new Main Mode is still answered. */
    record Stop() implements Event { }
}
