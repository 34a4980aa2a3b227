package dev.torii.cli.certs;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** A certificate and its key, made now and valid for a day unless it is to be expired. */
public final class Issued {
    private static final Duration DAY = Duration.ofDays(1);
    private static int serial;

    private final byte[] der;
    private final X500Name subject;
    private final KeyPair pair;

    private Issued(byte[] der, X500Name subject, KeyPair pair) {
        this.der = der;
        this.subject = subject;
        this.pair = pair;
    }

    /** A root with a P-256 key. */
    public static Issued root(String name) {
        KeyPair pair = keys("P-256");
        return make(new Issued(new byte[0], new X500Name(name), pair), name, pair, true, List.of(), Instant.now().plus(DAY));
    }

    /** An authority below this one. */
    public Issued authority(String name) {
        return make(this, name, keys("P-256"), true, List.of(), Instant.now().plus(DAY));
    }

    /** A gateway's: {@code kind} is {@code P-256}, {@code P-384}, {@code P-521} or {@code RSA-bits}; {@code names} addresses and host names. */
    public Issued gateway(String name, String kind, String... names) {
        return make(this, name, keys(kind), false, List.of(names), Instant.now().plus(DAY));
    }

    /** The same, expired an hour ago. */
    public Issued expired(String name, String... names) {
        return make(this, name, keys("P-256"), false, List.of(names), Instant.now().minus(Duration.ofHours(1)));
    }

    /** The key pair alone. */
    public KeyPair pair() {
        return pair;
    }

    public String certificate() {
        return pem("CERTIFICATE", der);
    }

    /** PKCS#8. */
    public String key() {
        return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    /** A list that revokes these, which it has issued. */
    public String revokes(Issued... revoked) {
        var body = new V2TBSCertListGenerator();
        body.setIssuer(subject);
        body.setThisUpdate(new Time(Date.from(Instant.now())));
        body.setNextUpdate(new Time(Date.from(Instant.now().plus(DAY))));
        for (Issued each : revoked) {
            var serial = Certificate.getInstance(each.der).getSerialNumber();
            body.addCRLEntry(serial, new Time(Date.from(Instant.now())), CRLReason.keyCompromise);
        }
        body.setSignature(algorithm());
        return pem("X509 CRL", signed(body.generateTBSCertList()));
    }

    public static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + label + "-----\n";
    }

    private static KeyPair keys(String kind) {
        try {
            var generator = KeyPairGenerator.getInstance(kind.startsWith("RSA") ? "RSA" : "EC");
            if (kind.startsWith("RSA")) generator.initialize(Integer.parseInt(kind.substring(4)));
            else generator.initialize(new ECGenParameterSpec("secp" + kind.substring(2) + "r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new AssertionError(missing);
        }
    }

    private static GeneralName name(String text) {
        return new GeneralName(text.matches("[0-9.]+") ? GeneralName.iPAddress : text.contains("@") ? GeneralName.rfc822Name : GeneralName.dNSName, text);
    }

    private static Issued make(Issued issuer, String name, KeyPair pair, boolean authority, List<String> names, Instant until) {
        try {
            var body = new V3TBSCertificateGenerator();
            var subject = new X500Name(name);
            body.setSerialNumber(new ASN1Integer(BigInteger.valueOf(++serial)));
            body.setIssuer(issuer.subject);
            body.setSubject(subject);
            body.setStartDate(new Time(Date.from(Instant.now().minus(DAY))));
            body.setEndDate(new Time(Date.from(until)));
            body.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
            var extensions = new ExtensionsGenerator();
            if (authority) {
                extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
                extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            }
            if (!names.isEmpty()) {
                var alternatives = names.stream().map(Issued::name).toArray(GeneralName[]::new);
                extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
            }
            if (!extensions.isEmpty()) body.setExtensions(extensions.generate());
            body.setSignature(issuer.algorithm());
            return new Issued(issuer.signed(body.generateTBSCertificate()), subject, pair);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private boolean elliptic() {
        return pair.getPrivate().getAlgorithm().equals("EC");
    }

    private AlgorithmIdentifier algorithm() {
        return elliptic() ? new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256)
                : new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
    }

    private byte[] signed(ASN1Object body) {
        try {
            var signature = Signature.getInstance(elliptic() ? "SHA256withECDSA" : "SHA256withRSA");
            signature.initSign(pair.getPrivate());
            signature.update(body.getEncoded(ASN1Encoding.DER));
            var parts = new ASN1EncodableVector();
            parts.add(body);
            parts.add(algorithm());
            parts.add(new DERBitString(signature.sign()));
            return new DERSequence(parts).getEncoded(ASN1Encoding.DER);
        } catch (GeneralSecurityException | IOException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
