package dev.torii.bgp;

import dev.torii.bgp.rib.RouteSource;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AttributeOutcome;
import dev.torii.bgp.wire.BgpCodec;
import dev.torii.bgp.wire.BgpDecodeException;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.UpdateMessage;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One neighbour: the machine of our dials, that of a connection it dialled, the choice between the two (RFC 4271
 * section 6.8), and the tables of the session that came of it. Executes the machines' effects.
 */
final class Peer {
    private static final int TYPE_OFFSET = 18;

    private final Context context;
    private final PeerConfig config;
    private final OpenCheck openCheck;
    private final Connection outgoing;
    private @Nullable Connection incoming;
    private @Nullable PeerTables tables;
    private @Nullable Announcer announcer;
    private final Optional<PrefixLimit> prefixLimit;
    private final PeerCounters counters = new PeerCounters();
    private boolean running;
    private boolean reachable = true;
    private boolean intervalRuns;
    private int errors;
    private @Nullable Reason lastReset;
    private @Nullable Long changedAtNanos;

    Peer(Context context, PeerConfig config) {
        this.context = context;
        this.config = config;
        this.openCheck = new OpenCheck(context.config().localAs(), context.config().routerId().orElseThrow(), config);
        this.prefixLimit = config.ipv4Unicast().maximumPrefixes()
                .map(limit -> new PrefixLimit(limit, text -> context.events().event(new PeerEvent.ManyPrefixes(config.address(), text))));
        this.outgoing = new Connection(Side.OUTGOING, new BgpFsm(config, openCheck, Side.OUTGOING));
    }

    PeerConfig config() { return config; }

    // ---- inputs

    void start() {
        running = true;
        if (up()) step(outgoing, new Event.Start());
    }

    void stop(int ceaseSubcode, String why) {
        running = false;
        end(new Event.Stop(NotificationMessage.of(Iana.CEASE, ceaseSubcode), why));
    }

    void clear() {
        if (!running) return;
        prefixLimit.ifPresent(PrefixLimit::forgive);
        context.transport().disarm(restartTimer());
        end(new Event.Stop(NotificationMessage.of(Iana.CEASE, Iana.CEASE_RESET), "cleared"));
        errors = 0;
        if (up()) step(outgoing, new Event.StartLater());
    }

    /** {@code soft in}: from what is kept, or else from what the peer is asked to send again (RFC 2918). False: neither is possible. */
    boolean softIn() {
        if (tables == null) return false;
        if (tables.in.beforePolicy()) {
            context.tables().softIn(tables);
            return true;
        }
        if (!tables.negotiated.routeRefresh()) return false;
        for (AddressFamily family : tables.negotiated.families())
            for (Connection connection : new Connection[] {outgoing, incoming})
                if (connection != null && connection.established()) send(connection, new BgpMessage.RouteRefresh(family, 0));
        return true;
    }

    /** {@code soft out}: everything is announced again. */
    boolean softOut() {
        if (tables == null) return false;
        tables.out.resend();
        return true;
    }

    void reachable(boolean now) {
        if (reachable == now) return;
        reachable = now;
        errors = 0;
        if (!now) end(new Event.Unreachable());
        else if (running && up()) step(outgoing, new Event.Start());
    }

    private boolean up() { return reachable && !config.shutdown() && !overflowed(); }

    private boolean overflowed() { return prefixLimit.filter(PrefixLimit::exceeded).isPresent(); }

    private void end(Event event) {
        if (incoming != null) step(incoming, event);
        step(outgoing, event);
    }

    /** In the pause after an error a peer is not listened to either: Idle refuses connections. */
    boolean accepts() {
        return running && up() && !outgoing.established() && (incoming == null || !incoming.established())
                && !(outgoing.state instanceof Session.Idle && errors > 0 && incoming == null);
    }

    void connected(ConnectionId id, boolean dialled, InetAddress local) {
        if (!dialled) {
            if (!accepts()) { context.close(id); return; }
            if (incoming != null) step(incoming, new Event.CollisionDump());        // they dial again: the old one is dead to them
            incoming = new Connection(Side.INCOMING, new BgpFsm(config, openCheck, Side.INCOMING));
            incoming.state = new Session.Active();
            incoming.opened(id);
            context.register(id, this);
        }
        var connection = find(id);
        if (connection == null || connection.socket() == null) { context.close(id); return; }
        connection.socket().local = local;
        step(connection, new Event.TcpConnected());
    }

    void lost(ConnectionId id, Reason reason) {
        var connection = find(id);
        if (connection == null) return;
        connection.dropped();
        context.unregister(id);
        step(connection, new Event.TcpFailed(reason));
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

    void writable(ConnectionId id) {
        var connection = find(id);
        if (announcer != null && connection != null && connection.established()) announcer.writable();
    }

    void expired(Side side, TimerName timer) {
        if (timer == TimerName.ADVERTISEMENT_INTERVAL) { intervalRuns = false; return; }
        if (timer == TimerName.MAXIMUM_PREFIX_RESTART) {
            prefixLimit.ifPresent(PrefixLimit::forgive);
            if (running && up()) step(outgoing, new Event.Start());
            return;
        }
        var connection = side == Side.OUTGOING ? outgoing : incoming;
        if (connection == null || !connection.armed.remove(timer)) return;
        if (timer == TimerName.IDLE_HOLD && incoming != null && !(incoming.state instanceof Session.OpenSent)) return;   // theirs is good: no need for ours
        step(connection, new Event.Expired(timer));
    }

    /** At the end of each input: routes to the peer, if it is up. */
    void flush() {
        if (announcer == null || tables == null || intervalRuns) return;
        int messages = announcer.flush();
        if (messages == 0) return;
        counters.sent("update", messages);
        var interval = config.ipv4Unicast().advertisementInterval();
        if (interval.isZero()) return;
        intervalRuns = true;
        context.transport().arm(new Timer(config.address(), Side.OUTGOING, TimerName.ADVERTISEMENT_INTERVAL), context.jittered(interval));
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
                if (tables != null) update(tables, update, decoded.outcome());
            }
            case BgpMessage.RouteRefresh refresh -> {
                step(connection, new Event.UpdateReceived());
                if (tables != null && connection.established() && refresh.subtype() == 0 && tables.negotiated.families().contains(refresh.family()))
                    tables.out.resend();
            }
        }
    }

    private void update(PeerTables to, UpdateMessage update, AttributeOutcome outcome) {
        switch (outcome) {
            case AttributeOutcome.Ok ok -> { }
            case AttributeOutcome.Discard discard -> context.events().event(new PeerEvent.MalformedUpdate(config.address(), "attribute discarded: " + discard.why()));
            case AttributeOutcome.TreatAsWithdraw withdraw ->
                context.events().event(new PeerEvent.MalformedUpdate(config.address(), "routes treated as withdrawn: " + withdraw.why()));
            case AttributeOutcome.SessionReset reset -> { return; }                 // the codec has thrown it already
        }
        context.tables().update(to, update, outcome);
        prefixLimit.flatMap(limit -> limit.count(to.in.accepted())).ifPresent(stop -> {
            end(stop);
            config.ipv4Unicast().maximumPrefixes().flatMap(FamilyConfig.MaximumPrefixes::restart).ifPresent(after -> context.transport().arm(restartTimer(), after));
        });
    }

    private Timer restartTimer() { return new Timer(config.address(), Side.OUTGOING, TimerName.MAXIMUM_PREFIX_RESTART); }

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

    // ---- effects

    private void step(Connection connection, Event event) {
        var step = connection.fsm.step(connection.state, event, errors);
        connection.state = step.next();
        for (Effect effect : step.effects()) execute(connection, effect);
        if (connection == incoming && connection.state instanceof Session.Idle) {
            incoming = null;
            if (running && up() && outgoing.state instanceof Session.Idle && !outgoing.armed.contains(TimerName.IDLE_HOLD))
                step(outgoing, new Event.StartLater());
        }
    }

    private void execute(Connection connection, Effect effect) {
        switch (effect) {
            case Effect.Dial dial -> {
                var id = context.newConnectionId();
                connection.opened(id);
                context.register(id, this);
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
            case Effect.SessionDown session -> down(session.reason());
            case Effect.AttemptFailed attempt -> failed(attempt.reason());
        }
    }

    private void send(Connection connection, BgpMessage message) {
        var socket = connection.socket();
        if (socket == null) return;
        counters.sent(PeerCounters.name(message), 1);
        context.transport().send(socket.id, BgpCodec.encode(message, connection.context(external())));
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
            case HOLD, DELAY_OPEN, MAXIMUM_PREFIX_RESTART -> after;
        };
        context.transport().arm(new Timer(config.address(), connection.side, timer), delay);
    }

    private void disarm(Connection connection, TimerName timer) {
        if (connection.armed.remove(timer)) context.transport().disarm(new Timer(config.address(), connection.side, timer));
    }

    private void up(Connection connection, Negotiated negotiated) {
        var socket = connection.socket();
        if (socket == null || socket.local == null) return;                         // cannot be: a session has a connection
        var other = other(connection);
        if (other != null && (!other.opening() || Collision.kept(localId(), context.config().localAs(), remoteId(negotiated), negotiated.remoteAs()) == connection.side))
            step(other, new Event.CollisionDump());                                 // a dial that is no longer needed, or the connection that lost
        errors = 0;
        prefixLimit.ifPresent(PrefixLimit::newSession);
        counters.established++;
        changedAtNanos = context.nowNanos();
        var source = RouteSource.session(config.address(), negotiated.remoteAs(), remoteId(negotiated), external());
        tables = new PeerTables(config, external(), socket.local, source, negotiated);
        announcer = new Announcer(tables, context.tables(), connection.context(external()), messages -> context.transport().send(socket.id, messages),
                text -> context.events().event(new PeerEvent.MalformedUpdate(config.address(), text)));
        context.tables().up(tables);
        context.events().event(new PeerEvent.Up(config.address(), negotiated));
    }

    private static int remoteId(Negotiated negotiated) { return ByteBuffer.wrap(negotiated.remoteId().getAddress()).getInt(); }

    private void down(Reason reason) {
        counters.dropped++;
        changedAtNanos = context.nowNanos();
        lastReset = reason;
        if (intervalRuns) context.transport().disarm(new Timer(config.address(), Side.OUTGOING, TimerName.ADVERTISEMENT_INTERVAL));
        intervalRuns = false;
        if (tables != null) context.tables().down(tables);
        tables = null;
        announcer = null;
        context.events().event(new PeerEvent.Down(config.address(), reason));
        countError(reason);
    }

    private void failed(Reason reason) {
        lastReset = reason;
        context.events().event(new PeerEvent.Failed(config.address(), reason));
        countError(reason);
    }

    private void countError(Reason reason) {
        boolean error = switch (reason) {
            case Reason.NotificationSent sent -> sent.notification().code() != Iana.CEASE && sent.notification().code() != Iana.HOLD_TIMER_EXPIRED;
            case Reason.NotificationReceived received -> received.notification().code() != Iana.CEASE;
            case Reason.ConnectionClosed closed -> false;
            case Reason.ConnectFailed failed -> false;
            case Reason.Unreachable unreachable -> false;
        };
        if (error) errors++;
    }

    private @Nullable Connection find(ConnectionId id) {
        if (outgoing.has(id)) return outgoing;
        return incoming != null && incoming.has(id) ? incoming : null;
    }

    private @Nullable Connection other(Connection connection) { return connection == outgoing ? incoming : outgoing; }

    private boolean external() { return config.remoteAs() != context.config().localAs(); }

    // ---- views

    @Nullable PeerTables tables() { return tables; }

    NeighborView view() {
        var shown = incoming != null && rank(incoming) > rank(outgoing) ? incoming : outgoing;
        var negotiated = switch (shown.state) {
            case Session.OpenConfirm s -> s.negotiated();
            case Session.Established s -> s.negotiated();
            case Session.Idle s -> null;
            case Session.Connect s -> null;
            case Session.Active s -> null;
            case Session.Delaying s -> null;
            case Session.OpenSent s -> null;
        };
        var local = shown.socket() == null ? null : shown.socket().local;
        return new NeighborView(config, summary(shown), Optional.ofNullable(negotiated), Optional.ofNullable(local), reachable,
                counters.established, counters.dropped, counters.sent, counters.received, Optional.ofNullable(lastReset));
    }

    private PeerSummary summary(Connection shown) {
        var since = Optional.ofNullable(changedAtNanos).map(then -> Duration.ofNanos(context.nowNanos() - then));
        return new PeerSummary(config.address(), config.description(), config.remoteAs(),
                PeerCounters.total(counters.received), PeerCounters.total(counters.sent), announcer == null ? 0 : announcer.version(),
                0, announcer == null ? 0 : announcer.waiting(), since, config.shutdown() ? "Idle (Admin)" : overflowed() ? "Idle (PfxCt)" : shown.state.word(),
                tables == null ? 0 : tables.in.accepted(), tables == null ? 0 : tables.out.size(),
                context.policy().missingIn(config), context.policy().missingOut(config));
    }

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
