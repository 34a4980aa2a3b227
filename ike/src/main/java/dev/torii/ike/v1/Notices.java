package dev.torii.ike.v1;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import java.time.Duration;
import java.util.Optional;

/** What one-way messages say: RFC 2409, section 5.7. What nothing protects is shown, and never believed. And the answer to exchanges that are not done here. */
final class Notices {
    private static final int MAX_REFUSALS = 8;          // of one IKE SA: a recording of one can be sent for ever

    private final Context context;
    private final IkeSas ikeSas;
    private final ChildSas children;
    private final Liveness liveness;
    private final Owner owner;

    Notices(Context context, IkeSas ikeSas, ChildSas children, Liveness liveness, Owner owner) {
        this.context = context;
        this.ikeSas = ikeSas;
        this.children = children;
        this.liveness = liveness;
        this.owner = owner;
    }

    /** Who decides what happens next. */
    interface Owner {
        /** Something that only the peer can have sent, and not before. */
        void authentic(Phase1 phase1, Path path);

        /** The peer ends an IKE SA. */
        void deletedByPeer(Phase1 phase1);

        /** The peer knows nothing from before this IKE SA. */
        void peerRestarted(Phase1 survivor);

        /** What anyone may have said. */
        void hint(String said);
    }

    void received(Path path, IkeHeader header, Octets message) throws IkeException {
        Optional<Phase1> found = ikeSas.find(header);
        if (!header.encrypted()) {
            plain(MessageCodec.decode(message));
        } else if (found.isEmpty()) {
            context.out.dropped("Informational without an IKE SA");
        } else if (!found.get().established()) {
            ikeSas.notified(found.get(), header, message);
        } else if (found.get().used(header.messageId())) {
            context.out.dropped("Informational with a message id that was used");
        } else {
            Message opened = Informational.open(context.crypto, found.get().sa(), header, message);
            found.get().firstUse(header.messageId());
            owner.authentic(found.get(), path);
            for (Payload payload : opened.parts().stream().map(Message.Part::payload).toList()) {
                if (payload instanceof Payload.Notify notify) {
                    notified(found.get(), notify);
                } else if (payload instanceof Payload.Delete delete) {
                    deleted(delete);
                }
            }
        }
    }

    /**
     * XAUTH, Mode Config and New Group Mode begin like an Informational: HASH(1) over the rest. Who is the peer is told that it asks in vain. Nothing else
     * moves, since the exchange type is the one thing that no hash covers: this may have been another message.
     */
    void unsupported(IkeHeader header, Octets message) throws IkeException {
        Optional<Phase1> under = ikeSas.find(header).filter(Phase1::established);
        context.out.dropped(ExchangeType.refusal(header.exchange()));
        boolean asks = header.exchange() == ExchangeType.TRANSACTION || header.exchange() == ExchangeType.NEW_GROUP_MODE;
        if (asks && under.isPresent() && under.get().refusals < MAX_REFUSALS) {
            Informational.open(context.crypto, under.get().sa(), header, message);
            under.get().refusals++;
            context.failure(ExchangeType.refusal(header.exchange()));
            context.inform(under.get(), Informational.error(NotifyType.UNSUPPORTED_EXCHANGE_TYPE, under.get().sa().spi()));
        }
    }

    /** Anyone can send this: shown as the probable cause of a failure, and never believed. */
    private void plain(Message message) {
        context.out.dropped("notification without protection");
        for (Payload.Notify notify : message.all(Payload.Notify.class)) {
            if (notify.notifyType() <= NotifyType.LAST_ERROR) {
                String said = "the peer says " + NotifyType.name(notify.notifyType()) + " (not authenticated)";
                owner.hint(said);
                context.failure(said);
            }
        }
    }

    private void notified(Phase1 phase1, Payload.Notify notify) throws IkeException {
        switch (notify.notifyType()) {
            case NotifyType.R_U_THERE -> liveness.asked(phase1, notify);
            case NotifyType.R_U_THERE_ACK -> liveness.answered(notify);
            case NotifyType.INITIAL_CONTACT -> owner.peerRestarted(phase1);
            case NotifyType.RESPONDER_LIFETIME -> shortened(phase1, notify);
            default -> {        // an open registry: errors matter, the rest is information
                if (notify.notifyType() <= NotifyType.LAST_ERROR) {
                    children.refused(notify.spi(), new Reason.Failed("the peer says " + NotifyType.name(notify.notifyType())));
                }
            }
        }
    }

    /**
     * RESPONDER-LIFETIME that follows the exchange instead of coming in it (RFC 2407, section 4.6.3.1). Once for an SA, and counted from now, which is
     * right after the exchange.
     */
    private void shortened(Phase1 phase1, Payload.Notify notify) throws IkeException {
        if (notify.protocol() == Payload.PROTOCOL_ESP) {
            children.shorten(notify.spi(), MessageCodec.attributes(notify.data()));
        } else if (phase1.initiator && !phase1.shortened && (notify.spi().length() == 0 || notify.spi().equals(phase1.sa().spi()))) {
            Duration agreed = phase1.sa().lifetime();
            Duration lifetime = Lifetimes.shorter(agreed, MessageCodec.attributes(notify.data()), Phase1Policy.LIFE_TYPE, Phase1Policy.LIFE_DURATION);
            if (lifetime.compareTo(agreed) < 0) {
                phase1.shortened = true;
                ikeSas.armLifetime(phase1, lifetime);
            }
        } else {
            context.out.dropped("RESPONDER-LIFETIME that is not the responder's, or comes again");
        }
    }

    private void deleted(Payload.Delete delete) {
        for (Octets spi : delete.spis()) {
            if (delete.protocol() == Payload.PROTOCOL_ESP) {
                children.deletedByPeer(spi);
            } else if (delete.protocol() == Payload.PROTOCOL_ISAKMP) {
                ikeSas.established().stream().filter(p -> p.sa().spi().equals(spi)).findFirst().ifPresent(owner::deletedByPeer);
            }
        }
    }
}
