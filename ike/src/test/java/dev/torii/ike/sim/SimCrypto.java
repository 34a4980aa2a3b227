package dev.torii.ike.sim;

import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Random;

/** The real hashes and ciphers with seeded chance, and Diffie-Hellman in a toy group so that thousands of set-ups take seconds. */
public class SimCrypto implements IkeCrypto {
    private static final BigInteger PRIME = BigInteger.TWO.pow(127).subtract(BigInteger.ONE);
    private static final BigInteger GENERATOR = BigInteger.valueOf(3);

    private final BouncyCastleCrypto real;
    private final SeededRandom random;

    public SimCrypto(long seed) {
        this.random = new SeededRandom(seed);
        this.real = new BouncyCastleCrypto(random);
    }

    /** A predictable source where a secure one is asked for. */
    public static final class SeededRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final Random source;

        public SeededRandom(long seed) {
            this.source = new Random(seed);
        }

        @Override
        public void nextBytes(byte[] bytes) {
            source.nextBytes(bytes);
        }
    }

    @Override
    public byte[] random(int bytes) {
        return real.random(bytes);
    }

    @Override
    public DhKey generate(DhGroup group) {
        return new ToyKey(group, new BigInteger(120, random));
    }

    @Override
    public Secret prf(HashAlgorithm hash, Secret key, byte[]... data) {
        return real.prf(hash, key, data);
    }

    @Override
    public Octets hash(HashAlgorithm hash, byte[]... data) {
        return real.hash(hash, data);
    }

    @Override
    public Octets encrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets plain) {
        return real.encrypt(algorithm, key, iv, plain);
    }

    @Override
    public Octets decrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets encrypted) {
        return real.decrypt(algorithm, key, iv, encrypted);
    }

    @Override
    public Octets seal(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets plain) {
        return real.seal(algorithm, key, nonce, associated, plain);
    }

    @Override
    public Octets open(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets sealed) throws IkeException {
        return real.open(algorithm, key, nonce, associated, sealed);
    }

    private record ToyKey(DhGroup group, BigInteger exponent) implements DhKey {
        @Override
        public Octets publicValue() {
            return padded(GENERATOR.modPow(exponent, PRIME));
        }

        @Override
        public Secret sharedWith(Octets peerPublicValue) throws IkeException {
            if (peerPublicValue.length() != group.publicBytes()) {
                throw new IkeException("public value of " + peerPublicValue.length() + " bytes");
            }
            return Secret.copyOf(padded(new BigInteger(1, peerPublicValue.toByteArray()).modPow(exponent, PRIME)).toByteArray());
        }

        private Octets padded(BigInteger value) {
            byte[] out = new byte[group.publicBytes()];
            byte[] raw = value.toByteArray();
            System.arraycopy(raw, 0, out, out.length - raw.length, raw.length);
            return Octets.of(out);
        }
    }
}
