package dev.torii.cli.daemon;

import dev.torii.tun.NetlinkMonitor;
import java.io.IOException;
import java.time.Duration;

/** A thread that waits for the kernel's news of links, addresses and routes, and has the control loop look again soon after: one look for a burst of changes. */
final class NetworkWatch implements AutoCloseable {
    private static final Duration SETTLE = Duration.ofMillis(20);

    private static final Duration STOP = Duration.ofSeconds(2);

    private final NetlinkMonitor monitor;
    private final Thread thread;

    NetworkWatch(ControlLoop loop, EventLog log, Runnable changed) throws IOException {
        monitor = NetlinkMonitor.open();
        thread = new Thread(() -> watch(loop, log, changed), "torii-network");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(ControlLoop loop, EventLog log, Runnable changed) {
        try {
            while (monitor.next().isPresent()) loop.run(() -> loop.arm(this, SETTLE, changed));
        } catch (IOException e) {
            log.warn("network", "changes of the host's network are not seen any more: " + e.getMessage());
        }
    }

    @Override public void close() {
        monitor.close();
        Threads.join(thread, STOP);
    }
}
