package dev.torii.bgp;

import dev.torii.bgp.rib.AdjRibOut;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.BgpCodec;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.DecodeContext;
import dev.torii.bgp.wire.MessageBatch;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateCodec;
import dev.torii.bgp.wire.UpdateMessage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Sends one session, of one family, the difference between what it was told and what it should know, as fast as the transport takes it. */
final class Announcer {
    private static final int WITHDRAWN_AT_ONCE = 1000;

    private final PeerTables tables;
    private final Tables all;
    private final DecodeContext context;
    private final PeerCounters counters;
    private final Predicate<ByteBuffer> send;           // false: no more for now
    private final Consumer<String> report;
    private final Deque<AdjRibOut.Announcement> announcements = new ArrayDeque<>();
    private final Deque<List<Prefix>> withdrawals = new ArrayDeque<>();
    private final Set<AddressFamily> endOfRibDue = new LinkedHashSet<>();
    private final Set<AddressFamily> refreshAsked = new LinkedHashSet<>();
    private final Set<AddressFamily> refreshBegun = new LinkedHashSet<>();
    private boolean open = true;
    private int refreshMessages;

    Announcer(PeerTables tables, Tables all, DecodeContext context, PeerCounters counters, Predicate<ByteBuffer> send, Consumer<String> report) {
        this.tables = tables;
        this.all = all;
        this.context = context;
        this.counters = counters;
        this.send = send;
        this.report = report;
        if (tables.config.gracefulRestart().endOfRib() && tables.negotiated.gracefulRestart().isPresent()) endOfRibDue.add(tables.family);
    }

    void writable() { open = true; }

    /** Prefixes not sent yet. */
    int waiting() {
        int waiting = tables.out.pending();
        for (var announcement : announcements) waiting += announcement.prefixes().size();
        for (var prefixes : withdrawals) waiting += prefixes.size();
        return waiting;
    }

    /** Everything of that family again; if both sides know RFC 7313, between its two markers, as soon as all that is under way has been sent. */
    void refresh(AddressFamily family) {
        if (tables.negotiated.enhancedRefresh()) refreshAsked.add(family);
        else tables.out.resend();
    }

    /** Sends what there is to send. Returns how many messages that took. */
    int flush() {
        if (tables.out.pending() == 0 && announcements.isEmpty() && withdrawals.isEmpty() && endOfRibDue.isEmpty() && refreshAsked.isEmpty()
                && refreshBegun.isEmpty()) return 0;
        if (!open) return 0;
        var batch = new MessageBatch(messages -> open &= send.test(messages));
        refreshMessages = 0;
        while (open) {
            if (announcements.isEmpty() && withdrawals.isEmpty()) {
                if (tables.out.pending() > 0) take();
                else if (!mark(batch)) break;
            } else if (!withdrawals.isEmpty()) {
                UpdateCodec.withdraw(withdrawals.poll(), batch);
            } else {
                var next = announcements.poll();
                if (!UpdateCodec.announce(next.attributes().toWire(), next.prefixes(), context, batch)) tooLong(next);
            }
        }
        batch.flush();
        counters.sent("update", batch.messages() - refreshMessages);
        counters.sent("route-refresh", refreshMessages);
        return batch.messages();
    }

    /** All there was has been sent. False: nothing has to be said about that. */
    private boolean mark(MessageBatch batch) {
        if (!endOfRibDue.isEmpty()) {                                   // before any refresh, RFC 7313 section 4
            for (AddressFamily family : endOfRibDue) BgpCodec.write(UpdateMessage.endOfRib(family), context, batch);
            endOfRibDue.clear();
        } else if (!refreshBegun.isEmpty()) {
            for (AddressFamily family : refreshBegun) markRefresh(family, BgpMessage.RouteRefresh.END, batch);
            refreshBegun.clear();
        } else if (!refreshAsked.isEmpty()) {
            for (AddressFamily family : refreshAsked) markRefresh(family, BgpMessage.RouteRefresh.BEGIN, batch);
            refreshBegun.addAll(refreshAsked);
            refreshAsked.clear();
            tables.out.resend();
        } else {
            return false;
        }
        return true;
    }

    private void markRefresh(AddressFamily family, int subtype, MessageBatch batch) {
        BgpCodec.write(new BgpMessage.RouteRefresh(family, subtype), context, batch);
        refreshMessages++;
    }

    private void take() {
        var diff = tables.out.take(id -> all.wanted(tables, id));
        var gone = diff.withdrawn();
        for (int i = 0; i < gone.size(); i += WITHDRAWN_AT_ONCE) withdrawals.add(gone.subList(i, Math.min(i + WITHDRAWN_AT_ONCE, gone.size())));
        announcements.addAll(diff.announced());
    }

    /** RFC 4271 leaves it open what to do; the peer must not keep an older route, so it is withdrawn. */
    private void tooLong(AdjRibOut.Announcement announcement) {
        tables.out.forget(announcement.prefixes());
        withdrawals.add(announcement.prefixes());
        report.accept("attributes too long for a message, not announced: " + announcement.prefixes());
    }
}
