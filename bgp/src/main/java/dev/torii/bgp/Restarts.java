package dev.torii.bgp;

import dev.torii.bgp.rib.RouteSource;
import dev.torii.bgp.wire.AddressFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a neighbour's routes while it restarts, and for how long: the receiving speaker of RFC 4724 section 4.2. The same clock limits the
 * time a neighbour has for a route refresh (RFC 7313 section 4).
 */
final class Restarts {
    private final Context context;
    private final PeerConfig config;
    private final Map<AddressFamily, PeerTables> kept = new LinkedHashMap<>();      // between two sessions

    Restarts(Context context, PeerConfig config) {
        this.context = context;
        this.config = config;
    }

    /** The session is over; its routes are kept, or go. */
    void down(SessionTables session, Reason reason) {
        var negotiated = session.negotiated();
        context.transport().disarm(timer(TimerName.STALE_ROUTES));
        var families = lost(reason) && config.gracefulRestart().helper() ? negotiated.restartable(false) : Set.<AddressFamily>of();
        int seconds = negotiated.gracefulRestart().map(theirs -> theirs.restartSeconds()).orElse(0);
        for (PeerTables tables : session.all()) {
            boolean keeps = seconds > 0 && families.contains(tables.family);
            if (keeps) context.tables(tables.family).keep(tables);
            else context.tables(tables.family).down(tables);
            if (keeps && tables.in.size() > 0) kept.put(tables.family, tables);
        }
        if (kept.isEmpty()) return;
        context.transport().arm(timer(TimerName.GRACEFUL_RESTART), Duration.ofSeconds(seconds));
        context.transport().arm(timer(TimerName.STALE_ROUTES), config.gracefulRestart().staleTime());
        report("the neighbor restarts: its " + routes() + " routes are kept for " + seconds + " s");
    }

    private int routes() { return kept.values().stream().mapToInt(tables -> tables.in.size()).sum(); }

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

    /** A new session, with what is left of the one before, of each family negotiated. */
    List<PeerTables> up(boolean external, LocalAddresses local, RouteSource source, Negotiated negotiated) {
        var before = new LinkedHashMap<>(kept);
        boolean restarted = !kept.isEmpty();
        kept.clear();
        if (restarted) context.transport().disarm(timer(TimerName.GRACEFUL_RESTART));
        var still = negotiated.restartable(true);
        var all = new ArrayList<PeerTables>();
        for (AddressFamily family : AddressFamily.KNOWN) {
            if (!negotiated.families().contains(family)) continue;
            var old = before.get(family);
            if (old == null || !old.source.equals(source)) {                        // or another router has its address now
                all.add(tables(family, external, local, source, negotiated, null));
                continue;
            }
            before.remove(family);
            if (!still.contains(family)) context.tables(family).withdrawStale(old);
            all.add(tables(family, external, local, source, negotiated, old));
        }
        before.forEach((family, gone) -> context.tables(family).down(gone));
        if (restarted) disarmIfDone(all);
        return all;
    }

    private PeerTables tables(AddressFamily family, boolean external, LocalAddresses local, RouteSource source, Negotiated negotiated, @Nullable PeerTables before) {
        return new PeerTables(config, family, external, local, source, negotiated, context.tables(family).index(), context.policy(), before);
    }

    private void disarmIfDone(Collection<PeerTables> session) {
        if (session.stream().allMatch(tables -> tables.stale.isEmpty())) context.transport().disarm(timer(TimerName.STALE_ROUTES));
    }

    /** The peer begins to announce everything of that family again. */
    void refreshBegins(PeerTables tables) {
        context.tables(tables.family).markStale(tables);
        context.transport().arm(timer(TimerName.STALE_ROUTES), config.gracefulRestart().staleTime());
    }

    /** It has announced all it has of that family. */
    void complete(PeerTables tables, SessionTables session) {
        if (tables.stale.isEmpty()) return;
        int gone = context.tables(tables.family).withdrawStale(tables);
        if (gone > 0) report(gone + " routes of " + tables.family + " were not announced again, and are withdrawn");
        disarmIfDone(session.all());
    }

    /** One of the two timers is over. {@code current}: the session there is. */
    void expired(TimerName name, @Nullable SessionTables current) {
        if (!kept.isEmpty()) {
            report("the neighbor has not come back in time: its " + routes() + " routes are withdrawn");
            forget();
        } else if (name == TimerName.STALE_ROUTES && current != null) {
            for (PeerTables tables : current.all()) complete(tables, current);
        }
    }

    /** What is kept goes now. */
    void forget() {
        if (kept.isEmpty()) return;
        context.transport().disarm(timer(TimerName.GRACEFUL_RESTART));
        context.transport().disarm(timer(TimerName.STALE_ROUTES));
        kept.forEach((family, tables) -> context.tables(family).down(tables));
        kept.clear();
    }

    private void report(String text) { context.events().event(new PeerEvent.Restart(config.address(), text)); }

    private Timer timer(TimerName name) { return new Timer(config.address(), Side.OUTGOING, name); }
}
