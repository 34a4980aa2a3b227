package dev.torii.bgp;

import dev.torii.bgp.rib.RouteSource;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AttributeOutcome;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.UpdateMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
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
    private final List<PrefixLimit> prefixLimits;
    private @Nullable Established session;
    private boolean running;
    private boolean reachable = true;
    private boolean intervalRuns;
    private @Nullable Reason lastReset;
    private @Nullable Long changedAtNanos;

    /** The session that is up. */
    private record Established(Connection connection, SessionTables tables) {}

    Peer(Context context, PeerConfig config) {
        this.context = context;
        this.config = config;
        this.connections = new Connections(context, config, counters, this);
        this.restarts = new Restarts(context, config);
        this.prefixLimits = config.activeFamilies().stream().flatMap(family -> config.family(family).maximumPrefixes()
                .map(limit -> new PrefixLimit(family, limit, text -> context.events().event(new PeerEvent.ManyPrefixes(config.address(), text)))).stream()).toList();
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
        prefixLimits.forEach(PrefixLimit::forgive);
        context.transport().disarm(restartTimer());
        connections.end(new Event.Stop(NotificationMessage.of(Iana.CEASE, Iana.CEASE_RESET), "cleared"));
        restarts.forget();
        connections.forgive();
        if (wanted()) connections.startLater();
    }

    /** {@code soft in}: from what is kept, or else from what the peer is asked to send again (RFC 2918). False: neither is possible. */
    boolean softIn(AddressFamily family) {
        var tables = tables(family);
        if (session == null || tables == null) return false;
        if (tables.in.beforePolicy()) {
            context.tables(family).softIn(tables);
            return true;
        }
        if (!tables.negotiated.routeRefresh()) return false;
        connections.send(session.connection(), new BgpMessage.RouteRefresh(family, BgpMessage.RouteRefresh.REQUEST));
        return true;
    }

    /** {@code soft out}: everything is announced again. */
    boolean softOut(AddressFamily family) {
        if (session == null || tables(family) == null) return false;
        session.tables().announcer(family).ifPresent(announcer -> announcer.refresh(family));
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
                && !session.tables().negotiated().restartable(false).isEmpty();
    }

    private boolean overflowed() { return prefixLimits.stream().anyMatch(PrefixLimit::exceeded); }

    void writable(ConnectionId id) {
        if (session != null && session.connection().has(id)) session.tables().writable();
    }

    void expired(Side side, TimerName timer) {
        switch (timer) {
            case ADVERTISEMENT_INTERVAL -> intervalRuns = false;
            case MAXIMUM_PREFIX_RESTART -> {
                prefixLimits.forEach(PrefixLimit::forgive);
                if (wanted()) connections.start();
            }
            case GRACEFUL_RESTART, STALE_ROUTES -> restarts.expired(timer, session == null ? null : session.tables());
            case CONNECT_RETRY, HOLD, SEND_HOLD, KEEPALIVE, DELAY_OPEN, IDLE_HOLD -> connections.expired(side, timer);
        }
    }

    /** At the end of each input: routes to the peer, if it is up. */
    void flush() {
        if (session == null || intervalRuns) return;
        int messages = session.tables().flush();
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
        tables.update(update, outcome);
        update.endOfRib().flatMap(tables::of).ifPresent(ended -> restarts.complete(ended, tables));
        for (PrefixLimit limit : prefixLimits) tables.of(limit.family()).flatMap(counted -> limit.count(counted.in.accepted())).ifPresent(stop -> {
            connections.end(stop);
            config.family(limit.family()).maximumPrefixes().flatMap(FamilyConfig.MaximumPrefixes::restart).ifPresent(after -> context.transport().arm(restartTimer(), after));
        });
    }

    void routeRefresh(BgpMessage.RouteRefresh refresh) {
        var tables = tables(refresh.family());
        if (session == null || tables == null) return;
        var all = session.tables();
        boolean marked = all.negotiated().enhancedRefresh();
        switch (refresh.subtype()) {
            case BgpMessage.RouteRefresh.REQUEST -> all.announcer(refresh.family()).ifPresent(announcer -> announcer.refresh(refresh.family()));
            case BgpMessage.RouteRefresh.BEGIN -> { if (marked) restarts.refreshBegins(tables); }
            case BgpMessage.RouteRefresh.END -> { if (marked) restarts.complete(tables, all); }
            default -> { }                                                          // RFC 7313 section 5: ignored
        }
    }

    private Timer restartTimer() { return timer(TimerName.MAXIMUM_PREFIX_RESTART); }

    private Timer timer(TimerName name) { return new Timer(config.address(), Side.OUTGOING, name); }

    void up(Connection connection, ConnectionId id, Negotiated negotiated, LocalAddresses local) {
        prefixLimits.forEach(PrefixLimit::newSession);
        counters.established++;
        changedAtNanos = context.nowNanos();
        var source = RouteSource.session(config.address(), negotiated.remoteAs(), Connections.remoteId(negotiated), external());
        var tables = new SessionTables(context, restarts.up(external(), withRouterId(local), source, negotiated), negotiated, connection.context(external()), counters,
                messages -> context.transport().send(id, messages), text -> context.events().event(new PeerEvent.MalformedUpdate(config.address(), text)));
        session = new Established(connection, tables);
        tables.up();
        context.events().event(new PeerEvent.Up(config.address(), negotiated));
    }

    /** FRR's IPv4 next hop on an IPv6 session whose interface has no IPv4 address. */
    private LocalAddresses withRouterId(LocalAddresses local) {
        return new LocalAddresses(local.session(), local.ipv4().or(context.config()::routerId), local.ipv6(), local.linkLocal());
    }

    void down(Reason reason) {
        counters.dropped++;
        changedAtNanos = context.nowNanos();
        lastReset = reason;
        if (intervalRuns) context.transport().disarm(timer(TimerName.ADVERTISEMENT_INTERVAL));
        intervalRuns = false;
        var tables = session == null ? null : session.tables();
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

    /** Of that family, while it is negotiated with the peer. */
    @Nullable PeerTables tables(AddressFamily family) { return session == null ? null : session.tables().of(family).orElse(null); }

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
        var local = shown.socket() == null || shown.socket().local == null ? null : shown.socket().local.session();
        var families = new LinkedHashMap<AddressFamily, PeerSummary>();
        for (AddressFamily family : config.activeFamilies()) families.put(family, summary(shown, family));
        var first = families.isEmpty() ? summary(shown, AddressFamily.IPV4_UNICAST) : families.firstEntry().getValue();
        return new NeighborView(config, first, families, Optional.ofNullable(negotiated), Optional.ofNullable(local), reachable,
                counters.established, counters.dropped, counters.sent, counters.received, Optional.ofNullable(lastReset));
    }

    private PeerSummary summary(Connection shown, AddressFamily family) {
        var tables = Optional.ofNullable(tables(family));
        var announcer = Optional.ofNullable(session).flatMap(up -> up.tables().announcer(family));
        var since = Optional.ofNullable(changedAtNanos).map(then -> Duration.ofNanos(context.nowNanos() - then));
        return new PeerSummary(config.address(), config.description(), config.remoteAs(),
                PeerCounters.total(counters.received), PeerCounters.total(counters.sent),
                0, announcer.map(Announcer::waiting).orElse(0), since, config.shutdown().isPresent() ? "Idle (Admin)" : overflowed() ? "Idle (PfxCt)" : shown.state.word(),
                tables.isPresent(), tables.map(up -> up.in.accepted()).orElse(0), tables.map(up -> up.out.size()).orElse(0),
                context.policy().missingIn(config, family), context.policy().missingOut(config, family));
    }
}
