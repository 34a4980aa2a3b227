package dev.torii.ike.v1;

import dev.torii.ike.ChildSa;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Reason;
import dev.torii.ike.Secret;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.wire.MalformedMessageException;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import java.util.ArrayList;
import java.util.Optional;

/** Quick Mode, responder's side: RFC 2409, section 5.5. Receives before it answers, sends when the initiator has proved to be there. */
final class QuickModeResponder implements QuickMode {
    private final Setting setting;

    QuickModeResponder(Setting setting) {
        this.setting = setting;
    }

    @Override
    public Step<State> step(State state, Input input) {
        return switch (input) {
            case Input.Begin begin -> Step.to(state);
            case Input.RetransmitDue due -> state instanceof Waiting waiting
                    ? setting.again(waiting, "no answer to Quick Mode message 2") : Step.to(state);
            case Input.Arrived arrived -> arrived(state, arrived);
        };
    }

    private Step<State> arrived(State state, Input.Arrived in) {
        return switch (state) {
            case State.Idle s -> offered(in);
            case State.Answered s -> in.message().equals(s.received())
                    ? Step.to(s, new Output.Transmit(s.flight().message()), new Output.Drop("duplicate, answered again"))
                    : proved(s, in);
            case State.Done s -> Step.to(s, new Output.Drop("late Quick Mode message"));
            case State.Offered s -> Step.to(s, new Output.Drop("not an initiator"));
            case State.Dead s -> Step.to(s, new Output.Drop("message after failure"));
        };
    }

    /** QM1: HASH(1), SA, nonce, public value, identities. */
    private Step<State> offered(Input.Arrived in) {
        Protection protection = setting.protection();
        Protection.Opened opened;
        try {
            opened = protection.openHashed(in.header(), setting.iv(), Octets.EMPTY, in.message());
        } catch (IkeException stranger) {
            return Step.to(new State.Idle(), new Output.Drop("Quick Mode message 1: " + stranger.getMessage()));
        }
        Octets peerSpi = Octets.EMPTY;
        try {
            Message qm1 = opened.message();
            Payload.Sa offer = qm1.the(Payload.Sa.class);
            peerSpi = offer.proposals().isEmpty() ? Octets.EMPTY : offer.proposals().get(0).spi();
            Phase2Policy.Agreed agreed = setting.policy().choose(offer, setting.own());
            Traffic traffic = setting.checkSelectors(qm1, false);
            Octets peerNonce = MainMode.nonce(qm1);
            Octets nonce = Octets.of(setting.crypto().random(MainMode.NONCE_BYTES));
            Optional<IkeCrypto.DhKey> dh = agreed.proposal().pfs().map(setting.crypto()::generate);
            ChildSa child = setting.child(agreed, traffic, shared(dh, qm1), peerNonce, nonce, false);
            var payloads = new ArrayList<Payload>();
            payloads.add(agreed.answer());
            payloads.add(new Payload.Nonce(nonce));
            dh.ifPresent(key -> payloads.add(new Payload.Ke(key.publicValue())));
            payloads.addAll(qm1.all(Payload.Id.class));
            Lifetimes.shortened(agreed.lifetime(), agreed.answer().proposals().get(0).transforms().get(0).attributes(), Phase2Policy.LIFE_TYPE,
                    Phase2Policy.LIFE_DURATION, Payload.PROTOCOL_ESP, setting.own().octets()).ifPresent(payloads::add);
            Protection.Sealed qm2 = protection.sealHashed(setting.header(), opened.next(), peerNonce, payloads);
            Octets hash3 = protection.hash(Octets.of((byte) 0), Octets.ofInt(setting.messageId()), peerNonce, nonce);
            return setting.send(new State.Answered(Flight.first(qm2.message()), in.message(), qm2.next(), hash3, child, agreed.lifetime()),
                    new Output.InstallInbound(child));
        } catch (Refusal refused) {             // authenticated: it gets an answer and a reason
            return refuse(refused.notifyType(), refused, peerSpi);
        } catch (MalformedMessageException malformed) {
            return refuse(malformed.notifyType(), malformed, peerSpi);
        } catch (IkeException other) {
            return refuse(NotifyType.INVALID_KEY_INFORMATION, other, peerSpi);
        }
    }

    private Step<State> refuse(int notifyType, IkeException cause, Octets peerSpi) {
        return Step.to(new State.Dead(new Reason.Failed(cause.getMessage())),
                new Output.Tell(setting.sa(), notifyType, peerSpi.length() == 4 ? peerSpi : Octets.EMPTY));
    }

    private static Optional<Secret> shared(Optional<IkeCrypto.DhKey> dh, Message qm1) throws IkeException {
        Optional<Payload.Ke> ke = qm1.optional(Payload.Ke.class);
        if (ke.isPresent() != dh.isPresent()) {
            throw new IkeException(dh.isPresent() ? "PFS was offered without a public value" : "a public value without PFS");
        }
        return ke.isPresent() ? Optional.of(dh.orElseThrow().sharedWith(ke.get().publicValue())) : Optional.empty();
    }

    /** QM3: HASH(3). */
    private Step<State> proved(State.Answered s, Input.Arrived in) {
        try {
            Protection.Opened opened = setting.protection().open(in.header(), s.iv(), in.message());
            Protection.check(opened.message(), s.proof());
            return Step.to(new State.Done(s.child(), s.lifetime(), in.message(), Octets.EMPTY), new Output.Answered(),
                    new Output.InstallOutbound(s.child()));
        } catch (IkeException stranger) {
            return Step.to(s, new Output.Drop("Quick Mode message 3: " + stranger.getMessage()));
        }
    }
}
