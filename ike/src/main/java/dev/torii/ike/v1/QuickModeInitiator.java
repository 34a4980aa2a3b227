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
import java.util.List;
import java.util.Optional;

/** Quick Mode, initiator's side: RFC 2409, section 5.5, with and without perfect forward secrecy. */
final class QuickModeInitiator implements QuickMode {
    private final Setting setting;

    QuickModeInitiator(Setting setting) {
        this.setting = setting;
    }

    @Override
    public Step<State> step(State state, Input input) {
        return switch (input) {
            case Input.Begin begin -> state instanceof State.Idle ? begin() : Step.to(state);
            case Input.RetransmitDue due -> state instanceof Waiting waiting
                    ? setting.again(waiting, "no answer to Quick Mode") : Step.to(state);
            case Input.Arrived arrived -> arrived(state, arrived);
        };
    }

    private Step<State> begin() {
        Octets nonce = Octets.of(setting.crypto().random(MainMode.NONCE_BYTES));
        Optional<IkeCrypto.DhKey> dh = setting.config().espProposals().get(0).pfs().map(setting.crypto()::generate);
        var payloads = new ArrayList<Payload>();
        payloads.add(setting.policy().offer(setting.own()));
        payloads.add(new Payload.Nonce(nonce));
        dh.ifPresent(key -> payloads.add(new Payload.Ke(key.publicValue())));
        payloads.add(Selectors.encode(setting.pairs().get(0).local().get(0)));
        payloads.add(Selectors.encode(setting.pairs().get(0).remote().get(0)));
        Protection.Sealed qm1 = setting.protection().sealHashed(setting.header(), setting.iv(), Octets.EMPTY, payloads);
        return Step.to(new State.Offered(Flight.first(qm1.message()), qm1.next(), nonce, dh), new Output.Transmit(qm1.message()),
                new Output.AwaitAnswer(setting.config().retransmission().after(1).orElseThrow()));
    }

    private Step<State> arrived(State state, Input.Arrived in) {
        return switch (state) {
            case State.Offered s -> answered(s, in);
            case State.Done s -> in.message().equals(s.received())
                    ? Step.to(s, new Output.Transmit(s.answer()), new Output.Drop("duplicate, answered again"))
                    : Step.to(s, new Output.Drop("late Quick Mode message"));
            case State.Idle s -> Step.to(s, new Output.Drop("message before start"));
            case State.Answered s -> Step.to(s, new Output.Drop("not a responder"));
            case State.Dead s -> Step.to(s, new Output.Drop("message after failure"));
        };
    }

    /** QM2: HASH(2), SA, nonce, public value, identities. */
    private Step<State> answered(State.Offered s, Input.Arrived in) {
        Protection protection = setting.protection();
        Protection.Opened opened;
        try {
            opened = protection.openHashed(in.header(), s.iv(), s.nonce(), in.message());
        } catch (IkeException stranger) {
            return Step.to(s, new Output.Drop("Quick Mode message 2: " + stranger.getMessage()));
        }
        try {
            Message qm2 = opened.message();
            Phase2Policy.Agreed agreed = setting.policy().check(qm2.the(Payload.Sa.class));
            Octets peerNonce = MainMode.nonce(qm2);
            Traffic traffic = setting.checkSelectors(qm2, true);
            ChildSa child = setting.child(agreed, traffic, shared(s, qm2), s.nonce(), peerNonce, true);
            Octets hash3 = protection.hash(Octets.of((byte) 0), Octets.ofInt(setting.messageId()), s.nonce(), peerNonce);
            Protection.Sealed qm3 = protection.sealWith(setting.header(), opened.next(), hash3, List.of());
            return Step.to(new State.Done(child, setting.lifetime(agreed.lifetime(), qm2), in.message(), qm3.message()),
                    new Output.Answered(), new Output.InstallInbound(child), new Output.Transmit(qm3.message()), new Output.InstallOutbound(child));
        } catch (Refusal refused) {             // authenticated: it gets an answer and a reason
            return refuse(refused.notifyType(), refused);
        } catch (MalformedMessageException malformed) {
            return refuse(malformed.notifyType(), malformed);
        } catch (IkeException other) {
            return refuse(NotifyType.INVALID_KEY_INFORMATION, other);
        }
    }

    private Step<State> refuse(int notifyType, IkeException cause) {
        return Step.to(new State.Dead(new Reason.Failed("message 2: " + cause.getMessage())), new Output.Answered(),
                new Output.Tell(setting.sa(), notifyType, setting.own().octets()));
    }

    private Optional<Secret> shared(State.Offered s, Message qm2) throws IkeException {
        Optional<Payload.Ke> ke = qm2.optional(Payload.Ke.class);
        if (ke.isPresent() != s.dh().isPresent()) {
            throw new IkeException(s.dh().isPresent() ? "no public value although PFS was agreed" : "a public value without PFS");
        }
        return ke.isPresent() ? Optional.of(s.dh().orElseThrow().sharedWith(ke.get().publicValue())) : Optional.empty();
    }
}
