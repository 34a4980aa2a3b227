package dev.torii.ike.fuzz;

import dev.torii.ike.Cookie;
import dev.torii.ike.Octets;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import dev.torii.ike.wire.MessageCodec;

/** A chain of ISAKMP payloads as it is after decryption; the first byte of the input is the first payload's type. Also data attributes. */
public final class PayloadsV1Fuzz {
    private PayloadsV1Fuzz() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Octets body = Octets.of(input).slice(1, input.length - 1);
        var header = new IkeHeader(new Cookie(1), new Cookie(2), Byte.toUnsignedInt(input[0]), IkeHeader.VERSION_1, ExchangeType.QUICK_MODE, 0, 1, 0);
        try {
            MessageCodec.attributes(body);
        } catch (MalformedMessageException refused) {
            // the answer that is expected of a codec
        }
        try {
            MessageV1Fuzz.same(MessageCodec.decrypted(header, body));
        } catch (MalformedMessageException refused) {
            // the answer that is expected of a codec
        }
    }
}
