package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
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

/** What the peer asks under an established IKE SA: RFC 7296, sections 1.3, 1.4, 2.8, 2.21.3, 2.25. Each request gets exactly one answer. */
final class Answers {
    private static final int MAX_CHILDREN = 64;

    private final SessionContext context;
    private final Associations associations;
    private final Children children;
    private final Requests requests;

    Answers(SessionContext context, Associations associations, Children children, Requests requests) {
        this.context = context;
        this.associations = associations;
        this.children = children;
        this.requests = requests;
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
            association.ikeCollision.ifPresent(theirs -> requests.adopt(association, theirs.successor()));
            return Optional.of(association.replaced ? new Reason.Replaced() : new Reason.PeerDeleted());
        }
        return request.error().filter(notify -> notify.notifyType() == NotifyType.AUTHENTICATION_FAILED
                || notify.notifyType() == NotifyType.INVALID_SYNTAX)
                .map(notify -> new Reason.Failed("the peer says " + NotifyType.name(notify.notifyType())));
    }

    private List<Payload> create(Association association, Message request) throws Refusal {
        Payload.Sa sa = request.the(Payload.Sa.class);
        boolean ike = !sa.proposals().isEmpty() && sa.proposals().get(0).protocol() == Payload.PROTOCOL_IKE;
        if (association.closing || association.replaced || (ike ? association.busyWithChild() : association.rekeying())) {
            throw new Refusal(NotifyType.TEMPORARY_FAILURE, "not now");
        }
        return ike ? successor(association, request) : child(association, request);
    }

    private List<Payload> successor(Association association, Message request) throws Refusal {
        Cookie own = context.cookie();
        IkeRekey.Result result = IkeRekey.answer(context.config, context.crypto, association.sa(), request, own);
        Association successor = associations.succeed(association, result.sa());
        if (association.rekeying()) {
            association.ikeCollision = Optional.of(new Association.IkeCollision(successor, result));
        } else {
            requests.adopt(association, successor);
        }
        return result.answer();
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
        if (children.of(association).size() >= MAX_CHILDREN) {
            throw new Refusal(NotifyType.NO_ADDITIONAL_SAS, "there are " + MAX_CHILDREN + " child SAs already");
        }
        Spi own = children.reserve();
        ChildNegotiation.Result result;
        try {
            result = ChildNegotiation.answer(new ChildNegotiation.Setting(context.config, context.crypto, association.sa(), association.path()), request, own);
        } catch (Refusal refused) {
            children.release(own);
            throw refused;
        } catch (IkeException unexpected) {
            children.release(own);
            throw Refusal.syntax(unexpected.getMessage());
        }
        Traffic traffic = Traffic.of(result.child());
        if (old.isPresent() && !traffic.contains(Traffic.of(old.get().sa))) {        // section 2.9.2
            children.release(own);
            throw new Refusal(NotifyType.TS_UNACCEPTABLE, "the successor would carry less than " + Traffic.of(old.get().sa));
        }
        Child child = children.add(association, result.child(), old.orElse(null), !children.carried(traffic));
        boolean collides = association.outstanding.filter(o -> o.request() instanceof Request.NewChild(var replaces, var ours) && replaces != null
                && old.filter(c -> c == replaces).isPresent()).isPresent();
        if (collides) {
            association.childCollision = Optional.of(new Association.ChildCollision(child, result));
        }
        return result.answer();
    }
}
