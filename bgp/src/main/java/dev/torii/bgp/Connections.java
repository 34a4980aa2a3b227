package dev.torii.bgp;

import dev.torii.bgp.wire.BgpCodec;
import dev.torii.bgp.wire.BgpDecodeException;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.DecodeContext;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.UpdateMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connections with one neighbour and the machine of each: that of our dials, which starts again by itself, and that of a connection the
 * neighbour dialled, which ends in Idle; and the choice between the two (RFC 4271 section 6.8). Executes the machines' effects.
 */
final class Connections {
    private static final int TYPE_OFFSET = 18;

    private final Context context;
    private final PeerConfig config;
    private final OpenCheck openCheck;
    private final PeerCounters counters;
    private final Peer peer;
    private final Connection outgoing;
    private @Nullable Connection incoming;
    private int errors;

    Connections(Context context, PeerConfig config, PeerCounters counters, Peer peer) {
        this.context = context;
        this.config = config;
        this.counters = counters;
        this.peer = peer;
        this.openCheck = new OpenCheck(context.config().localAs(), context.config().routerId().orElseThrow(), config);
        this.outgoing = new Connection(Side.OUTGOING, new BgpFsm(config, openCheck, Side.OUTGOING));
    }

    // ---- inputs

    void start() { step(outgoing, new Event.Start()); }

    void startLater() { step(outgoing, new Event.StartLater()); }

    /** Both of them. */
    void end(Event event) {
        if (incoming != null) step(incoming, event);
        step(outgoing, event);
    }

    /** What went wrong so far does not count any more. */
    void forgive() { errors = 0; }

    /** In the pause after an error a peer is not listened to either: Idle refuses connections. */
    boolean accepts() {
        if (peer.refusal().isPresent()) return true;
        return peer.wanted() && (established() == null || peer.mayHaveRestarted())
                && !(outgoing.state instanceof Session.Idle && errors > 0 && incoming == null);
    }

    void connected(ConnectionId id, boolean dialled, LocalAddresses local) {
        if (!dialled && peer.refusal().isPresent()) {
            refuse(id, peer.refusal().get());
            return;
        }
        if (!dialled) {
            if (!accepts()) { context.close(id); return; }
            var before = established();
            if (before != null) step(before, new Event.TcpFailed(new Reason.Replaced()));
            if (incoming != null) step(incoming, new Event.CollisionDump());        // they dial again: the old one is dead to them
            incoming = new Connection(Side.INCOMING, new BgpFsm(config, openCheck, Side.INCOMING));
            incoming.state = new Session.Active();
            incoming.opened(id);
            context.register(id, peer);
        }
        var connection = find(id);
        if (connection == null || connection.socket() == null) { context.close(id); return; }
        connection.socket().local = local;
        step(connection, new Event.TcpConnected());
    }

    private void refuse(ConnectionId id, NotificationMessage why) {
        counters.sent(PeerCounters.name(why), 1);
        context.transport().send(id, BgpCodec.encode(why, new DecodeContext(false, external())));
        context.close(id);
        peer.failed(new Reason.NotificationSent(why, "it is shut down here"));
    }

    void lost(ConnectionId id, Reason reason) {
        var connection = find(id);
        if (connection == null) return;
        connection.dropped();
        context.unregister(id);
        step(connection, new Event.TcpFailed(reason));
    }

    void sendingWaits(ConnectionId id, boolean waits) {
        var connection = find(id);
        if (connection != null) step(connection, new Event.SendingWaits(waits));
    }

    void received(ConnectionId id, ByteBuffer bytes) {
        for (var connection = find(id); connection != null && connection.socket() != null; connection = find(id)) {
            try {
                var message = connection.socket().splitter.next(bytes);
                if (message == null) return;
                receive(connection, message);
            } catch (BgpDecodeException e) {
                step(connection, new Event.MessageError(e.notification(), String.valueOf(e.getMessage())));
            }
        }
        bytes.position(bytes.limit());                                              // closed meanwhile: the rest is for nobody
    }

    /** A timer of one of the machines. */
    void expired(Side side, TimerName timer) {
        var connection = side == Side.OUTGOING ? outgoing : incoming;
        if (connection == null || !connection.armed.remove(timer)) return;
        if (timer == TimerName.IDLE_HOLD && incoming != null && !(incoming.state instanceof Session.OpenSent)) return;   // theirs is good: no need for ours
        step(connection, new Event.Expired(timer));
    }

    // ---- messages

    private void receive(Connection connection, ByteBuffer bytes) throws BgpDecodeException {
        if (bytes.get(bytes.position() + TYPE_OFFSET) == Iana.UPDATE && !connection.established()) {
            counters.received("update");
            step(connection, new Event.UpdateReceived());                           // an FSM error, whatever is in it
            return;
        }
        var decoded = BgpCodec.decode(bytes, connection.context(external()));
        counters.received(PeerCounters.name(decoded.message()));
        switch (decoded.message()) {
            case OpenMessage open -> opened(connection, open);
            case BgpMessage.Keepalive keepalive -> step(connection, new Event.KeepaliveReceived());
            case NotificationMessage notification -> step(connection, new Event.NotificationReceived(notification));
            case UpdateMessage update -> {
                step(connection, new Event.UpdateReceived());
                peer.update(update, decoded.outcome());
            }
            case BgpMessage.RouteRefresh refresh -> {
                step(connection, new Event.UpdateReceived());
                if (connection.established()) peer.routeRefresh(refresh);
            }
        }
    }

    /** Section 6.8, when an OPEN comes in while the peer's other connection is open, too. */
    private void opened(Connection connection, OpenMessage open) {
        var other = other(connection);
        boolean acceptable = connection.state instanceof Session.OpenSent && openCheck.check(open) instanceof OpenCheck.Result.Accepted;
        if (other == null || !acceptable || !other.opening() && !other.established()) {
            step(connection, new Event.OpenReceived(open));
            return;
        }
        boolean keepThis = Collision.kept(localId(), context.config().localAs(), open.identifier(), open.as()) == connection.side;
        if (!keepThis) {
            step(connection, new Event.CollisionDump());
            return;
        }
        // If ours is established on the connection to be dropped, the peer may not know yet: it chooses (see README)
        if (!other.established()) step(other, new Event.CollisionDump());
        step(connection, new Event.OpenReceived(open));
    }

    private int localId() { return ByteBuffer.wrap(context.config().routerId().orElseThrow().getAddress()).getInt(); }

    void send(Connection connection, BgpMessage message) {
        var socket = connection.socket();
        if (socket == null) return;
        counters.sent(PeerCounters.name(message), 1);
        context.transport().send(socket.id, BgpCodec.encode(message, connection.context(external())));
    }

    // ---- effects

    private void step(Connection connection, Event event) {
        var step = connection.fsm.step(connection.state, event, errors);
        connection.state = step.next();
        for (Effect effect : step.effects()) execute(connection, effect);
        if (connection == incoming && connection.state instanceof Session.Idle) {
            incoming = null;
            if (peer.wanted() && outgoing.state instanceof Session.Idle && !outgoing.armed.contains(TimerName.IDLE_HOLD)) startLater();
        }
    }

    private void execute(Connection connection, Effect effect) {
        switch (effect) {
            case Effect.Dial dial -> {
                var id = context.newConnectionId();
                connection.opened(id);
                context.register(id, peer);
                context.transport().connect(config.address(), id);
            }
            case Effect.SendOpen open -> send(connection, openCheck.ours());
            case Effect.SendKeepalive keepalive -> send(connection, new BgpMessage.Keepalive());
            case Effect.SendNotification notification -> send(connection, notification.notification());
            case Effect.CloseTcp close -> close(connection);
            case Effect.Arm arm -> arm(connection, arm.timer(), arm.after());
            case Effect.Disarm disarm -> disarm(connection, disarm.timer());
            case Effect.DisarmAll all -> {
                for (TimerName timer : TimerName.values()) disarm(connection, timer);
            }
            case Effect.SessionUp session -> up(connection, session.negotiated());
            case Effect.SessionDown session -> {
                peer.down(session.reason());
                count(session.reason());
            }
            case Effect.AttemptFailed attempt -> {
                peer.failed(attempt.reason());
                count(attempt.reason());
            }
        }
    }

    private void up(Connection connection, Negotiated negotiated) {
        var socket = connection.socket();
        if (socket == null || socket.local == null) return;                         // cannot be: a session has a connection
        var other = other(connection);
        if (other != null && (!other.opening() || Collision.kept(localId(), context.config().localAs(), remoteId(negotiated), negotiated.remoteAs()) == connection.side))
            step(other, new Event.CollisionDump());                                 // a dial that is no longer needed, or the connection that lost
        errors = 0;
        peer.up(connection, socket.id, negotiated, socket.local);
    }

    private void close(Connection connection) {
        var socket = connection.socket();
        if (socket == null) return;
        connection.dropped();
        context.unregister(socket.id);
        context.close(socket.id);
    }

    private void arm(Connection connection, TimerName timer, Duration after) {
        connection.armed.add(timer);
        var delay = switch (timer) {                                                // RFC 4271 section 10 names these
            case CONNECT_RETRY, KEEPALIVE, IDLE_HOLD, ADVERTISEMENT_INTERVAL -> context.jittered(after);
            case HOLD, SEND_HOLD, DELAY_OPEN, MAXIMUM_PREFIX_RESTART, GRACEFUL_RESTART, STALE_ROUTES -> after;
        };
        context.transport().arm(new Timer(config.address(), connection.side, timer), delay);
    }

    private void disarm(Connection connection, TimerName timer) {
        if (connection.armed.remove(timer)) context.transport().disarm(new Timer(config.address(), connection.side, timer));
    }

    private void count(Reason reason) {
        boolean error = switch (reason) {
            case Reason.NotificationSent sent -> sent.notification().code() != Iana.CEASE && sent.notification().code() != Iana.HOLD_TIMER_EXPIRED
                    && sent.notification().code() != Iana.SEND_HOLD_TIMER_EXPIRED;
            case Reason.NotificationReceived received -> received.notification().code() != Iana.CEASE;
            case Reason.ConnectionClosed closed -> false;
            case Reason.Replaced replaced -> false;
            case Reason.ConnectFailed failed -> false;
            case Reason.Unreachable unreachable -> false;
        };
        if (error) errors++;
    }

    private @Nullable Connection find(ConnectionId id) {
        if (outgoing.has(id)) return outgoing;
        return incoming != null && incoming.has(id) ? incoming : null;
    }

    private @Nullable Connection established() {
        if (outgoing.established()) return outgoing;
        return incoming != null && incoming.established() ? incoming : null;
    }

    private @Nullable Connection other(Connection connection) { return connection == outgoing ? incoming : outgoing; }

    private boolean external() { return config.remoteAs() != context.config().localAs(); }

    static int remoteId(Negotiated negotiated) { return ByteBuffer.wrap(negotiated.remoteId().getAddress()).getInt(); }

    // ---- views

    /** The one that is further on. */
    Connection shown() { return incoming != null && rank(incoming) > rank(outgoing) ? incoming : outgoing; }

    private static int rank(Connection connection) {
        return switch (connection.state) {
            case Session.Idle s -> 0;
            case Session.Active s -> 1;
            case Session.Connect s -> 2;
            case Session.Delaying s -> 3;
            case Session.OpenSent s -> 4;
            case Session.OpenConfirm s -> 5;
            case Session.Established s -> 6;
        };
    }
}
