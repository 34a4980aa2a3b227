package dev.torii.cli.daemon;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that owns all control-plane state: IKE, BGP, routes and their timers. Everything in the daemon that is not the packet path runs here,
 * so nothing here needs a lock.
 */
public final class ControlLoop implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("torii-control", true), EpollIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final Map<Object, Armed> timers = new HashMap<>();
    private final Consumer<Throwable> bugs;

    /** {@code bugs} hears of every unchecked exception that a task let escape: our fault, never fatal. */
    public ControlLoop(Consumer<Throwable> bugs) {
        this.bugs = bugs;
    }

    /** The Netty loop behind it, for channels that belong to the control plane. */
    public EventLoop eventLoop() {
        return loop;
    }

    /** Runs {@code task} on the loop, soon. */
    public void run(Runnable task) {
        loop.execute(() -> guarded(task));
    }

    /** Runs {@code task} on the loop and waits for its answer; for client threads, never for the loop itself. */
    public <T> T call(Callable<T> task, Duration atMost) throws InterruptedException, TimeoutException {
        if (Thread.interrupted()) throw new InterruptedException();         // even if the answer were there at once
        try {
            return loop.submit(task).get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException ours) throw ours;
            throw new IllegalStateException(e.getCause());
        }
    }

    /** A timer: what it will run and when; its alarm may ring earlier. */
    private static final class Armed {
        private Runnable task;
        private long atNanos;
        private long ringsAtNanos;
        private @Nullable ScheduledFuture<?> alarm;

        Armed(Runnable task, long atNanos) {
            this.task = task;
            this.atNanos = atNanos;
        }
    }

    /**
     * Runs {@code task} once after {@code delay}, unless the timer {@code key} is armed again or disarmed first. To put it off costs next to nothing: a hold
     * timer is, with each of a hundred thousand messages.
     */
    public void arm(Object key, Duration delay, Runnable task) {
        long at = System.nanoTime() + Math.max(0, delay.toNanos());
        var known = timers.get(key);
        if (known != null && known.ringsAtNanos - at <= 0) {
            known.atNanos = at;
            known.task = task;
            return;
        }
        disarm(key);
        var armed = new Armed(task, at);
        timers.put(key, armed);
        setAlarm(key, armed);
    }

    private void setAlarm(Object key, Armed armed) {
        armed.ringsAtNanos = armed.atNanos;
        armed.alarm = loop.schedule(() -> {
            if (armed.atNanos - armed.ringsAtNanos > 0) {
                setAlarm(key, armed);                                       // put off meanwhile
            } else {
                timers.remove(key);
                guarded(armed.task);
            }
        }, Math.max(0, armed.atNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** Forgets the timer {@code key}; no effect if it is not armed. */
    public void disarm(Object key) {
        var timer = timers.remove(key);
        if (timer != null && timer.alarm != null) timer.alarm.cancel(false);
    }

    /** Runs {@code task} every {@code period}, for as long as the loop lives. */
    public void every(Duration period, Runnable task) {
        loop.scheduleWithFixedDelay(() -> guarded(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | StackOverflowError | AssertionError bug) {
            bugs.accept(bug);
        }
    }

    @Override public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
