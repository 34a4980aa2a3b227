package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Spi;
import java.util.List;
import java.util.Optional;

/** IKE_SA_INIT, IKE_INTERMEDIATE where it was agreed, and IKE_AUTH: RFC 7296, section 1.2; RFC 9242. Either side is a pure machine over these states. */
interface SetUp {
    /** Size of our nonces; at least half of any PRF's key (section 2.10). */
    int NONCE_BYTES = 32;

    /** Total: every (state, input) has an answer. */
    Step step(State state, Input input);

    /** Names of the IKE SA, its keys, and what AUTH covers. */
    record Terms(SaV2 sa, Octets ni, Octets nr, Octets request, Octets response, IntAuth intAuth) {
        /** Message id of the next exchange. */
        int nextId() {
            return 1 + intAuth.exchanges();
        }
    }

    /** Where a set-up is. */
    sealed interface State {
        /** Nothing was sent or received. */
        record Idle() implements State { }

        /** Initiator: IKE_SA_INIT was sent. {@code restarts}: how often a cookie or another group was asked for. */
        record InitSent(Path path, Flight flight, IkeProposal first, IkeCrypto.DhKey dh, Octets nonce, Octets cookie, int restarts)
                implements State, Waiting {
            @Override
            public State with(Flight next) {
                return new InitSent(path, next, first, dh, nonce, cookie, restarts);
            }
        }

        /**
         * Initiator: an additional key exchange was sent in IKE_INTERMEDIATE.
         *
         * @param left this one and those after it
         * @param part its part of what AUTH will cover
         */
        record IntermediateSent(Path path, Flight flight, Terms terms, List<DhGroup> left, IkeCrypto.DhKey dh, Octets part) implements State, Waiting {
            @Override
            public State with(Flight next) {
                return new IntermediateSent(path, next, terms, left, dh, part);
            }
        }

        /** Initiator: IKE_AUTH was sent. {@code withoutKey}: with the keys for a peer that does not have the post-quantum key we named. */
        record AuthSent(Path path, Flight flight, Terms terms, Optional<Terms> withoutKey, Spi child) implements State, Waiting {
            @Override
            public State with(Flight next) {
                return new AuthSent(path, next, terms, withoutKey, child);
            }
        }

        /**
         * Responder: IKE_SA_INIT was answered, and perhaps IKE_INTERMEDIATE.
         *
         * @param left additional key exchanges that are still to come
         * @param request what was answered last
         * @param answer the answer, and how often it was sent
         * @param before under which both went, if that was IKE_INTERMEDIATE
         */
        record InitAnswered(Path path, Terms terms, List<DhGroup> left, Octets request, Flight answer, Optional<SaV2> before) implements State {
            InitAnswered again() {
                return new InitAnswered(path, terms, left, request, answer.again(), before);
            }
        }

        /** Responder: IKE_AUTH was answered with a refusal, which may have to be said again. */
        record Refused(Path path, Octets request, Sealed answer, Reason reason) implements State { }

        /**
         * Done. {@code request} and {@code answer}: what the responder may have to answer again.
         *
         * @param nextId message id of the exchange after IKE_AUTH
         * @param peer who the peer has proved to be
         * @param child the first child SA, if the peer or we did not refuse it
         * @param childRefusal why not
         * @param initialContact whether the peer said that it has no other IKE SA with us
         */
        record Established(Path path, SaV2 sa, int nextId, IkeStatus.Peer peer, Optional<ChildNegotiation.Result> child, Optional<String> childRefusal,
                boolean initialContact, Octets request, Sealed answer) implements State { }

        /** Failed. */
        record Dead(Reason reason) implements State { }
    }

    /** An initiator that waits for an answer. */
    sealed interface Waiting permits State.InitSent, State.IntermediateSent, State.AuthSent {
        Flight flight();

        State with(Flight next);
    }

    /** Under which a protected message, with their next id, is expected from the peer. */
    static Optional<Terms> awaits(State state) {
        return switch (state) {
            case State.IntermediateSent s -> Optional.of(s.terms());
            case State.AuthSent s -> Optional.of(s.terms());
            case State.InitAnswered s -> Optional.of(s.terms());
            case State.Established s -> Optional.empty();
            case State.Idle s -> Optional.empty();
            case State.InitSent s -> Optional.empty();
            case State.Refused s -> Optional.empty();
            case State.Dead s -> Optional.empty();
        };
    }

    /** The names of the IKE SA that a state knows so far. */
    static Optional<Cookie> peerSpi(State state) {
        return switch (state) {
            case State.IntermediateSent s -> Optional.of(s.terms().sa().responderSpi());
            case State.AuthSent s -> Optional.of(s.terms().sa().responderSpi());
            case State.InitAnswered s -> Optional.of(s.terms().sa().initiatorSpi());
            case State.Established s -> Optional.of(s.sa().initiator() ? s.sa().responderSpi() : s.sa().initiatorSpi());
            case State.Idle s -> Optional.empty();
            case State.InitSent s -> Optional.empty();
            case State.Refused s -> Optional.empty();
            case State.Dead s -> Optional.empty();
        };
    }

    /** Overwrites the keys of what did not get established. */
    static void erase(State state) {
        switch (state) {
            case State.IntermediateSent s -> s.terms().sa().keys().erase();
            case State.AuthSent s -> {
                s.terms().sa().keys().erase();
                s.withoutKey().ifPresent(terms -> terms.sa().keys().erase());
            }
            case State.InitAnswered s -> {
                s.terms().sa().keys().erase();
                s.before().ifPresent(sa -> sa.keys().erase());
            }
            case State.Established s -> s.sa().keys().erase();
            case State.Idle s -> { }
            case State.InitSent s -> { }
            case State.Refused s -> { }
            case State.Dead s -> { }
        }
    }
}
