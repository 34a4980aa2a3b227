package dev.torii.ike.crypto;

import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.SignatureScheme;
import dev.torii.ike.SigningKey;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;

/** Signatures of AUTH payloads, by the JDK's providers. Chance (salts, the k of ECDSA) comes through the port, so that a run can be repeated. */
public final class Signatures {
    private Signatures() {
    }

    /** Signs the concatenated data. @throws IllegalArgumentException if the key is of another kind, or too short for the hash */
    public static Octets sign(IkeCrypto crypto, SignatureScheme scheme, SigningKey key, byte[]... data) {
        try {
            Signature signature = of(scheme);
            signature.initSign(key.open(), new PortRandom(crypto));
            for (byte[] part : data) {
                signature.update(part);
            }
            return Octets.of(signature.sign());
        } catch (GeneralSecurityException unfit) {
            throw new IllegalArgumentException("this key cannot make an " + scheme + " signature");
        }
    }

    /** Whether it is a signature of the concatenated data by the owner of the key. Total: whatever is not, is false. */
    public static boolean verify(SignatureScheme scheme, PublicKey key, Octets value, byte[]... data) {
        if (!scheme.fits(key)) {
            return false;
        }
        try {
            Signature signature = of(scheme);
            signature.initVerify(key);
            for (byte[] part : data) {
                signature.update(part);
            }
            return signature.verify(value.toByteArray());
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    /** Whether a private and a public key are a pair. */
    public static boolean belong(SigningKey key, PublicKey other) {
        PrivateKey own = key.open();
        if (own instanceof RSAKey rsa) {
            return other instanceof RSAKey theirs && rsa.getModulus().equals(theirs.getModulus());
        }
        if (own instanceof ECPrivateKey elliptic && other instanceof ECPublicKey theirs) {
            X9ECParameters curve = CustomNamedCurves.getByName("secp" + elliptic.getParams().getCurve().getField().getFieldSize() + "r1");
            if (curve != null && elliptic.getParams().getCurve().equals(theirs.getParams().getCurve())) {
                ECPoint point = curve.getG().multiply(elliptic.getS()).normalize();
                return point.getAffineXCoord().toBigInteger().equals(theirs.getW().getAffineX())
                        && point.getAffineYCoord().toBigInteger().equals(theirs.getW().getAffineY());
            }
        }
        return false;
    }

    private static Signature of(SignatureScheme scheme) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(switch (scheme) {
            case RSA_PSS_SHA2_256, RSA_PSS_SHA2_384, RSA_PSS_SHA2_512 -> "RSASSA-PSS";
            case RSA_SHA1 -> "SHA1withRSA";
            case RSA_SHA2_256 -> "SHA256withRSA";
            case RSA_SHA2_384 -> "SHA384withRSA";
            case RSA_SHA2_512 -> "SHA512withRSA";
            case ECDSA_SHA2_256 -> "SHA256withECDSA";
            case ECDSA_SHA2_384 -> "SHA384withECDSA";
            case ECDSA_SHA2_512 -> "SHA512withECDSA";
            case ECDSA_P256 -> "SHA256withECDSAinP1363Format";      // r and s one after the other: RFC 4754, section 7
            case ECDSA_P384 -> "SHA384withECDSAinP1363Format";
            case ECDSA_P521 -> "SHA512withECDSAinP1363Format";
        });
        switch (scheme) {
            case RSA_PSS_SHA2_256, RSA_PSS_SHA2_384, RSA_PSS_SHA2_512 -> signature.setParameter(pss(scheme.hash()));
            default -> { }      // nothing to choose
        }
        return signature;
    }

    private static PSSParameterSpec pss(HashAlgorithm hash) {
        return new PSSParameterSpec(BouncyCastleCrypto.digestName(hash), "MGF1", new MGF1ParameterSpec(BouncyCastleCrypto.digestName(hash)),
                hash.bytes(), PSSParameterSpec.TRAILER_FIELD_BC);
    }

    /** The port's chance where the JDK wants its own type. */
    private static final class PortRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final transient IkeCrypto crypto;

        PortRandom(IkeCrypto crypto) {
            this.crypto = crypto;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            byte[] fresh = crypto.random(bytes.length);
            System.arraycopy(fresh, 0, bytes, 0, bytes.length);
            Arrays.fill(fresh, (byte) 0);
        }
    }
}
