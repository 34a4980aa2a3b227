package dev.torii.bgp;

import dev.torii.bgp.rib.RouteSource;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AttributeOutcome;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.UpdateMessage;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One neighbour: whether there is to be a session with it, and the tables of the one there is. How it comes and goes is {@link Connections}'. */
final class Peer {
    private static final Duration SETTLED = Duration.ofSeconds(10);

    private final Context context;
    private final PeerConfig config;
    private final Connections connections;
    private final PeerCounters counters = new PeerCounters();
    private final Restarts restarts;
    private final Optional<PrefixLimit> prefixLimit;
    private @Nullable Established session;
    private boolean running;
    private boolean reachable = true;
    private boolean intervalRuns;
    private @Nullable Reason lastReset;
    private @Nullable Long changedAtNanos;

    /** The session that is up. */
    private record Established(Connection connection, PeerTables tables, Announcer announcer) {}

    Peer(Context context, PeerConfig config) {
        this.context = context;
        this.config = config;
        this.connections = new Connections(context, config, counters, this);
        this.restarts = new Restarts(context, config);
        this.prefixLimit = config.ipv4Unicast().maximumPrefixes()
                .map(limit -> new PrefixLimit(limit, text -> context.events().event(new PeerEvent.ManyPrefixes(config.address(), text))));
    }

    PeerConfig config() { return config; }

    Connections connections() { return connections; }

    // ---- what the operator and the host say

    void start() {
        running = true;
        if (wanted()) connections.start();
    }

    void stop(NotificationMessage cease, String why) {
        running = false;
        connections.end(new Event.Stop(cease, why));
        restarts.forget();
    }

    void clear() {
        if (!running) return;
        prefixLimit.ifPresent(PrefixLimit::forgive);
        context.transport().disarm(restartTimer());
        connections.end(new Event.Stop(NotificationMessage.of(Iana.CEASE, Iana.CEASE_RESET), "cleared"));
        restarts.forget();
        connections.forgive();
        if (wanted()) connections.startLater();
    }

    /** {@code soft in}: from what is kept, or else from what the peer is asked to send again (RFC 2918). False: neither is possible. */
    boolean softIn() {
        if (session == null) return false;
        var tables = session.tables();
        if (tables.in.beforePolicy()) {
            context.tables().softIn(tables);
            return true;
        }
        if (!tables.negotiated.routeRefresh()) return false;
        for (AddressFamily family : tables.negotiated.families()) connections.send(session.connection(), new BgpMessage.RouteRefresh(family, BgpMessage.RouteRefresh.REQUEST));
        return true;
    }

    /** {@code soft out}: everything is announced again. */
    boolean softOut() {
        if (session == null) return false;
        for (AddressFamily family : session.tables().negotiated.families()) session.announcer().refresh(family);
        return true;
    }

    void reachable(boolean now) {
        if (reachable == now) return;
        reachable = now;
        connections.forgive();
        if (!now) {
            connections.end(new Event.Unreachable());
            restarts.forget();
        } else if (wanted()) {
            connections.start();
        }
    }

    /** Whether there is to be a session. */
    boolean wanted() { return running && reachable && config.shutdown().isEmpty() && !overflowed(); }

    /** What a peer is told that dials though it is shut down; empty: it is not. */
    Optional<NotificationMessage> refusal() {
        return config.shutdown().filter(words -> running && reachable).map(words -> NotificationMessage.cease(Iana.CEASE_SHUTDOWN, words));
    }

    /**
     * Whether a connection that comes in while there is a session may be that of a peer which has started anew (RFC 4724 section 5). Right after the
     * session came up it is a leftover of their dialling.
     */
    boolean mayHaveRestarted() {
        return session != null && changedAtNanos != null && context.nowNanos() - changedAtNanos >= SETTLED.toNanos()
                && !session.tables().negotiated.restartable(false).isEmpty();
    }

    private boolean overflowed() { return prefixLimit.filter(PrefixLimit::exceeded).isPresent(); }

    void writable(ConnectionId id) {
        if (session != null && session.connection().has(id)) session.announcer().writable();
    }

    void expired(Side side, TimerName timer) {
        switch (timer) {
            case ADVERTISEMENT_INTERVAL -> intervalRuns = false;
            case MAXIMUM_PREFIX_RESTART -> {
                prefixLimit.ifPresent(PrefixLimit::forgive);
                if (wanted()) connections.start();
            }
            case GRACEFUL_RESTART, STALE_ROUTES -> restarts.expired(timer, tables());
            case CONNECT_RETRY, HOLD, SEND_HOLD, KEEPALIVE, DELAY_OPEN, IDLE_HOLD -> connections.expired(side, timer);
        }
    }

    /** At the end of each input: routes to the peer, if it is up. */
    void flush() {
        if (session == null || intervalRuns) return;
        int messages = session.announcer().flush();
        if (messages == 0) return;
        var interval = config.ipv4Unicast().advertisementInterval();
        if (interval.isZero()) return;
        intervalRuns = true;
        context.transport().arm(timer(TimerName.ADVERTISEMENT_INTERVAL), context.jittered(interval));
    }

    // ---- what the session brings

    void update(UpdateMessage update, AttributeOutcome outcome) {
        if (session == null) return;
        switch (outcome) {
            case AttributeOutcome.Ok ok -> { }
            case AttributeOutcome.Discard discard -> context.events().event(new PeerEvent.MalformedUpdate(config.address(), "attribute discarded: " + discard.why()));
            case AttributeOutcome.TreatAsWithdraw withdraw ->
                context.events().event(new PeerEvent.MalformedUpdate(config.address(), "routes treated as withdrawn: " + withdraw.why()));
            case AttributeOutcome.SessionReset reset -> { return; }                 // the codec has thrown it already
        }
        var tables = session.tables();
        context.tables().update(tables, update, outcome);
        update.endOfRib().ifPresent(family -> restarts.complete(tables, family));
        prefixLimit.flatMap(limit -> limit.count(tables.in.accepted())).ifPresent(stop -> {
            connections.end(stop);
            config.ipv4Unicast().maximumPrefixes().flatMap(FamilyConfig.MaximumPrefixes::restart).ifPresent(after -> context.transport().arm(restartTimer(), after));
        });
    }

    void routeRefresh(BgpMessage.RouteRefresh refresh) {
        if (session == null || !session.tables().negotiated.families().contains(refresh.family())) return;
        boolean marked = session.tables().negotiated.enhancedRefresh();
        switch (refresh.subtype()) {
            case BgpMessage.RouteRefresh.REQUEST -> session.announcer().refresh(refresh.family());
            case BgpMessage.RouteRefresh.BEGIN -> { if (marked) restarts.refreshBegins(session.tables(), refresh.family()); }
            case BgpMessage.RouteRefresh.END -> { if (marked) restarts.complete(session.tables(), refresh.family()); }
            default -> { }                                                          // RFC 7313 section 5: ignored
        }
    }

    private Timer restartTimer() { return timer(TimerName.MAXIMUM_PREFIX_RESTART); }

    private Timer timer(TimerName name) { return new Timer(config.address(), Side.OUTGOING, name); }

    void up(Connection connection, ConnectionId id, Negotiated negotiated, InetAddress local) {
        prefixLimit.ifPresent(PrefixLimit::newSession);
        counters.established++;
        changedAtNanos = context.nowNanos();
        var source = RouteSource.session(config.address(), negotiated.remoteAs(), Connections.remoteId(negotiated), external());
        var tables = restarts.up(external(), local, source, negotiated);
        var announcer = new Announcer(tables, context.tables(), connection.context(external()), counters, messages -> context.transport().send(id, messages),
                text -> context.events().event(new PeerEvent.MalformedUpdate(config.address(), text)));
        session = new Established(connection, tables, announcer);
        context.tables().up(tables);
        context.events().event(new PeerEvent.Up(config.address(), negotiated));
    }

    void down(Reason reason) {
        counters.dropped++;
        changedAtNanos = context.nowNanos();
        lastReset = reason;
        if (intervalRuns) context.transport().disarm(timer(TimerName.ADVERTISEMENT_INTERVAL));
        intervalRuns = false;
        var tables = tables();
        session = null;
        context.events().event(new PeerEvent.Down(config.address(), reason));
        if (tables != null) restarts.down(tables, reason);
    }

    void failed(Reason reason) {
        lastReset = reason;
        context.events().event(new PeerEvent.Failed(config.address(), reason));
    }

    private boolean external() { return config.remoteAs() != context.config().localAs(); }

    // ---- views

    @Nullable PeerTables tables() { return session == null ? null : session.tables(); }

    NeighborView view() {
        var shown = connections.shown();
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
                PeerCounters.total(counters.received), PeerCounters.total(counters.sent),
                0, session == null ? 0 : session.announcer().waiting(), since, config.shutdown().isPresent() ? "Idle (Admin)" : overflowed() ? "Idle (PfxCt)" : shown.state.word(),
                session == null ? 0 : session.tables().in.accepted(), session == null ? 0 : session.tables().out.size(),
                context.policy().missingIn(config), context.policy().missingOut(config));
    }
}
