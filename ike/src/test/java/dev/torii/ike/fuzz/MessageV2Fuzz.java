package dev.torii.ike.fuzz;

import dev.torii.ike.Cookie;
import dev.torii.ike.Octets;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;

/** A whole IKEv2 message, plain or with an encrypted payload: what is read, and written again, says the same. */
public final class MessageV2Fuzz {
    private MessageV2Fuzz() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Octets message = Octets.of(input);
        try {
            IkeHeader header = MessageCodec.header(message);
            MessageCodec.encryptedBodyAt(header, message);
            MessageCodec.firstInside(message);
            MessageCodec.fragment(header, message);
        } catch (Refusal refused) {
            // the answer that is expected of a codec
        }
        try {
            same(MessageCodec.decode(message));
        } catch (Refusal refused) {
            // the answer that is expected of a codec
        }
    }

    static void same(Message message) throws Refusal {
        var header = IkeHeader.v2(new Cookie(1), Cookie.NONE, ExchangeType.IKE_SA_INIT, 0, 0);
        Message again = MessageCodec.decode(MessageCodec.encode(header, message.payloads()));
        if (!message.payloads().equals(again.payloads())) {
            throw new AssertionError(message.payloads() + " became " + again.payloads());
        }
    }
}
