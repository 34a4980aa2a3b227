package dev.torii.bgp.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts a TCP byte stream into messages and checks their headers, RFC 4271 sections 4.1 and 6.1. Holds at most one message. */
public final class MessageSplitter {
    private final ByteBuffer pending = ByteBuffer.allocate(BgpCodec.MAX_MESSAGE);

    /**
     * The next whole message, from its marker on; null if more bytes are needed. Takes from {@code in} what it uses.
     * The result is valid until the next call.
     */
    public @Nullable ByteBuffer next(ByteBuffer in) throws BgpDecodeException {
        if (pending.position() == 0 && in.remaining() >= BgpCodec.HEADER) {        // the usual case: nothing is copied
            int length = BgpCodec.checkHeader(in);
            if (in.remaining() >= length) {
                var whole = in.slice(in.position(), length);
                in.position(in.position() + length);
                return whole;
            }
        }
        if (!fill(in, BgpCodec.HEADER)) return null;
        int length = BgpCodec.checkHeader(pending.duplicate().flip());
        if (!fill(in, length)) return null;
        pending.clear();
        return ByteBuffer.wrap(Arrays.copyOf(pending.array(), length));
    }

    private boolean fill(ByteBuffer in, int wanted) {
        int take = Math.min(Math.max(wanted - pending.position(), 0), in.remaining());
        pending.put(in.slice(in.position(), take));
        in.position(in.position() + take);
        return pending.position() >= wanted;
    }
}
