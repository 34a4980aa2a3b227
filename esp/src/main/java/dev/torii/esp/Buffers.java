package dev.torii.esp;

import java.nio.ByteBuffer;

/** Batches of buffers, made once per loop. */
final class Buffers {
    private Buffers() {}

    static ByteBuffer[] heap(int count, int bytes) {
        var buffers = new ByteBuffer[count];
        for (int i = 0; i < count; i++) buffers[i] = ByteBuffer.allocate(bytes);
        return buffers;
    }
}
