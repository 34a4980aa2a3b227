package dev.torii.tun;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells what changes in the host's network: interfaces, addresses and routes of the main table, IPv4 and IPv6. One thread of the caller's waits in
 * {@link #next()}; another may end that with {@link #close()}.
 *
 * <p>The kernel says nothing of the IPv4 routes that vanish as their interface goes down: take that from {@link NetlinkEvent.LinkChanged}.
 */
public final class NetlinkMonitor implements AutoCloseable {
    /** RTMGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV6_IFADDR, _IPV6_ROUTE. */
    private static final int GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;
    private static final int BUFFER = 64 * 1024;
    private static final int QUEUE = 4 * 1024 * 1024;
    private static final int POLLFD = 8;

    private final int fd;
    private final WakeFd wake;
    private final Scratch in = new Scratch(BUFFER);
    private final Scratch fds = new Scratch(2 * POLLFD);
    private final Queue<NetlinkEvent> events = new ArrayDeque<>();
    private final ReentrantLock reading = new ReentrantLock();
    private volatile boolean closed;
    private boolean released;

    private NetlinkMonitor(int fd, WakeFd wake) {
        this.fd = fd;
        this.wake = wake;
        fds.bytes.putInt(0, fd).putShort(4, LibC.POLLIN);
        fds.bytes.putInt(POLLFD, wake.fd()).putShort(POLLFD + 4, LibC.POLLIN);
    }

    /** Listens from now on, in the network namespace of the calling thread. */
    public static NetlinkMonitor open() throws IOException {
        return open(QUEUE);
    }

    /** Listens with room for so many octets of unread events. */
    static NetlinkMonitor open(int queue) throws IOException {
        var wake = new WakeFd();
        try {
            int fd = NetlinkSocket.open(GROUPS);
            var size = new Scratch(Integer.BYTES);
            size.bytes.putInt(0, queue);
            if (LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, size.address, Integer.BYTES) < 0)
                LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_RCVBUF, size.address, Integer.BYTES);      // unprivileged: what the host allows
            return new NetlinkMonitor(fd, wake);
        } catch (IOException e) {
            wake.close();
            throw e;
        }
    }

    /**
     * Waits for the next event.
     *
     * @return empty once the monitor is closed
     */
    public Optional<NetlinkEvent> next() throws IOException {
        reading.lock();
        try {
            while (!closed) {
                NetlinkEvent event = events.poll();
                if (event != null) return Optional.of(event);
                LibC.poll(fds.address, 2, -1);
                if (!closed) receive();
            }
            return Optional.empty();
        } finally {
            reading.unlock();
        }
    }

    private void receive() throws IOException {
        boolean overrun = false;
        while (true) {
            try {
                for (NetlinkMessage message : NetlinkSocket.receive("watch the network", fd, in, LibC.MSG_DONTWAIT)) {
                    if (!overrun && message.body() instanceof NetlinkMessage.Told(NetlinkEvent event) && isWanted(event)) events.add(event);
                }
                if (!overrun) return;
            } catch (ErrnoException refused) {
                if (refused.errno() == Errno.ENOBUFS) {
                    overrun = true;     // the kernel drops all that comes, without a further word, until the queue has been emptied
                } else if (refused.errno() == Errno.EAGAIN) {
                    if (overrun) events.add(new NetlinkEvent.Resync());
                    return;
                } else {
                    throw refused;
                }
            }
        }
    }

    /** The local table repeats every address; other tables are none of Torii's. */
    private static boolean isWanted(NetlinkEvent event) {
        return switch (event) {
            case NetlinkEvent.RouteChanged(Route route) -> route.table() == Route.TABLE_MAIN;
            case NetlinkEvent.RouteRemoved(Route route) -> route.table() == Route.TABLE_MAIN;
            case NetlinkEvent.LinkChanged link -> true;
            case NetlinkEvent.LinkRemoved link -> true;
            case NetlinkEvent.AddressAdded address -> true;
            case NetlinkEvent.AddressRemoved address -> true;
            case NetlinkEvent.Resync resync -> true;
        };
    }

    /** Ends {@link #next()}, then gives the socket back. */
    @Override
    public void close() {
        closed = true;
        wake.wake();
        reading.lock();     // the descriptor must not be closed under a thread that polls it
        try {
            if (released) return;
            released = true;
            LibC.close(fd);
            wake.close();
        } finally {
            reading.unlock();
        }
    }
}
