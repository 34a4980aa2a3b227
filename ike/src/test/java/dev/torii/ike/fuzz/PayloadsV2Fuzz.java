package dev.torii.ike.fuzz;

import dev.torii.ike.Cookie;
import dev.torii.ike.Octets;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;

/** A chain of IKEv2 payloads as it is after decryption; the first byte of the input is the first payload's type. */
public final class PayloadsV2Fuzz {
    private PayloadsV2Fuzz() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        var header = IkeHeader.v2(new Cookie(1), new Cookie(2), ExchangeType.CREATE_CHILD_SA, 0, 2);
        try {
            MessageV2Fuzz.same(MessageCodec.decrypted(header, Byte.toUnsignedInt(input[0]), Octets.of(input).slice(1, input.length - 1)));
        } catch (Refusal refused) {
            // the answer that is expected of a codec
        }
    }
}
