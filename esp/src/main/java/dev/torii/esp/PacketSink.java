package dev.torii.esp;

import java.nio.ByteBuffer;

/** Where opened inner IP packets go: a TUN. */
@FunctionalInterface
public interface PacketSink {
    /** Writes the first {@code count} buffers, one whole IP packet each. The buffers are the caller's again on return. */
    void write(ByteBuffer[] packets, int count);
}
