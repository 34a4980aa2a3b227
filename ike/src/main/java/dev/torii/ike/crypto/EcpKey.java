package dev.torii.ike.crypto;

import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** A key on a curve over a prime field: RFC 5903. A public value is x and y, the shared secret x alone (section 7). */
record EcpKey(DhGroup group, BigInteger scalar, Octets publicValue) implements IkeCrypto.DhKey {
    private static final X9ECParameters P256 = CustomNamedCurves.getByName("secp256r1");
    private static final X9ECParameters P384 = CustomNamedCurves.getByName("secp384r1");
    private static final X9ECParameters P521 = CustomNamedCurves.getByName("secp521r1");

    static EcpKey generate(DhGroup group, SecureRandom random) {
        BigInteger order = curve(group).getN();
        BigInteger scalar;
        do {
            scalar = new BigInteger(order.bitLength(), random);
        } while (scalar.signum() == 0 || scalar.compareTo(order) >= 0);
        return of(group, scalar);
    }

    /** The key with this private value, from 1 to the order less 1. */
    static EcpKey of(DhGroup group, BigInteger scalar) {
        ECPoint point = new FixedPointCombMultiplier().multiply(curve(group).getG(), scalar).normalize();
        return new EcpKey(group, scalar, Octets.concat(Octets.of(x(group, point)),
                Octets.of(ModpKey.fixed(point.getAffineYCoord().toBigInteger(), group.secretBytes()))));
    }

    static X9ECParameters curve(DhGroup group) {
        return switch (group) {
            case ECP256 -> P256;
            case ECP384 -> P384;
            case ECP521 -> P521;
            default -> throw new IllegalArgumentException(group + " is no curve");
        };
    }

    @Override
    public Secret sharedWith(Octets peerPublicValue) throws IkeException {
        ECPoint shared = point(peerPublicValue).multiply(scalar).normalize();
        if (shared.isInfinity()) {
            throw new IkeException("public value is not on " + group);
        }
        byte[] x = x(group, shared);
        Secret secret = Secret.copyOf(x);
        Arrays.fill(x, (byte) 0);
        return secret;
    }

    /** RFC 6989, section 2.3: both coordinates below the prime, and on the curve; infinity cannot be written. The cofactor is 1. */
    private ECPoint point(Octets value) throws IkeException {
        if (value.length() != group.publicBytes()) {
            throw new IkeException("public value of " + value.length() + " bytes for " + group);
        }
        byte[] bytes = value.toByteArray();
        BigInteger x = new BigInteger(1, bytes, 0, group.secretBytes());
        BigInteger y = new BigInteger(1, bytes, group.secretBytes(), group.secretBytes());
        BigInteger prime = curve(group).getCurve().getField().getCharacteristic();
        if (x.compareTo(prime) >= 0 || y.compareTo(prime) >= 0) {
            throw new IkeException("public value is not on " + group);
        }
        ECPoint point = curve(group).getCurve().createPoint(x, y);
        if (!point.isValid()) {
            throw new IkeException("public value is not on " + group);
        }
        return point;
    }

    private static byte[] x(DhGroup group, ECPoint normalized) {
        return ModpKey.fixed(normalized.getAffineXCoord().toBigInteger(), group.secretBytes());
    }

    @Override
    public String toString() {
        return "DH key on " + group;
    }
}
