package dev.torii.esp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** AES-GCM in ESP (RFC 4106) by the JDK's own AES/GCM/NoPadding. */
final class JdkAesGcm implements PacketCipher {
    static final int SALT_BYTES = 4;
    private static final int IV_BYTES = 8;

    private final ErasableKey key;
    private final int icvBytes;
    private final Cipher gcm;
    private final byte[] nonce = new byte[SALT_BYTES + IV_BYTES];
    private final ByteBuffer nonceView = ByteBuffer.wrap(nonce);
    private final byte[] aad = new byte[8];                     // SPI | sequence number (RFC 4106, section 5)
    private final ByteBuffer aadView = ByteBuffer.wrap(aad);

    /** @param keyMaterial the key, then the salt (RFC 4106, section 8.1) */
    JdkAesGcm(byte[] keyMaterial, int keyBytes, int icvBytes) {
        this.icvBytes = icvBytes;
        this.key = new ErasableKey("AES", keyMaterial, keyBytes);
        System.arraycopy(keyMaterial, keyBytes, nonce, 0, SALT_BYTES);
        try {
            this.gcm = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException noSuchCipher) {
            throw new IllegalStateException("this Java runtime has no AES-GCM", noSuchCipher);
        }
    }

    @Override public int ivBytes() {
        return IV_BYTES;
    }

    @Override public int icvBytes() {
        return icvBytes;
    }

    @Override public int blockBytes() {
        return 4;                                               // GCM needs none: ESP's own alignment
    }

    @Override public void seal(int spi, long sequence, ByteBuffer plain, ByteBuffer out) throws GeneralSecurityException {
        seal(spi, sequence, sequence, plain, out);              // a counter is the unique IV that RFC 4106, section 3.1, asks for
    }

    /** As above with a chosen IV, which published vectors need. */
    void seal(int spi, long sequence, long iv, ByteBuffer plain, ByteBuffer out) throws GeneralSecurityException {
        out.putLong(iv);
        start(Cipher.ENCRYPT_MODE, spi, sequence, iv);
        int written = gcm.doFinal(plain.array(), plain.arrayOffset() + plain.position(), plain.remaining(),
                out.array(), out.arrayOffset() + out.position());
        plain.position(plain.limit());
        out.position(out.position() + written);
    }

    @Override public boolean open(int spi, long sequence, ByteBuffer sealed, ByteBuffer plain) throws GeneralSecurityException {
        start(Cipher.DECRYPT_MODE, spi, sequence, sealed.getLong());
        try {
            int written = gcm.doFinal(sealed.array(), sealed.arrayOffset() + sealed.position(), sealed.remaining(),
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
        aadView.putInt(0, spi).putInt(4, (int) sequence);
        gcm.init(mode, key, new GCMParameterSpec(8 * icvBytes, nonce));
        gcm.updateAAD(aad);
    }

    @Override public void erase() {
        key.destroy();
        Arrays.fill(nonce, (byte) 0);
    }
}
