package dev.torii.esp;

import java.nio.ByteBuffer;

/** Where sealed ESP packets go: the socket and the address of one peer, with or without UDP encapsulation. */
@FunctionalInterface
public interface DatagramSink {
    /**
     * Sends the first {@code count} buffers, SPI to ICV each, in order. The buffers are the caller's again on return.
     *
     * @param trafficClass DSCP and ECN of the outer packets, all 8 bits
     */
    void send(ByteBuffer[] datagrams, int count, int trafficClass);
}
