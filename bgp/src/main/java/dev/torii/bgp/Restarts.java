package dev.torii.bgp;

import dev.torii.bgp.rib.RouteSource;
import dev.torii.bgp.wire.AddressFamily;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a neighbour's routes while it restarts, and for how long: the receiving speaker of RFC 4724 section 4.2. The same clock limits the
 * time a neighbour has for a route refresh (RFC 7313 section 4).
 */
final class Restarts {
    private final Context context;
    private final PeerConfig config;
    private @Nullable PeerTables kept;                  // between two sessions

    Restarts(Context context, PeerConfig config) {
        this.context = context;
        this.config = config;
    }

    /** The session is over; its routes are kept, or go. */
    void down(PeerTables tables, Reason reason) {
        context.transport().disarm(timer(TimerName.STALE_ROUTES));
        var families = lost(reason) && config.gracefulRestart().helper() ? tables.negotiated.restartable(false) : Set.<AddressFamily>of();
        int seconds = tables.negotiated.gracefulRestart().map(theirs -> theirs.restartSeconds()).orElse(0);
        if (families.isEmpty() || seconds == 0) {
            context.tables().down(tables);
            return;
        }
        context.tables().keep(tables, families);
        if (tables.in.size() == 0) return;
        kept = tables;
        context.transport().arm(timer(TimerName.GRACEFUL_RESTART), Duration.ofSeconds(seconds));
        context.transport().arm(timer(TimerName.STALE_ROUTES), config.gracefulRestart().staleTime());
        report("the neighbor restarts: its " + tables.in.size() + " routes are kept for " + seconds + " s");
    }

    /** Only a connection that ends without a word may be a restart; and nothing gets through where nothing can be reached. */
    private static boolean lost(Reason reason) {
        return switch (reason) {
            case Reason.ConnectionClosed closed -> true;
            case Reason.Replaced replaced -> true;
            case Reason.NotificationSent sent -> false;
            case Reason.NotificationReceived received -> false;
            case Reason.ConnectFailed failed -> false;
            case Reason.Unreachable unreachable -> false;
        };
    }

    /** A new session, with what is left of the one before. */
    PeerTables up(boolean external, InetAddress local, RouteSource source, Negotiated negotiated) {
        var before = kept;
        if (before == null) return tables(external, local, source, negotiated, null);
        kept = null;
        context.transport().disarm(timer(TimerName.GRACEFUL_RESTART));
        if (!before.source.equals(source)) {                                        // another router has its address now
            context.transport().disarm(timer(TimerName.STALE_ROUTES));
            context.tables().down(before);
            return tables(external, local, source, negotiated, null);
        }
        var still = negotiated.restartable(true);
        for (AddressFamily family : before.stale.families()) if (!still.contains(family)) context.tables().withdrawStale(before, family);
        if (before.stale.isEmpty()) context.transport().disarm(timer(TimerName.STALE_ROUTES));
        return tables(external, local, source, negotiated, before);
    }

    private PeerTables tables(boolean external, InetAddress local, RouteSource source, Negotiated negotiated, @Nullable PeerTables before) {
        return new PeerTables(config, external, local, source, negotiated, context.tables().index(), context.policy(), before);
    }

    /** The peer begins to announce everything of that family again. */
    void refreshBegins(PeerTables tables, AddressFamily family) {
        context.tables().markStale(tables, family);
        context.transport().arm(timer(TimerName.STALE_ROUTES), config.gracefulRestart().staleTime());
    }

    /** It has announced all it has of that family. */
    void complete(PeerTables tables, AddressFamily family) {
        if (!tables.stale.families().contains(family)) return;
        int gone = context.tables().withdrawStale(tables, family);
        if (gone > 0) report(gone + " routes of " + family + " were not announced again, and are withdrawn");
        if (tables.stale.isEmpty()) context.transport().disarm(timer(TimerName.STALE_ROUTES));
    }

    /** One of the two timers is over. {@code current}: the session there is. */
    void expired(TimerName name, @Nullable PeerTables current) {
        if (kept != null) {
            report("the neighbor has not come back in time: its " + kept.in.size() + " routes are withdrawn");
            forget();
        } else if (name == TimerName.STALE_ROUTES && current != null) {
            for (AddressFamily family : current.stale.families()) complete(current, family);
        }
    }

    /** What is kept goes now. */
    void forget() {
        if (kept == null) return;
        context.transport().disarm(timer(TimerName.GRACEFUL_RESTART));
        context.transport().disarm(timer(TimerName.STALE_ROUTES));
        context.tables().down(kept);
        kept = null;
    }

    private void report(String text) { context.events().event(new PeerEvent.Restart(config.address(), text)); }

    private Timer timer(TimerName name) { return new Timer(config.address(), Side.OUTGOING, name); }
}
