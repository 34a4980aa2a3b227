package dev.torii.ike.v1;

import dev.torii.ike.Cookie;
import dev.torii.ike.Identity;
import dev.torii.ike.Encapsulation;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Secret;
import dev.torii.ike.wire.Attribute;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What both sides of Main Mode share: states, nonces, identities and hashes. RFC 2409, sections 5 and 5.4. */
sealed interface MainMode permits MainModeInitiator, MainModeResponder {
    /** RFC 3706, section 5.1: the sender knows dead peer detection, version 1.0. */
    Octets DPD_VENDOR_ID = Octets.ofHex("afcad71368a1f1c96b8696fc77570100");
    /** Bytes of our nonces. */
    int NONCE_BYTES = 32;

    /** One pure step. Total: every state has an answer to every input, and nothing is thrown. */
    Step<State> step(State state, Input input);

    /** Where the exchange stands. */
    sealed interface State {
        /** Nothing sent, nothing received. */
        record Idle() implements State { }

        /** Initiator: MM1 sent. */
        record SaSent(Path path, Flight flight, Octets saBody) implements Waiting {
            @Override
            public Waiting with(Flight next) {
                return new SaSent(path, next, saBody);
            }
        }

        /** Initiator: MM3 sent. */
        record KeSent(Path path, Flight flight, Terms terms, IkeCrypto.DhKey dh, Octets nonce) implements Waiting {
            @Override
            public Waiting with(Flight next) {
                return new KeSent(path, next, terms, dh, nonce);
            }
        }

        /** Initiator: MM5 sent. */
        record AuthSent(Path path, Flight flight, Terms terms, Secrets secrets, IvChain iv) implements Waiting {
            @Override
            public Waiting with(Flight next) {
                return new AuthSent(path, next, terms, secrets, iv);
            }
        }

        /** Responder: MM2 sent. */
        record SaAnswered(Path path, Octets received, Octets answer, Terms terms) implements Answering { }

        /** Responder: MM4 sent. */
        record KeAnswered(Path path, Octets received, Octets answer, Terms terms, Secrets secrets, IvChain iv) implements Answering { }

        /** Done. A responder keeps its last answer for an initiator that did not get it. */
        record Established(Path path, Phase1Sa sa, Octets received, Octets answer) implements Answering { }

        /** Failed. */
        record Dead(Reason reason) implements State { }
    }

    /** States in which our message waits for an answer. */
    sealed interface Waiting extends State {
        Path path();

        Flight flight();

        Waiting with(Flight next);
    }

    /** States that answer a duplicate with what they answered before. */
    sealed interface Answering extends State {
        Path path();

        Octets received();

        Octets answer();
    }

    /** What the first two messages settle. */
    record Terms(Cookie initiator, Cookie responder, Octets saBody, IkeProposal proposal, Duration lifetime, boolean natTraversal,
            boolean deadPeerDetection, boolean fragmentation, List<Attribute> chosen) {
        /** Copies the list. */
        public Terms {
            chosen = List.copyOf(chosen);
        }

        /** Whether both know the vendor ids is read from the peer's message. */
        static Terms of(Cookie initiator, Cookie responder, Octets saBody, Phase1Policy.Agreed agreed, Message peer) {
            List<Octets> vendors = peer.all(Payload.VendorId.class).stream().map(Payload.VendorId::value).toList();
            return new Terms(initiator, responder, saBody, agreed.proposal(), agreed.lifetime(),
                    vendors.contains(NatDetection.VENDOR_ID), vendors.contains(DPD_VENDOR_ID), vendors.stream().anyMatch(Fragment::understoodBy),
                    agreed.answer().proposals().get(0).transforms().get(0).attributes());
        }

        NatDetection natDetection(IkeCrypto crypto) {
            return new NatDetection(crypto, proposal.hash(), initiator, responder);
        }
    }

    /** What the next two settle. */
    record Secrets(Octets initiatorPublic, Octets responderPublic, KeyMaterialV1 keys, NatDetection.Found nat) {
    }

    /** Vendor ids we send. */
    static List<Payload> vendorIds(IkeConfig config) {
        var always = List.<Payload>of(new Payload.VendorId(NatDetection.VENDOR_ID), new Payload.VendorId(DPD_VENDOR_ID));
        return config.fragmentation().supported() ? Stream.concat(always.stream(), Stream.of(new Payload.VendorId(Fragment.OUR_VENDOR_ID))).toList() : always;
    }

    /** The peer's nonce, checked for length: RFC 2409, section 5. */
    static Octets nonce(Message message) throws IkeException {
        Octets nonce = message.the(Payload.Nonce.class).value();
        if (nonce.length() < 8 || nonce.length() > 256) {
            throw new IkeException("nonce of " + nonce.length() + " bytes");
        }
        return nonce;
    }

    /** Keys from both public values and nonces. */
    static KeyMaterialV1 derive(IkeCrypto crypto, IkeConfig config, Terms terms, IkeCrypto.DhKey dh, Octets peerPublic,
            Octets initiatorNonce, Octets responderNonce) throws IkeException {
        Secret shared = dh.sharedWith(peerPublic);
        try {
            return KeyMaterialV1.derive(crypto, terms.proposal(), config.preSharedKey(), initiatorNonce, responderNonce, shared,
                    terms.initiator(), terms.responder());
        } finally {
            shared.erase();
        }
    }

    /** Our identity's payload; protocol and port zero are always right (RFC 2407, section 4.6.2). */
    static Payload.Id identity(Identity identity) {
        return new Payload.Id(identity.type(), 0, 0, identity.value());
    }

    /** HASH_I or HASH_R over an identity's body. */
    static Octets hash(IkeCrypto crypto, Terms terms, Secrets secrets, boolean initiators, Octets idBody) {
        Octets own = initiators ? secrets.initiatorPublic() : secrets.responderPublic();
        Octets other = initiators ? secrets.responderPublic() : secrets.initiatorPublic();
        Cookie ownCookie = initiators ? terms.initiator() : terms.responder();
        Cookie otherCookie = initiators ? terms.responder() : terms.initiator();
        return Octets.of(crypto.prf(terms.proposal().hash(), secrets.keys().skeyid(), own.toByteArray(), other.toByteArray(),
                ownCookie.octets().toByteArray(), otherCookie.octets().toByteArray(), terms.saBody().toByteArray(),
                idBody.toByteArray()).toByteArray());
    }

    /** Checks the peer's hash, which proves that it has the pre-shared key. */
    static void authenticate(IkeCrypto crypto, Terms terms, Secrets secrets, boolean initiators, Message message) throws IkeException {
        message.the(Payload.Id.class);          // the hash covers one, so there must not be another
        Octets expected = hash(crypto, terms, secrets, initiators, message.bodyOf(Payload.Id.class));
        if (!java.security.MessageDigest.isEqual(expected.toByteArray(), message.the(Payload.Hash.class).value().toByteArray())) {
            throw new IkeException("hash does not match");
        }
    }

    /** Checks the identity of an authenticated peer. */
    static void checkIdentity(IkeConfig config, Message message) throws IkeException {
        Identity said = said(message);
        if (!config.remoteId().admits(said)) {
            throw new Refusal(NotifyType.INVALID_ID_INFORMATION, "the peer says it is " + said + ", we expect " + config.remoteId());
        }
    }

    /** Who a peer says it is. */
    static Identity said(Message message) throws IkeException {
        Payload.Id id = message.the(Payload.Id.class);
        return new Identity(id.idType(), id.value());
    }

    /** A lifetime that the responder shortened by RESPONDER-LIFETIME (RFC 2407, section 4.6.3.1). */
    static Duration lifetime(Duration agreed, Message message) throws IkeException {
        Duration lifetime = agreed;
        for (Payload.Notify notify : message.all(Payload.Notify.class)) {
            if (notify.notifyType() == NotifyType.RESPONDER_LIFETIME) {
                List<Attribute> attributes = MessageCodec.attributes(notify.data());
                lifetime = Lifetimes.shorter(lifetime, attributes, Phase1Policy.LIFE_TYPE, Phase1Policy.LIFE_DURATION);
            }
        }
        return lifetime;
    }

    /** The result. */
    static Phase1Sa result(IkeConfig config, Terms terms, Secrets secrets, boolean initiator, Path path, IvChain last,
            Message authenticated) throws IkeException {
        boolean contact = authenticated.all(Payload.Notify.class).stream().anyMatch(n -> n.notifyType() == NotifyType.INITIAL_CONTACT);
        return new Phase1Sa(terms.initiator(), terms.responder(), initiator, terms.proposal(), secrets.keys(), last.iv(), path,
                secrets.nat(), moves(config, secrets.nat()) && config.encapsulation() != Encapsulation.NO, terms.deadPeerDetection(), contact,
                lifetime(terms.lifetime(), authenticated), said(authenticated));
    }

    /** Whether messages move to port 4500, and children are encapsulated if they may be. */
    static boolean moves(IkeConfig config, NatDetection.Found nat) {
        return nat.known() && (nat.localNat() || nat.remoteNat() || config.forceEncapsulation());
    }
}
