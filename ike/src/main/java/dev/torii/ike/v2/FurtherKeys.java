package dev.torii.ike.v2;

import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.Timer;
import dev.torii.ike.session.SessionContext;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.ExchangeType;
import java.util.List;
import java.util.Optional;

/** Additional key exchanges that we have begun with CREATE_CHILD_SA: RFC 9370, section 2.2.4. The peer's: {@link FollowUps}. */
final class FurtherKeys {
    /** How often in a row the peer may forget what additional key exchanges belong to. */
    private static final int MOST_STATES_LOST = 5;

    private final SessionContext context;
    private final Children children;
    private final Requests requests;
    private final Requests.Owner owner;
    private int statesLost;

    FurtherKeys(SessionContext context, Children children, Requests requests, Requests.Owner owner) {
        this.context = context;
        this.children = children;
        this.requests = requests;
        this.owner = owner;
    }

    /** With the next additional key exchange: RFC 9370, section 2.2.4. */
    void goOn(Association association, Request.Outstanding asked, FollowUp followUp) {
        IkeCrypto.DhKey dh = context.crypto.generate(followUp.next());
        List<Payload> payloads = List.of(new Payload.Ke(dh.group().id(), dh.publicValue()),
                Payload.Notify.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, followUp.link()));
        requests.send(association, asked.request(), ExchangeType.IKE_FOLLOWUP_KE, payloads, asked.child(), asked.ike(),
                Optional.of(new Request.Further(followUp, dh)));
    }

    /** What the responder calls the series. */
    static Octets link(Message answer) throws Refusal {
        return answer.notify(NotifyType.ADDITIONAL_KEY_EXCHANGE).map(Payload.Notify::data)
                .orElseThrow(() -> Refusal.syntax("additional key exchanges, and nothing that says what they belong to"));
    }

    /** The answer to one. */
    void answered(Association association, Request.Outstanding asked, Request.Further further, Message answer, Optional<Payload.Notify> error) {
        FollowUp now;
        try {
            if (error.isPresent()) {
                throw new Refusal(error.get().notifyType(), "the peer says " + NotifyType.name(error.get().notifyType()));
            }
            Payload.Ke ke = answer.the(Payload.Ke.class);
            if (ke.group() != further.dh().group().id()) {
                throw Refusal.syntax("public value of group " + ke.group());
            }
            Octets link = further.before().last() ? Octets.EMPTY : link(answer);
            now = further.before().and(ChildNegotiation.shared(further.dh(), ke), link);
        } catch (Refusal refused) {
            further.before().erase();
            seriesFailed(association, asked, refused, error.isPresent());
            return;
        }
        statesLost = 0;
        if (!now.complete()) {
            goOn(association, asked, now);
            return;
        }
        switch (now.draft()) {
            case ChildNegotiation.Draft draft -> requests.childAgreed(association, (Request.NewChild) asked.request(), draft, now.shared());
            case IkeRekey.Draft draft -> requests.successorAgreed(association, draft, now.shared());
        }
    }

    /** @param said whether the peer says so, and thus has given it up as well */
    private void seriesFailed(Association association, Request.Outstanding asked, Refusal refused, boolean said) {
        statesLost = refused.notifyType() == NotifyType.STATE_NOT_FOUND ? statesLost + 1 : 0;
        asked.child().ifPresent(offer -> {
            children.release(offer.own());
            if (!said) {
                association.queue.add(new Request.DeleteUnwanted(offer.own().octets()));
            }
        });
        if (statesLost >= MOST_STATES_LOST) {       // section 2.2.4: then this IKE SA has to end
            statesLost = 0;
            context.failure("additional key exchanges: " + refused.getMessage() + " again and again, a new IKE SA is begun");
            owner.renewFromScratch(association);
        } else if (asked.request() instanceof Request.NewChild wanted) {
            requests.retryLater(wanted, Optional.of(refused.getMessage()), true);
        } else {
            context.failure("IKE SA: " + refused.getMessage());
            context.out.arm(Timer.Kind.IKE_REKEY, association.id, requests.soon());
        }
    }
}
