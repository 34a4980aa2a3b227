package dev.torii.ike;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/** A private key, RSA or elliptic. Kept as bytes that can be erased; the JDK's key object, which cannot, lives for one signature. Never printed. */
public final class SigningKey {
    private final String algorithm;
    private final Secret pkcs8;

    /**
     * Checks that the key can be read.
     *
     * @param algorithm {@code RSA}, {@code RSASSA-PSS} or {@code EC}
     * @param pkcs8 a PrivateKeyInfo (RFC 5208); it is erased with this object
     * @throws IkeException if it is no such key
     */
    public SigningKey(String algorithm, Secret pkcs8) throws IkeException {
        this.algorithm = algorithm;
        this.pkcs8 = pkcs8;
        try {
            read();
        } catch (GeneralSecurityException unreadable) {     // its text may show parts of the key
            throw new IkeException("not a usable " + algorithm + " private key");
        }
    }

    /** For one signature. @throws IllegalStateException after {@link #erase()} */
    public PrivateKey open() {
        try {
            return read();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("the key could be read before");
        }
    }

    private PrivateKey read() throws GeneralSecurityException {
        byte[] bytes = pkcs8.toByteArray();
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Overwrites the key. */
    public void erase() {
        pkcs8.erase();
    }

    /** The same key, compared in constant time. */
    @Override
    public boolean equals(Object other) {
        return other instanceof SigningKey key && algorithm.equals(key.algorithm) && pkcs8.equals(key.pkcs8);
    }

    @Override
    public int hashCode() {
        return pkcs8.hashCode();
    }

    @Override
    public String toString() {
        return algorithm + " key ***";
    }
}
