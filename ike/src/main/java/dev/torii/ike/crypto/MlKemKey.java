package dev.torii.ike.crypto;

import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.security.auth.DestroyFailedException;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.kems.MLKEMExtractor;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLKEMPublicKeyParameters;

/**
 * The initiator's ML-KEM key: FIPS 203; draft-ietf-ipsecme-ikev2-mlkem. Its public value is an encapsulation key, the responder's a ciphertext. A ciphertext
 * of the right size always gives a secret; whether it is the responder's shows when a message authenticates (FIPS 203, section 6.3).
 *
 * @param secret the seeds d and z, from which everything else is computed; erased with its one use
 */
record MlKemKey(DhGroup group, Secret secret, Octets publicValue) implements IkeCrypto.DhKey {
    /** Of what a responder draws. */
    static final int MESSAGE_BYTES = 32;
    private static final int SEED_BYTES = 64;
    private static final int MODULUS = 3329;
    private static final int MATRIX_SEED_BYTES = 32;

    static MlKemKey generate(DhGroup group, SecureRandom random) {
        byte[] seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        return of(group, seed);
    }

    /** From the seeds, or from a whole decapsulation key. Takes the bytes over and wipes them. */
    static MlKemKey of(DhGroup group, byte[] encoded) {
        var expanded = new MLKEMPrivateKeyParameters(parameters(group), encoded);
        var key = new MlKemKey(group, Secret.copyOf(encoded), Octets.of(expanded.getPublicKey()));
        expanded.destroy();
        Arrays.fill(encoded, (byte) 0);
        return key;
    }

    private static MLKEMParameters parameters(DhGroup group) {
        return switch (group) {
            case ML_KEM_512 -> MLKEMParameters.ml_kem_512;
            case ML_KEM_768 -> MLKEMParameters.ml_kem_768;
            case ML_KEM_1024 -> MLKEMParameters.ml_kem_1024;
            default -> throw new IllegalArgumentException(group + " encapsulates nothing");     // all others are Diffie-Hellman groups
        };
    }

    /** The responder's part. {@code message}: 32 random bytes, which are wiped. */
    static IkeCrypto.Responded encapsulate(DhGroup group, Octets initiatorsValue, byte[] message) throws IkeException {
        check(group, initiatorsValue);
        try {
            var key = new MLKEMPublicKeyParameters(parameters(group), initiatorsValue.toByteArray());
            SecretWithEncapsulation both = MLKEMGenerator.internalGenerateEncapsulated(key, message);
            byte[] shared = both.getSecret();
            var responded = new IkeCrypto.Responded(Octets.of(both.getEncapsulation()), Secret.copyOf(shared));
            Arrays.fill(shared, (byte) 0);
            both.destroy();
            return responded;
        } catch (DestroyFailedException unexpected) {
            throw new IllegalStateException(unexpected);        // Bouncy Castle's own secrets can be
        } finally {
            Arrays.fill(message, (byte) 0);
        }
    }

    /** FIPS 203, section 7.2: the size, and that each number of 12 bits is one modulo q. */
    private static void check(DhGroup group, Octets key) throws IkeException {
        if (key.length() != group.publicBytes()) {
            throw new IkeException("public value of " + key.length() + " bytes for " + group);
        }
        for (int at = 0; at < key.length() - MATRIX_SEED_BYTES; at += 3) {
            int three = Byte.toUnsignedInt(key.at(at)) | Byte.toUnsignedInt(key.at(at + 1)) << 8 | Byte.toUnsignedInt(key.at(at + 2)) << 16;
            if ((three & 0xFFF) >= MODULUS || three >>> 12 >= MODULUS) {
                throw new IkeException("public value that is no key of " + group);
            }
        }
    }

    @Override
    public Secret sharedWith(Octets ciphertext) throws IkeException {
        if (ciphertext.length() != parameters(group).getEncapsulationLength()) {
            throw new IkeException("ciphertext of " + ciphertext.length() + " bytes for " + group);
        }
        byte[] encoded = secret.toByteArray();
        var expanded = new MLKEMPrivateKeyParameters(parameters(group), encoded);
        Arrays.fill(encoded, (byte) 0);
        byte[] shared = new MLKEMExtractor(expanded).extractSecret(ciphertext.toByteArray());
        expanded.destroy();
        secret.erase();
        try {
            return Secret.copyOf(shared);
        } finally {
            Arrays.fill(shared, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "key of " + group;
    }
}
