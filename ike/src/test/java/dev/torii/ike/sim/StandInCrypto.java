package dev.torii.ike.sim;

import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * Arithmetic in place of cryptography, for tens of thousands of simulated tunnels: deterministic, and as sensitive as the real thing to a wrong
 * key, a changed byte or a wrong order. It hides nothing.
 */
public final class StandInCrypto extends SimCrypto {
    private static final long PRIME = (1L << 61) - 1;
    private static final long GENERATOR = 37;
    private static final int TAG = 16;

    private final Random random;

    public StandInCrypto(long seed) {
        super(seed);
        this.random = new Random(seed);
    }

    @Override
    public byte[] random(int bytes) {
        byte[] fresh = new byte[bytes];
        random.nextBytes(fresh);
        return fresh;
    }

    @Override
    public DhKey generate(DhGroup group) {
        return new Small(group, random.nextLong() >>> 3);
    }

    @Override
    public Secret prf(HashAlgorithm hash, Secret key, byte[]... data) {
        return Secret.copyOf(stretch(mix(mix(1, key.toByteArray()), data), hash.bytes()));
    }

    @Override
    public Octets hash(HashAlgorithm hash, byte[]... data) {
        return Octets.of(stretch(mix(2, data), hash.bytes()));
    }

    @Override
    public Octets encrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets plain) {
        byte[] text = plain.toByteArray();
        byte[] stream = stretch(mix(mix(3, key.toByteArray()), iv.toByteArray()), text.length);
        for (int i = 0; i < text.length; i++) {
            text[i] ^= stream[i];
        }
        return Octets.of(text);
    }

    @Override
    public Octets decrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets encrypted) {
        return encrypt(algorithm, key, iv, encrypted);
    }

    @Override
    public Octets seal(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets plain) {
        return Octets.concat(encrypt(algorithm, key, nonce, plain), tag(key, nonce, associated, plain));
    }

    @Override
    public Octets open(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets sealed) throws IkeException {
        Octets plain = encrypt(algorithm, key, nonce, sealed.slice(0, sealed.length() - TAG));
        if (!tag(key, nonce, associated, plain).equals(sealed.last(TAG))) {
            throw new IkeException("does not authenticate");
        }
        return plain;
    }

    private static Octets tag(Secret key, Octets nonce, Octets associated, Octets plain) {
        return Octets.of(stretch(mix(mix(4, key.toByteArray()), nonce.toByteArray(), associated.toByteArray(), plain.toByteArray()), TAG));
    }

    /** As a hash does it: over the parts' concatenation. */
    private static long mix(long start, byte[]... parts) {
        long state = scramble(start);
        int at = 0;
        long word = 0;
        for (byte[] part : parts) {
            for (byte b : part) {
                word = word << 8 | Byte.toUnsignedLong(b);
                if (++at % Long.BYTES == 0) {
                    state = scramble(state ^ word);
                    word = 0;
                }
            }
        }
        return scramble(scramble(state ^ word) ^ at);
    }

    private static byte[] stretch(long seed, int bytes) {
        var out = ByteBuffer.allocate((bytes + Long.BYTES - 1) / Long.BYTES * Long.BYTES);
        for (long i = 1; out.hasRemaining(); i++) {
            out.putLong(scramble(seed + i * 0x9E3779B97F4A7C15L));
        }
        return Arrays.copyOf(out.array(), bytes);
    }

    /** The finalizer of SplitMix64. */
    private static long scramble(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private record Small(DhGroup group, long exponent) implements DhKey {
        @Override
        public Octets publicValue() {
            return padded(power(GENERATOR, exponent), group.publicBytes());
        }

        @Override
        public Secret sharedWith(Octets peerPublicValue) throws IkeException {
            if (peerPublicValue.length() != group.publicBytes()) {
                throw new IkeException("public value of " + peerPublicValue.length() + " bytes");
            }
            long base = peerPublicValue.asBuffer().getLong(peerPublicValue.length() - Long.BYTES);
            return Secret.copyOf(padded(power(Math.floorMod(base, PRIME), exponent), group.secretBytes()).toByteArray());
        }

        private static Octets padded(long value, int bytes) {
            return Octets.of(ByteBuffer.allocate(bytes).putLong(bytes - Long.BYTES, value).array());
        }

        private static long power(long base, long exponent) {
            long result = 1;
            long square = base;
            for (long left = exponent; left != 0; left >>>= 1) {
                if ((left & 1) != 0) {
                    result = product(result, square);
                }
                square = product(square, square);
            }
            return result;
        }

        private static long product(long a, long b) {
            long low = a * b;
            long folded = (low & PRIME) + (low >>> 61 | Math.multiplyHigh(a, b) << 3);
            return folded >= PRIME ? folded - PRIME : folded;
        }
    }
}
