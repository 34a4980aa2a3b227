package dev.torii.tun;

import java.util.concurrent.locks.ReentrantLock;

/** An eventfd(2) that ends a poll(2) of another thread. The lock keeps a late wake from writing to a descriptor that is someone else's by now. */
final class WakeFd implements AutoCloseable {
    private final Scratch one = new Scratch(Long.BYTES);
    private final Scratch count = new Scratch(Long.BYTES);
    private final ReentrantLock closing = new ReentrantLock();
    private final int fd;
    private boolean closed;

    WakeFd() throws ErrnoException {
        fd = LibC.eventfd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC);
        if (fd < 0) throw new ErrnoException("create an eventfd", LibC.errno());
        one.bytes.putLong(0, 1);
    }

    int fd() {
        return fd;
    }

    void wake() {
        closing.lock();
        try {
            if (!closed) LibC.write(fd, one.address, Long.BYTES);
        } finally {
            closing.unlock();
        }
    }

    /** Forgets the wakes so far; by the polling thread only. */
    void drain() {
        LibC.read(fd, count.address, Long.BYTES);
    }

    @Override
    public void close() {
        closing.lock();
        try {
            if (!closed) LibC.close(fd);
            closed = true;
        } finally {
            closing.unlock();
        }
    }
}
