package dev.torii.bgp;

import dev.torii.bgp.wire.DecodeContext;
import dev.torii.bgp.wire.MessageSplitter;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One of a peer's two machines with the TCP connection it has, if any. */
final class Connection {
    final Side side;
    final BgpFsm fsm;
    final Set<TimerName> armed = EnumSet.noneOf(TimerName.class);
    Session state = new Session.Idle();
    private @Nullable Socket socket;

    /** What lives as long as the TCP connection. */
    static final class Socket {
        final ConnectionId id;
        final MessageSplitter splitter = new MessageSplitter();
        @Nullable LocalAddresses local;

        Socket(ConnectionId id) { this.id = id; }
    }

    Connection(Side side, BgpFsm fsm) {
        this.side = side;
        this.fsm = fsm;
    }

    @Nullable Socket socket() { return socket; }

    void opened(ConnectionId id) { socket = new Socket(id); }

    void dropped() { socket = null; }

    boolean has(ConnectionId id) { return socket != null && socket.id.equals(id); }

    /** After OpenConfirm as negotiated; before, no message depends on it. */
    DecodeContext context(boolean external) {
        boolean fourOctets = switch (state) {
            case Session.OpenConfirm s -> s.negotiated().fourOctetAs();
            case Session.Established s -> s.negotiated().fourOctetAs();
            case Session.Idle s -> false;
            case Session.Connect s -> false;
            case Session.Active s -> false;
            case Session.Delaying s -> false;
            case Session.OpenSent s -> false;
        };
        return new DecodeContext(fourOctets, external);
    }

    boolean established() { return state instanceof Session.Established; }

    /** Our OPEN is out, theirs perhaps not yet in. */
    boolean opening() { return state instanceof Session.OpenSent || state instanceof Session.OpenConfirm; }
}
