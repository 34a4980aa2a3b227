package dev.torii.esp;

import java.nio.ByteBuffer;

/** Where inner IP packets come from: a TUN. */
@FunctionalInterface
public interface PacketSource {
    /**
     * Reads a batch without blocking. Each buffer is given cleared and takes one packet; on return the first {@code n} are flipped:
     * position to limit is one whole IP packet. A packet that leaves no room for the ESP trailer is dropped and counted later.
     *
     * @return the number of packets read, 0 if there are none
     */
    int read(ByteBuffer[] packets);
}
