package dev.torii.bgp.wire;

import java.nio.ByteBuffer;

/** A TCP stream of BGP messages: each is read or refused in BGP's words, and what is read without complaint says the same when it is written and read again. */
public final class UpdateFuzz {
    private UpdateFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) return;
        var context = new DecodeContext((input[0] & 1) != 0, (input[0] & 2) != 0);
        var stream = ByteBuffer.wrap(input, 1, input.length - 1).slice();
        var splitter = new MessageSplitter();
        try {
            for (var message = splitter.next(stream); message != null; message = splitter.next(stream)) {
                var decoded = BgpCodec.decode(message, context);
                if (decoded.outcome().equals(AttributeOutcome.OK)) same(decoded.message(), context);
            }
        } catch (BgpDecodeException refused) {
            // the answer that is expected of a codec
        }
    }

    private static void same(BgpMessage message, DecodeContext context) throws BgpDecodeException {
        var again = BgpCodec.decode(BgpCodec.encode(message, context), context);
        if (!again.message().equals(message)) throw new AssertionError(message + " became " + again.message());
    }
}
