package dev.torii.bgp;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * TCP and timers, as the {@link Speaker} needs them. Called on the speaker's thread from inside its own methods;
 * answers ({@code connected}, {@code connectFailed}, ...) must come as later calls, never from within one of these.
 */
public interface Transport {
    /** Dials the peer's port 179. Ends in {@link Speaker#connected} or {@link Speaker#connectFailed}, unless closed before. */
    void connect(InetAddress peer, ConnectionId connection);

    /**
     * Sends one or more whole messages. The buffer belongs to the transport from here on.
     *
     * @return false if it would rather not have more now: route updates then wait for {@link Speaker#writable}
     */
    boolean send(ConnectionId connection, ByteBuffer messages);

    /** Closes after what was sent has left; also ends a dial. {@link Speaker#closed} need not follow. */
    void close(ConnectionId connection);

    /** Starts or restarts a timer; {@link Speaker#expired} when it is over. */
    void arm(Timer timer, Duration after);

    /** Stops a timer, if it runs. */
    void disarm(Timer timer);
}
