package dev.torii.bgp;

import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.OpenMessage;

/** What can happen to a connection's machine, RFC 4271 section 8.1. */
sealed interface Event {
    /** Events 1 and 3 to 7. */
    record Start() implements Event {}

    /** Another connection of this peer carried on or ended: try again after a while. */
    record StartLater() implements Event {}

    /** Event 2, and every other reason of our own to end it. The peer gets the NOTIFICATION if it got an OPEN. */
    record Stop(NotificationMessage cease, String why) implements Event {}

    /** The path to the peer is gone: nothing can be sent. */
    record Unreachable() implements Event {}

    /** Event 23: the other connection is kept. */
    record CollisionDump() implements Event {}

    /** Events 9 to 13. */
    record Expired(TimerName timer) implements Event {}

    /** Events 16 and 17. */
    record TcpConnected() implements Event {}

    /** Event 18: not connected, or no longer. */
    record TcpFailed(Reason reason) implements Event {}

    /** What was sent waits for the peer to take it; again, when it has taken some of it. False: it has taken all. */
    record SendingWaits(boolean waits) implements Event {}

    /** Events 19 and 20. */
    record OpenReceived(OpenMessage open) implements Event {}

    /** Events 21, 22 and 28: bytes that cannot be a message. */
    record MessageError(NotificationMessage answer, String why) implements Event {}

    /** Events 24 and 25. */
    record NotificationReceived(NotificationMessage notification) implements Event {}

    /** Event 26. */
    record KeepaliveReceived() implements Event {}

    /** Event 27; a ROUTE-REFRESH is allowed in the same states. */
    record UpdateReceived() implements Event {}
}
