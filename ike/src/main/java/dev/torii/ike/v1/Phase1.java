package dev.torii.ike.v1;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeSa;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.session.HalfOpens;
import dev.torii.ike.session.Outbox;
import dev.torii.ike.wire.IkeHeader;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One phase 1 of a session, half-open or established, with the Quick Modes under it. Bookkeeping only. */
final class Phase1 {
    private static final int REMEMBERED_IDS = 4096;
    private static final int REMEMBERED_QUICK_MODES = 16;

    final long id;
    final Cookie own;
    final boolean initiator;
    final MainMode machine;
    final Delivery delivery;
    final Map<Integer, Phase2> quickModes = new LinkedHashMap<>();
    private final Set<Integer> messageIds = new LinkedHashSet<>();
    Optional<HalfOpens.Place> place = Optional.empty();     // until the exchange is finished, if the peer began it
    private MainMode.State state = new MainMode.State.Idle();
    private Octets lastSent = Octets.EMPTY;
    private Path path;
    private @Nullable Cookie peer;
    private @Nullable Phase1Sa sa;
    private @Nullable IkeSa outside;
    /** How often the peer was told that an exchange is not spoken here. */
    int refusals;
    /** Whether the responder has said, after the exchange, that it ends earlier. */
    boolean shortened;
    /** Whether children needed it when that was last looked at, although it is replaced. */
    boolean needed;
    private boolean renewalDue;
    private long since;

    Phase1(long id, Cookie own, boolean initiator, @Nullable Cookie peer, Path path, MainMode machine, Delivery delivery) {
        this.id = id;
        this.own = own;
        this.initiator = initiator;
        this.peer = peer;
        this.path = path;
        this.machine = machine;
        this.delivery = delivery;
    }

    MainMode.State state() {
        return state;
    }

    /** Follows the machine: its path and the peer's cookie come with the state. */
    void state(MainMode.State next) {
        state = next;
        switch (next) {
            case MainMode.State.SaSent s -> path = s.path();
            case MainMode.State.KeSent s -> {
                path = s.path();
                peer = s.terms().responder();
                delivery.understood(s.terms().fragmentation());
            }
            case MainMode.State.AuthSent s -> path = s.path();
            case MainMode.State.SaAnswered s -> {
                path = s.path();
                delivery.understood(s.terms().fragmentation());
            }
            case MainMode.State.KeAnswered s -> path = s.path();
            case MainMode.State.Established s -> path = established() ? path : s.path();    // later on, only authenticated messages move it
            case MainMode.State.Idle s -> { }
            case MainMode.State.Dead s -> { }
        }
    }

    Path path() {
        return path;
    }

    /** Sends a message of Main Mode. */
    void send(Outbox out, Path along, Octets message) {
        delivery.send(out, along, message, message.equals(lastSent));
        lastSent = message;
    }

    void path(Path now) {
        path = now;
    }

    boolean established() {
        return sa != null;
    }

    /** @param moment its place among all ids: what has a smaller id existed before, what has a greater one was begun later */
    void establish(Phase1Sa result, long moment) {
        sa = result;
        since = moment;
        outside = result.outside();
    }

    /** Only of an established one. */
    Phase1Sa sa() {
        return java.util.Objects.requireNonNull(sa);
    }

    /** Only of an established one: the same object in IkeUp and IkeDown. */
    IkeSa outside() {
        return java.util.Objects.requireNonNull(outside);
    }

    /** Whether it was established before the other one's first message. */
    boolean establishedBefore(Phase1 other) {
        return since < other.id;
    }

    boolean renewalDue() {
        return renewalDue;
    }

    void renewalDue(boolean due) {
        renewalDue = due;
    }

    Cookie peerCookie() {
        return peer == null ? Cookie.NONE : peer;
    }

    /** Whether a header bears our cookie in its place and the peer's where it is known. */
    boolean owns(IkeHeader header) {
        Cookie ours = initiator ? header.initiator() : header.responder();
        Cookie theirs = initiator ? header.responder() : header.initiator();
        return own.equals(ours) && (peer == null || peer.equals(theirs));
    }

    /** Remembers a message id of an authenticated message; false if it was there: a replay, or a late duplicate. */
    boolean firstUse(int messageId) {
        boolean fresh = messageIds.add(messageId);
        if (messageIds.size() > REMEMBERED_IDS) {
            messageIds.remove(messageIds.iterator().next());
        }
        return fresh;
    }

    boolean used(int messageId) {
        return messageIds.contains(messageId);
    }

    int freshMessageId(Context context) {
        int fresh;
        do {
            fresh = context.number();
        } while (fresh == 0 || !firstUse(fresh));
        return fresh;
    }

    /** Keeps finished Quick Modes for late duplicates, but not many. */
    void remember(Phase2 quickMode) {
        quickModes.put(quickMode.messageId, quickMode);
        if (quickModes.size() > REMEMBERED_QUICK_MODES) {
            quickModes.values().stream().filter(q -> q.state() instanceof QuickMode.State.Done).findFirst()
                    .ifPresent(oldest -> quickModes.remove(oldest.messageId));
        }
    }

    long quickModesUnderWay() {
        return quickModes.values().stream().filter(q -> q.state() instanceof QuickMode.Waiting).count();
    }
}
