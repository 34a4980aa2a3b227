package dev.torii.ike.cert;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.SigningKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** What the files of ipsec.d contain: PEM (RFC 7468) or DER. The caller reads them, and wipes those of private keys. */
public final class CertificateFiles {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private CertificateFiles() {
    }

    private record Block(String label, byte[] der) {
    }

    /** All certificates of a file, in its order. @throws IkeException if there is none, or one that cannot be read */
    public static List<X509Certificate> certificates(byte[] file) throws IkeException {
        var certificates = new ArrayList<X509Certificate>();
        for (Block block : blocks(file, "CERTIFICATE")) {
            if (block.label().endsWith("CERTIFICATE")) {
                certificates.add(PeerCertificate.decode(Octets.of(block.der())));
            }
        }
        if (certificates.isEmpty()) {
            throw new IkeException("there is no certificate in it");
        }
        return certificates;
    }

    /** The revocation lists of a file. @throws IkeException if there is none, or one that cannot be read */
    public static List<X509CRL> revocations(byte[] file) throws IkeException {
        var lists = new ArrayList<X509CRL>();
        for (Block block : blocks(file, "X509 CRL")) {
            if (block.label().equals("X509 CRL")) {
                try {
                    lists.add((X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(block.der())));
                } catch (CertificateException | CRLException malformed) {
                    throw new IkeException("a revocation list that cannot be read: " + malformed.getMessage());
                }
            }
        }
        if (lists.isEmpty()) {
            throw new IkeException("there is no revocation list in it");
        }
        return lists;
    }

    /**
     * The private key of a file: PKCS#8, PKCS#1 or SEC1, and PKCS#8 under a passphrase.
     *
     * @throws IkeException if there is none, or it cannot be read; no text contains any of it
     */
    public static SigningKey key(byte[] file, Optional<Secret> passphrase) throws IkeException {
        List<Block> blocks = blocks(file, "PRIVATE KEY");
        try {
            for (Block block : blocks) {
                switch (block.label()) {
                    case "PRIVATE KEY" -> {
                        return pkcs8(block.der());
                    }
                    case "ENCRYPTED PRIVATE KEY" -> {
                        return encrypted(block.der(), passphrase.orElseThrow(() ->
                                new IkeException("the key is encrypted, and there is no passphrase for it")));
                    }
                    case "RSA PRIVATE KEY" -> {
                        var rsa = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
                        return wrapped(rsa, RSAPrivateKey.getInstance(block.der()));
                    }
                    case "EC PRIVATE KEY" -> {
                        ECPrivateKey key = ECPrivateKey.getInstance(block.der());
                        return wrapped(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()), key);
                    }
                    default -> { }      // certificates, EC PARAMETERS
                }
            }
        } catch (IllegalArgumentException | IllegalStateException | ClassCastException | IOException malformed) {
            throw new IkeException("the private key cannot be read");
        } finally {
            blocks.forEach(block -> Arrays.fill(block.der(), (byte) 0));
        }
        throw new IkeException("there is no private key in it");
    }

    private static SigningKey wrapped(AlgorithmIdentifier algorithm, ASN1Object key) throws IOException, IkeException {
        byte[] der = new PrivateKeyInfo(algorithm, key).getEncoded();
        try {
            return pkcs8(der);
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    private static SigningKey pkcs8(byte[] der) throws IkeException {
        var id = PrivateKeyInfo.getInstance(der).getPrivateKeyAlgorithm().getAlgorithm();
        String algorithm = id.equals(PKCSObjectIdentifiers.rsaEncryption) ? "RSA" : id.equals(PKCSObjectIdentifiers.id_RSASSA_PSS) ? "RSASSA-PSS"
                : id.equals(X9ObjectIdentifiers.id_ecPublicKey) ? "EC" : "";
        if (algorithm.isEmpty()) {
            throw new IkeException("the private key is neither RSA nor ECDSA (its algorithm is " + id + ")");
        }
        return new SigningKey(algorithm, Secret.copyOf(der));
    }

    /** PKCS#5's second scheme, as openssl writes it. */
    private static SigningKey encrypted(byte[] der, Secret passphrase) throws IOException, IkeException {
        byte[] utf8 = passphrase.toByteArray();
        CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(utf8));
        char[] characters = new char[decoded.remaining()];
        decoded.get(characters);
        var spec = new PBEKeySpec(characters);
        try {
            var info = new EncryptedPrivateKeyInfo(der);
            var key = SecretKeyFactory.getInstance(String.valueOf(info.getAlgParameters())).generateSecret(spec);
            byte[] plain = info.getKeySpec(key).getEncoded();
            try {
                return pkcs8(plain);
            } finally {
                Arrays.fill(plain, (byte) 0);
            }
        } catch (GeneralSecurityException wrong) {
            throw new IkeException("the key cannot be decrypted: wrong passphrase, or a cipher that is not known here");
        } finally {
            spec.clearPassword();
            Arrays.fill(characters, '\0');
            Arrays.fill(decoded.array(), '\0');
            Arrays.fill(utf8, (byte) 0);
        }
    }

    /** {@code label}: what a file that is not PEM is taken for. */
    private static List<Block> blocks(byte[] file, String label) throws IkeException {
        CharBuffer text = StandardCharsets.ISO_8859_1.decode(ByteBuffer.wrap(file));
        try {
            var blocks = new ArrayList<Block>();
            var matcher = BLOCK.matcher(text);
            while (matcher.find()) {
                if (matcher.group(2).contains(":")) {           // RFC 1421's headers: Proc-Type: 4,ENCRYPTED
                    throw new IkeException("the key is encrypted in a format that is not read here; openssl pkcs8 -topk8 writes the one that is");
                }
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
            }
            return blocks.isEmpty() && file.length > 0 && file[0] == 0x30 ? List.of(new Block(label, file.clone())) : blocks;
        } catch (IllegalArgumentException notBase64) {
            throw new IkeException("it is not PEM: between BEGIN and END is no base 64");
        } finally {
            Arrays.fill(text.array(), '\0');
        }
    }
}
