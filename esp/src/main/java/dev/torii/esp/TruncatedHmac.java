package dev.torii.esp;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;

/** The ICV of an ESP packet by an HMAC cut short: RFC 2404 and RFC 4868. One thread owns it. */
final class TruncatedHmac {
    private final Algorithm algorithm;
    private final ErasableKey key;
    private final Mac mac;
    private final byte[] whole;

    /** The hash functions, with the key and ICV sizes that their RFC fixes. */
    enum Algorithm {
        /** RFC 2404. */
        SHA1_96("HmacSHA1", 20, 12),
        /** RFC 4868. */
        SHA2_256_128("HmacSHA256", 32, 16),
        /** RFC 4868. */
        SHA2_384_192("HmacSHA384", 48, 24),
        /** RFC 4868. */
        SHA2_512_256("HmacSHA512", 64, 32);

        private final String provided;
        private final int hashBytes;
        private final int icvBytes;

        Algorithm(String provided, int hashBytes, int icvBytes) {
            this.provided = provided;
            this.hashBytes = hashBytes;
            this.icvBytes = icvBytes;
        }

        int icvBytes() {
            return icvBytes;
        }

        /** The key is as long as the hash: RFC 2404, section 3, and RFC 4868, section 2.1.1. */
        int keyBytes() {
            return hashBytes;
        }
    }

    /** Takes a copy of the {@link Algorithm#keyBytes} of {@code material} that begin at {@code offset}. */
    TruncatedHmac(Algorithm algorithm, byte[] material, int offset) {
        this.algorithm = algorithm;
        byte[] own = Arrays.copyOfRange(material, offset, offset + algorithm.keyBytes());
        this.key = new ErasableKey(algorithm.provided, own, own.length);
        Arrays.fill(own, (byte) 0);
        this.whole = new byte[algorithm.hashBytes];
        try {
            this.mac = Mac.getInstance(algorithm.provided);
            mac.init(key);
        } catch (GeneralSecurityException noSuchMac) {
            throw new IllegalStateException("this Java runtime has no " + algorithm.provided, noSuchMac);
        }
    }

    int icvBytes() {
        return algorithm.icvBytes();
    }

    TruncatedHmac update(byte[] bytes, int offset, int length) {
        if (key.isDestroyed()) throw new IllegalStateException("the key is erased");
        mac.update(bytes, offset, length);
        return this;
    }

    /** Writes the ICV of everything given since the last one. */
    void finish(byte[] out, int offset) throws GeneralSecurityException {
        mac.doFinal(whole, 0);
        System.arraycopy(whole, 0, out, offset, algorithm.icvBytes);
    }

    /** Whether the ICV of everything given since the last one is what stands there; takes as long whatever differs. */
    boolean matches(byte[] icv, int offset) throws GeneralSecurityException {
        mac.doFinal(whole, 0);
        int difference = 0;
        for (int i = 0; i < algorithm.icvBytes; i++) difference |= whole[i] ^ icv[offset + i];
        return difference == 0;
    }

    void erase() {
        key.destroy();
        Arrays.fill(whole, (byte) 0);
    }
}
