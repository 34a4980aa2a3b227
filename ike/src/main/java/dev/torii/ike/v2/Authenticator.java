package dev.torii.ike.v2;

import dev.torii.ike.Authentication;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Identity;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.SignatureScheme;
import dev.torii.ike.cert.DistinguishedName;
import dev.torii.ike.cert.PeerCertificate;
import dev.torii.ike.cert.Trust;
import dev.torii.ike.crypto.SignatureNames;
import dev.torii.ike.crypto.Signatures;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Who proves what in IKE_AUTH: identities, certificates and AUTH of both sides (RFC 7296, sections 2.15, 3.6 to 3.8; RFC 4754; RFC 7427). */
final class Authenticator {
    private final IkeConfig config;
    private final IkeCrypto crypto;

    Authenticator(IkeConfig config, IkeCrypto crypto) {
        this.config = config;
        this.crypto = crypto;
    }

    /** What IKE_SA_INIT says for it: RFC 7427, section 4. Nothing with pre-shared keys. */
    List<Payload> hashes() {
        return hashes(List.of(config));
    }

    /** The same for all connections that may be meant. */
    static List<Payload> hashes(List<IkeConfig> configs) {
        Stream<SignatureScheme> accepted = configs.stream().map(IkeConfig::authentication).filter(Authentication::signed)
                .flatMap(authentication -> switch (authentication.peer()) {
                    case Authentication.Certified peer -> peer.schemes().stream();
                    case Authentication.PreSharedKey peer -> Stream.of(SignatureScheme.values());       // said all the same, or we may not use it either
                });
        List<HashAlgorithm> hashes = accepted.filter(Authenticator::digital).map(SignatureScheme::hash).distinct().sorted().toList();
        ByteBuffer data = ByteBuffer.allocate(2 * hashes.size());
        hashes.forEach(hash -> data.putShort((short) number(hash)));
        return hashes.isEmpty() ? List.of() : List.of(Payload.Notify.of(NotifyType.SIGNATURE_HASH_ALGORITHMS, Octets.of(data.array())));
    }

    /** Asks for the peer's certificate: in IKE_AUTH of an initiator, in the answer to IKE_SA_INIT of a responder. */
    List<Payload> request() {
        return request(List.of(config));
    }

    /** The same for all connections that may be meant. */
    static List<Payload> request(List<IkeConfig> configs) {
        List<Authentication.Certified> certified = configs.stream().map(config -> config.authentication().peer())
                .filter(Authentication.Certified.class::isInstance).map(Authentication.Certified.class::cast).toList();
        return certified.isEmpty() ? List.of() : List.of(new Payload.CertReq(Payload.X509, Octets.concat(certified.stream()
                .flatMap(peer -> peer.trust().anchors().stream()).map(PeerCertificate::authorityHash).distinct().toArray(Octets[]::new))));
    }

    /** Our certificates, as far as they are to be sent. {@code asked}: the message in which the peer may have asked for them. */
    List<Payload> certificates(Message asked) {
        return switch (config.authentication().own()) {
            case Authentication.PreSharedKey own -> List.of();
            case Authentication.Certificate own -> switch (own.sending()) {
                case NEVER -> List.of();
                case IF_ASKED -> asked.all(Payload.CertReq.class).isEmpty() ? List.of() : chain(own);
                case ALWAYS -> chain(own);
            };
        };
    }

    private static List<Payload> chain(Authentication.Certificate own) {
        return own.chain().stream().<Payload>map(certificate -> new Payload.Cert(Payload.X509, PeerCertificate.encode(certificate))).toList();
    }

    /** Our AUTH. {@code peersInit}: the peer's message of IKE_SA_INIT. @throws Refusal if the peer understands nothing that our key can do */
    Payload.Auth prove(SetUp.Terms terms, boolean byInitiator, Octets idBody, Message peersInit) throws Refusal {
        return switch (config.authentication().own()) {
            case Authentication.PreSharedKey own -> new Payload.Auth(Payload.Auth.SHARED_KEY, shared(terms, byInitiator, own.secret(), idBody));
            case Authentication.Certificate own -> {
                SignatureScheme scheme = choose(own, peersInit);
                Octets signature = Signatures.sign(crypto, scheme, own.key(), signedOctets(terms, byInitiator, idBody));
                yield new Payload.Auth(scheme.method(), digital(scheme) ? named(scheme, signature) : signature);
            }
        };
    }

    private static boolean digital(SignatureScheme scheme) {
        return scheme.method() == SignatureScheme.Method.DIGITAL;
    }

    private static Octets named(SignatureScheme scheme, Octets signature) {
        Octets name = SignatureNames.encode(scheme);
        return Octets.concat(Octets.of((byte) name.length()), name, signature);
    }

    private SignatureScheme choose(Authentication.Certificate own, Message peersInit) throws Refusal {
        Set<HashAlgorithm> understood = EnumSet.noneOf(HashAlgorithm.class);
        peersInit.notify(NotifyType.SIGNATURE_HASH_ALGORITHMS).ifPresent(notify -> {
            ByteBuffer data = notify.data().asBuffer();
            while (data.remaining() >= Short.BYTES) {
                int number = Short.toUnsignedInt(data.getShort());
                Stream.of(HashAlgorithm.values()).filter(hash -> number(hash) == number).forEach(understood::add);
            }
        });
        PrivateKey key = own.key().open();
        List<SignatureScheme> possible = own.schemes().stream().filter(scheme -> scheme.fits(key)
                && (!digital(scheme) || understood.contains(scheme.hash()))).toList();
        return possible.stream().filter(scheme -> digital(scheme) && key instanceof ECKey curve && scheme.matches(curve)).findFirst()
                .or(() -> possible.stream().filter(Authenticator::digital).findFirst())
                .or(() -> possible.stream().findFirst())
                .orElseThrow(() -> new Refusal(NotifyType.AUTHENTICATION_FAILED, "the peer understands no signature that our key may make: it has announced "
                        + (understood.isEmpty() ? "no hash (RFC 7427)" : understood.toString()) + ", we may use " + own.schemes()));
    }

    /**
     * Checks the peer's identity, certificate and AUTH.
     *
     * @return what it was authenticated by, for display
     * @throws Refusal with the cause in words
     */
    IkeStatus.Peer verify(SetUp.Terms terms, boolean byInitiator, Payload.Id id, Message auth) throws Refusal {
        return switch (config.authentication().peer()) {
            case Authentication.PreSharedKey peer -> {
                verify(terms, byInitiator, peer.secret(), id, auth.the(Payload.Auth.class));
                expected(id.identity());
                yield new IkeStatus.Peer(id.identity(), "pre-shared key");
            }
            case Authentication.Certified peer -> verify(terms, byInitiator, peer, id, auth);
        };
    }

    /** What to say when the peer refuses us. */
    String suspicion() {
        return switch (config.authentication().own()) {
            case Authentication.PreSharedKey own -> ": wrong pre-shared key, or it refuses our identity";
            case Authentication.Certificate own -> ": it does not trust our certificate, or refuses our identity " + config.localId();
        };
    }

    private void expected(Identity said) throws Refusal {
        if (!config.remoteId().admits(said)) {
            throw refused("the peer is " + said + ", we want " + config.remoteId());
        }
    }

    private void verify(SetUp.Terms terms, boolean byInitiator, Secret secret, Payload.Id id, Payload.Auth auth) throws Refusal {
        if (auth.method() != Payload.Auth.SHARED_KEY) {
            throw refused("the peer authenticates by method " + auth.method() + ", not with the pre-shared key");
        }
        Octets expected = shared(terms, byInitiator, secret, id.body());
        if (!MessageDigest.isEqual(expected.toByteArray(), auth.value().toByteArray())) {
            throw refused("the peer cannot be authenticated: probable pre-shared key mismatch");
        }
    }

    private IkeStatus.Peer verify(SetUp.Terms terms, boolean byInitiator, Authentication.Certified peer, Payload.Id id, Message message) throws Refusal {
        Payload.Auth auth = message.the(Payload.Auth.class);
        if (auth.method() == Payload.Auth.SHARED_KEY) {
            throw refused("the peer authenticates with a pre-shared key, not with a certificate");
        }
        try {
            X509Certificate certificate = certified(peer, message);
            expected(id.identity());
            if (!PeerCertificate.bears(certificate, id.identity())) {
                throw refused("the peer says that it is " + id.identity() + ", its certificate is for " + PeerCertificate.names(certificate));
            }
            SignatureScheme scheme = scheme(auth, peer);
            Octets signature = digital(scheme) ? afterName(auth.value()) : auth.value();
            if (!Signatures.verify(scheme, certificate.getPublicKey(), signature, signedOctets(terms, byInitiator, id.body()))) {
                throw refused("the peer's signature (" + scheme + ") is not by the key of its certificate");
            }
            return new IkeStatus.Peer(id.identity(), scheme + ", certificate of " + DistinguishedName.of(certificate.getIssuerX500Principal()));
        } catch (Refusal refused) {
            throw refused;
        } catch (IkeException unusable) {
            throw refused(unusable.getMessage());
        }
    }

    /** The certificate to which the signature must belong: the first that came (section 3.6), or the one we have. */
    private static X509Certificate certified(Authentication.Certified peer, Message message) throws IkeException {
        List<Payload.Cert> came = message.all(Payload.Cert.class);
        var given = new ArrayList<X509Certificate>();
        for (Payload.Cert cert : came.stream().filter(cert -> cert.encoding() == Payload.X509).limit(Trust.MAX_GIVEN).toList()) {
            given.add(PeerCertificate.decode(cert.data()));
        }
        if (given.isEmpty() && peer.known().isEmpty()) {
            throw new IkeException(came.isEmpty() ? "the peer sends no certificate, and none is configured for it"
                    : "the peer's certificate has encoding " + came.get(0).encoding() + ", only X.509 itself (4) is understood, no URL");
        }
        X509Certificate certificate = given.isEmpty() ? peer.known().orElseThrow() : given.get(0);
        if (peer.known().filter(known -> !known.equals(certificate)).isPresent()) {
            throw new IkeException("the peer's certificate is not the one that is configured for it");
        }
        if (peer.known().isPresent()) {
            Trust.current(certificate, peer.now().get());
        } else {
            List<X509Certificate> path = peer.trust().validate(given, peer.now().get());
            Optional<DistinguishedName> issuer = peer.issuer();
            if (issuer.isPresent() && path.stream().skip(1).noneMatch(each -> DistinguishedName.of(each.getSubjectX500Principal()).equals(issuer.get()))) {
                throw new IkeException("the peer's certificate does not come from " + issuer.get());
            }
        }
        PeerCertificate.usable(certificate);
        return certificate;
    }

    private static SignatureScheme scheme(Payload.Auth auth, Authentication.Certified peer) throws Refusal {
        Optional<SignatureScheme> scheme = auth.method() != SignatureScheme.Method.DIGITAL
                ? Stream.of(SignatureScheme.values()).filter(each -> each.method() == auth.method()).findFirst()
                : SignatureNames.decode(auth.value().slice(1, nameLength(auth.value())));
        return scheme.filter(peer.schemes()::contains).orElseThrow(() -> refused("the peer signs by "
                + scheme.map(SignatureScheme::toString).orElse("an algorithm that is not known here (method " + auth.method() + ")")
                + ", accepted are " + peer.schemes()));
    }

    private static int nameLength(Octets value) throws Refusal {
        int length = value.length() == 0 ? 0 : Byte.toUnsignedInt(value.at(0));
        if (length == 0 || 1 + length > value.length()) {
            throw Refusal.syntax("AUTH without the name of its algorithm");
        }
        return length;
    }

    private static Octets afterName(Octets value) throws Refusal {
        return value.last(value.length() - 1 - nameLength(value));
    }

    private Octets shared(SetUp.Terms terms, boolean byInitiator, Secret secret, Octets idBody) {
        return terms.sa().keys().auth(crypto, secret, byInitiator, first(terms, byInitiator), nonce(terms, byInitiator), idBody, terms.intAuth().covered());
    }

    /** Section 2.15: the side's first message, the other's nonce, the side's identity under its own key, and what came between (RFC 9242, section 3.3.2). */
    private byte[][] signedOctets(SetUp.Terms terms, boolean byInitiator, Octets idBody) {
        return new byte[][] {first(terms, byInitiator).toByteArray(), nonce(terms, byInitiator).toByteArray(),
            terms.sa().keys().identity(crypto, byInitiator, idBody).toByteArray(), terms.intAuth().covered().toByteArray()};
    }

    private static Octets first(SetUp.Terms terms, boolean byInitiator) {
        return byInitiator ? terms.request() : terms.response();
    }

    private static Octets nonce(SetUp.Terms terms, boolean byInitiator) {
        return byInitiator ? terms.nr() : terms.ni();
    }

    /** RFC 7427, section 7. */
    private static int number(HashAlgorithm hash) {
        return switch (hash) {
            case SHA1 -> 1;
            case SHA2_256 -> 2;
            case SHA2_384 -> 3;
            case SHA2_512 -> 4;
        };
    }

    private static Refusal refused(String cause) {
        return new Refusal(NotifyType.AUTHENTICATION_FAILED, cause);
    }
}
