package dev.torii.ike.crypto;

import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The production port: groups and ML-KEM from Bouncy Castle, AES, hashes and HMAC from the JDK's providers. */
public final class BouncyCastleCrypto implements IkeCrypto {
    private final SecureRandom random;

    /** All chance comes from {@code random}. */
    public BouncyCastleCrypto(SecureRandom random) {
        this.random = random;
    }

    @Override
    public byte[] random(int bytes) {
        byte[] fresh = new byte[bytes];
        random.nextBytes(fresh);
        return fresh;
    }

    @Override
    public DhKey generate(DhGroup group) {
        if (group == DhGroup.X25519) {
            return X25519Key.generate(random);
        }
        if (group.encapsulates()) {
            return MlKemKey.generate(group, random);
        }
        return group.elliptic() ? EcpKey.generate(group, random) : ModpKey.generate(group, random);
    }

    @Override
    public Responded respond(DhGroup group, Octets initiatorsValue) throws IkeException {
        return group.encapsulates() ? MlKemKey.encapsulate(group, initiatorsValue, random(MlKemKey.MESSAGE_BYTES))
                : IkeCrypto.super.respond(group, initiatorsValue);
    }

    @Override
    public Secret prf(HashAlgorithm hash, Secret key, byte[]... data) {
        byte[] keyBytes = key.toByteArray();
        try {
            Mac mac = Mac.getInstance(macName(hash));
            mac.init(new HmacKey(keyBytes));
            for (byte[] part : data) {
                mac.update(part);
            }
            byte[] result = mac.doFinal();
            Secret secret = Secret.copyOf(result);
            Arrays.fill(result, (byte) 0);
            return secret;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);       // every Java platform has these
        } finally {
            Arrays.fill(keyBytes, (byte) 0);
        }
    }

    @Override
    public Octets hash(HashAlgorithm hash, byte[]... data) {
        try {
            MessageDigest digest = MessageDigest.getInstance(digestName(hash));
            for (byte[] part : data) {
                digest.update(part);
            }
            return Octets.of(digest.digest());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    @Override
    public Octets encrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets plain) {
        return cipher(Cipher.ENCRYPT_MODE, algorithm, key, iv, plain);
    }

    @Override
    public Octets decrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets encrypted) {
        return cipher(Cipher.DECRYPT_MODE, algorithm, key, iv, encrypted);
    }

    private static Octets cipher(int mode, EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets in) {
        byte[] keyBytes = key.toByteArray();
        try {
            Cipher cipher = Cipher.getInstance(switch (algorithm) {
                case AES_CBC -> "AES/CBC/NoPadding";
                case AES_GCM_16 -> throw new IllegalArgumentException("a combined cipher has seal and open");
            });
            cipher.init(mode, new SecretKeySpec(keyBytes, "AES"), new IvParameterSpec(iv.toByteArray()));
            return Octets.of(cipher.doFinal(in.toByteArray()));
        } catch (GeneralSecurityException wrongArgument) {
            throw new IllegalArgumentException(wrongArgument);
        } finally {
            Arrays.fill(keyBytes, (byte) 0);
        }
    }

    @Override
    public Octets seal(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets plain) {
        try {
            return combined(Cipher.ENCRYPT_MODE, algorithm, key, nonce, associated, plain);
        } catch (GeneralSecurityException wrongArgument) {
            throw new IllegalArgumentException(wrongArgument);
        }
    }

    @Override
    public Octets open(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets sealed) throws IkeException {
        try {
            return combined(Cipher.DECRYPT_MODE, algorithm, key, nonce, associated, sealed);
        } catch (GeneralSecurityException forged) {
            throw new IkeException("does not authenticate");
        }
    }

    private static Octets combined(int mode, EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets in)
            throws GeneralSecurityException {
        if (!algorithm.combined()) {
            throw new IllegalArgumentException(algorithm + " is no combined cipher");
        }
        byte[] keyBytes = key.toByteArray();
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(keyBytes, "AES"), new GCMParameterSpec(128, nonce.toByteArray()));
            cipher.updateAAD(associated.toByteArray());
            return Octets.of(cipher.doFinal(in.toByteArray()));
        } finally {
            Arrays.fill(keyBytes, (byte) 0);
        }
    }

    private static String macName(HashAlgorithm hash) {
        return switch (hash) {
            case SHA1 -> "HmacSHA1";
            case SHA2_256 -> "HmacSHA256";
            case SHA2_384 -> "HmacSHA384";
            case SHA2_512 -> "HmacSHA512";
        };
    }

    static String digestName(HashAlgorithm hash) {
        return switch (hash) {
            case SHA1 -> "SHA-1";
            case SHA2_256 -> "SHA-256";
            case SHA2_384 -> "SHA-384";
            case SHA2_512 -> "SHA-512";
        };
    }

    /** A key for HMAC that may be empty, which {@link SecretKeySpec} forbids: an empty nonce or secret must not throw. */
    private static final class HmacKey implements javax.crypto.SecretKey {
        private static final long serialVersionUID = 1L;
        private final byte[] bytes;

        HmacKey(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public String getAlgorithm() {
            return "HMAC";
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return bytes.clone();
        }
    }
}
