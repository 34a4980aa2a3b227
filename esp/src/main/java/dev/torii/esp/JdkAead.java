package dev.torii.esp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/** AES-GCM (RFC 4106) and ChaCha20-Poly1305 (RFC 7634) in ESP, which differ in nothing else, by the JDK's own ciphers. */
final class JdkAead implements PacketCipher {
    static final int SALT_BYTES = 4;
    private static final int IV_BYTES = 8;

    private final Algorithm algorithm;
    private final ErasableKey key;
    private final int icvBytes;
    private final Cipher cipher;
    private final byte[] nonce = new byte[SALT_BYTES + IV_BYTES];
    private final ByteBuffer nonceView = ByteBuffer.wrap(nonce);
    private final boolean extendedSequence;
    private final byte[] aad;                                   // SPI | sequence number, 4 or 8 bytes (RFC 4106, section 5; RFC 7634, section 2.1)
    private final ByteBuffer aadView;

    /** What the JDK calls them. */
    enum Algorithm {
        /** With keys of 16, 24 or 32 bytes. */
        AES_GCM("AES/GCM/NoPadding", "AES"),
        /** With keys of 32 bytes and an ICV of 16. */
        CHACHA20_POLY1305("ChaCha20-Poly1305", "ChaCha20");

        private final String transformation;
        private final String keyName;

        Algorithm(String transformation, String keyName) {
            this.transformation = transformation;
            this.keyName = keyName;
        }
    }

    /** @param keyMaterial the key, then the salt (RFC 4106, section 8.1; RFC 7634, section 2) */
    JdkAead(Algorithm algorithm, byte[] keyMaterial, int keyBytes, int icvBytes, boolean extendedSequence) {
        this.algorithm = algorithm;
        this.icvBytes = icvBytes;
        this.extendedSequence = extendedSequence;
        this.aad = new byte[extendedSequence ? 12 : 8];
        this.aadView = ByteBuffer.wrap(aad);
        this.key = new ErasableKey(algorithm.keyName, keyMaterial, keyBytes);
        System.arraycopy(keyMaterial, keyBytes, nonce, 0, SALT_BYTES);
        try {
            this.cipher = Cipher.getInstance(algorithm.transformation);
        } catch (GeneralSecurityException noSuchCipher) {
            throw new IllegalStateException("this Java runtime has no " + algorithm.transformation, noSuchCipher);
        }
    }

    @Override public int ivBytes() {
        return IV_BYTES;
    }

    @Override public int icvBytes() {
        return icvBytes;
    }

    @Override public int blockBytes() {
        return 4;                                               // neither needs any: ESP's own alignment
    }

    @Override public void seal(int spi, long sequence, ByteBuffer plain, ByteBuffer out) throws GeneralSecurityException {
        seal(spi, sequence, sequence, plain, out);              // a counter is the unique IV that RFC 4106, section 3.1, and RFC 7634, section 2, ask for
    }

    /** As above with a chosen IV, which published vectors need. */
    void seal(int spi, long sequence, long iv, ByteBuffer plain, ByteBuffer out) throws GeneralSecurityException {
        out.putLong(iv);
        start(Cipher.ENCRYPT_MODE, spi, sequence, iv);
        int written = cipher.doFinal(plain.array(), plain.arrayOffset() + plain.position(), plain.remaining(),
                out.array(), out.arrayOffset() + out.position());
        plain.position(plain.limit());
        out.position(out.position() + written);
    }

    @Override public boolean open(int spi, long sequence, ByteBuffer sealed, ByteBuffer plain) throws GeneralSecurityException {
        start(Cipher.DECRYPT_MODE, spi, sequence, sealed.getLong());
        try {
            int written = cipher.doFinal(sealed.array(), sealed.arrayOffset() + sealed.position(), sealed.remaining(),
                    plain.array(), plain.arrayOffset() + plain.position());
            sealed.position(sealed.limit());
            plain.position(plain.position() + written);
            return true;
        } catch (AEADBadTagException forged) {
            return false;
        }
    }

    private void start(int mode, int spi, long sequence, long iv) throws GeneralSecurityException {
        nonceView.putLong(SALT_BYTES, iv);
        aadView.putInt(0, spi);
        if (extendedSequence) aadView.putLong(4, sequence);
        else aadView.putInt(4, (int) sequence);
        cipher.init(mode, key, switch (algorithm) {
            case AES_GCM -> new GCMParameterSpec(8 * icvBytes, nonce);
            case CHACHA20_POLY1305 -> new IvParameterSpec(nonce);
        });
        cipher.updateAAD(aad);
    }

    @Override public void erase() {
        key.destroy();
        Arrays.fill(nonce, (byte) 0);
    }
}
