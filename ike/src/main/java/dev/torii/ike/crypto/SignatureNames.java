package dev.torii.ike.crypto;

import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.Octets;
import dev.torii.ike.SignatureScheme;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** The ASN.1 names of signatures in AUTH payloads of method 14: RFC 7427, appendix A. */
public final class SignatureNames {
    private SignatureNames() {
    }

    /** The AlgorithmIdentifier of a scheme with method 14. */
    public static Octets encode(SignatureScheme scheme) {
        AlgorithmIdentifier name = switch (scheme) {
            case RSA_PSS_SHA2_256, RSA_PSS_SHA2_384, RSA_PSS_SHA2_512 -> new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, pss(scheme.hash()));
            case RSA_SHA2_256, RSA_SHA2_384, RSA_SHA2_512 -> new AlgorithmIdentifier(oid(scheme), DERNull.INSTANCE);
            case ECDSA_SHA2_256, ECDSA_SHA2_384, ECDSA_SHA2_512 -> new AlgorithmIdentifier(oid(scheme));
            case RSA_SHA1, ECDSA_P256, ECDSA_P384, ECDSA_P521 -> throw new IllegalArgumentException(scheme + " has a method of its own");
        };
        try {
            return Octets.of(name.getEncoded(ASN1Encoding.DER));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The scheme that a peer names, whichever of the permitted encodings it uses; empty if it is not one of ours. */
    public static Optional<SignatureScheme> decode(Octets encoded) {
        try {
            AlgorithmIdentifier name = AlgorithmIdentifier.getInstance(encoded.toByteArray());
            return Arrays.stream(SignatureScheme.values())
                    .filter(scheme -> scheme.method() == SignatureScheme.Method.DIGITAL && names(name, scheme)).findFirst();
        } catch (IllegalArgumentException | IllegalStateException | ClassCastException | ArithmeticException malformed) {
            return Optional.empty();
        }
    }

    private static boolean names(AlgorithmIdentifier name, SignatureScheme scheme) {
        if (!name.getAlgorithm().equals(oid(scheme))) {
            return false;
        }
        if (!name.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
            return empty(name);
        }
        RSASSAPSSparams params = RSASSAPSSparams.getInstance(name.getParameters());
        AlgorithmIdentifier mask = params.getMaskGenAlgorithm();
        return isHash(params.getHashAlgorithm(), scheme.hash()) && mask.getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)
                && isHash(AlgorithmIdentifier.getInstance(mask.getParameters()), scheme.hash())
                && params.getSaltLength().intValueExact() == scheme.hash().bytes() && params.getTrailerField().intValueExact() == 1;
    }

    private static boolean isHash(AlgorithmIdentifier name, HashAlgorithm hash) {
        return name.getAlgorithm().equals(oid(hash)) && empty(name);
    }

    /** RFC 4055, section 2.1: NULL and nothing mean the same. */
    private static boolean empty(AlgorithmIdentifier name) {
        return name.getParameters() == null || DERNull.INSTANCE.equals(name.getParameters());
    }

    private static RSASSAPSSparams pss(HashAlgorithm hash) {
        var name = new AlgorithmIdentifier(oid(hash), DERNull.INSTANCE);
        return new RSASSAPSSparams(name, new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, name), new ASN1Integer(hash.bytes()),
                RSASSAPSSparams.DEFAULT_TRAILER_FIELD);
    }

    private static ASN1ObjectIdentifier oid(HashAlgorithm hash) {
        return switch (hash) {
            case SHA1 -> throw new IllegalArgumentException("SHA-1 has no place in RFC 7427");
            case SHA2_256 -> NISTObjectIdentifiers.id_sha256;
            case SHA2_384 -> NISTObjectIdentifiers.id_sha384;
            case SHA2_512 -> NISTObjectIdentifiers.id_sha512;
        };
    }

    private static ASN1ObjectIdentifier oid(SignatureScheme scheme) {
        return switch (scheme) {
            case RSA_PSS_SHA2_256, RSA_PSS_SHA2_384, RSA_PSS_SHA2_512 -> PKCSObjectIdentifiers.id_RSASSA_PSS;
            case RSA_SHA1 -> PKCSObjectIdentifiers.sha1WithRSAEncryption;
            case RSA_SHA2_256 -> PKCSObjectIdentifiers.sha256WithRSAEncryption;
            case RSA_SHA2_384 -> PKCSObjectIdentifiers.sha384WithRSAEncryption;
            case RSA_SHA2_512 -> PKCSObjectIdentifiers.sha512WithRSAEncryption;
            case ECDSA_SHA2_256, ECDSA_P256 -> X9ObjectIdentifiers.ecdsa_with_SHA256;
            case ECDSA_SHA2_384, ECDSA_P384 -> X9ObjectIdentifiers.ecdsa_with_SHA384;
            case ECDSA_SHA2_512, ECDSA_P521 -> X9ObjectIdentifiers.ecdsa_with_SHA512;
        };
    }
}
