package dev.torii.tun;

import com.sun.jna.Platform;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Waits until one of several TUN interfaces has a packet to read, in the kernel or left over from the last read: epoll(7) over their descriptors, for the one
 * thread that reads them.
 *
 * <pre>
 * while (running) {
 *     poller.await(1000);
 *     for (int i = 0; i &lt; tuns.size(); i++) if (poller.readable(i)) loops.get(i).poll();
 * }
 * </pre>
 */
public final class TunPoller implements AutoCloseable {
    /** struct epoll_event has no gap before its data on x86-64, and only there. */
    private static final int DATA = Platform.isIntel() ? 4 : 8;
    private static final int EVENT = DATA + Long.BYTES;

    private final List<LinuxTun> tuns;
    private final boolean[] ready;
    private final boolean[] pending;
    private final boolean[] lost;
    private final int size;
    private final WakeFd wake;
    private final Scratch events;
    private int epoll;

    /** Watches these, none of which may be closed before the poller is. */
    public TunPoller(List<LinuxTun> tuns) throws IOException {
        this.tuns = List.copyOf(tuns);
        size = tuns.size();
        ready = new boolean[size];
        pending = new boolean[size];
        lost = new boolean[size];
        events = new Scratch((size + 1) * EVENT);
        wake = new WakeFd();
        epoll = LibC.epoll_create1(LibC.EPOLL_CLOEXEC);
        if (epoll < 0) {
            var failed = new ErrnoException("create an epoll descriptor", LibC.errno());
            wake.close();
            throw failed;
        }
        for (int i = 0; i < size; i++) watch(i, tuns.get(i).fd());
        watch(size, wake.fd());
    }

    private void watch(int at, int fd) throws ErrnoException {
        events.bytes.putInt(0, LibC.EPOLLIN).putLong(DATA, at);
        if (LibC.epoll_ctl(epoll, LibC.EPOLL_CTL_ADD, fd, events.address) == 0) return;
        var failed = new ErrnoException("watch " + (at < size ? tuns.get(at) : "an eventfd"), LibC.errno());
        close();
        throw failed;
    }

    /**
     * Waits for a packet, a {@link #wake()} or the time to pass. A TUN whose interface somebody deleted is not waited for any more ({@link #lost}).
     *
     * @param millis how long at most; negative: for ever
     * @return how many are readable
     */
    public int await(int millis) {
        int waiting = lookForRests();
        Arrays.fill(ready, false);
        int count = LibC.epoll_wait(epoll, events.address, size + 1, waiting > 0 ? 0 : millis);
        for (int event = 0; event < count; event++) {       // none after a signal
            int at = (int) events.bytes.getLong(event * EVENT + DATA);
            if (at == size) {
                wake.drain();
            } else if ((events.bytes.getInt(event * EVENT) & (LibC.EPOLLERR | LibC.EPOLLHUP)) != 0) {
                lost[at] = true;                            // otherwise this would return at once, for ever
                LibC.epoll_ctl(epoll, LibC.EPOLL_CTL_DEL, tuns.get(at).fd(), events.address);
            } else {
                ready[at] = true;
                if (!pending[at]) waiting++;
            }
        }
        return waiting;
    }

    /** The kernel does not know of the packets of a super-packet that found no room in the reader's array. */
    private int lookForRests() {
        int waiting = 0;
        for (int i = 0; i < size; i++) {
            pending[i] = tuns.get(i).pending();
            if (pending[i]) waiting++;
        }
        return waiting;
    }

    /** Whether the TUN at this place of the list had a packet when {@link #await} returned. */
    public boolean readable(int at) {
        return pending[at] || ready[at];
    }

    /** Whether the TUN at this place of the list has failed for good: its interface is gone. */
    public boolean lost(int at) {
        return lost[at];
    }

    /** Ends the wait, or the next one; from any thread. */
    public void wake() {
        wake.wake();
    }

    @Override
    public void close() {
        if (epoll >= 0) LibC.close(epoll);
        epoll = -1;
        wake.close();
    }
}
