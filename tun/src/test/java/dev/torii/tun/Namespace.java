package dev.torii.tun;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs a test in a network namespace of its own: on a fresh thread, which leaves the process's namespace by unshare(2). As the thread ends and its
 * descriptors are closed, the kernel takes the namespace down. Sockets, TUNs and processes made by that thread belong to it.
 */
public final class Namespace {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Namespace() {}

    /** What runs inside. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    /** The C library's functions that only tests need. */
    static final class Natives {
        static {
            Native.register(Natives.class, Platform.C_LIBRARY_NAME);
        }

        private Natives() {}

        static native int unshare(int flags);

        static native int connect(int fd, long address, int addressLength);

        static native int getsockname(int fd, long address, long addressLength);
    }

    /** Runs it to its end; what it throws is thrown here. */
    public static void run(Body body) throws Exception {
        var outcome = new CompletableFuture<Throwable>();
        Thread.ofPlatform().name("namespace").daemon().start(() -> {
            Throwable thrown = null;
            try {
                enter();
                body.run();
            } catch (Throwable any) {   // an AssertionError too: it belongs to the test's thread
                thrown = any;
            }
            outcome.complete(thrown == null ? NOTHING : thrown);
        });
        Throwable thrown = outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (thrown instanceof Error error) throw error;
        if (thrown instanceof Exception exception && thrown != NOTHING) throw exception;
    }

    private static final Exception NOTHING = new Exception("nothing went wrong");

    /** Why namespaces cannot be made here; empty if they can. */
    static String obstacle() {
        var outcome = new CompletableFuture<String>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                enter();
                LinuxTun.open("probe", 1400).close();
                outcome.complete("");
            } catch (Exception | LinkageError refused) {
                outcome.complete(String.valueOf(refused.getMessage()));
            }
        });
        return outcome.join();
    }

    private static void enter() throws ErrnoException {
        if (Natives.unshare(CLONE_NEWNET) < 0) throw new ErrnoException("make a network namespace", LibC.errno());
    }
}
