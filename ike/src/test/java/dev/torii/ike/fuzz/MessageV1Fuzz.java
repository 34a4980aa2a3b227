package dev.torii.ike.fuzz;

import dev.torii.ike.Cookie;
import dev.torii.ike.Octets;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.Payload;
import java.util.List;

/** A whole plain ISAKMP message: what is read, and written again, says the same. */
public final class MessageV1Fuzz {
    private MessageV1Fuzz() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        try {
            same(MessageCodec.decode(Octets.of(input)));
        } catch (MalformedMessageException refused) {
            // the answer that is expected of a codec
        }
    }

    static void same(Message message) throws MalformedMessageException {
        List<Payload> payloads = payloads(message);
        var header = IkeHeader.v1(new Cookie(1), Cookie.NONE, ExchangeType.MAIN_MODE, 0, 0);
        List<Payload> again = payloads(MessageCodec.decode(MessageCodec.encode(header, payloads)));
        if (!payloads.equals(again)) {
            throw new AssertionError(payloads + " became " + again);
        }
    }

    private static List<Payload> payloads(Message message) {
        return message.parts().stream().map(Message.Part::payload).toList();
    }
}
