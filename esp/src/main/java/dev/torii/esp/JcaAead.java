package dev.torii.esp;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.jspecify.annotations.Nullable;

/** The algorithms of {@link Aead} by a security provider of Java's. */
final class JcaAead implements Aead {
    private final ErasableKey key;
    private final Cipher cipher;
    private final AlgorithmParameterSpec current;
    private final byte[] nonce = new byte[NONCE_BYTES];         // that of the packet in hand, which current tells

    /** @param provider null: the first in the JVM's order that has the algorithm, which is the JDK's own unless java.security says otherwise */
    JcaAead(Algorithm algorithm, byte[] keyMaterial, int keyBytes, int icvBytes, @Nullable Provider provider) throws GeneralSecurityException {
        this.key = new ErasableKey(algorithm.keyName(), keyMaterial, keyBytes);
        this.cipher = provider == null ? Cipher.getInstance(algorithm.transformation()) : Cipher.getInstance(algorithm.transformation(), provider);
        this.current = switch (algorithm) {
            case AES_GCM -> new CurrentGcm(8 * icvBytes);
            case CHACHA20_POLY1305 -> new CurrentIv();
        };
    }

    @Override public void seal(byte[] nonce, byte[] aad, byte[] plain, int plainOffset, int plainBytes, byte[] out, int outOffset)
            throws GeneralSecurityException {
        start(Cipher.ENCRYPT_MODE, nonce, aad);
        cipher.doFinal(plain, plainOffset, plainBytes, out, outOffset);
    }

    @Override public boolean open(byte[] nonce, byte[] aad, byte[] sealed, int sealedOffset, int sealedBytes, byte[] out, int outOffset)
            throws GeneralSecurityException {
        start(Cipher.DECRYPT_MODE, nonce, aad);
        try {
            cipher.doFinal(sealed, sealedOffset, sealedBytes, out, outOffset);
            return true;
        } catch (AEADBadTagException forged) {
            return false;
        }
    }

    private void start(int mode, byte[] with, byte[] aad) throws GeneralSecurityException {
        System.arraycopy(with, 0, nonce, 0, NONCE_BYTES);
        cipher.init(mode, key, current);
        cipher.updateAAD(aad);
    }

    @Override public void erase() {
        key.destroy();
    }

    /** Spares an object and a copy a packet. A provider may keep what {@code getIV} gives, so that is a copy still. */
    private final class CurrentGcm extends GCMParameterSpec {
        CurrentGcm(int icvBits) {
            super(icvBits, new byte[NONCE_BYTES]);
        }

        @Override public byte[] getIV() {
            return nonce.clone();
        }
    }

    /** The same. */
    private final class CurrentIv extends IvParameterSpec {
        CurrentIv() {
            super(new byte[NONCE_BYTES]);
        }

        @Override public byte[] getIV() {
            return nonce.clone();
        }
    }
}
