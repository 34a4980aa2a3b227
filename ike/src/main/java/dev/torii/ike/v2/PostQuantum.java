package dev.torii.ike.v2;

import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.PostQuantumKeys;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Post-quantum pre-shared keys in IKE_SA_INIT and IKE_AUTH: RFC 8784, section 3. */
final class PostQuantum {
    private static final byte PPK_ID_FIXED = 2;
    private static final Payload.Notify USE_PPK = Payload.Notify.of(NotifyType.USE_PPK, Octets.EMPTY);

    private final PostQuantumKeys ours;
    private final IkeCrypto crypto;

    PostQuantum(PostQuantumKeys ours, IkeCrypto crypto) {
        this.ours = ours;
        this.crypto = crypto;
    }

    /** What a responder goes on with. {@code used}: whether the answer says so. {@code request}: with the AUTH that belongs to it. */
    record Chosen(SetUp.Terms terms, boolean used, Message request) {
    }

    /** What an initiator says in IKE_SA_INIT. */
    List<Payload> proposal() {
        return ours.proposed() ? List.of(USE_PPK) : List.of();
    }

    /** What a responder says to that. */
    List<Payload> answer(Message request) throws Refusal {
        boolean asked = request.notify(NotifyType.USE_PPK).isPresent();
        if (!asked && ours.mandatory()) {
            throw new Refusal(NotifyType.NO_PROPOSAL_CHOSEN, "the peer does not use post-quantum keys, we insist on one");
        }
        return asked && ours.use() != PostQuantumKeys.Use.NEVER ? List.of(USE_PPK) : List.of();
    }

    /** What an initiator mixes in when IKE_SA_INIT is answered. The answer is not authenticated: who strips USE_PPK from it gains nothing where we insist. */
    Optional<PostQuantumKeys.Key> agreed(Message answer) throws Refusal {
        if (ours.proposed() && answer.notify(NotifyType.USE_PPK).isPresent()) {
            return Optional.of(ours.keys().get(0));
        }
        if (ours.mandatory()) {
            throw new Refusal(NotifyType.AUTHENTICATION_FAILED, "the peer does not use post-quantum keys, we insist on one (not authenticated)");
        }
        return Optional.empty();
    }

    /** The same with other keys for AUTH, children and successors. */
    SetUp.Terms mixed(SetUp.Terms plain, PostQuantumKeys.Key key) {
        SaV2 sa = plain.sa();
        var with = new SaV2(sa.initiatorSpi(), sa.responderSpi(), sa.initiator(), sa.proposal(), sa.keys().mixed(crypto, key.secret()), sa.nat(), sa.limits());
        return new SetUp.Terms(with, plain.ni(), plain.nr(), plain.request(), plain.response(), plain.intAuth());
    }

    /** What an initiator says in IKE_AUTH. {@code withoutKey}: the proof for a peer that does not have the key, if we do not insist. */
    List<Payload> identity(PostQuantumKeys.Key key, Optional<Payload.Auth> withoutKey) {
        var payloads = new ArrayList<Payload>();
        payloads.add(Payload.Notify.of(NotifyType.PPK_IDENTITY, Octets.concat(Octets.of(PPK_ID_FIXED), key.id())));
        withoutKey.ifPresent(auth -> payloads.add(Payload.Notify.of(NotifyType.NO_PPK_AUTH, auth.value())));
        return payloads;
    }

    boolean mandatory() {
        return ours.mandatory();
    }

    /** A responder's part of IKE_AUTH. */
    Chosen choose(SetUp.Terms plain, Message init, Message request) throws Refusal {
        boolean agreed = ours.use() != PostQuantumKeys.Use.NEVER && init.notify(NotifyType.USE_PPK).isPresent();
        Optional<Octets> id = (agreed ? request.notify(NotifyType.PPK_IDENTITY) : Optional.<Payload.Notify>empty()).map(Payload.Notify::data);
        Optional<PostQuantumKeys.Key> key = id.filter(data -> data.length() > 1 && data.at(0) == PPK_ID_FIXED)
                .flatMap(data -> ours.named(data.last(data.length() - 1)));
        if (key.isPresent()) {
            return new Chosen(mixed(plain, key.get()), true, request);
        }
        if (ours.mandatory()) {
            throw new Refusal(NotifyType.AUTHENTICATION_FAILED, id.isPresent() ? "the peer names a post-quantum key that we do not have"
                    : "the peer does not use its post-quantum key, we insist on one");
        }
        if (id.isEmpty()) {
            return new Chosen(plain, false, request);
        }
        Payload.Notify without = request.notify(NotifyType.NO_PPK_AUTH).orElseThrow(() -> new Refusal(NotifyType.AUTHENTICATION_FAILED,
                "the peer insists on a post-quantum key that we do not have"));
        List<Payload> payloads = request.payloads().stream().map(p -> p instanceof Payload.Auth auth
                ? new Payload.Auth(auth.method(), without.data()) : p).toList();
        return new Chosen(plain, false, new Message(request.header(), payloads));
    }

    /** What a responder says when it has the key. */
    List<Payload> confirmation(boolean used) {
        return used ? List.of(Payload.Notify.of(NotifyType.PPK_IDENTITY, Octets.EMPTY)) : List.of();
    }

    /** What an initiator goes on with when IKE_AUTH is answered. */
    SetUp.Terms settled(SetUp.State.AuthSent s, Message answer) throws Refusal {
        if (s.withoutKey().isEmpty() && !ours.mandatory() || answer.notify(NotifyType.PPK_IDENTITY).isPresent()) {
            return s.terms();
        }
        return s.withoutKey().orElseThrow(() -> new Refusal(NotifyType.AUTHENTICATION_FAILED, "the peer does not have our post-quantum key, we insist on it"));
    }

    /** Forgets the keys that were not settled upon. */
    static void eraseOther(SetUp.Terms one, SetUp.Terms settled) {
        if (one.sa() != settled.sa()) {
            one.sa().keys().erase();
        }
    }

    /** For display. */
    static IkeStatus.Peer proof(IkeStatus.Peer proof, boolean used) {
        return used ? new IkeStatus.Peer(proof.identity(), proof.by() + " and post-quantum key") : proof;
    }
}
