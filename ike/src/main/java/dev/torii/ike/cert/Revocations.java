package dev.torii.ike.cert;

import dev.torii.ike.IkeException;
import java.security.cert.X509CRL;
import java.util.List;

/** The revocation lists that count now. Those which their issuer's key has not signed are of no effect; one that is out of date still revokes. */
@FunctionalInterface
public interface Revocations {
    /** Asked once for each path that is checked. @throws IkeException if they cannot be read: then no path is good */
    List<X509CRL> now() throws IkeException;

    /** Always these. */
    static Revocations of(List<X509CRL> lists) {
        List<X509CRL> copy = List.copyOf(lists);
        return () -> copy;
    }
}
