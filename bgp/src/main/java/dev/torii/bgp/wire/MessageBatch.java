package dev.torii.bgp.wire;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Collects messages one after the other in larger buffers, so that a table does not cost a buffer and a write a message. */
public final class MessageBatch {
    private static final int CAPACITY = 16 * BgpCodec.MAX_MESSAGE;

    private final Consumer<ByteBuffer> to;
    private ByteBuffer out = ByteBuffer.allocate(0);
    private ByteBuffer scratch = out;
    private int start;
    private int messages;

    public MessageBatch(Consumer<ByteBuffer> to) { this.to = to; }

    /** How many messages were ended. */
    public int messages() { return messages; }

    /** Hands over what there is. */
    public void flush() {
        if (out.position() > 0) to.accept(out.flip());
        out = ByteBuffer.allocate(0);
    }

    /** Empty, for what is to be put into several messages; used again by each call. It has room for any attributes that were received. */
    ByteBuffer scratch() {
        if (scratch.capacity() == 0) scratch = ByteBuffer.allocate(4 * BgpCodec.MAX_MESSAGE);   // they at most double, as two octets become four
        return scratch.clear();
    }

    ByteBuffer start(int type) {
        if (out.remaining() < BgpCodec.MAX_MESSAGE) {
            int capacity = out.position() == 0 ? BgpCodec.MAX_MESSAGE : CAPACITY;       // most batches are one short message
            flush();
            out = ByteBuffer.allocate(capacity);
        }
        start = out.position();
        BgpCodec.startMessage(out, type);
        return out;
    }

    /** Octets left in the message begun. */
    int room() { return BgpCodec.MAX_MESSAGE - (out.position() - start); }

    void end() {
        BgpCodec.endMessage(out, start);
        messages++;
    }
}
