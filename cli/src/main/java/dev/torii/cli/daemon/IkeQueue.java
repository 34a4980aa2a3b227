package dev.torii.cli.daemon;

import dev.torii.cli.daemon.Counters.Cause;
import dev.torii.ike.Octets;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** The way of the IKE messages of one local address from the inbound packet thread to the control loop: so many may wait there. */
final class IkeQueue {
    private static final int MOST_WAITING = 1024;
    /** A flood of first messages leaves room for what belongs to IKE SAs. */
    private static final int MOST_WAITING_FIRST = MOST_WAITING / 2;
    private static final int RESPONDER_COOKIE_AT = 8;

    private final UdpSockets.IkeReceiver receiver;
    private final Counters counters;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Runnable handled = waiting::decrementAndGet;

    IkeQueue(UdpSockets.IkeReceiver receiver, Counters counters) {
        this.receiver = receiver;
        this.counters = counters;
    }

    /** One message from position to limit, without a marker; the buffer is the caller's again on return. */
    void add(InetSocketAddress local, InetSocketAddress remote, ByteBuffer message) {
        if (waiting.incrementAndGet() > (isFirst(message) ? MOST_WAITING_FIRST : MOST_WAITING)) {
            waiting.decrementAndGet();
            counters.count(Cause.IKE_QUEUE_FULL);
            return;
        }
        receiver.received(local, remote, Octets.rest(message), handled);
    }

    private static boolean isFirst(ByteBuffer message) {
        return message.remaining() < RESPONDER_COOKIE_AT + Long.BYTES || message.getLong(message.position() + RESPONDER_COOKIE_AT) == 0;
    }
}
