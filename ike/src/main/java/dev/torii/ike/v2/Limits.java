package dev.torii.ike.v2;

import dev.torii.ike.Fragmentation;
import dev.torii.ike.Path;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;

/**
 * How large messages of an IKE SA may be before they are fragmented (RFC 7383); successors inherit it.
 *
 * @param first the largest message sent whole at first, in bytes
 * @param least the same once larger ones do not seem to arrive (section 2.5.2)
 */
record Limits(int first, int least) {
    /** Fragments are neither sent nor taken. */
    static final Limits NONE = new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE);

    /** Of an IKE SA whose peer's part of IKE_SA_INIT this is. */
    static Limits agreed(Fragmentation ours, Message theirs, Path path) {
        if (!ours.supported() || theirs.notify(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED).isEmpty()) {
            return NONE;
        }
        return new Limits(ours.messageBytes(path.remote().getAddress()), ours.leastMessageBytes(path.remote().getAddress()));
    }

    /** Whether both sides understand fragments. */
    boolean fragments() {
        return first != Integer.MAX_VALUE;
    }
}
