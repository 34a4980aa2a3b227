package dev.torii.ike.session;

import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Makes cookies: the number of a secret, and an HMAC with it (RFC 7296, section 2.6). Nothing is kept of who is given one. After a change those made with the
 * secret before are still good, so that nobody is asked twice.
 */
public final class CookieSecret {
    private final IkeCrypto crypto;
    private @Nullable Secret current;
    private @Nullable Secret previous;
    private byte number;

    CookieSecret(IkeCrypto crypto) {
        this.crypto = crypto;
    }

    /** A cookie over what it is to be bound to. */
    public Octets cookie(byte[]... parts) {
        Secret secret = current;
        if (secret == null) {
            secret = Secret.copyOf(crypto.random(HashAlgorithm.SHA2_256.bytes()));
            current = secret;
        }
        return cookie(number, secret, parts);
    }

    private Octets cookie(byte which, Secret secret, byte[]... parts) {
        return Octets.concat(Octets.of(which), Octets.of(crypto.prf(HashAlgorithm.SHA2_256, secret, parts).toByteArray()));
    }

    /** Whether {@code said} was made over the same, not longer ago than the change before the last. */
    public boolean made(Octets said, byte[]... parts) {
        Secret secret = said.length() == 0 ? null : said.at(0) == number ? current : said.at(0) == (byte) (number - 1) ? previous : null;
        return secret != null && MessageDigest.isEqual(cookie(said.at(0), secret, parts).toByteArray(), said.toByteArray());
    }

    /** From now on another secret. */
    public void change() {
        if (previous != null) {
            previous.erase();
        }
        previous = current;
        current = null;
        number++;
    }
}
