package dev.torii.esp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;

/**
 * The cryptography of one SA in one direction: IV, ciphertext and ICV of an ESP packet. One thread owns it.
 * The one port behind which suites (AEAD, or CBC with HMAC) and providers differ.
 *
 * <p>Buffers are heap buffers, and input is never output: the JDK's fast path asks for both.
 */
interface PacketCipher {
    /** Bytes of IV on the wire. */
    int ivBytes();

    /** Bytes of ICV on the wire. */
    int icvBytes();

    /** Payload, padding and the two trailer bytes must fill whole blocks of this many bytes: at least 4 (RFC 4303, section 2.4). */
    int blockBytes();

    /**
     * Encrypts from position to limit of {@code plain}; writes IV, ciphertext and ICV at the position of {@code out}.
     * The sequence number is the whole one (64 bits with ESN) and never repeats for this key, so an IV may be made of it.
     */
    void seal(int spi, long sequence, ByteBuffer plain, ByteBuffer out) throws GeneralSecurityException;

    /**
     * Verifies and decrypts IV, ciphertext and ICV from position to limit of {@code sealed} to the position of {@code plain}.
     * Unless it is authentic, {@code plain}'s position does not move.
     *
     * @return whether it is authentic
     */
    boolean open(int spi, long sequence, ByteBuffer sealed, ByteBuffer plain) throws GeneralSecurityException;

    /** Overwrites the key, as far as the provider allows. Nothing can be sealed or opened afterwards. */
    void erase();
}
