package dev.torii.ike.cert;

import dev.torii.ike.Identity;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.SigningKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/** Makes certificates for tests: {@code Authority.root("CN=Root").issue("CN=gw").name(...).make()}. Each call of a setter changes the one that follows. */
public final class Authority {
    /** Certificates are valid for a year around this time unless said otherwise. */
    public static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    public final X509Certificate certificate;
    private final KeyPair pair;
    private final @Nullable Authority issuer;
    private int serial = 1;

    private Authority(X509Certificate certificate, KeyPair pair, @Nullable Authority issuer) {
        this.certificate = certificate;
        this.pair = pair;
        this.issuer = issuer;
    }

    /** A root of a P-256 key. */
    public static Authority root(String name) {
        return new Order(null, name).authority().make();
    }

    /** A certificate of its own issue that is no authority. */
    public static Authority alone(String name) {
        return new Order(null, name).make();
    }

    /** Something that this one vouches for. */
    public Order issue(String name) {
        return new Order(this, name);
    }

    public PrivateKey privateKey() {
        return pair.getPrivate();
    }

    public SigningKey signingKey() {
        try {
            return new SigningKey(pair.getPrivate().getAlgorithm(), Secret.copyOf(pair.getPrivate().getEncoded()));
        } catch (IkeException impossible) {
            throw new AssertionError(impossible);
        }
    }

    public Identity subject() {
        return Identity.ofName(DistinguishedName.of(certificate.getSubjectX500Principal()));
    }

    /** This certificate and those between it and the root. */
    public List<X509Certificate> chain() {
        var chain = new ArrayList<X509Certificate>();
        for (Authority at = this; at.issuer != null; at = at.issuer) {
            chain.add(at.certificate);
        }
        return chain;
    }

    /** A key pair of {@code P-256}, {@code P-384}, {@code P-521} or {@code RSA-bits}. */
    public static KeyPair keys(String kind) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.startsWith("RSA") ? "RSA" : "EC");
            if (kind.startsWith("RSA")) {
                generator.initialize(Integer.parseInt(kind.substring(4)));
            } else {
                generator.initialize(new ECGenParameterSpec("secp" + kind.substring(2) + "r1"));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new AssertionError(missing);
        }
    }

    /** A revocation list with these certificates on it. */
    public X509CRL revoke(Authority... revoked) {
        try {
            var list = new V2TBSCertListGenerator();
            list.setIssuer(X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()));
            list.setThisUpdate(new Time(Date.from(NOW)));
            list.setNextUpdate(new Time(Date.from(NOW.plusSeconds(86400))));
            for (Authority each : revoked) {
                list.addCRLEntry(new ASN1Integer(each.certificate.getSerialNumber()), new Time(Date.from(NOW)), CRLReason.keyCompromise);
            }
            list.setSignature(algorithm("SHA256"));
            var body = list.generateTBSCertList();
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(signed(body, "SHA256")));
        } catch (GeneralSecurityException | IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private AlgorithmIdentifier algorithm(String hash) {
        if (pair.getPrivate().getAlgorithm().equals("EC")) {
            return new AlgorithmIdentifier(hash.equals("SHA1") ? X9ObjectIdentifiers.ecdsa_with_SHA1 : X9ObjectIdentifiers.ecdsa_with_SHA256);
        }
        var rsa = hash.equals("SHA1") ? PKCSObjectIdentifiers.sha1WithRSAEncryption : PKCSObjectIdentifiers.sha256WithRSAEncryption;
        return new AlgorithmIdentifier(rsa, DERNull.INSTANCE);
    }

    private byte[] signed(ASN1Object body, String hash) throws GeneralSecurityException, IOException {
        Signature signature = Signature.getInstance(hash + "with" + (pair.getPrivate().getAlgorithm().equals("EC") ? "ECDSA" : "RSA"));
        signature.initSign(pair.getPrivate());
        signature.update(body.getEncoded(ASN1Encoding.DER));
        var parts = new ASN1EncodableVector();
        parts.add(body);
        parts.add(algorithm(hash));
        parts.add(new DERBitString(signature.sign()));
        return new DERSequence(parts).getEncoded(ASN1Encoding.DER);
    }

    /** A certificate to be made. */
    public static final class Order {
        private final @Nullable Authority issuer;
        private final String name;
        private final List<GeneralName> names = new ArrayList<>();
        private final List<Extension> extensions = new ArrayList<>();
        private @Nullable KeyPair keys;
        private Instant from = NOW.minusSeconds(180 * 86400L);
        private Instant to = NOW.plusSeconds(180 * 86400L);
        private String hash = "SHA256";

        private Order(@Nullable Authority issuer, String name) {
            this.issuer = issuer;
            this.name = name;
        }

        public Order dns(String host) {
            names.add(new GeneralName(GeneralName.dNSName, host));
            return this;
        }

        public Order address(String address) {
            names.add(new GeneralName(GeneralName.iPAddress, address));
            return this;
        }

        public Order mail(String address) {
            names.add(new GeneralName(GeneralName.rfc822Name, address));
            return this;
        }

        public Order keys(KeyPair pair) {
            keys = pair;
            return this;
        }

        public Order valid(Instant notBefore, Instant notAfter) {
            from = notBefore;
            to = notAfter;
            return this;
        }

        public Order sha1() {
            hash = "SHA1";
            return this;
        }

        public Order authority() {
            return extension(Extension.basicConstraints, true, new BasicConstraints(true)).usage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
        }

        public Order authority(int below) {
            return extension(Extension.basicConstraints, true, new BasicConstraints(below)).usage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
        }

        public Order usage(int bits) {
            return extension(Extension.keyUsage, true, new KeyUsage(bits));
        }

        public Order purpose(KeyPurposeId purpose) {
            return extension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
        }

        public Order extension(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
            try {
                extensions.add(new Extension(id, critical, value.toASN1Primitive().getEncoded()));
                return this;
            } catch (IOException impossible) {
                throw new AssertionError(impossible);
            }
        }

        public Authority make() {
            try {
                KeyPair pair = keys == null ? Authority.keys("P-256") : keys;
                var body = new V3TBSCertificateGenerator();
                body.setSerialNumber(new ASN1Integer(BigInteger.valueOf(issuer == null ? 1 : ++issuer.serial)));
                body.setSubject(new X500Name(name));
                body.setIssuer(issuer == null ? new X500Name(name) : X500Name.getInstance(issuer.certificate.getSubjectX500Principal().getEncoded()));
                body.setStartDate(new Time(Date.from(from)));
                body.setEndDate(new Time(Date.from(to)));
                body.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
                if (!names.isEmpty()) {
                    extension(Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
                }
                if (!extensions.isEmpty()) {
                    body.setExtensions(new Extensions(extensions.toArray(Extension[]::new)));
                }
                Authority signer = issuer == null ? new Authority(null, pair, null) : issuer;
                body.setSignature(signer.algorithm(hash));
                X509Certificate made = PeerCertificate.decode(Octets.of(signer.signed(body.generateTBSCertificate(), hash)));
                return new Authority(made, pair, issuer);
            } catch (GeneralSecurityException | IOException | IkeException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
