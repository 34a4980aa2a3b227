package dev.torii.ike;

import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.Key;

/** What an AUTH payload of IKEv2 can be signed with: RFC 7296, section 3.8; RFC 4754; RFC 7427; what of it is fit for use: RFC 8247. */
public enum SignatureScheme {
    /** RSASSA-PSS with a salt as long as the hash. */
    RSA_PSS_SHA2_256(Method.DIGITAL, true, HashAlgorithm.SHA2_256, "RSASSA-PSS with SHA2-256"),
    /** The same with SHA2-384. */
    RSA_PSS_SHA2_384(Method.DIGITAL, true, HashAlgorithm.SHA2_384, "RSASSA-PSS with SHA2-384"),
    /** The same with SHA2-512. */
    RSA_PSS_SHA2_512(Method.DIGITAL, true, HashAlgorithm.SHA2_512, "RSASSA-PSS with SHA2-512"),
    /** RSASSA-PKCS1-v1_5. */
    RSA_SHA2_256(Method.DIGITAL, true, HashAlgorithm.SHA2_256, "RSA with SHA2-256"),
    /** The same with SHA2-384. */
    RSA_SHA2_384(Method.DIGITAL, true, HashAlgorithm.SHA2_384, "RSA with SHA2-384"),
    /** The same with SHA2-512. */
    RSA_SHA2_512(Method.DIGITAL, true, HashAlgorithm.SHA2_512, "RSA with SHA2-512"),
    /** RSASSA-PKCS1-v1_5 as it was before RFC 7427. Only where the configuration names it. */
    RSA_SHA1(Method.RSA, true, HashAlgorithm.SHA1, "RSA with SHA-1"),
    /** ECDSA on any of the three curves. */
    ECDSA_SHA2_256(Method.DIGITAL, false, HashAlgorithm.SHA2_256, "ECDSA with SHA2-256"),
    /** The same with SHA2-384. */
    ECDSA_SHA2_384(Method.DIGITAL, false, HashAlgorithm.SHA2_384, "ECDSA with SHA2-384"),
    /** The same with SHA2-512. */
    ECDSA_SHA2_512(Method.DIGITAL, false, HashAlgorithm.SHA2_512, "ECDSA with SHA2-512"),
    /** RFC 4754: P-256 with SHA2-256. */
    ECDSA_P256(Method.ECDSA_256, false, HashAlgorithm.SHA2_256, "ECDSA-256"),
    /** RFC 4754: P-384 with SHA2-384. */
    ECDSA_P384(Method.ECDSA_384, false, HashAlgorithm.SHA2_384, "ECDSA-384"),
    /** RFC 4754: P-521 with SHA2-512. */
    ECDSA_P521(Method.ECDSA_521, false, HashAlgorithm.SHA2_512, "ECDSA-521");

    /** IANA's "IKEv2 Authentication Method". */
    public static final class Method {
        /** RSA digital signature, in practice with SHA-1. */
        public static final int RSA = 1;
        /** ECDSA with SHA2-256 on P-256. */
        public static final int ECDSA_256 = 9;
        /** ECDSA with SHA2-384 on P-384. */
        public static final int ECDSA_384 = 10;
        /** ECDSA with SHA2-512 on P-521. */
        public static final int ECDSA_521 = 11;
        /** Digital signature: the algorithm is named in the payload. */
        public static final int DIGITAL = 14;

        private Method() {
        }
    }

    private final int method;
    private final boolean rsa;
    private final HashAlgorithm hash;
    private final String words;

    SignatureScheme(int method, boolean rsa, HashAlgorithm hash, String words) {
        this.method = method;
        this.rsa = rsa;
        this.hash = hash;
        this.words = words;
    }

    /** See {@link Method}. */
    public int method() {
        return method;
    }

    /** What is signed is this hash of the message. */
    public HashAlgorithm hash() {
        return hash;
    }

    /** Whether a key, private or public, can be used with it. */
    public boolean fits(Key key) {
        if (rsa) {
            return key instanceof RSAKey;
        }
        return key instanceof ECKey ec && switch (this) {
            case ECDSA_P256 -> bits(ec) == 256;
            case ECDSA_P384 -> bits(ec) == 384;
            case ECDSA_P521 -> bits(ec) == 521;
            default -> true;
        };
    }

    /** Whether the hash is as strong as the key's curve: what is taken first. */
    public boolean matches(ECKey key) {
        return hash.bytes() * 8 == Math.min(bits(key), 512);
    }

    private static int bits(ECKey key) {
        return key.getParams().getCurve().getField().getFieldSize();
    }

    @Override
    public String toString() {
        return words;
    }
}
