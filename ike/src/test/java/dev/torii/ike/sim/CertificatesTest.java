package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Authentication;
import dev.torii.ike.Authentication.Sending;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.SignatureScheme;
import dev.torii.ike.SigningKey;
import dev.torii.ike.cert.Authority;
import dev.torii.ike.cert.DistinguishedName;
import dev.torii.ike.cert.Trust;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

/** Two sessions that prove themselves by certificates: what works, and every way in which it must not. */
class CertificatesTest {
    private static final List<SignatureScheme> MODERN = Arrays.stream(SignatureScheme.values()).filter(scheme -> scheme != SignatureScheme.RSA_SHA1).toList();
    private static final Authority ROOT = Authority.root("C=US, O=Torii, CN=Root");
    private static final Authority RIGHT = ROOT.issue("C=US, O=Torii, CN=right").dns("right.example").address("198.51.100.11").make();
    private static final Authority LEFT = ROOT.issue("C=US, O=Torii, CN=left").dns("left.example").mail("left@example").make();
    private static final Identity LEFT_ID = Identity.fqdn("left.example");
    private static final Identity RIGHT_ID = Identity.fqdn("right.example");
    private static final KeyPair RSA = Authority.keys("RSA-2048");

    /** What is varied of one side; the defaults make a tunnel. */
    private static final class Side {
        final Authority own;
        Identity id;
        List<X509Certificate> chain;
        SigningKey key;
        List<SignatureScheme> signs = MODERN;
        List<SignatureScheme> accepts = MODERN;
        Sending sending = Sending.ALWAYS;
        Identity wants;
        Trust trust = new Trust(List.of(ROOT.certificate), List.of());
        Optional<DistinguishedName> issuer = Optional.empty();
        Optional<X509Certificate> known = Optional.empty();
        Optional<Secret> ownSecret = Optional.empty();
        Optional<Secret> peersSecret = Optional.empty();

        Side(Authority own, Identity id, Identity wants) {
            this.own = own;
            this.id = id;
            this.wants = wants;
            this.chain = own.chain();
            this.key = own.signingKey();
        }

        Authentication authentication() {
            return new Authentication(ownSecret.<Authentication.Own>map(Authentication.PreSharedKey::new)
                            .orElseGet(() -> new Authentication.Certificate(chain, key, signs, sending)),
                    peersSecret.<Authentication.Peer>map(Authentication.PreSharedKey::new)
                            .orElseGet(() -> new Authentication.Certified(trust, accepts, issuer, known, () -> Authority.NOW)));
        }
    }

    private static Side left() {
        return left(LEFT);
    }

    private static Side left(Authority own) {
        return new Side(own, LEFT_ID, RIGHT_ID);
    }

    private static Side right() {
        return new Side(RIGHT, RIGHT_ID, LEFT_ID);
    }

    private static IkePair pair(long seed, Side left, Side right) {
        return new IkePair(seed, Configs.left().version(IkeVersion.V2).local(left.id).remote(left.wants).authentication(left.authentication()).build(),
                Configs.right().version(IkeVersion.V2).local(right.id).remote(right.wants).authentication(right.authentication()).build());
    }

    private static IkePair up(IkePair pair, String what) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), what);
        return pair;
    }

    private static IkeStatus.Peer peer(Endpoint side) {
        return side.session().status().ikeSas().get(0).peer().orElseThrow();
    }

    /** Signatures cover IKE_INTERMEDIATE too: RFC 9242, section 3.3.2. */
    @Test
    void additionalKeyExchangesAreSigned() {
        var ike = new IkeProposal(Configs.IKE.encryption(), Configs.IKE.keyBits(), Configs.IKE.hash(), Configs.IKE.group(),
                List.of(DhGroup.ECP256, DhGroup.ECP384));
        Side left = left();
        Side right = right();
        IkePair pair = up(new IkePair(1,
                Configs.left().version(IkeVersion.V2).ike(ike).local(left.id).remote(left.wants).authentication(left.authentication()).build(),
                Configs.right().version(IkeVersion.V2).ike(ike).local(right.id).remote(right.wants).authentication(right.authentication()).build()),
                "two additional key exchanges");
        assertEquals(ike, pair.left().ikeSas.get(0).proposal());
        assertTrue(peer(pair.right()).by().contains("certificate"), peer(pair.right()).by());
    }

    @Test
    void everyKindOfKeySignsByTheBestThatBothKnow() {
        Map<String, String> table = new LinkedHashMap<>();
        table.put("RSA-2048", "RSASSA-PSS with SHA2-256");
        table.put("RSA-3072", "RSASSA-PSS with SHA2-256");
        table.put("P-256", "ECDSA with SHA2-256");
        table.put("P-384", "ECDSA with SHA2-384");
        table.put("P-521", "ECDSA with SHA2-512");
        table.forEach((kind, scheme) -> {
            Side left = left(ROOT.issue("CN=" + kind).dns("left.example").keys(Authority.keys(kind)).make());
            IkePair pair = up(pair(1, left, right()), kind);
            assertEquals(scheme + ", certificate of C=US, O=Torii, CN=Root", peer(pair.right()).by());
            assertEquals(LEFT_ID, peer(pair.right()).identity());
            assertEquals(List.of(), pair.left().reports);
            assertEquals(List.of(), pair.right().reports);
        });
    }

    @Test
    void eachSchemeWorksByItselfInBothDirections() {
        for (SignatureScheme scheme : SignatureScheme.values()) {
            String kind = switch (scheme) {
                case ECDSA_P256 -> "P-256";
                case ECDSA_P384 -> "P-384";
                case ECDSA_P521, ECDSA_SHA2_256 -> "P-521";
                case ECDSA_SHA2_384, ECDSA_SHA2_512 -> "P-256";
                default -> "RSA";
            };
            KeyPair keys = kind.equals("RSA") ? RSA : Authority.keys(kind);
            Side left = left(ROOT.issue("CN=left").dns("left.example").keys(keys).make());
            Side right = new Side(ROOT.issue("CN=right").dns("right.example").keys(keys).make(), RIGHT_ID, LEFT_ID);
            for (Side side : List.of(left, right)) {
                side.signs = List.of(scheme);
                side.accepts = List.of(scheme);
            }
            IkePair pair = up(pair(1, left, right), scheme.toString());
            for (Endpoint side : List.of(pair.left(), pair.right())) {
                assertTrue(peer(side).by().startsWith(scheme + ", "), peer(side).by());
            }
        }
    }

    @Test
    void whatIsPermittedMakesATunnel() {
        Authority intermediate = ROOT.issue("C=US, O=Torii, CN=Intermediate").authority(0).make();
        Authority below = intermediate.issue("C=US, O=Torii, CN=below").dns("left.example").make();
        Authority self = Authority.alone("CN=self");
        Map<String, Consumer<Side[]>> table = new LinkedHashMap<>();
        table.put("nothing special", sides -> { });
        table.put("a name of the certificate's subject in other letters", sides -> {
            sides[0].id = LEFT.subject();
            sides[1].wants = Identity.ofName(DistinguishedName.parse("/C=us/O=torii/CN=LEFT"));
        });
        table.put("a mail address", sides -> sides[0].id = sides[1].wants = Identity.userFqdn("left@example"));
        table.put("an address", sides -> sides[1].id = sides[0].wants = Identity.ofAddress(IkePair.address("198.51.100.11")));
        table.put("whoever the certificate is of", sides -> sides[0].wants = sides[1].wants = Identity.AS_CERTIFIED);
        table.put("an intermediate authority that is sent", sides -> {
            sides[0].chain = below.chain();
            sides[0].key = below.signingKey();
        });
        table.put("an intermediate authority that the other side has", sides -> {
            sides[0].chain = List.of(below.certificate);
            sides[0].key = below.signingKey();
            sides[1].trust = new Trust(List.of(intermediate.certificate, ROOT.certificate), List.of());
        });
        table.put("an intermediate authority as the only one known", sides -> {
            sides[0].chain = List.of(below.certificate);
            sides[0].key = below.signingKey();
            sides[1].trust = new Trust(List.of(intermediate.certificate), List.of());
        });
        table.put("the issuer that is demanded, in the middle of the path", sides -> {
            sides[0].chain = below.chain();
            sides[0].key = below.signingKey();
            sides[1].issuer = Optional.of(DistinguishedName.parse("C=US, O=Torii, CN=Intermediate"));
        });
        table.put("certificates only if asked", sides -> sides[0].sending = sides[1].sending = Sending.IF_ASKED);
        table.put("no certificate sent, but known", sides -> {
            sides[0].sending = Sending.NEVER;
            sides[1].known = Optional.of(LEFT.certificate);
        });
        table.put("a certificate of its own issue, known", sides -> {
            sides[0].chain = List.of(self.certificate);
            sides[0].key = self.signingKey();
            sides[0].id = self.subject();
            sides[1].wants = self.subject();
            sides[1].known = Optional.of(self.certificate);
            sides[1].trust = new Trust(List.of(), List.of());
        });
        table.put("a certificate of somebody else is revoked", sides -> sides[1].trust = new Trust(List.of(ROOT.certificate), List.of(ROOT.revoke(RIGHT))));
        table.put("a revocation that somebody else has signed", sides ->
                sides[1].trust = new Trust(List.of(ROOT.certificate), List.of(Authority.root("C=US, O=Torii, CN=Root").revoke(LEFT))));
        table.put("one side by certificate, the other by secret", sides -> {
            sides[0].ownSecret = Optional.of(Secret.ofText("secret"));
            sides[1].peersSecret = sides[0].ownSecret;
        });
        table.put("the other side by secret", sides -> {
            sides[1].ownSecret = Optional.of(Secret.ofText("secret"));
            sides[0].peersSecret = sides[1].ownSecret;
        });
        table.forEach((what, change) -> {
            Side[] sides = {left(), right()};
            change.accept(sides);
            up(pair(1, sides[0], sides[1]), what);
        });
    }

    /** The left side is at fault; the right side says why, in its own report only. */
    @Test
    void everyFaultIsRefusedAndNamedHere() {
        Authority stranger = Authority.root("CN=Stranger");
        Authority notAnAuthority = ROOT.issue("CN=Clerk").make();
        Authority narrow = ROOT.issue("CN=Narrow").authority(0).make();
        Authority tooDeep = narrow.issue("CN=Deep").authority().make();
        Map<String, Consumer<Side[]>> table = new LinkedHashMap<>();
        table.put("the certificate of CN=old has expired on 2026-05-31T23:59:59Z", by(ROOT.issue("CN=old").dns("left.example")
                .valid(Authority.NOW.minusSeconds(86400), Authority.NOW.minusSeconds(1)).make()));
        table.put("the certificate of CN=young is not valid before 2026-06-01T00:00:01Z", by(ROOT.issue("CN=young").dns("left.example")
                .valid(Authority.NOW.plusSeconds(1), Authority.NOW.plusSeconds(86400)).make()));
        table.put("is issued by CN=Stranger, and from there no path leads", by(stranger.issue("CN=x").dns("left.example").make()));
        table.put("the certificate of CN=Clerk cannot be used: it has issued another one, and is not a certification authority",
                by(notAnAuthority.issue("CN=x").dns("left.example").make()));
        table.put("the certificate of CN=Deep cannot be used: an authority above it permits no path of this length",
                by(tooDeep.issue("CN=x").dns("left.example").make()));
        table.put("is signed with SHA1withECDSA", by(ROOT.issue("CN=weak").dns("left.example").sha1().make()));
        table.put("the RSA key of CN=short has only 1024 bits", by(ROOT.issue("CN=short").dns("left.example").keys(Authority.keys("RSA-1024")).make()));
        table.put("is not for signatures (key usage)", by(ROOT.issue("CN=x").dns("left.example").usage(KeyUsage.keyEncipherment).make()));
        table.put("is not for IPsec (extended key usage 1.3.6.1.5.5.7.3.3)",
                by(ROOT.issue("CN=x").dns("left.example").purpose(KeyPurposeId.id_kp_codeSigning).make()));
        table.put("it has a critical extension that is not understood here", by(ROOT.issue("CN=x").dns("left.example")
                .extension(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"), true, DERNull.INSTANCE).make()));
        table.put("the certificate of C=US, O=Torii, CN=left was revoked on 2026-06-01T00:00:00Z",
                sides -> sides[1].trust = new Trust(List.of(ROOT.certificate), List.of(ROOT.revoke(RIGHT, LEFT))));
        table.put("the peer says that it is @left.example, its certificate is for [CN=other, @other.example, 10.0.0.1]",
                by(ROOT.issue("CN=other").dns("other.example").address("10.0.0.1").make()));
        table.put("the peer is @left.example, we want @elsewhere.example", sides -> sides[1].wants = Identity.fqdn("elsewhere.example"));
        table.put("(ECDSA with SHA2-256) is not by the key of its certificate", sides -> sides[0].key = RIGHT.signingKey());
        table.put("the peer sends no certificate, and none is configured for it", sides -> sides[0].sending = Sending.NEVER);
        table.put("the peer's certificate is not the one that is configured for it", sides -> sides[1].known = Optional.of(RIGHT.certificate));
        table.put("the peer's certificate does not come from CN=Stranger", sides -> sides[1].issuer = Optional.of(DistinguishedName.parse("CN=Stranger")));
        table.put("the peer signs by ECDSA-256, accepted are [RSASSA-PSS with SHA2-256]", sides -> {
            sides[0].signs = List.of(SignatureScheme.ECDSA_P256);
            sides[1].accepts = List.of(SignatureScheme.RSA_PSS_SHA2_256);
        });
        table.put("the peer authenticates with a pre-shared key, not with a certificate", sides -> {
            sides[0].ownSecret = Optional.of(Secret.ofText("secret"));
        });
        table.put("the peer authenticates by method 14, not with the pre-shared key", sides -> sides[1].peersSecret = Optional.of(Secret.ofText("secret")));
        table.forEach((text, change) -> {
            Side[] sides = {left(), right()};
            change.accept(sides);
            IkePair pair = pair(1, sides[0], sides[1]);
            pair.left().start();
            pair.runUntil(() -> !pair.left().reports.isEmpty(), Duration.ofMinutes(1), text);
            assertTrue(pair.right().reports.get(0).contains(text), text + " expected, " + pair.right().reports);
            assertTrue(pair.left().reports.get(0).startsWith("the peer says AUTHENTICATION_FAILED: "), pair.left().reports.get(0));
            assertEquals(0, pair.right().ikeSas.size() + pair.right().inbound.size() + pair.left().ikeSas.size() + pair.left().inbound.size(), text);
        });
    }

    private static Consumer<Side[]> by(Authority own) {
        return sides -> {
            sides[0].chain = own.chain();
            sides[0].key = own.signingKey();
        };
    }

    @Test
    void theInitiatorRefusesAResponderInTheSameWay() {
        Side right = right();
        right.key = LEFT.signingKey();
        IkePair pair = pair(1, left(), right);
        pair.left().start();
        pair.runUntil(() -> !pair.left().reports.isEmpty(), Duration.ofMinutes(1), "a report");
        assertEquals("the peer's signature (ECDSA with SHA2-256) is not by the key of its certificate", pair.left().reports.get(0));
        pair.runFor(Duration.ofMillis(100));
        assertEquals(0, pair.left().ikeSas.size() + pair.right().ikeSas.size(), "the responder is told: section 2.21.2\n" + pair.history());
    }

    @Test
    void whoCannotSignWhatThePeerUnderstandsSaysSoHere() {
        Side left = left();
        left.signs = List.of(SignatureScheme.ECDSA_SHA2_256);
        Side right = right();
        right.accepts = List.of(SignatureScheme.ECDSA_SHA2_384);
        IkePair pair = pair(1, left, right);
        pair.left().start();
        pair.runUntil(() -> !pair.left().reports.isEmpty(), Duration.ofMinutes(1), "a report");
        assertEquals("the peer understands no signature that our key may make: it has announced [SHA2_384], we may use [ECDSA with SHA2-256]",
                pair.left().reports.get(0));
    }

    @Test
    void setUpByCertificateSurvivesABadNetwork() {
        for (long seed = 1; seed <= 20; seed++) {
            IkePair pair = pair(seed, left(), right()).loss(0.3).duplicate(0.1).reorder(0.2);
            up(pair, "seed " + seed);
        }
    }

    @Test
    void realCryptographyGivesTheSameMessagesForTheSameSeed() {
        var sent = new ArrayList<List<Octets>>();
        for (int run = 0; run < 2; run++) {
            var pair = new IkePair(7, Configs.left().version(IkeVersion.V2).local(LEFT_ID).remote(RIGHT_ID).authentication(left().authentication()).build(),
                    Configs.right().version(IkeVersion.V2).local(RIGHT_ID).remote(LEFT_ID).authentication(right().authentication()).build(),
                    new BouncyCastleCrypto(new SimCrypto.SeededRandom(1)), new BouncyCastleCrypto(new SimCrypto.SeededRandom(2)));
            up(pair, "run " + run);
            sent.add(pair.left().sent);
            sent.add(pair.right().sent);
        }
        assertEquals(sent.get(0), sent.get(2));
        assertEquals(sent.get(1), sent.get(3));
    }

    @Test
    void renewalsKeepThePeersIdentityAndNeedNoCertificate() {
        IkePair pair = up(pair(3, left(), right()), "set-up");
        pair.runFor(Duration.ofHours(20));
        assertTrue(pair.trafficPasses());
        assertEquals(LEFT_ID, peer(pair.right()).identity());
        assertEquals(0, pair.left().downs);
    }

    @Test
    void secretsAndKeysCanBeErased() {
        Side side = left();
        side.peersSecret = Optional.of(Secret.ofText("secret"));
        side.authentication().erase();
        assertTrue(side.peersSecret.get().isErased());
        assertThrows(IllegalStateException.class, side.key::open);
    }

    @Test
    void noPrivateKeyIsEverPrinted() {
        String key = Octets.of(LEFT.privateKey().getEncoded()).toString();
        String shown = left().authentication() + " " + LEFT.signingKey() + " " + pair(1, left(), right()).left().session().status();
        assertFalse(shown.contains(key.substring(key.length() - 40)) || shown.contains("PrivateKey"), shown);
        assertTrue(shown.contains("EC key ***"), shown);
    }
}
