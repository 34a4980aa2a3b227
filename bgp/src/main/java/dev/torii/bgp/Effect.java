package dev.torii.bgp;

import dev.torii.bgp.wire.NotificationMessage;
import java.time.Duration;

/** What a machine wants done, in this order. */
sealed interface Effect {
    record Dial() implements Effect {}

    record SendOpen() implements Effect {}

    record SendKeepalive() implements Effect {}

    record SendNotification(NotificationMessage notification) implements Effect {}

    record CloseTcp() implements Effect {}

    record Arm(TimerName timer, Duration after) implements Effect {}

    record Disarm(TimerName timer) implements Effect {}

    record DisarmAll() implements Effect {}

    /** Entered Established. */
    record SessionUp(Negotiated negotiated) implements Effect {}

    /** Left Established. */
    record SessionDown(Reason reason) implements Effect {}

    /** An attempt ended before Established. */
    record AttemptFailed(Reason reason) implements Effect {}
}
