package dev.torii.esp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/** AES-GCM (RFC 4106) and ChaCha20-Poly1305 (RFC 7634) in ESP, which differ in nothing else. */
final class AeadPacketCipher implements PacketCipher {
    static final int SALT_BYTES = 4;
    private static final int IV_BYTES = 8;

    private final Aead aead;
    private final int icvBytes;
    private final byte[] nonce = new byte[Aead.NONCE_BYTES];    // salt | IV
    private final ByteBuffer nonceView = ByteBuffer.wrap(nonce);
    private final boolean extendedSequence;
    private final byte[] aad;                                   // SPI | sequence number, 4 or 8 bytes (RFC 4106, section 5; RFC 7634, section 2.1)
    private final ByteBuffer aadView;

    /** @param keyMaterial the key, which {@code aead} has, then the salt (RFC 4106, section 8.1; RFC 7634, section 2) */
    AeadPacketCipher(Aead aead, byte[] keyMaterial, int keyBytes, int icvBytes, boolean extendedSequence) {
        this.aead = aead;
        this.icvBytes = icvBytes;
        this.extendedSequence = extendedSequence;
        this.aad = new byte[extendedSequence ? 12 : 8];
        this.aadView = ByteBuffer.wrap(aad);
        System.arraycopy(keyMaterial, keyBytes, nonce, 0, SALT_BYTES);
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
        address(spi, sequence, iv);
        int bytes = plain.remaining();
        aead.seal(nonce, aad, plain.array(), plain.arrayOffset() + plain.position(), bytes, out.array(), out.arrayOffset() + out.position());
        plain.position(plain.limit());
        out.position(out.position() + bytes + icvBytes);
    }

    @Override public boolean open(int spi, long sequence, ByteBuffer sealed, ByteBuffer plain) throws GeneralSecurityException {
        address(spi, sequence, sealed.getLong());
        int bytes = sealed.remaining();
        if (!aead.open(nonce, aad, sealed.array(), sealed.arrayOffset() + sealed.position(), bytes, plain.array(), plain.arrayOffset() + plain.position())) {
            return false;
        }
        sealed.position(sealed.limit());
        plain.position(plain.position() + bytes - icvBytes);
        return true;
    }

    private void address(int spi, long sequence, long iv) {
        nonceView.putLong(SALT_BYTES, iv);
        aadView.putInt(0, spi);
        if (extendedSequence) aadView.putLong(4, sequence);
        else aadView.putInt(4, (int) sequence);
    }

    @Override public void erase() {
        aead.erase();
        Arrays.fill(nonce, (byte) 0);
    }
}
