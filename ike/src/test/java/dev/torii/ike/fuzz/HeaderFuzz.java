package dev.torii.ike.fuzz;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MessageCodec;

/** The first look at a datagram, by the driver and by either version. */
public final class HeaderFuzz {
    private HeaderFuzz() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Octets message = Octets.of(input);
        try {
            IkeHeader header = IkeHeader.peek(message);
            int version = header.majorVersion();
            if (version == 1 && !MessageCodec.header(message).equals(header)
                    || version == 2 && !dev.torii.ike.v2.wire.MessageCodec.header(message).equals(header)) {
                throw new AssertionError("two looks, two headers");
            }
        } catch (IkeException refused) {
            // the answer that is expected of a codec
        }
    }
}
