package dev.torii.ike.v2;

import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.Timer;
import dev.torii.ike.session.SessionContext;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Additional key exchanges that the peer has begun with CREATE_CHILD_SA: RFC 9370, section 2.2.4. Under each IKE SA one series at a time, which is given up
 * when the peer does not go on.
 */
final class FollowUps {
    /** The RFC recommends 5 to 20 seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LINK_BYTES = 8;

    private final SessionContext context;
    private final Children children;
    private final Requests requests;

    FollowUps(SessionContext context, Children children, Requests requests) {
        this.context = context;
        this.children = children;
        this.requests = requests;
    }

    /** What one exchange has come to. {@code payloads}: the answer. {@code last}: there are no more to come. */
    record Done(FollowUp followUp, @Nullable Child replaces, List<Payload> payloads, boolean last) {
    }

    /** The answer to CREATE_CHILD_SA, which asks the peer to go on. */
    List<Payload> begin(Association association, FollowUp.Draft draft, @Nullable Child replaces, List<Payload> answer) {
        cancel(context, association, children);
        Octets link = Octets.of(context.crypto.random(LINK_BYTES));
        association.pending = Optional.of(new Association.Pending(FollowUp.of(draft, link), replaces));
        context.out.arm(Timer.Kind.HALF_OPEN, association.id, PATIENCE);
        return Stream.concat(answer.stream(), Stream.of(Payload.Notify.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, link))).toList();
    }

    /** IKE_FOLLOWUP_KE. */
    Done answer(Association association, Message request) throws Refusal {
        Payload.Notify link = request.notify(NotifyType.ADDITIONAL_KEY_EXCHANGE)
                .orElseThrow(() -> Refusal.syntax("IKE_FOLLOWUP_KE does not say what it belongs to"));
        Association.Pending pending = association.pending.filter(p -> p.followUp().link().equals(link.data()))
                .orElseThrow(() -> new Refusal(NotifyType.STATE_NOT_FOUND, "IKE_FOLLOWUP_KE belongs to nothing that is under way"));
        FollowUp before = pending.followUp();
        Payload.Ke ke = request.the(Payload.Ke.class);
        if (ke.group() != before.next().id()) {
            throw Refusal.syntax("key exchange " + ke.group() + " where " + before.next() + " is next");
        }
        IkeCrypto.Responded ours = ChildNegotiation.respond(context.crypto, before.next(), ke);
        FollowUp now = before.and(ours.shared(), before.link());
        Payload.Ke answer = new Payload.Ke(ke.group(), ours.publicValue());
        if (now.complete()) {
            association.pending = Optional.empty();
            context.out.disarm(Timer.Kind.HALF_OPEN, association.id);
            return new Done(now, pending.replaces(), List.of(answer), true);
        }
        association.pending = Optional.of(new Association.Pending(now, pending.replaces()));
        context.out.arm(Timer.Kind.HALF_OPEN, association.id, PATIENCE);
        return new Done(now, pending.replaces(), List.of(answer, Payload.Notify.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, now.link())), false);
    }

    /** The peer did not go on. */
    void expired(Association association) {
        Optional<Association.Pending> pending = association.pending;
        cancel(context, association, children);
        pending.ifPresent(series -> requests.notDoneByPeer(association, series));
    }

    /** The peer will not go on, or may not. */
    static void cancel(SessionContext context, Association association, Children children) {
        context.out.disarm(Timer.Kind.HALF_OPEN, association.id);
        association.pending.ifPresent(pending -> giveUp(pending.followUp(), children));
        association.pending = Optional.empty();
    }

    /** Nothing comes of it. */
    static void giveUp(FollowUp followUp, Children children) {
        followUp.erase();
        if (followUp.draft() instanceof ChildNegotiation.Draft draft) {
            children.release(draft.own());
        }
    }
}
