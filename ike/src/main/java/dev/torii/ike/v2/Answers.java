package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Secret;
import dev.torii.ike.Spi;
import dev.torii.ike.session.SessionContext;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the peer asks under an established IKE SA: RFC 7296, sections 1.3, 1.4, 2.8, 2.21.3, 2.25. Each request gets exactly one answer. */
final class Answers {
    private static final int MAX_CHILDREN = 64;

    private final SessionContext context;
    private final Associations associations;
    private final Children children;
    private final Requests requests;
    private final FollowUps followUps;

    Answers(SessionContext context, Associations associations, Children children, Requests requests, FollowUps followUps) {
        this.context = context;
        this.associations = associations;
        this.children = children;
        this.requests = requests;
        this.followUps = followUps;
    }

    /** An authenticated request with the expected message id. Returns why the IKE SA ends with it, if it does. */
    Optional<Reason> answer(Association association, Path path, Opened opened) {
        IkeHeader header = opened.header();
        Optional<Reason> end = Optional.empty();
        List<Payload> payloads;
        try {
            Message request = opened.decode();
            if (header.exchange() == ExchangeType.CREATE_CHILD_SA) {
                payloads = create(association, request);
            } else if (header.exchange() == ExchangeType.IKE_FOLLOWUP_KE) {
                payloads = followUp(association, request);
            } else if (header.exchange() == ExchangeType.IKEV2_INFORMATIONAL) {
                payloads = informational(association, request);
                end = ends(association, request);
            } else {
                throw Refusal.syntax("exchange type " + header.exchange() + " under an established IKE SA");
            }
        } catch (Refusal refused) {
            payloads = List.of(refused.payload());
            if (refused.notifyType() != NotifyType.TEMPORARY_FAILURE) {
                context.failure("refused: " + refused.getMessage());
            }
            if (refused.notifyType() == NotifyType.INVALID_SYNTAX) {
                end = Optional.of(new Reason.Failed(refused.getMessage()));
            }
        }
        Sealed answer = association.sa().seal(context.crypto, header.exchange(), true, header.messageId(), payloads);
        association.answered(opened.datagram(), answer);
        answer.send(context.out, path);
        return end;
    }

    private List<Payload> informational(Association association, Message request) {
        var spis = new ArrayList<Octets>();
        for (Payload.Delete delete : request.all(Payload.Delete.class)) {
            for (Octets spi : delete.protocol() == Payload.PROTOCOL_ESP ? delete.spis() : List.<Octets>of()) {
                Optional<Child> child = children.outbound(association, spi);
                if (child.isEmpty()) {
                    association.deletedEarly(spi);
                }
                if (child.isPresent() && !child.get().closing) {       // section 1.4.1: if both delete it, the answers do not name it
                    spis.add(child.get().sa.inbound().octets());
                }
                child.ifPresent(c -> children.deleted(c, c.replaced ? new Reason.Replaced() : new Reason.PeerDeleted()));
            }
        }
        return spis.isEmpty() ? List.of() : List.of(new Payload.Delete(Payload.PROTOCOL_ESP, spis));
    }

    private Optional<Reason> ends(Association association, Message request) {
        if (request.all(Payload.Delete.class).stream().anyMatch(delete -> delete.protocol() == Payload.PROTOCOL_IKE)) {
            association.ikeCollision.map(Association.IkeCollision::successor).ifPresent(theirs -> requests.adopt(association, theirs));
            return Optional.of(association.replaced ? new Reason.Replaced() : new Reason.PeerDeleted());
        }
        return request.error().filter(notify -> notify.notifyType() == NotifyType.AUTHENTICATION_FAILED
                || notify.notifyType() == NotifyType.INVALID_SYNTAX)
                .map(notify -> new Reason.Failed("the peer says " + NotifyType.name(notify.notifyType())));
    }

    private List<Payload> create(Association association, Message request) throws Refusal {
        Payload.Sa sa = request.the(Payload.Sa.class);
        boolean ike = !sa.proposals().isEmpty() && sa.proposals().get(0).protocol() == Payload.PROTOCOL_IKE;
        if (association.closing || association.replaced || (ike ? association.busyWithChild() || association.goesOn() : association.rekeying())) {
            throw new Refusal(NotifyType.TEMPORARY_FAILURE, "not now");
        }
        return ike ? successor(association, request) : child(association, request);
    }

    private List<Payload> successor(Association association, Message request) throws Refusal {
        Cookie own = context.cookie();
        IkeRekey.Draft draft = IkeRekey.answer(context.config, context.crypto, association.sa(), request, own);
        if (!draft.additional().isEmpty()) {
            if (association.rekeying()) {
                association.ikeCollision = Optional.of(new Association.IkeCollision(null, draft.lowest()));
            }
            return followUps.begin(association, draft, null, draft.answer());
        }
        succeed(association, draft, List.of());
        return draft.answer();
    }

    private void succeed(Association association, IkeRekey.Draft draft, List<Secret> more) {
        Association successor = associations.succeed(association, draft.complete(more));
        if (association.rekeying()) {
            association.ikeCollision = Optional.of(new Association.IkeCollision(successor, draft.lowest()));
        } else {
            requests.adopt(association, successor);
        }
    }

    /** An additional key exchange: with the last of them the SA is there. */
    private List<Payload> followUp(Association association, Message request) throws Refusal {
        FollowUps.Done done = followUps.answer(association, request);
        if (!done.last()) {
            return done.payloads();
        }
        Child old = done.replaces();
        boolean late = association.closing || association.replaced || old != null
                && (old.closing || old.replaced || old.gone || !children.of(association).contains(old));
        if (late) {
            FollowUps.giveUp(done.followUp(), children);
            throw new Refusal(NotifyType.TEMPORARY_FAILURE, "what it replaces has ended meanwhile");
        }
        switch (done.followUp().draft()) {
            case IkeRekey.Draft draft -> succeed(association, draft, done.followUp().shared());
            case ChildNegotiation.Draft draft -> add(association, draft, old, done.followUp().shared());
        }
        return done.payloads();
    }

    private List<Payload> child(Association association, Message request) throws Refusal {
        Optional<Payload.Notify> rekey = request.notify(NotifyType.REKEY_SA);
        Optional<Child> old = rekey.flatMap(notify -> children.outbound(association, notify.spi()));
        if (rekey.isPresent() && old.isEmpty()) {
            throw Refusal.ofChild(NotifyType.CHILD_SA_NOT_FOUND, rekey.get().spi(), "no child SA with SPI " + rekey.get().spi());
        }
        if (old.isPresent() && (old.get().closing || old.get().replaced)) {
            throw new Refusal(NotifyType.TEMPORARY_FAILURE, "it has a successor");
        }
        if (association.goesOn() && collides(association, old.orElse(null))) {
            throw new Refusal(NotifyType.TEMPORARY_FAILURE, "our own renewal goes on");
        }
        if (children.of(association).size() >= MAX_CHILDREN) {
            throw new Refusal(NotifyType.NO_ADDITIONAL_SAS, "there are " + MAX_CHILDREN + " child SAs already");
        }
        Spi own = children.reserve();
        ChildNegotiation.Draft draft;
        try {
            draft = ChildNegotiation.answer(new ChildNegotiation.Setting(context.config, context.crypto, association.sa(), association.path()), request, own);
        } catch (Refusal refused) {
            children.release(own);
            throw refused;
        } catch (IkeException unexpected) {
            children.release(own);
            throw Refusal.syntax(unexpected.getMessage());
        }
        if (old.isPresent() && !draft.traffic().contains(Traffic.of(old.get().sa))) {        // section 2.9.2
            children.release(own);
            draft.erase();
            throw new Refusal(NotifyType.TS_UNACCEPTABLE, "the successor would carry less than " + Traffic.of(old.get().sa));
        }
        if (!draft.additional().isEmpty()) {
            if (collides(association, old.orElse(null))) {
                association.childCollision = Optional.of(new Association.ChildCollision(null, draft.lowest()));
            }
            return followUps.begin(association, draft, old.orElse(null), draft.answer());
        }
        add(association, draft, old.orElse(null), List.of());
        return draft.answer();
    }

    private void add(Association association, ChildNegotiation.Draft draft, @Nullable Child old, List<Secret> more) {
        Child child = children.add(association, draft.complete(more).child(), old, !children.carried(draft.traffic()));
        if (collides(association, old)) {
            association.childCollision = Optional.of(new Association.ChildCollision(child, draft.lowest()));
        }
    }

    /** Whether we wait for our own successor of the same child. */
    private static boolean collides(Association association, @Nullable Child old) {
        return old != null && association.outstanding
                .filter(o -> o.request() instanceof Request.NewChild(var replaces, var ours) && replaces == old).isPresent();
    }
}
