package dev.torii.ike.wire;

import dev.torii.ike.Octets;
import java.util.List;

/** Informational messages that belong to no SA: RFC 2408, section 4.8 and 5.1. */
public final class Notification {
    private Notification() {
    }

    /** A plain answer to a message that cannot be dealt with, for example from an unknown peer or of a wrong version. */
    public static Octets unauthenticated(IkeHeader request, int notifyType) {
        var header = IkeHeader.v1(request.initiator(), request.responder(), ExchangeType.INFORMATIONAL, 0, request.messageId());
        return MessageCodec.encode(header, List.of(
                new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, Octets.EMPTY, notifyType, Octets.EMPTY)));
    }
}
