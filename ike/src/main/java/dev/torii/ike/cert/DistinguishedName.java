package dev.torii.ike.cert;

import dev.torii.ike.Octets;
import java.io.IOException;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** A name like {@code C=US, O=Example, CN=vpn}, in the order of its encoding as Libreswan writes it. */
public final class DistinguishedName {
    private final X500Principal principal;

    private DistinguishedName(X500Principal principal) {
        this.principal = principal;
    }

    /** As it is in a certificate. */
    public static DistinguishedName of(X500Principal principal) {
        return new DistinguishedName(principal);
    }

    /** From DER, as in an identification payload; empty if it is none. */
    public static Optional<DistinguishedName> of(Octets der) {
        try {
            return Optional.of(new DistinguishedName(new X500Principal(der.toByteArray())));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /**
     * From text: {@code C=US, O=Example, CN=vpn} or {@code /C=US/O=Example/CN=vpn}, both in the order of the encoding.
     *
     * @throws IllegalArgumentException if it is not a name
     */
    public static DistinguishedName parse(String text) {
        String commas = text.startsWith("/") ? text.substring(1).replace(",", "\\,").replaceAll("/(?=\\s*[A-Za-z0-9.]+\\s*=)", ",") : text;
        try {
            return new DistinguishedName(new X500Principal(new X500Name(BCStyle.INSTANCE, commas).getEncoded(ASN1Encoding.DER)));
        } catch (IOException malformed) {
            throw new IllegalArgumentException(malformed.getMessage(), malformed);
        }
    }

    /** Its encoding. */
    public Octets der() {
        return Octets.of(principal.getEncoded());
    }

    /** The same parts in the same order; upper and lower case, runs of spaces and the kind of string do not count. */
    @Override
    public boolean equals(Object other) {
        return other instanceof DistinguishedName name && principal.equals(name.principal);
    }

    @Override
    public int hashCode() {
        return principal.hashCode();
    }

    /** Never more than printable ASCII: a peer may have chosen it. */
    @Override
    public String toString() {
        String text = X500Name.getInstance(BCStyle.INSTANCE, principal.getEncoded()).toString();
        return text.replaceAll("(?<!\\\\),", ", ").replaceAll("[^\\x20-\\x7e]", "?");
    }
}
