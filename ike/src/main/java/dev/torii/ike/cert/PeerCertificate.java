package dev.torii.ike.cert;

import dev.torii.ike.Identity;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a certificate that is used for IKE says, and whether it may be used so: RFC 4945, section 5. */
public final class PeerCertificate {
    private static final int RFC822_NAME = 1;
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    /** Any, server, client, the three of IPsec that were given up, IKE (RFC 4945), iKEIntermediate: all are found in the certificates of gateways. */
    private static final Set<String> PURPOSES = Set.of("2.5.29.37.0", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.5", "1.3.6.1.5.5.7.3.6",
            "1.3.6.1.5.5.7.3.7", "1.3.6.1.5.5.7.3.17", "1.3.6.1.5.5.8.2.2");

    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:]+:[0-9a-fA-F:.]*");

    private PeerCertificate() {
    }

    /** From a CERT payload. @throws IkeException if it cannot be read */
    public static X509Certificate decode(Octets der) throws IkeException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der.toByteArray()));
        } catch (CertificateException | IllegalArgumentException malformed) {
            throw new IkeException("a certificate that cannot be read: " + malformed.getMessage());
        }
    }

    /** For a CERT payload. */
    public static Octets encode(X509Certificate certificate) {
        try {
            return Octets.of(certificate.getEncoded());
        } catch (CertificateException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** What a CERTREQ payload names an authority by: SHA-1 of its SubjectPublicKeyInfo (RFC 7296, section 3.7). */
    public static Octets authorityHash(X509Certificate authority) {
        try {
            return Octets.of(MessageDigest.getInstance("SHA-1").digest(authority.getPublicKey().getEncoded()));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);       // every Java platform has it
        }
    }

    /** @throws IkeException if the certificate's key is for something else than signing */
    public static void usable(X509Certificate certificate) throws IkeException {
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null && !usage[0] && !usage[1]) {      // digitalSignature, nonRepudiation
            throw new IkeException("the key of " + DistinguishedName.of(certificate.getSubjectX500Principal()) + " is not for signatures (key usage)");
        }
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            if (purposes != null && purposes.stream().noneMatch(PURPOSES::contains)) {
                throw new IkeException("the certificate of " + DistinguishedName.of(certificate.getSubjectX500Principal())
                        + " is not for IPsec (extended key usage " + String.join(", ", purposes) + ")");
            }
        } catch (CertificateParsingException malformed) {
            throw new IkeException("a certificate whose extended key usage cannot be read");
        }
    }

    /** Whether the certificate is one of this identity: its subject, or one of its alternative names. */
    public static boolean bears(X509Certificate certificate, Identity identity) {
        return names(certificate).stream().anyMatch(name -> name.type() == Identity.FQDN && identity.type() == Identity.FQDN
                || name.type() == Identity.USER_FQDN && identity.type() == Identity.USER_FQDN ? lower(name).equals(lower(identity)) : name.means(identity));
    }

    private static String lower(Identity identity) {
        return new String(identity.value().toByteArray(), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    }

    /** Every identity that a certificate is of: the subject first, if it is not empty. */
    public static List<Identity> names(X509Certificate certificate) {
        var names = new ArrayList<Identity>();
        var subject = certificate.getSubjectX500Principal();
        if (!subject.getName().isEmpty()) {
            names.add(Identity.ofName(DistinguishedName.of(subject)));
        }
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
                if (alternative.get(1) instanceof String text) {
                    switch ((Integer) alternative.get(0)) {
                        case RFC822_NAME -> names.add(Identity.userFqdn(text));
                        case DNS_NAME -> names.add(Identity.fqdn(text));
                        case IP_ADDRESS -> {
                            if (LITERAL.matcher(text).matches()) {      // else the JDK would ask a name server
                                names.add(Identity.ofAddress(InetAddress.getByName(text)));
                            }
                        }
                        default -> { }      // no identity of IKE
                    }
                }
            }
        } catch (CertificateParsingException | UnknownHostException malformed) {
            return List.copyOf(names);      // what cannot be read names nobody
        }
        return List.copyOf(names);
    }
}
