package dev.torii.ike.fuzz;

import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.sim.SimCrypto;

/** Nothing is hidden and every tag is zero, so that the fuzzer gets past what keeps strangers out. Plain hashes and chance are those of the simulations. */
final class TransparentCrypto implements IkeCrypto {
    static final int TAG_BYTES = 16;

    private final SimCrypto chance;

    TransparentCrypto(long seed) {
        this.chance = new SimCrypto(seed);
    }

    @Override
    public byte[] random(int bytes) {
        return chance.random(bytes);
    }

    @Override
    public DhKey generate(DhGroup group) {
        return new Key(group);
    }

    @Override
    public Secret prf(HashAlgorithm hash, Secret key, byte[]... data) {
        return Secret.copyOf(new byte[hash.bytes()]);
    }

    @Override
    public Octets hash(HashAlgorithm hash, byte[]... data) {
        return chance.hash(hash, data);
    }

    @Override
    public Octets encrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets plain) {
        return plain;
    }

    @Override
    public Octets decrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets encrypted) {
        return encrypted;
    }

    @Override
    public Octets seal(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets plain) {
        return Octets.concat(plain, Octets.of(new byte[TAG_BYTES]));
    }

    @Override
    public Octets open(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets sealed) throws IkeException {
        if (sealed.length() < TAG_BYTES) {
            throw new IkeException("does not authenticate");
        }
        return sealed.slice(0, sealed.length() - TAG_BYTES);
    }

    private record Key(DhGroup group) implements DhKey {
        @Override
        public Octets publicValue() {
            return Octets.of(new byte[group.publicBytes()]);
        }

        @Override
        public Secret sharedWith(Octets peerPublicValue) throws IkeException {
            if (peerPublicValue.length() != group.publicBytes()) {
                throw new IkeException("public value of " + peerPublicValue.length() + " bytes");
            }
            return Secret.copyOf(new byte[group.publicBytes()]);
        }
    }
}
