package dev.torii.tun;

import java.io.IOException;
import java.util.List;

/**
 * Waits until one of several TUN interfaces has a packet to read, in the kernel or left over from the last read: poll(2) over their descriptors, for the one
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
    private static final int POLLFD = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;

    private final List<LinuxTun> tuns;
    private final boolean[] pending;
    private final int size;
    private final WakeFd wake;
    private final Scratch fds;

    /** Watches these, none of which may be closed before the poller is. */
    public TunPoller(List<LinuxTun> tuns) throws IOException {
        this.tuns = List.copyOf(tuns);
        size = tuns.size();
        pending = new boolean[size];
        wake = new WakeFd();
        fds = new Scratch((size + 1) * POLLFD);
        for (int i = 0; i < size; i++) watch(i, tuns.get(i).fd());
        watch(size, wake.fd());
    }

    private void watch(int at, int fd) {
        fds.bytes.putInt(at * POLLFD, fd).putShort(at * POLLFD + EVENTS, LibC.POLLIN);
    }

    /**
     * Waits for a packet, a {@link #wake()} or the time to pass. A TUN whose interface somebody deleted is not waited for any more ({@link #lost}).
     *
     * @param millis how long at most; negative: for ever
     * @return how many are readable
     */
    public int await(int millis) {
        int waiting = lookForRests();
        int ready = LibC.poll(fds.address, size + 1, waiting > 0 ? 0 : millis);
        if (ready <= 0) {   // time passed, or a signal: nothing is readable either way
            for (int i = 0; i <= size; i++) fds.bytes.putShort(i * POLLFD + REVENTS, (short) 0);
            return waiting;
        }
        if (has(size, LibC.POLLIN)) {
            wake.drain();
            ready--;
        }
        for (int i = 0; i < size; i++) {
            if (has(i, LibC.POLLERR | LibC.POLLHUP | LibC.POLLNVAL)) {
                fds.bytes.putInt(i * POLLFD, -1);   // poll(2) ignores it from now on; otherwise it would return at once, for ever
                fds.bytes.putShort(i * POLLFD + REVENTS, (short) 0);
                ready--;
            }
        }
        for (int i = 0; i < size; i++) if (pending[i] && !has(i, LibC.POLLIN)) ready++;
        return ready;
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
        return pending[at] || has(at, LibC.POLLIN);
    }

    /** Whether the TUN at this place of the list has failed for good: its interface is gone. */
    public boolean lost(int at) {
        return fds.bytes.getInt(at * POLLFD) < 0;
    }

    /** Ends the wait, or the next one; from any thread. */
    public void wake() {
        wake.wake();
    }

    private boolean has(int at, int events) {
        return (fds.bytes.getShort(at * POLLFD + REVENTS) & events) != 0;
    }

    @Override
    public void close() {
        wake.close();
    }
}
