package dev.torii.ike.v2;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Reason;
import dev.torii.ike.Retransmission;
import dev.torii.ike.Timer;
import dev.torii.ike.session.SessionContext;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * IKE SAs that have ended here while the peer has not yet said that it knows: their Delete is repeated for a short while, and nothing else is done
 * under them (RFC 7296, section 1.4.1). Nothing waits for them.
 */
final class Farewells {
    private static final Retransmission.Policy PACE = new Retransmission.Policy(Duration.ofMillis(250), Duration.ofMillis(1500));

    private final SessionContext context;
    private final Associations associations;
    private final List<Parting> partings = new ArrayList<>();

    /** @param before what the peer must have answered first, window by window; then {@code delete} */
    private record Parting(Association association, int messageId, Optional<Flight> before, Flight delete) {
    }

    Farewells(SessionContext context, Associations associations) {
        this.context = context;
        this.associations = associations;
    }

    /** Ends an established IKE SA, here at once. */
    void say(Association association, Reason reason) {
        int messageId = association.takeRequestId();
        Sealed delete = association.sa().seal(context.crypto, ExchangeType.IKEV2_INFORMATIONAL, false, messageId,
                List.of(new Payload.Delete(Payload.PROTOCOL_IKE, List.of())));
        associations.part(association, reason);
        var parting = new Parting(association, messageId, association.outstanding.map(Request.Outstanding::flight), Flight.first(delete));
        partings.add(parting);
        send(parting);
    }

    private void send(Parting parting) {
        parting.before().ifPresent(flight -> flight.message().send(context.out, parting.association().path()));
        parting.delete().message().send(context.out, parting.association().path());
        context.out.arm(Timer.Kind.RETRANSMIT, parting.association().id, PACE.after(parting.delete().sent()).orElseThrow());
    }

    /** No answer came in time. Returns whether the timer was of one of these. */
    boolean expired(Timer timer) {
        Optional<Parting> found = partings.stream().filter(p -> p.association().id == timer.id()).findFirst();
        found.ifPresent(parting -> {
            partings.remove(parting);
            Flight again = parting.delete().again();
            if (PACE.after(again.sent()).isEmpty()) {
                associations.gone(parting.association());
                return;
            }
            var next = new Parting(parting.association(), parting.messageId(), parting.before(), again);
            partings.add(next);
            send(next);
        });
        return found.isPresent();
    }

    /** Whether a message belongs to one of these. The authentic answer to Delete is the last that is heard. */
    boolean received(IkeHeader header, Octets message) throws IkeException {
        Optional<Parting> found = partings.stream().filter(p -> p.association().owns(header)).findFirst();
        if (found.isPresent() && header.response() && header.fromInitiator() != found.get().association().initiator
                && header.messageId() == found.get().messageId()) {
            Association association = found.get().association();
            if (association.open(association.sa(), context.crypto, header, message).isPresent()) {
                partings.remove(found.get());
                context.out.disarm(Timer.Kind.RETRANSMIT, association.id);
                associations.gone(association);
            }
        } else if (found.isPresent()) {
            context.out.dropped("message of an IKE SA that is being deleted");
        }
        return found.isPresent();
    }
}
