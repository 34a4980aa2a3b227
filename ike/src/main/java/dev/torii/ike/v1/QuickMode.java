package dev.torii.ike.v1;

import dev.torii.ike.ChildSa;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Secret;
import dev.torii.ike.Spi;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What both sides of Quick Mode share: RFC 2409, section 5.5. One machine per message id. */
sealed interface QuickMode permits QuickModeInitiator, QuickModeResponder {
    /** One pure step. Total: every state has an answer to every input, and nothing is thrown. */
    Step<State> step(State state, Input input);

    /** Where the exchange stands. */
    sealed interface State {
        /** Nothing sent, nothing received. */
        record Idle() implements State { }

        /** Initiator: QM1 sent. */
        record Offered(Flight flight, IvChain iv, Octets nonce, Optional<IkeCrypto.DhKey> dh) implements Waiting {
            @Override
            public Waiting with(Flight next) {
                return new Offered(next, iv, nonce, dh);
            }
        }

        /** Responder: QM2 sent, the child can receive. */
        record Answered(Flight flight, Octets received, IvChain iv, Octets proof, ChildSa child, Duration lifetime) implements Waiting {
            @Override
            public Waiting with(Flight next) {
                return new Answered(next, received, iv, proof, child, lifetime);
            }
        }

        /** The child works both ways. The last message of an initiator is kept for a responder that did not get it. */
        record Done(ChildSa child, Duration lifetime, Octets received, Octets answer) implements State { }

        /** Failed. */
        record Dead(Reason reason) implements State { }
    }

    /** States in which our message waits for an answer. */
    sealed interface Waiting extends State {
        Flight flight();

        Waiting with(Flight next);
    }

    /**
     * What an exchange needs to know.
     *
     * @param sa the IKE SA that protects it
     * @param path where encapsulated packets go
     * @param messageId of all its messages
     * @param own SPI of what we receive
     * @param pairs of selectors, not empty: an initiator offers the first, a responder accepts any
     */
    record Setting(IkeConfig config, IkeCrypto crypto, Phase1Sa sa, Path path, int messageId, Spi own, List<Traffic> pairs) {
        Protection protection() {
            return new Protection(crypto, sa.proposal(), sa.keys());
        }

        IvChain iv() {
            return IvChain.phase2(crypto, sa.proposal(), sa.lastBlock(), messageId);
        }

        Phase2Policy policy() {
            return new Phase2Policy(config, sa.encapsulated());
        }

        IkeHeader header() {
            return IkeHeader.v1(sa.initiatorCookie(), sa.responderCookie(), ExchangeType.QUICK_MODE, IkeHeader.ENCRYPTED, messageId);
        }

        /** Both selectors must be exactly one pair of ours; absent ones stand for the two addresses (RFC 2409, section 5.5). */
        Traffic checkSelectors(Message message, boolean initiators) throws IkeException {
            List<Payload.Id> ids = message.all(Payload.Id.class);
            if (ids.size() == 1 || ids.size() > 2) {
                throw new MalformedMessageException(ids.size() + " identities in Quick Mode");
            }
            TrafficSelector first = ids.isEmpty() ? address(initiators) : Selectors.decode(ids.get(0));
            TrafficSelector second = ids.isEmpty() ? address(!initiators) : Selectors.decode(ids.get(1));
            Traffic wanted = initiators ? Traffic.of(first, second) : Traffic.of(second, first);
            if (!pairs.contains(wanted)) {
                throw new Refusal(NotifyType.INVALID_ID_INFORMATION, "the peer wants " + wanted + ", we have "
                        + pairs.stream().map(Traffic::toString).collect(Collectors.joining("; ")));
            }
            return wanted;
        }

        private TrafficSelector address(boolean local) {
            return TrafficSelector.ofAddress((local ? path.local() : path.remote()).getAddress());
        }

        /** The pair of SAs with its keys: KEYMAT of RFC 2409, section 5.5, once for each SPI. */
        ChildSa child(Phase2Policy.Agreed agreed, Traffic traffic, Optional<Secret> shared, Octets initiatorNonce, Octets responderNonce, boolean initiator) {
            byte[] gxy = shared.map(Secret::toByteArray).orElseGet(() -> new byte[0]);
            ChildSa child = new ChildSa(own, agreed.peerSpi(), agreed.proposal(), key(own, gxy, initiatorNonce, responderNonce, agreed),
                    key(agreed.peerSpi(), gxy, initiatorNonce, responderNonce, agreed), traffic.local(), traffic.remote(),
                    path, sa.encapsulated(), initiator);
            java.util.Arrays.fill(gxy, (byte) 0);
            shared.ifPresent(Secret::erase);
            return child;
        }

        private Secret key(Spi spi, byte[] gxy, Octets initiatorNonce, Octets responderNonce, Phase2Policy.Agreed agreed) {
            return KeyMaterialV1.childKey(crypto, sa.proposal().hash(), sa.keys().skeyidD(), gxy, Payload.PROTOCOL_ESP, spi.octets(),
                    initiatorNonce, responderNonce, agreed.proposal().keyMaterialBytes());
        }

        /** A lifetime that the responder shortened by RESPONDER-LIFETIME. */
        Duration lifetime(Duration agreed, Message message) throws IkeException {
            Duration lifetime = agreed;
            for (Payload.Notify notify : message.all(Payload.Notify.class)) {
                if (notify.notifyType() == NotifyType.RESPONDER_LIFETIME) {
                    lifetime = Lifetimes.shorter(lifetime, MessageCodec.attributes(notify.data()),
                            Phase2Policy.LIFE_TYPE, Phase2Policy.LIFE_DURATION);
                }
            }
            return lifetime;
        }

        Step<State> send(Waiting next, Output before) {
            Output transmit = new Output.Transmit(next.flight().message());
            Output wait = new Output.AwaitAnswer(config.retransmission().after(1).orElseThrow());
            return new Step<>(next, List.of(before, transmit, wait));
        }

        Step<State> again(Waiting waiting, String given) {
            Flight next = waiting.flight().again();
            return config.retransmission().after(next.sent())
                    .map(wait -> Step.<State>to(waiting.with(next), new Output.Transmit(next.message()), new Output.AwaitAnswer(wait)))
                    .orElseGet(() -> Step.to(new State.Dead(new Reason.NoAnswer(given))));
        }
    }
}
