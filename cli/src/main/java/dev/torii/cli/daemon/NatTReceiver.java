package dev.torii.cli.daemon;

import dev.torii.cli.daemon.Counters.Cause;
import dev.torii.esp.UdpEncapsulation;
import dev.torii.tun.UdpReceiver;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * The packet path's entrance: reads port 4500 on the inbound packet thread and tells ESP, IKE and keepalives apart. It reads beside Netty, on a descriptor of
 * its own that Netty's loop waits for, since Netty does not say what traffic class a datagram came with; and so without an object a datagram.
 */
final class NatTReceiver implements EpollIoHandle {
    /** As long as so many calls in a row find a full batch, what was opened waits for the rest. */
    private static final int READS_BEFORE_FLUSH = 4;

    private final InetSocketAddress local;
    private final IkeQueue ike;
    private final UdpSockets.EspReceiver esp;
    private final Counters counters;
    private final UdpReceiver receiver;
    private final FileDescriptor descriptor;

    private NatTReceiver(int socket, boolean merging, InetSocketAddress local, IkeQueue ike, UdpSockets.EspReceiver esp, Counters counters) throws IOException {
        this.local = local;
        this.ike = ike;
        this.esp = esp;
        this.counters = counters;
        this.receiver = new UdpReceiver(socket, merging, this::received);
        this.descriptor = new FileDescriptor(receiver.descriptor());
    }

    /**
     * Reads the socket from now on, until what it returns is closed.
     *
     * @param merging whether the kernel may merge what arrives, if it can
     */
    static Reading start(IoEventLoop packets, int socket, boolean merging, InetSocketAddress local, IkeQueue ike, UdpSockets.EspReceiver esp,
            Counters counters) throws IOException {
        var handle = new NatTReceiver(socket, merging, local, ike, esp, counters);
        var registered = packets.register(handle).awaitUninterruptibly();
        if (!registered.isSuccess()) {
            handle.close();
            throw new IOException("cannot wait for datagrams on " + local, registered.cause());
        }
        registered.getNow().submit(EpollIoOps.EPOLLIN);
        return new Reading(packets, handle, registered.getNow());
    }

    /** What {@link #start} began. */
    record Reading(IoEventLoop packets, NatTReceiver handle, IoRegistration registration) implements AutoCloseable {
        boolean merging() {
            return handle.receiver.merging();
        }

        /** When it returns nothing is read any more. */
        @Override public void close() {
            packets.submit(() -> {
                registration.cancel();
                handle.close();
            }).awaitUninterruptibly();
        }
    }

    @Override public FileDescriptor fd() {
        return descriptor;
    }

    @Override public void handle(IoRegistration registration, IoEvent event) {
        for (int reads = 0; reads < READS_BEFORE_FLUSH && receiver.receive(); reads++) continue;
        esp.flush();
    }

    private void received(ByteBuffer datagram, int trafficClass) {
        switch (UdpEncapsulation.classify(datagram)) {
            case ESP -> esp.receive(datagram, trafficClass);
            case IKE -> ike.add(local, receiver.sender(), datagram.position(UdpEncapsulation.NON_ESP_MARKER_BYTES));
            case KEEPALIVE -> counters.count(Cause.UDP_KEEPALIVE);
            case RUNT -> counters.count(Cause.UDP_RUNT);
        }
    }

    /** On the inbound packet thread: by {@link Reading#close}, or by the loop when it ends. */
    @Override public void close() {
        receiver.close();
    }
}
