package dev.torii.ike.cert;

import dev.torii.ike.IkeException;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CRLReason;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whose word counts: the authorities of {@code cacerts} and the revocations of {@code crls}. An authority whose issuer is among the others is a link of
 * a path, any other one is its end. Paths are checked as RFC 5280, section 6, says, at a time that the caller gives; nothing is fetched.
 *
 * @param authorities CA certificates, root or not
 * @param revocations asked anew for each path
 */
public record Trust(List<X509Certificate> authorities, Revocations revocations) {
    /** Certificates of one message that are looked at; a path of more is nobody's. */
    public static final int MAX_GIVEN = 10;
    private static final int RSA_BITS = 2048;

    /** Copies the list. */
    public Trust {
        authorities = List.copyOf(authorities);
    }

    /** With revocations that do not change. */
    public Trust(List<X509Certificate> authorities, List<X509CRL> revocations) {
        this(authorities, Revocations.of(revocations));
    }

    /** The certificates at which a path may end. */
    public List<X509Certificate> anchors() {
        return authorities.stream().filter(each -> authorities.stream().noneMatch(other -> !other.equals(each) && issued(other, each))).toList();
    }

    /**
     * Checks a certificate with the help of others.
     *
     * @param given the certificate itself, then any that may be between it and an anchor
     * @return the path from the certificate to its anchor
     * @throws IkeException with what is wrong
     */
    public List<X509Certificate> validate(List<X509Certificate> given, Instant now) throws IkeException {
        X509Certificate own = given.get(0);
        List<X509Certificate> anchors = anchors();
        List<X509Certificate> path = path(own, anchors, new ArrayList<>(given.subList(1, Math.min(given.size(), MAX_GIVEN)))).orElseThrow(() ->
                new IkeException("the certificate of " + subject(own) + " is issued by " + DistinguishedName.of(own.getIssuerX500Principal())
                        + ", and from there no path leads to an authority in cacerts"));
        List<X509CRL> lists = revocations.now();
        for (int i = 0; i < path.size(); i++) {
            current(path.get(i), now);
            strong(path.get(i), i == path.size() - 1);
            if (i + 1 < path.size()) {
                notRevoked(path.get(i), path.get(i + 1), lists);
            }
        }
        pkix(path, now);
        return path;
    }

    /** What to send along with a certificate: those between it and a root, the root left out. Just the certificates themselves if no path is known. */
    public List<X509Certificate> chain(List<X509Certificate> own) {
        return path(own.get(0), anchors(), own.subList(1, own.size())).map(path -> {
            X509Certificate last = path.get(path.size() - 1);
            return path.size() > 1 && issued(last, last) ? path.subList(0, path.size() - 1) : path;
        }).orElse(own);
    }

    /** Each certificate is tried once: a peer cannot make us search for long. */
    private Optional<List<X509Certificate>> path(X509Certificate own, List<X509Certificate> anchors, List<X509Certificate> given) {
        var links = new ArrayList<>(given);
        authorities.stream().filter(authority -> !anchors.contains(authority)).forEach(links::add);
        return extend(List.of(own), anchors, links, new HashSet<>(Set.of(own)));
    }

    private Optional<List<X509Certificate>> extend(List<X509Certificate> path, List<X509Certificate> anchors, List<X509Certificate> links,
            Set<X509Certificate> tried) {
        X509Certificate last = path.get(path.size() - 1);
        if (anchors.contains(last)) {
            return Optional.of(path);
        }
        for (X509Certificate anchor : anchors) {
            if (issued(anchor, last)) {
                return Optional.of(with(path, anchor));
            }
        }
        for (X509Certificate link : links) {
            if (issued(link, last) && tried.add(link)) {
                Optional<List<X509Certificate>> found = extend(with(path, link), anchors, links, tried);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static List<X509Certificate> with(List<X509Certificate> path, X509Certificate next) {
        var longer = new ArrayList<>(path);
        longer.add(next);
        return longer;
    }

    private static boolean issued(X509Certificate issuer, X509Certificate certificate) {
        return issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()) && signed(issuer.getPublicKey(), certificate);
    }

    private static boolean signed(PublicKey key, X509Certificate certificate) {
        try {
            certificate.verify(key);
            return true;
        } catch (GeneralSecurityException another) {
            return false;
        }
    }

    /** Whether a certificate is valid at this time. @throws IkeException if it is not */
    public static void current(X509Certificate certificate, Instant now) throws IkeException {
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            throw new IkeException("the certificate of " + subject(certificate) + " has expired on " + certificate.getNotAfter().toInstant());
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            throw new IkeException("the certificate of " + subject(certificate) + " is not valid before " + certificate.getNotBefore().toInstant());
        }
    }

    /** RFC 8247, section 3: no SHA-1, no short RSA keys. An anchor is trusted whoever signed it. */
    private static void strong(X509Certificate certificate, boolean anchor) throws IkeException {
        if (certificate.getPublicKey() instanceof RSAKey rsa && rsa.getModulus().bitLength() < RSA_BITS) {
            throw new IkeException("the RSA key of " + subject(certificate) + " has only " + rsa.getModulus().bitLength() + " bits, of " + RSA_BITS);
        }
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (!anchor && (signature.startsWith("SHA1") || signature.startsWith("MD"))) {
            throw new IkeException("the certificate of " + subject(certificate) + " is signed with " + certificate.getSigAlgName());
        }
    }

    private static void notRevoked(X509Certificate certificate, X509Certificate issuer, List<X509CRL> lists) throws IkeException {
        for (X509CRL list : lists) {
            X509CRLEntry entry = list.getRevokedCertificate(certificate);
            if (entry != null && entry.getRevocationReason() != CRLReason.REMOVE_FROM_CRL && signed(issuer.getPublicKey(), list)) {
                throw new IkeException("the certificate of " + subject(certificate) + " was revoked on " + entry.getRevocationDate().toInstant());
            }
        }
    }

    private static boolean signed(PublicKey key, X509CRL list) {
        try {
            list.verify(key);
            return true;
        } catch (GeneralSecurityException another) {
            return false;
        }
    }

    private static void pkix(List<X509Certificate> path, Instant now) throws IkeException {
        if (path.size() == 1) {
            return;         // it stands in cacerts itself
        }
        X509Certificate anchor = path.get(path.size() - 1);
        List<X509Certificate> links = path.subList(0, path.size() - 1);
        try {
            if (anchor.getBasicConstraints() < 0) {
                throw new IkeException(subject(anchor) + " is not a certification authority");
            }
            var parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
            parameters.setRevocationEnabled(false);         // done above: the JDK overlooks lists that are out of date
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX").validate(CertificateFactory.getInstance("X.509").generateCertPath(links), parameters);
        } catch (CertPathValidatorException invalid) {
            X509Certificate at = links.get(Math.max(0, invalid.getIndex()));
            throw new IkeException("the certificate of " + subject(at) + " cannot be used: " + reason(invalid));
        } catch (CertificateException | InvalidAlgorithmParameterException | NoSuchAlgorithmException unusable) {
            throw new IkeException("the path of " + subject(links.get(0)) + " cannot be checked: " + unusable.getMessage());
        }
    }

    private static String reason(CertPathValidatorException invalid) {
        if (invalid.getReason() == PKIXReason.NOT_CA_CERT) {
            return "it has issued another one, and is not a certification authority";
        }
        if (invalid.getReason() == PKIXReason.PATH_TOO_LONG) {
            return "an authority above it permits no path of this length";
        }
        if (invalid.getReason() == PKIXReason.INVALID_KEY_USAGE) {
            return "its key is not for signing certificates";
        }
        if (invalid.getReason() == PKIXReason.UNRECOGNIZED_CRIT_EXT) {
            return "it has a critical extension that is not understood here";
        }
        if (invalid.getReason() == PKIXReason.INVALID_NAME) {
            return "an authority above it may not issue for this name";
        }
        return String.valueOf(invalid.getMessage());
    }

    private static DistinguishedName subject(X509Certificate certificate) {
        return DistinguishedName.of(certificate.getSubjectX500Principal());
    }
}
