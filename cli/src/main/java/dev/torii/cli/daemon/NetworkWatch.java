package dev.torii.cli.daemon;

import dev.torii.tun.NetlinkEvent;
import dev.torii.tun.NetlinkMonitor;
import dev.torii.tun.Route;
import java.io.IOException;
import java.time.Duration;

/** A thread that waits for the kernel's news of links, addresses and routes, and has the control loop look again soon after: one look for a burst of changes. */
final class NetworkWatch implements AutoCloseable {
    private static final Duration SETTLE = Duration.ofMillis(20);

    private static final Duration STOP = Duration.ofSeconds(2);

    private final NetlinkMonitor monitor;
    private final Thread thread;
    private volatile boolean closed;

    NetworkWatch(ControlLoop loop, EventLog log, Runnable changed) throws IOException {
        monitor = NetlinkMonitor.open();
        thread = new Thread(() -> watch(loop, log, changed), "torii-network");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(ControlLoop loop, EventLog log, Runnable changed) {
        try {
            for (var event = monitor.next(); event.isPresent(); event = monitor.next()) {
                if (event.get() instanceof NetlinkEvent.RouteChanged(Route route) && route.isOurs()) continue;     // we know: we made it
                loop.run(() -> loop.arm(this, SETTLE, () -> {
                    if (!closed) changed.run();
                }));
            }
        } catch (IOException e) {
            log.warn("network", "changes of the host's network are not seen any more: " + e.getMessage());
        }
    }

    /** When it returns nobody is told any more: what happens to the network from now on is our own stopping. */
    @Override public void close() {
        closed = true;
        monitor.close();
        Threads.join(thread, STOP);
    }
}
