package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Warning;
import dev.torii.cli.config.libreswan.Conn.Value;
import dev.torii.ike.Authentication;
import dev.torii.ike.Authentication.Sending;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Secret;
import dev.torii.ike.SignatureScheme;
import dev.torii.ike.SigningKey;
import dev.torii.ike.cert.DistinguishedName;
import dev.torii.ike.cert.PeerCertificate;
import dev.torii.ike.cert.Trust;
import java.net.InetAddress;
import java.security.Key;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How the two sides of a conn prove who they are: {@code authby=}, {@code leftauth=}, and for certificates {@code leftcert=}, {@code leftid=}, {@code leftca=}.
 */
final class Authentications {
    private static final List<SignatureScheme> RSA = named(scheme -> scheme.name().startsWith("RSA") && scheme != SignatureScheme.RSA_SHA1);
    private static final List<SignatureScheme> ECDSA = named(scheme -> scheme.name().startsWith("ECDSA"));
    private static final List<String> KEYWORDS_OF_CERTIFICATES = List.of("cert", "ca", "sendcert");
    private static final List<String> RAW_KEYS = List.of("rsasigkey", "ecdsakey", "eddsakey", "pubkey", "ckaid");

    private final Certificates certificates;
    private final Values values;
    private final Diagnostics diagnostics;

    Authentications(Certificates certificates, Values values, Diagnostics diagnostics) {
        this.certificates = certificates;
        this.values = values;
        this.diagnostics = diagnostics;
    }

    /** What each side of a conn signs with, in order of preference; nothing: the side has the pre-shared key. */
    record Methods(List<SignatureScheme> left, List<SignatureScheme> right) {
        /** The pre-shared key on both sides. */
        static final Methods SECRET = new Methods(List.of(), List.of());

        List<SignatureScheme> of(Side side) { return side == Side.LEFT ? left : right; }

        boolean secret(Side side) { return of(side).isEmpty(); }
    }

    private static List<SignatureScheme> named(Predicate<SignatureScheme> which) { return Arrays.stream(SignatureScheme.values()).filter(which).toList(); }

    /** Empty after an error. */
    Optional<Methods> methods(Conn conn, IkeVersion version) {
        int before = diagnostics.errors();
        Optional<Set<SignatureScheme>> common = conn.get("authby").map(this::authby);
        boolean each = Arrays.stream(Side.values()).allMatch(side -> conn.get(side, "auth").isPresent());
        if (common.isEmpty() && !each && Arrays.stream(Side.values()).noneMatch(side -> conn.get(side, "cert").isPresent())) {
            diagnostics.error(conn.at(), "conn " + conn.name()
                    + " does not say authby=secret, and without it Libreswan authenticates by certificate, for which leftcert= is missing",
                    "add authby=secret, or leftcert=");
            return Optional.empty();
        }
        Set<SignatureScheme> standard = new LinkedHashSet<>(RSA);
        standard.addAll(ECDSA);
        Set<SignatureScheme> schemes = common.orElse(standard);
        var methods = new Methods(auth(conn, Side.LEFT, schemes), auth(conn, Side.RIGHT, schemes));
        if (diagnostics.errors() != before) return Optional.empty();
        boolean secrets = methods.secret(Side.LEFT) && methods.secret(Side.RIGHT);
        if (version == IkeVersion.V1 && !secrets) {
            var at = conn.get("authby").or(() -> conn.get("leftauth")).or(() -> conn.get("leftcert")).map(Value::at).orElse(conn.at());
            diagnostics.error(at, "conn " + conn.name() + " asks for certificates with IKEv1, which are supported with IKEv2 only",
                    "write ikev2=insist, or authby=secret");
            return Optional.empty();
        }
        keywords(conn, secrets);
        return diagnostics.errors() == before ? Optional.of(methods) : Optional.empty();
    }

    /** Nothing: the secret. */
    private Set<SignatureScheme> authby(Value value) {
        var schemes = new LinkedHashSet<SignatureScheme>();
        boolean secret = false;
        for (String word : value.text().toLowerCase(Locale.ROOT).split("[,\\s]+")) {
            switch (word) {
                case "secret", "psk" -> secret = true;
                case "rsasig", "rsa", "rsa-sha2" -> schemes.addAll(RSA);
                case "rsa-sha1" -> schemes.add(SignatureScheme.RSA_SHA1);
                case "rsa-sha2_256" -> schemes.addAll(with(RSA, HashAlgorithm.SHA2_256));
                case "rsa-sha2_384" -> schemes.addAll(with(RSA, HashAlgorithm.SHA2_384));
                case "rsa-sha2_512" -> schemes.addAll(with(RSA, HashAlgorithm.SHA2_512));
                case "ecdsa", "ecdsa-sha2" -> schemes.addAll(ECDSA);
                case "ecdsa-sha2_256" -> schemes.addAll(with(ECDSA, HashAlgorithm.SHA2_256));
                case "ecdsa-sha2_384" -> schemes.addAll(with(ECDSA, HashAlgorithm.SHA2_384));
                case "ecdsa-sha2_512" -> schemes.addAll(with(ECDSA, HashAlgorithm.SHA2_512));
                case "null" -> values.error(value, "would accept anybody, which is not supported", "write authby=secret, or rsasig or ecdsa with leftcert=");
                default -> values.error(value, "has " + word + ", which is not supported",
                        "write authby=secret, or rsasig, rsa-sha2, rsa-sha1, ecdsa with leftcert=");
            }
        }
        if (secret && !schemes.isEmpty()) {
            values.error(value, "names the secret and signatures for both sides", "write leftauth= and rightauth= for each side what it uses");
        }
        if (schemes.contains(SignatureScheme.RSA_SHA1)) {
            diagnostics.warn(Warning.Kind.WEAK, value.at(), value.keyword() + "=" + value.text() + " permits signatures with SHA-1, which can be forged",
                    "write rsa-sha2");
        }
        return secret ? Set.of() : schemes;
    }

    private static List<SignatureScheme> with(List<SignatureScheme> schemes, HashAlgorithm hash) {
        return schemes.stream().filter(scheme -> scheme.hash() == hash).toList();
    }

    private List<SignatureScheme> auth(Conn conn, Side side, Set<SignatureScheme> common) {
        var value = conn.get(side, "auth");
        if (value.isEmpty()) return List.copyOf(common);
        return switch (value.get().text().toLowerCase(Locale.ROOT)) {
            case "secret", "psk" -> List.of();
            case "rsasig", "rsa" -> family(common, RSA);
            case "ecdsa" -> family(common, ECDSA);
            default -> {
                values.error(value.get(), "is not supported", "write secret, rsasig or ecdsa");
                yield List.of();
            }
        };
    }

    /** What {@code authby=} leaves of a family, or the whole of it. */
    private static List<SignatureScheme> family(Set<SignatureScheme> common, List<SignatureScheme> family) {
        boolean rsa = family == RSA;
        List<SignatureScheme> left = common.stream().filter(scheme -> rsa == scheme.name().startsWith("RSA")).toList();
        return left.isEmpty() ? family : left;
    }

    private void keywords(Conn conn, boolean secrets) {
        for (Side side : Side.values()) {
            for (String raw : RAW_KEYS) {
                conn.get(side, raw).filter(value -> !value.text().equals("%cert")).ifPresent(value -> {
                    if (secrets) noEffect(value);
                    else values.error(new Value(value.keyword(), "...", value.keywordAt(), value.at()),
                            "is a key without a certificate, which is not supported", "write "
                            + side.word() + "cert= with a certificate, and " + side.word() + "rsasigkey=%cert");
                });
            }
            if (secrets) KEYWORDS_OF_CERTIFICATES.forEach(keyword -> conn.get(side, keyword).ifPresent(this::noEffect));
        }
    }

    private void noEffect(Value value) {
        diagnostics.warn(Warning.Kind.WITHOUT_EFFECT, value.keywordAt(),
                value.keyword() + "= has no effect: it matters to certificates and keys only, and this connection uses a pre-shared key", "remove the line");
    }

    /** {@code leftid=} of this host. The outer Optional is empty after an error, the inner one means our address. */
    Optional<Optional<Identity>> localId(Conn conn, Methods methods, Side local) {
        var value = conn.get(local, "id");
        if (value.isEmpty()) return Optional.of(Optional.empty());
        if (!value.get().text().equals("%fromcert") || methods.secret(local)) return values.identity(value.get()).map(Optional::of);
        return own(conn, local).map(chain -> Optional.of(subject(chain.getFirst())));
    }

    /** {@code rightid=} of the peer; only called if it is written. */
    Optional<Identity> remoteId(Conn conn, Methods methods, Side remote, Value value) {
        if (value.text().equals("%any")) return Optional.of(Identity.ANY);
        if (!value.text().equals("%fromcert") || methods.secret(remote)) return values.identity(value);
        var known = conn.get(remote, "cert");
        if (known.isPresent()) return certificates.of(known.get()).map(chain -> subject(chain.getFirst()));
        diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, value.at(),
                value.keyword() + "=%fromcert accepts everybody who has a certificate of the authorities in ipsec.d/cacerts",
                "write the identity in the peer's certificate, like @vpn.example or \"C=US, O=Example, CN=vpn\"");
        return Optional.of(Identity.AS_CERTIFIED);
    }

    private static Identity subject(X509Certificate certificate) { return Identity.ofName(DistinguishedName.of(certificate.getSubjectX500Principal())); }

    private Optional<List<X509Certificate>> own(Conn conn, Side local) {
        var value = conn.get(local, "cert");
        if (value.isEmpty()) {
            diagnostics.error(conn.at(), "conn " + conn.name() + " authenticates this host by certificate, and has no " + local.word() + "cert=",
                    "add " + local.word() + "cert= with a PEM file of ipsec.d/certs, or authby=secret");
        }
        return value.flatMap(certificates::of);
    }

    /** What we prove ourselves with; empty after an error. */
    Optional<Authentication.Own> own(Conn conn, Methods methods, Orientation.Ends ends, Optional<Identity> localId, Optional<Secret> secret) {
        Side local = ends.localSide();
        if (methods.secret(local)) return secret.map(Authentication.PreSharedKey::new);
        var chain = own(conn, local);
        if (chain.isEmpty()) return Optional.empty();
        Value value = conn.get(local, "cert").orElseThrow();
        X509Certificate certificate = chain.get().getFirst();
        Optional<SigningKey> key = certificates.keyOf(value, certificate);
        if (key.isEmpty()) return Optional.empty();
        Key open = certificate.getPublicKey();
        List<SignatureScheme> schemes = methods.of(local).stream().filter(scheme -> scheme.fits(open)).toList();
        if (schemes.isEmpty()) {
            values.error(value, "has an " + open.getAlgorithm() + " key, which authby= does not permit",
                    "write authby=" + (open.getAlgorithm().equals("EC") ? "ecdsa" : "rsasig"));
            return Optional.empty();
        }
        identityInCertificate(value, certificate, localId.or(() -> ends.local().map(Identity::ofAddress)));
        return Optional.of(new Authentication.Certificate(certificates.trust().chain(chain.get()), key.get(), schemes, sending(conn, local)));
    }

    private void identityInCertificate(Value value, X509Certificate certificate, Optional<Identity> id) {
        List<Identity> names = PeerCertificate.names(certificate);
        boolean borne = id.map(said -> PeerCertificate.bears(certificate, said))
                .orElseGet(() -> names.stream().anyMatch(name -> name.type() == Identity.IPV4_ADDR));
        if (borne) return;
        String side = value.keyword().substring(0, value.keyword().length() - "cert".length());
        diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, value.at(), "the certificate is not for " + id.map(Identity::toString).orElse("an address")
                + ", the identity of this host: peers will refuse it; it is for " + names, "write " + side + "id=%fromcert");
    }

    private Sending sending(Conn conn, Side local) {
        var value = conn.get(local, "sendcert");
        if (value.isEmpty()) return Sending.ALWAYS;
        return switch (value.get().text().toLowerCase(Locale.ROOT)) {
            case "always", "alwayssend", "yes" -> Sending.ALWAYS;
            case "sendifasked", "ifasked" -> Sending.IF_ASKED;
            case "never", "no" -> Sending.NEVER;
            default -> {
                values.error(value.get(), "is unknown", "write always, sendifasked or never");
                yield Sending.ALWAYS;
            }
        };
    }

    /** What the peer must prove itself with; empty after an error. */
    Optional<Authentication.Peer> peer(Conn conn, Methods methods, Orientation.Ends ends, Optional<Secret> secret) {
        Side remote = ends.localSide().other();
        if (methods.secret(remote)) return secret.map(Authentication.PreSharedKey::new);
        var cert = conn.get(remote, "cert");
        Optional<X509Certificate> known = cert.flatMap(certificates::of).map(List::getFirst);
        if (cert.isPresent() && known.isEmpty()) return Optional.empty();
        Trust trust = certificates.trust();
        if (known.isEmpty() && trust.authorities().isEmpty()) {
            diagnostics.error(conn.at(), "conn " + conn.name() + " wants a certificate of the peer, and there is no authority in /etc/ipsec.d/cacerts",
                    "put the certificate of the peer's authority there as PEM, or the peer's own into " + remote.word() + "cert=");
            return Optional.empty();
        }
        return Optional.of(new Authentication.Certified(trust, methods.of(remote), issuer(conn, ends), known, Instant::now));
    }

    /** {@code rightca=}. {@code %same}: the issuer of our own certificate. */
    private Optional<DistinguishedName> issuer(Conn conn, Orientation.Ends ends) {
        Side remote = ends.localSide().other();
        var value = conn.get(remote, "ca").filter(written -> !written.text().equals("%any"));
        if (value.isPresent() && value.get().text().equals("%same")) {
            return conn.get(ends.localSide(), "ca").map(Value::text).filter(text -> !text.startsWith("%")).map(DistinguishedName::parse)
                    .or(() -> conn.get(ends.localSide(), "cert").flatMap(certificates::of)
                            .map(chain -> DistinguishedName.of(chain.getFirst().getIssuerX500Principal())));
        }
        return value.flatMap(this::name);
    }

    private Optional<DistinguishedName> name(Value value) {
        try {
            return Optional.of(DistinguishedName.parse(value.text()));
        } catch (IllegalArgumentException noName) {
            values.error(value, "is not a distinguished name", "write it like \"C=US, O=Example, CN=Root\"");
            return Optional.empty();
        }
    }
}
