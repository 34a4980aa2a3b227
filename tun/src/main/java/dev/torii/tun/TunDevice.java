package dev.torii.tun;

import java.nio.ByteBuffer;

/**
 * A network interface whose packets come from and go to this process: whole IPv4 or IPv6 packets, no link header.
 *
 * <p>One thread may read while another writes; two readers, or two writers, may not. {@link #close()} comes after both have stopped.
 */
public interface TunDevice extends AutoCloseable {
    /** The interface's name, for example {@code vti1}. */
    String name();

    /** The kernel's index of the interface, as in {@link NextHop#interfaceIndex()}. */
    int index();

    /** The interface's MTU in bytes at the time it was opened. */
    int mtu();

    /**
     * Reads what waits, without blocking, until nothing is left or every buffer has a packet. So a full array may mean that more waits, and no event of the
     * kernel need announce it: {@link TunPoller} does.
     *
     * <p>Each used buffer is cleared, filled from index 0 and left with position 0 and the packet's length as its limit, whatever its state before.
     * A caller that appends to the packet (the ESP trailer) gives buffers with room for that beyond {@link #mtu()}. Its byte order becomes big-endian. A
     * packet that exceeds a buffer's capacity is dropped and counted.
     *
     * @return how many buffers were filled, from index 0 on; 0 when nothing waits
     */
    int read(ByteBuffer[] packets);

    /**
     * Hands the first {@code count} packets to the kernel; each lies between its buffer's position and limit, which stay as they are. What the kernel
     * refuses is dropped and counted, never thrown.
     */
    void write(ByteBuffer[] packets, int count);

    /** What has passed so far; may be called by any thread. */
    TunCounters counters();

    /** Gives the interface back; the kernel removes it with its addresses and routes. */
    @Override
    void close();
}
