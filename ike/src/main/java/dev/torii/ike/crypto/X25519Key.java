package dev.torii.ike.crypto;

import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** A key on Curve25519: RFC 8031, RFC 7748. A public value is one coordinate, and every value is some point (RFC 8031, section 3.2). */
record X25519Key(Secret scalar, Octets publicValue) implements IkeCrypto.DhKey {
    static X25519Key generate(SecureRandom random) {
        byte[] scalar = new byte[X25519.SCALAR_SIZE];
        X25519.generatePrivateKey(random, scalar);
        return of(scalar);
    }

    /** Takes the bytes over and wipes them. */
    static X25519Key of(byte[] scalar) {
        byte[] point = new byte[X25519.POINT_SIZE];
        X25519.generatePublicKey(scalar, 0, point, 0);
        var key = new X25519Key(Secret.copyOf(scalar), Octets.of(point));
        Arrays.fill(scalar, (byte) 0);
        return key;
    }

    @Override
    public DhGroup group() {
        return DhGroup.X25519;
    }

    @Override
    public Secret sharedWith(Octets peerPublicValue) throws IkeException {
        if (peerPublicValue.length() != X25519.POINT_SIZE) {
            throw new IkeException("public value of " + peerPublicValue.length() + " bytes for " + group());
        }
        byte[] own = scalar.toByteArray();
        byte[] shared = new byte[X25519.POINT_SIZE];
        try {
            // RFC 8031, section 2, and RFC 7748, section 6.1: a point of small order gives zero, whatever our key is
            if (!X25519.calculateAgreement(own, 0, peerPublicValue.toByteArray(), 0, shared, 0)) {
                throw new IkeException("public value gives the shared secret away in " + group());
            }
            return Secret.copyOf(shared);
        } finally {
            Arrays.fill(own, (byte) 0);
            Arrays.fill(shared, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "DH key on " + group();
    }
}
