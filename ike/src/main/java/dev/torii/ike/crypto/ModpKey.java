package dev.torii.ike.crypto;

import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.bouncycastle.crypto.params.DHParameters;

/** A key in a group of integers modulo a prime. */
record ModpKey(DhGroup group, BigInteger exponent, Octets publicValue) implements IkeCrypto.DhKey {
    /** RFC 5114, section 2.3: p, g, q. Bouncy Castle has left it out. */
    private static final DHParameters RFC5114_2048_256 = new DHParameters(
            new BigInteger("87a8e61db4b6663cffbbd19c651959998ceef608660dd0f25d2ceed4435e3b00e00df8f1d61957d4faf7df4561b2aa3016c3d91134096faa"
            + "3bf4296d830e9a7c209e0c6497517abd5a8a9d306bcf67ed91f9e6725b4758c022e0b1ef4275bf7b6c5bfc11d45f9088b941f54eb1e59bb8"
            + "bc39a0bf12307f5c4fdb70c581b23f76b63acae1caa6b7902d52526735488a0ef13c6d9a51bfa4ab3ad8347796524d8ef6a167b5a41825d9"
            + "67e144e5140564251ccacb83e6b486f6b3ca3f7971506026c0b857f689962856ded4010abd0be621c3a3960a54e710c375f26375d7014103"
            + "a4b54330c198af126116d2276e11715f693877fad7ef09cadb094ae91e1a1597", 16),
            new BigInteger("3fb32c9b73134d0b2e77506660edbd484ca7b18f21ef205407f4793a1a0ba12510dbc15077be463fff4fed4aac0bb555be3a6c1b0c6b47b1"
            + "bc3773bf7e8c6f62901228f8c28cbb18a55ae31341000a650196f931c77a57f2ddf463e5e9ec144b777de62aaab8a8628ac376d282d6ed38"
            + "64e67982428ebc831d14348f6f2f9193b5045af2767164e1dfc967c1fb3f2e55a4bd1bffe83b9c80d052b985d182ea0adb2a3b7313d3fe14"
            + "c8484b1e052588b9b7d2bbd2df016199ecd06e1557cd0915b3353bbb64e0ec377fd028370df92b52c7891428cdc67eb6184b523d1db246c3"
            + "2f63078490f00ef8d647d148d47954515e2327cfef98c582664b4c0f6cc41659", 16),
            new BigInteger("8cf83642a709a097b447997640129da299b1a47d1eb3750ba308b0fe64f5fbd3", 16));

    private static FixedBase table(DhGroup group) {
        var parameters = parameters(group);
        return new FixedBase(parameters.getG(), parameters.getP(), exponentBits(group));
    }

    /** Made with the group's first key. The larger groups have none: it would take longer than all it ever saves. */
    private static final class OfModp1536 {
        private static final FixedBase TABLE = table(DhGroup.MODP1536);
    }

    /** As {@link OfModp1536}. */
    private static final class OfModp2048 {
        private static final FixedBase TABLE = table(DhGroup.MODP2048);
    }

    static ModpKey generate(DhGroup group, SecureRandom random) {
        BigInteger order = parameters(group).getQ();
        if (group == DhGroup.MODP2048S256) {
            BigInteger exponent;
            do {
                exponent = new BigInteger(order.bitLength(), random);
            } while (exponent.signum() == 0 || exponent.compareTo(order) >= 0);
            return of(group, exponent);
        }
        int bits = exponentBits(group);
        return of(group, new BigInteger(bits, random).setBit(bits - 1));
    }

    /** The key with this private value, which is not longer than {@link #exponentBits}. */
    static ModpKey of(DhGroup group, BigInteger exponent) {
        var parameters = parameters(group);
        BigInteger power = switch (group) {
            case MODP1536 -> OfModp1536.TABLE.power(exponent);
            case MODP2048 -> OfModp2048.TABLE.power(exponent);
            default -> parameters.getG().modPow(exponent, parameters.getP());
        };
        return new ModpKey(group, exponent, Octets.of(fixed(power, group.publicBytes())));
    }

    /**
     * Twice the strength of the group is enough, and many times faster than a full-size exponent. Above group 14: the larger estimates of
     * RFC 3526, section 8.
     */
    static int exponentBits(DhGroup group) {
        return switch (group) {
            case MODP1024, MODP1536, MODP2048, MODP2048S256 -> 256;
            case MODP3072 -> 420;
            case MODP4096 -> 480;
            case MODP6144 -> 540;
            case MODP8192 -> 620;
            case ECP256, ECP384, ECP521, X25519, ML_KEM_512, ML_KEM_768, ML_KEM_1024 -> throw new IllegalArgumentException(group + " has no exponents");
        };
    }

    static DHParameters parameters(DhGroup group) {
        return switch (group) {
            case MODP1024 -> DHStandardGroups.rfc2409_1024;
            case MODP1536 -> DHStandardGroups.rfc3526_1536;
            case MODP2048 -> DHStandardGroups.rfc3526_2048;
            case MODP3072 -> DHStandardGroups.rfc3526_3072;
            case MODP4096 -> DHStandardGroups.rfc3526_4096;
            case MODP6144 -> DHStandardGroups.rfc3526_6144;
            case MODP8192 -> DHStandardGroups.rfc3526_8192;
            case MODP2048S256 -> RFC5114_2048_256;
            case ECP256, ECP384, ECP521, X25519, ML_KEM_512, ML_KEM_768, ML_KEM_1024 -> throw new IllegalArgumentException(group + " has no exponents");
        };
    }

    @Override
    public Secret sharedWith(Octets peerPublicValue) throws IkeException {
        BigInteger prime = parameters(group).getP();
        if (peerPublicValue.length() != group.publicBytes()) {
            throw new IkeException("public value of " + peerPublicValue.length() + " bytes for " + group);
        }
        BigInteger peer = new BigInteger(1, peerPublicValue.toByteArray());
        // RFC 6989, section 2.1: enough for a safe prime
        if (peer.compareTo(BigInteger.ONE) <= 0 || peer.compareTo(prime.subtract(BigInteger.ONE)) >= 0) {
            throw new IkeException("public value is not in " + group);
        }
        // section 2.2: a prime with small subgroups
        if (group == DhGroup.MODP2048S256 && !peer.modPow(parameters(group).getQ(), prime).equals(BigInteger.ONE)) {
            throw new IkeException("public value is not in the subgroup of " + group);
        }
        byte[] shared = fixed(peer.modPow(exponent, prime), group.secretBytes());
        Secret secret = Secret.copyOf(shared);
        Arrays.fill(shared, (byte) 0);
        return secret;
    }

    @Override
    public String toString() {
        return "DH key in " + group;
    }

    /** Leading zeros are part of g^xy: RFC 2409, section 5. */
    static byte[] fixed(BigInteger value, int bytes) {
        byte[] raw = value.toByteArray();
        byte[] out = new byte[bytes];
        int length = Math.min(raw.length, bytes);
        System.arraycopy(raw, raw.length - length, out, bytes - length, length);
        return out;
    }
}
