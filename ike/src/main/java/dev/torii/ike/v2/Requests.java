package dev.torii.ike.v2;

import dev.torii.ike.ChildSa;
import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.Reason;
import dev.torii.ike.Retransmission;
import dev.torii.ike.Secret;
import dev.torii.ike.Timer;
import dev.torii.ike.session.SessionContext;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.ExchangeType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What we ask under established IKE SAs, one request at a time, and what comes of the answers: RFC 7296, sections 1.3, 1.4, 2.8, 2.25. */
final class Requests {
    private static final int RETRY_MILLIS = 2000;

    private final SessionContext context;
    private final Associations associations;
    private final Children children;
    private final Owner owner;
    private final FurtherKeys furtherKeys;
    private Optional<DhGroup> childGroup = Optional.empty();        // which the peer has asked for: INVALID_KE_PAYLOAD
    private Optional<DhGroup> ikeGroup = Optional.empty();
    private boolean followed;

    Requests(SessionContext context, Associations associations, Children children, Owner owner) {
        this.context = context;
        this.associations = associations;
        this.children = children;
        this.owner = owner;
        this.furtherKeys = new FurtherKeys(context, children, this, owner);
    }

    /** Who decides what happens next. */
    interface Owner {
        /** An IKE SA is of no use any more; its children go with it. */
        void ended(Association association, Reason reason);

        /** A child SA was not to be had. @param notNow it may be, later on */
        void childFailed(Traffic traffic, Reason reason, boolean notNow);

        /** It cannot be renewed, nor can what belongs to it: only a new set-up helps. */
        void renewFromScratch(Association association);

        /** A successor serves now. */
        void succeeded(Association successor);
    }

    /** Sends a request as soon as the one before it is answered. */
    void ask(Association association, Request request) {
        association.queue.add(request);
        next(association);
    }

    /** Asks whether the peer is there. Only one request may be outstanding (section 2.3), so one that is must serve: it is said again, out of turn. */
    void probe(Association association) {
        if (association.outstanding.isEmpty()) {
            ask(association, new Request.Probe());
        } else {
            association.outstanding.get().flight().message().send(context.out, association.path());
        }
    }

    /** Sends what waits, if nothing is outstanding. */
    void next(Association association) {
        while (association.outstanding.isEmpty()) {
            Optional<Request> queued = association.nextInQueue();
            if (queued.isEmpty()) {
                return;
            }
            Request request = queued.get();
            switch (request) {
                case Request.Probe probe -> send(association, request, ExchangeType.IKEV2_INFORMATIONAL, List.of(), Optional.empty(), Optional.empty());
                case Request.DeleteChildren(var doomed) -> {
                    List<Octets> spis = doomed.stream().filter(c -> !c.gone && children.inbound(c.sa.inbound()).isPresent())
                            .map(c -> c.sa.inbound().octets()).toList();
                    if (!spis.isEmpty()) {
                        delete(association, request, new Payload.Delete(Payload.PROTOCOL_ESP, spis));
                    }
                }
                case Request.DeleteUnwanted(Octets spi) -> delete(association, request, new Payload.Delete(Payload.PROTOCOL_ESP, List.of(spi)));
                case Request.DeleteIke deleteIke -> delete(association, request, new Payload.Delete(Payload.PROTOCOL_IKE, List.of()));
                case Request.NewChild wanted when wanted.replaces() == null
                        ? !children.carried(wanted.traffic()) : renewable(wanted.replaces()) -> newChild(association, wanted);
                case Request.NewChild settled -> { }        // somebody else has seen to it meanwhile
                case Request.RekeyIke rekey when association.serves() -> {
                    var offer = IkeRekey.Offer.fresh(context.crypto, ikeGroup.orElse(association.sa().proposal().group()), context.cookie());
                    send(association, request, ExchangeType.CREATE_CHILD_SA, IkeRekey.request(context.config, offer), Optional.empty(), Optional.of(offer));
                }
                case Request.RekeyIke settled -> { }
            }
        }
    }

    private boolean renewable(Child child) {
        return !child.replaced && !child.closing && children.inbound(child.sa.inbound()).isPresent();
    }

    private void newChild(Association association, Request.NewChild request) {
        var offer = ChildNegotiation.Offer.fresh(context.crypto, children.reserve(), request.traffic(),
                childGroup.or(() -> context.config.espProposals().get(0).pfs()));
        var payloads = ChildNegotiation.request(context.config, offer, Optional.ofNullable(request.replaces()).map(child -> child.sa.inbound()));
        association.expectChild();
        send(association, request, ExchangeType.CREATE_CHILD_SA, payloads, Optional.of(offer), Optional.empty());
    }

    private void delete(Association association, Request request, Payload.Delete payload) {
        send(association, request, ExchangeType.IKEV2_INFORMATIONAL, List.of(payload), Optional.empty(), Optional.empty());
    }

    private void send(Association association, Request request, int exchange, List<Payload> payloads, Optional<ChildNegotiation.Offer> child,
            Optional<IkeRekey.Offer> ike) {
        send(association, request, exchange, payloads, child, ike, Optional.empty());
    }

    /** Sends a request; nothing may be outstanding. */
    void send(Association association, Request request, int exchange, List<Payload> payloads, Optional<ChildNegotiation.Offer> child,
            Optional<IkeRekey.Offer> ike, Optional<Request.Further> further) {
        int messageId = association.takeRequestId();
        Sealed message = association.sa().seal(context.crypto, exchange, false, messageId, payloads);
        association.outstanding = Optional.of(new Request.Outstanding(request, exchange, messageId, Flight.first(message), child, ike, further));
        message.send(context.out, association.path());
        context.out.arm(Timer.Kind.RETRANSMIT, association.id, context.config.retransmission().after(1).orElseThrow());
    }

    /** No answer came in time. */
    void retransmit(Association association) {
        if (association.outstanding.isEmpty()) {
            return;
        }
        Request.Outstanding again = association.outstanding.get().again();
        Optional<Duration> wait = patience(again.request()).after(again.flight().sent());
        if (wait.isEmpty()) {       // section 2.4: then the IKE SA is dead
            owner.ended(association, association.closing ? new Reason.Replaced() : new Reason.PeerDead());
            return;
        }
        association.outstanding = Optional.of(again);
        again.flight().message().send(context.out, association.path());
        context.out.arm(Timer.Kind.RETRANSMIT, association.id, wait.get());
    }

    /** A question for nothing but life waits as long as the peer may be silent. */
    private Retransmission.Policy patience(Request request) {
        return request instanceof Request.Probe ? context.config.retransmission().atLeast(context.config.dpdTimeout()) : context.config.retransmission();
    }

    /** The authenticated answer to what is outstanding. */
    void answered(Association association, Request.Outstanding asked, Message answer) {
        association.outstanding = Optional.empty();
        context.out.disarm(Timer.Kind.RETRANSMIT, association.id);
        Optional<Payload.Notify> error = answer.error();
        if (error.filter(notify -> notify.notifyType() == NotifyType.INVALID_SYNTAX).isPresent()) {
            malformed(association, "the peer says INVALID_SYNTAX");
            return;
        }
        if (asked.further().isPresent()) {
            furtherKeys.answered(association, asked, asked.further().get(), answer, error);
            next(association);
            return;
        }
        switch (asked.request()) {
            case Request.Probe probe -> { }
            case Request.DeleteUnwanted unwanted -> { }
            case Request.DeleteChildren(var doomed) -> doomed.stream().filter(c -> !c.gone)
                    .forEach(c -> children.deleted(c, c.replaced ? new Reason.Replaced() : new Reason.Expired()));
            case Request.DeleteIke deleteIke -> {
                owner.ended(association, new Reason.Replaced());
                return;
            }
            case Request.NewChild wanted -> childAnswered(association, asked, wanted, answer, error);
            case Request.RekeyIke rekey -> ikeAnswered(association, asked, asked.ike().orElseThrow(), answer, error);
        }
        next(association);
    }

    /** Section 2.21.3: it ends the IKE SA on both sides. */
    void malformed(Association association, String cause) {
        context.failure(cause);
        owner.ended(association, new Reason.Failed(cause));
    }

    private void childAnswered(Association association, Request.Outstanding asked, Request.NewChild wanted, Message answer, Optional<Payload.Notify> error) {
        ChildNegotiation.Offer offer = asked.child().orElseThrow();
        if (error.isPresent()) {
            association.childCollision = Optional.empty();
            children.release(offer.own());
            childRefused(association, offer, wanted, error.get());
            return;
        }
        ChildNegotiation.Draft draft;
        Octets link;
        try {
            var setting = new ChildNegotiation.Setting(context.config, context.crypto, association.sa(), association.path());
            draft = ChildNegotiation.accept(setting, answer, offer, answer.the(Payload.Nonce.class).value(), false);
            link = draft.additional().isEmpty() ? Octets.EMPTY : FurtherKeys.link(answer);
            if (wanted.replaces() != null && !draft.traffic().contains(wanted.traffic())) {
                throw new Refusal(NotifyType.TS_UNACCEPTABLE, "the successor would carry less than " + wanted.traffic());
            }
        } catch (IkeException refused) {
            association.childCollision = Optional.empty();
            children.release(offer.own());
            association.queue.add(new Request.DeleteUnwanted(offer.own().octets()));
            retryLater(wanted, Optional.of(refused.getMessage()), false);
            return;
        }
        if (draft.additional().isEmpty()) {
            childAgreed(association, wanted, draft, List.of());
        } else if (lost(draft, association.childCollision.map(Association.ChildCollision::nonce))) {
            association.childCollision = Optional.empty();
            FollowUps.giveUp(FollowUp.of(draft, link), children);        // the peer goes on with its own
        } else {
            if (association.childCollision.isPresent()) {
                FollowUps.cancel(context, association, children);       // the peer does not go on with its own
            }
            furtherKeys.goOn(association, asked, FollowUp.of(draft, link));
        }
    }

    /** Whether one that the peer has begun is preferred: section 2.8.1. */
    private static boolean lost(FollowUp.Draft draft, Optional<FollowUp.Lowest> theirs) {
        return theirs.isPresent() && draft.lowest().compareTo(theirs.get()) < 0;
    }

    /** All that there is to agree upon for a child is agreed upon. */
    void childAgreed(Association association, Request.NewChild wanted, ChildNegotiation.Draft draft, List<Secret> more) {
        Child replaces = wanted.replaces();
        Optional<Association.ChildCollision> collision = association.childCollision;
        association.childCollision = Optional.empty();
        if (association.wasDeletedEarly(draft.peer().octets())) {
            children.release(draft.own());
            draft.erase();
            more.forEach(Secret::erase);
            retryLater(wanted, Optional.empty(), true);
            return;
        }
        ChildSa agreed = draft.complete(more).child();
        if (lost(draft, collision.map(Association.ChildCollision::nonce))) {
            Child ours = children.add(association, agreed, null, false);
            children.redundant(ours);       // section 2.8.1: who holds the lowest nonce deletes what it made; the peer deletes the old one
            delete(association, ours);
            return;
        }
        collision.map(Association.ChildCollision::child).ifPresent(children::redundant);
        children.add(association, agreed, replaces, true);
        if (replaces != null && children.inbound(replaces.sa.inbound()).isPresent() && !replaces.gone) {
            delete(association, replaces);
        }
    }

    private void delete(Association association, Child child) {
        child.closing = true;
        association.queue.add(new Request.DeleteChildren(List.of(child)));
    }

    /** The group that INVALID_KE_PAYLOAD asks for, if it is one of ours and another than we tried; once in a row (RFC 7296, section 1.3). */
    private Optional<DhGroup> follow(Payload.Notify error, Optional<IkeCrypto.DhKey> tried, Stream<DhGroup> ours) {
        boolean asks = error.notifyType() == NotifyType.INVALID_KE_PAYLOAD && error.data().length() == Short.BYTES && !followed;
        Optional<DhGroup> wanted = asks ? ours.filter(group -> group.id() == Short.toUnsignedInt(error.data().asBuffer().getShort())).findFirst()
                : Optional.empty();
        followed = wanted.isPresent() && !wanted.equals(tried.map(IkeCrypto.DhKey::group));
        return followed ? wanted : Optional.empty();
    }

    private void childRefused(Association association, ChildNegotiation.Offer offer, Request.NewChild request, Payload.Notify error) {
        int notifyType = error.notifyType();
        Child replaces = request.replaces();
        boolean notNow = notifyType == NotifyType.TEMPORARY_FAILURE;
        Optional<DhGroup> wanted = follow(error, offer.dh(), context.config.espProposals().stream().flatMap(ours -> ours.pfs().stream()));
        if (wanted.isPresent()) {
            childGroup = wanted;
            association.queue.addFirst(request);
        } else if (notifyType == NotifyType.NO_ADDITIONAL_SAS && (replaces != null || !children.anyAlive())) {
            context.failure("child SA: the peer says NO_ADDITIONAL_SAS, a new IKE SA is begun");
            owner.renewFromScratch(association);
        } else if (replaces != null && notifyType == NotifyType.CHILD_SA_NOT_FOUND) {
            if (renewable(replaces)) {
                children.remove(replaces, new Reason.PeerDeleted());
            }
        } else {
            String said = "the peer says " + NotifyType.name(notifyType);
            retryLater(request, replaces != null && notNow ? Optional.empty() : Optional.of(said), notNow);
        }
    }

    /** A child was not to be had. */
    void retryLater(Request.NewChild wanted, Optional<String> cause, boolean notNow) {
        cause.ifPresent(text -> context.failure("child SA: " + text));
        Child replaces = wanted.replaces();
        if (replaces == null) {
            owner.childFailed(wanted.traffic(), new Reason.Failed(cause.orElse("not now")), notNow);
        } else if (renewable(replaces)) {
            context.out.arm(Timer.Kind.CHILD_REKEY, replaces.id, soon());
        }
    }

    /** The peer has not finished a renewal, which we may have left to it. */
    void notDoneByPeer(Association association, Association.Pending series) {
        Child replaces = series.replaces();
        if (replaces != null && renewable(replaces) && !context.out.isArmed(Timer.Kind.CHILD_REKEY, replaces.id)) {
            context.out.arm(Timer.Kind.CHILD_REKEY, replaces.id, soon());
        } else if (series.followUp().draft() instanceof IkeRekey.Draft && association.serves() && !context.out.isArmed(Timer.Kind.IKE_REKEY, association.id)) {
            context.out.arm(Timer.Kind.IKE_REKEY, association.id, soon());
        }
        next(association);
    }

    /** When to try a renewal again. */
    Duration soon() {
        return Duration.ofMillis(RETRY_MILLIS + Math.floorMod(context.number(), RETRY_MILLIS));
    }

    private void ikeAnswered(Association old, Request.Outstanding asked, IkeRekey.Offer offer, Message answer, Optional<Payload.Notify> error) {
        Optional<Association.IkeCollision> collision = old.ikeCollision;
        Optional<DhGroup> wanted = error.filter(notify -> collision.isEmpty())
                .flatMap(notify -> follow(notify, Optional.of(offer.dh()), context.config.ikeProposals().stream().map(IkeProposal::group)));
        if (wanted.isPresent()) {
            ikeGroup = wanted;
            old.queue.addFirst(new Request.RekeyIke());
            return;
        }
        IkeRekey.Draft draft;
        Octets link;
        try {
            if (error.isPresent()) {
                throw new Refusal(error.get().notifyType(), "the peer says " + NotifyType.name(error.get().notifyType()));
            }
            draft = IkeRekey.accept(context.config, context.crypto, old.sa(), answer, offer);
            link = draft.additional().isEmpty() ? Octets.EMPTY : FurtherKeys.link(answer);
        } catch (Refusal refused) {
            if (refused.notifyType() != NotifyType.TEMPORARY_FAILURE) {
                context.failure("IKE SA: " + refused.getMessage());
            }
            old.ikeCollision = Optional.empty();
            if (collision.isPresent()) {
                collision.map(Association.IkeCollision::successor).ifPresent(theirs -> adopt(old, theirs));
            } else if (refused.notifyType() == NotifyType.NO_ADDITIONAL_SAS) {
                owner.renewFromScratch(old);
            } else {
                context.out.arm(Timer.Kind.IKE_REKEY, old.id, soon());
            }
            return;
        }
        if (draft.additional().isEmpty()) {
            successorAgreed(old, draft, List.of());
        } else if (lost(draft, collision.map(Association.IkeCollision::nonce))) {
            old.ikeCollision = Optional.empty();
            draft.erase();          // the peer goes on with its own
            collision.map(Association.IkeCollision::successor).ifPresent(theirs -> adopt(old, theirs));
        } else {
            if (collision.isPresent()) {
                FollowUps.cancel(context, old, children);       // the peer does not go on with its own
            }
            furtherKeys.goOn(old, asked, FollowUp.of(draft, link));
        }
    }

    /** The same for a successor of the IKE SA. */
    void successorAgreed(Association old, IkeRekey.Draft draft, List<Secret> more) {
        Optional<Association.IkeCollision> collision = old.ikeCollision;
        old.ikeCollision = Optional.empty();
        Association ours = associations.succeed(old, draft.complete(more));
        if (lost(draft, collision.map(Association.IkeCollision::nonce))) {
            collision.map(Association.IkeCollision::successor).ifPresent(theirs -> adopt(old, theirs));
            close(ours);            // section 2.8.2: redundant; the peer deletes the old one
            return;
        }
        collision.map(Association.IkeCollision::successor).ifPresent(this::replaced);
        adopt(old, ours);
        close(old);
    }

    /** Deletes an IKE SA whose children have moved, or that another is preferred to. */
    void close(Association association) {
        association.closing = true;
        association.queue.clear();
        context.out.disarm(Timer.Kind.IKE_REKEY, association.id);
        context.out.disarm(Timer.Kind.LIVENESS, association.id);
        context.out.disarm(Timer.Kind.REPLACED, association.id);
        ask(association, new Request.DeleteIke());
    }

    /** Children and what waits go to the successor. */
    void adopt(Association old, Association successor) {
        children.of(old).forEach(child -> child.under = successor);
        old.queue.stream().filter(r -> r instanceof Request.NewChild || r instanceof Request.DeleteChildren || r instanceof Request.DeleteUnwanted)
                .forEach(successor.queue::add);
        old.queue.clear();
        replaced(old);
        owner.succeeded(successor);
        next(successor);
    }

    /** Who began the successor deletes it; but if that side never gets our answer, it knows no successor by the time that it gives up. */
    private void replaced(Association association) {
        association.replaced = true;
        context.out.disarm(Timer.Kind.IKE_REKEY, association.id);
        context.out.disarm(Timer.Kind.LIVENESS, association.id);
        context.out.arm(Timer.Kind.REPLACED, association.id, context.config.retransmission().total());
    }
}
