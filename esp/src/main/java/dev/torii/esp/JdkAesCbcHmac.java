package dev.torii.esp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

/**
 * AES-CBC (RFC 3602) with an HMAC over what was encrypted (RFC 4303, section 3.3.2), by the JDK's providers.
 *
 * <p>The cipher objects are keyed once and never reset, which would cost several objects a packet: a block put through before the packet
 * sets the chain. Sealing, that block is the sequence number, and what comes out is the packet's IV: AES of a value that has not occurred
 * before, since the number is mixed with the last ciphertext block. So nobody without the key can tell the next IV, though he has seen all
 * ciphertext so far (RFC 3602, section 3; NIST SP 800-38A, appendix C). Opening, that block is the IV from the wire, and what comes out
 * means nothing.
 */
final class JdkAesCbcHmac implements PacketCipher {
    private static final int BLOCK_BYTES = 16;
    private static final int HEADER_BYTES = 8;

    private final ErasableKey key;
    private final TruncatedHmac hmac;
    private final Cipher encryption;
    private final Cipher decryption;
    private final byte[] header = new byte[HEADER_BYTES];                       // SPI | sequence number
    private final ByteBuffer headerView = ByteBuffer.wrap(header);
    private final boolean extendedSequence;
    private final byte[] high = new byte[4];                                    // of the sequence number: behind the packet, and not on the wire
    private final ByteBuffer highView = ByteBuffer.wrap(high);
    private final byte[] first = new byte[BLOCK_BYTES];
    private final ByteBuffer firstView = ByteBuffer.wrap(first);

    /** @param keyMaterial the cipher's key, then the HMAC's (RFC 4301, section 4.5.2) */
    JdkAesCbcHmac(byte[] keyMaterial, int keyBytes, TruncatedHmac.Algorithm integrity, boolean extendedSequence) {
        this.extendedSequence = extendedSequence;
        this.key = new ErasableKey("AES", keyMaterial, keyBytes);
        this.hmac = new TruncatedHmac(integrity, keyMaterial, keyBytes);
        try {
            this.encryption = Cipher.getInstance("AES/CBC/NoPadding");
            encryption.init(Cipher.ENCRYPT_MODE, key);                          // begins with an IV of the provider's, at random
            this.decryption = Cipher.getInstance("AES/CBC/NoPadding");
            decryption.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(new byte[BLOCK_BYTES]));
        } catch (GeneralSecurityException noSuchCipher) {
            throw new IllegalStateException("this Java runtime has no AES-CBC", noSuchCipher);
        }
    }

    @Override public int ivBytes() {
        return BLOCK_BYTES;
    }

    @Override public int icvBytes() {
        return hmac.icvBytes();
    }

    @Override public int blockBytes() {
        return BLOCK_BYTES;
    }

    @Override public void seal(int spi, long sequence, ByteBuffer plain, ByteBuffer out) throws GeneralSecurityException {
        checkKey();
        int start = out.arrayOffset() + out.position();
        int length = plain.remaining();
        firstView.putLong(0, 0).putLong(8, sequence);
        encryption.update(first, 0, BLOCK_BYTES, out.array(), start);
        encryption.update(plain.array(), plain.arrayOffset() + plain.position(), length, out.array(), start + BLOCK_BYTES);
        authenticate(spi, sequence, out.array(), start, BLOCK_BYTES + length).finish(out.array(), start + BLOCK_BYTES + length);
        plain.position(plain.limit());
        out.position(out.position() + BLOCK_BYTES + length + icvBytes());
    }

    @Override public boolean open(int spi, long sequence, ByteBuffer sealed, ByteBuffer plain) throws GeneralSecurityException {
        checkKey();
        int start = sealed.arrayOffset() + sealed.position();
        int length = sealed.remaining() - BLOCK_BYTES - icvBytes();
        var icv = authenticate(spi, sequence, sealed.array(), start, BLOCK_BYTES + length);
        if (!icv.matches(sealed.array(), start + BLOCK_BYTES + length)) return false;      // before a single block is decrypted
        decryption.update(sealed.array(), start, BLOCK_BYTES, first, 0);
        decryption.update(sealed.array(), start + BLOCK_BYTES, length, plain.array(), plain.arrayOffset() + plain.position());
        sealed.position(sealed.limit());
        plain.position(plain.position() + length);
        return true;
    }

    private TruncatedHmac authenticate(int spi, long sequence, byte[] bytes, int offset, int length) {
        headerView.putInt(0, spi).putInt(4, (int) sequence);
        hmac.update(header, 0, HEADER_BYTES).update(bytes, offset, length);
        if (!extendedSequence) return hmac;
        highView.putInt(0, (int) (sequence >>> 32));                            // RFC 4303, section 2.8
        return hmac.update(high, 0, high.length);
    }

    private void checkKey() {
        if (key.isDestroyed()) throw new IllegalStateException("the key is erased");
    }

    @Override public void erase() {
        key.destroy();
        hmac.erase();
    }
}
