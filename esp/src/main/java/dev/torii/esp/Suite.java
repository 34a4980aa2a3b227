package dev.torii.esp;

import dev.torii.esp.TruncatedHmac.Algorithm;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The ESP algorithms: encryption and integrity together, as IKE negotiates them. */
public enum Suite {
    /** RFC 4106 with a 128-bit key and a 16-byte ICV. */
    AES_128_GCM_16(16, 16),
    /** RFC 4106 with a 192-bit key and a 16-byte ICV. */
    AES_192_GCM_16(24, 16),
    /** RFC 4106 with a 256-bit key and a 16-byte ICV. */
    AES_256_GCM_16(32, 16),
    /** RFC 4106 with a 128-bit key and a 12-byte ICV. */
    AES_128_GCM_12(16, 12),
    /** RFC 4106 with a 192-bit key and a 12-byte ICV. */
    AES_192_GCM_12(24, 12),
    /** RFC 4106 with a 256-bit key and a 12-byte ICV. */
    AES_256_GCM_12(32, 12),
    /** RFC 7634, with a 256-bit key and a 16-byte ICV. */
    CHACHA20_POLY1305(Aead.Algorithm.CHACHA20_POLY1305, 32, 16),
    /** RFC 3602 with a 128-bit key, RFC 2404. */
    AES_128_CBC_HMAC_SHA1_96(16, Algorithm.SHA1_96),
    /** RFC 3602 with a 192-bit key, RFC 2404. */
    AES_192_CBC_HMAC_SHA1_96(24, Algorithm.SHA1_96),
    /** RFC 3602 with a 256-bit key, RFC 2404. */
    AES_256_CBC_HMAC_SHA1_96(32, Algorithm.SHA1_96),
    /** RFC 3602 with a 128-bit key, RFC 4868. */
    AES_128_CBC_HMAC_SHA2_256_128(16, Algorithm.SHA2_256_128),
    /** RFC 3602 with a 192-bit key, RFC 4868. */
    AES_192_CBC_HMAC_SHA2_256_128(24, Algorithm.SHA2_256_128),
    /** RFC 3602 with a 256-bit key, RFC 4868. */
    AES_256_CBC_HMAC_SHA2_256_128(32, Algorithm.SHA2_256_128),
    /** RFC 3602 with a 128-bit key, RFC 4868. */
    AES_128_CBC_HMAC_SHA2_384_192(16, Algorithm.SHA2_384_192),
    /** RFC 3602 with a 192-bit key, RFC 4868. */
    AES_192_CBC_HMAC_SHA2_384_192(24, Algorithm.SHA2_384_192),
    /** RFC 3602 with a 256-bit key, RFC 4868. */
    AES_256_CBC_HMAC_SHA2_384_192(32, Algorithm.SHA2_384_192),
    /** RFC 3602 with a 128-bit key, RFC 4868. */
    AES_128_CBC_HMAC_SHA2_512_256(16, Algorithm.SHA2_512_256),
    /** RFC 3602 with a 192-bit key, RFC 4868. */
    AES_192_CBC_HMAC_SHA2_512_256(24, Algorithm.SHA2_512_256),
    /** RFC 3602 with a 256-bit key, RFC 4868. */
    AES_256_CBC_HMAC_SHA2_512_256(32, Algorithm.SHA2_512_256);

    private static final int ESP_HEADER = 4 + 4;
    private static final int PAD_LENGTH_AND_NEXT_HEADER = 2;

    private final Aead.@Nullable Algorithm combined;     // either this, or AES-CBC and
    private final @Nullable Algorithm integrity;            // this
    private final int keyBytes;
    private final int icvBytes;

    Suite(int keyBytes, int icvBytes) {
        this(Aead.Algorithm.AES_GCM, keyBytes, icvBytes);
    }

    Suite(Aead.Algorithm combined, int keyBytes, int icvBytes) {
        this.combined = combined;
        this.integrity = null;
        this.keyBytes = keyBytes;
        this.icvBytes = icvBytes;
    }

    Suite(int keyBytes, Algorithm integrity) {
        this.combined = null;
        this.integrity = integrity;
        this.keyBytes = keyBytes;
        this.icvBytes = integrity.icvBytes();
    }

    /**
     * Bytes of packets after which a key has done enough: 2^39, that is 2^35 blocks, where an attacker's advantage against AES-GCM is 2^-57 (RFC 9001,
     * appendix B.1.1), and two equal blocks of CBC are no likelier. ChaCha20-Poly1305 has no such bound below that of its sequence numbers.
     */
    public long bytesPerKey() {
        return combined == Aead.Algorithm.CHACHA20_POLY1305 ? Long.MAX_VALUE : 1L << 39;
    }

    /** Bytes of KEYMAT one direction takes: the key, then the salt (RFC 4106, section 8.1) or the key of the HMAC (RFC 4301, section 4.5.2). */
    public int keyMaterialBytes() {
        return keyBytes + (integrity == null ? AeadPacketCipher.SALT_BYTES : integrity.keyBytes());
    }

    /** The longest inner packet whose ESP packet, from SPI to ICV, has at most {@code espBytes} bytes. */
    public int largestPacket(int espBytes) {
        var sizes = cipher(new byte[keyMaterialBytes()], false, AeadProvider.JDK);
        int sealed = espBytes - ESP_HEADER - sizes.ivBytes() - sizes.icvBytes();
        return sealed - sealed % sizes.blockBytes() - PAD_LENGTH_AND_NEXT_HEADER;
    }

    /** The cipher of this suite; takes what it needs out of {@code keyMaterial} and keeps no reference to it. */
    PacketCipher cipher(byte[] keyMaterial, boolean extendedSequence, AeadProvider aeads) {
        if (integrity != null) return new JdkAesCbcHmac(keyMaterial, keyBytes, integrity, extendedSequence);
        var aead = aeads.aead(Objects.requireNonNull(combined), keyMaterial, keyBytes, icvBytes);
        return new AeadPacketCipher(aead, keyMaterial, keyBytes, icvBytes, extendedSequence);
    }
}
