package dev.torii.tun;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A TUN interface in memory. One end is the {@link TunDevice}; the other stands for the host's IP stack: {@link #arrive} routes a packet into the
 * interface, {@link #awaitWritten} takes one that came out of it. Safe to use from several threads.
 */
public final class MemoryTun implements TunDevice {
    private final String name;
    private final int index;
    private final int mtu;
    private final BlockingQueue<byte[]> toDevice = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> toHost = new LinkedBlockingQueue<>();
    private final LongAdder readPackets = new LongAdder();
    private final LongAdder readBytes = new LongAdder();
    private final LongAdder readOversize = new LongAdder();
    private final LongAdder writtenPackets = new LongAdder();
    private final LongAdder writtenBytes = new LongAdder();
    private final LongAdder writeErrors = new LongAdder();
    private volatile boolean closed;

    public MemoryTun(String name, int index, int mtu) {
        this.name = name;
        this.index = index;
        this.mtu = mtu;
    }

    /** The host sends a packet into the interface; false if it is closed or the packet exceeds the MTU. */
    public boolean arrive(byte[] packet) {
        return !closed && packet.length <= mtu && toDevice.add(packet.clone());
    }

    /** The next packet the device wrote to the host, waiting for it so long. */
    public Optional<byte[]> awaitWritten(Duration patience) throws InterruptedException {
        return Optional.ofNullable(toHost.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int read(ByteBuffer[] packets) {
        int filled = 0;
        while (filled < packets.length && !closed) {
            byte[] packet = toDevice.poll();
            if (packet == null) break;
            ByteBuffer into = packets[filled].clear();
            if (packet.length > into.capacity()) {
                readOversize.increment();
                continue;
            }
            into.put(packet).flip();
            readPackets.increment();
            readBytes.add(packet.length);
            filled++;
        }
        return filled;
    }

    @Override
    public void write(ByteBuffer[] packets, int count) {
        for (int i = 0; i < count; i++) {
            byte[] packet = new byte[packets[i].remaining()];
            packets[i].get(packets[i].position(), packet);
            int version = packet.length == 0 ? 0 : packet[0] >> 4 & 0xF;
            if (closed || version != 4 && version != 6) {     // the kernel's EINVAL
                writeErrors.increment();
                continue;
            }
            toHost.add(packet);
            writtenPackets.increment();
            writtenBytes.add(packet.length);
        }
    }

    @Override
    public TunCounters counters() {
        return new TunCounters(readPackets.sum(), readBytes.sum(), readOversize.sum(), 0, writtenPackets.sum(), writtenBytes.sum(), writeErrors.sum());
    }

    @Override
    public void close() {
        closed = true;
    }
}
