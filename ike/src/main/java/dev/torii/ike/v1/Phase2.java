package dev.torii.ike.v1;

import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Spi;
import dev.torii.ike.session.Outbox;
import dev.torii.ike.session.Traffic;
import org.jspecify.annotations.Nullable;

/** One Quick Mode of a session. Bookkeeping only. */
final class Phase2 {
    final long id;
    final Phase1 under;
    final int messageId;
    final Spi own;
    final boolean initiator;
    final QuickMode machine;
    /** The child this one is to replace. */
    final @Nullable Child replaces;
    private final Traffic first;
    private QuickMode.State state = new QuickMode.State.Idle();
    private @Nullable Child child;
    private Octets lastSent = Octets.EMPTY;

    Phase2(long id, Phase1 under, QuickMode.Setting setting, boolean initiator, @Nullable Child replaces) {
        this.id = id;
        this.under = under;
        this.messageId = setting.messageId();
        this.own = setting.own();
        this.initiator = initiator;
        this.machine = initiator ? new QuickModeInitiator(setting) : new QuickModeResponder(setting);
        this.replaces = replaces;
        this.first = setting.pairs().get(0);
    }

    /** Whether we began it for these selectors. */
    boolean offers(Traffic pair) {
        return initiator && first.equals(pair);
    }

    /** Whether we began it and the first answer may still be on its way. */
    boolean justOffered() {
        return state instanceof QuickMode.State.Offered offered && offered.flight().sent() == 1;
    }

    QuickMode.State state() {
        return state;
    }

    void state(QuickMode.State next) {
        state = next;
    }

    /** Sends a message of this Quick Mode. */
    void send(Outbox out, Path along, Octets message) {
        under.delivery.send(out, along, message, message.equals(lastSent));
        lastSent = message;
    }

    @Nullable Child child() {
        return child;
    }

    void child(Child made) {
        child = made;
    }
}
