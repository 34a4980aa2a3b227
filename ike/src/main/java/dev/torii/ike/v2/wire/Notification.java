package dev.torii.ike.v2.wire;

import dev.torii.ike.Octets;
import dev.torii.ike.wire.IkeHeader;
import java.util.List;

/** Answers that belong to no IKE SA: RFC 7296, sections 1.5 and 2.5. */
public final class Notification {
    private Notification() {
    }

    /** A plain answer to a request that cannot be dealt with, for example from an unknown peer or of a higher version. Never to an answer. */
    public static Octets unauthenticated(IkeHeader request, int notifyType) {
        int flags = IkeHeader.RESPONSE | (request.fromInitiator() ? 0 : IkeHeader.INITIATOR);
        var header = IkeHeader.v2(request.initiator(), request.responder(), request.exchange(), flags, request.messageId());
        return MessageCodec.encode(header, List.of(Payload.Notify.of(notifyType, Octets.EMPTY)));
    }
}
