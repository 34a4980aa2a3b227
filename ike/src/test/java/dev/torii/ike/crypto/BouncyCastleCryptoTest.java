package dev.torii.ike.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BouncyCastleCryptoTest {
    private final BouncyCastleCrypto crypto = new BouncyCastleCrypto(new SecureRandom());

    /** Source: RFC 3602, section 4, case 2. */
    @Test
    void aesCbcIsThatOfRfc3602() {
        Secret key = Secret.copyOf(HexFormat.of().parseHex("c286696d887c9aa0611bbb3e2025a45a"));
        Octets iv = Octets.ofHex("562e17996d093d28ddb3ba695a2e6f58");
        Octets plain = Octets.ofHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        Octets encrypted = Octets.ofHex("d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1");
        assertEquals(encrypted, crypto.encrypt(EncryptionAlgorithm.AES_CBC, key, iv, plain));
        assertEquals(plain, crypto.decrypt(EncryptionAlgorithm.AES_CBC, key, iv, encrypted));
    }

    /** Source: RFC 4231, section 4.3 (test case 2), and RFC 2202, section 3, case 2. */
    @Test
    void hmacIsThatOfTheRfcs() {
        Secret key = Secret.ofText("Jefe");
        byte[][] data = {"what do ya want ".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
            "for nothing?".getBytes(java.nio.charset.StandardCharsets.US_ASCII)};
        assertEquals(secret("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"), crypto.prf(HashAlgorithm.SHA1, key, data));
        assertEquals(secret("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"), crypto.prf(HashAlgorithm.SHA2_256, key, data));
        assertEquals(secret("af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"),
                crypto.prf(HashAlgorithm.SHA2_384, key, data));
        assertEquals(secret("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
                + "caeab1a34d4a6b4b636e070a38bce737"), crypto.prf(HashAlgorithm.SHA2_512, key, data));
    }

    private static Secret secret(String hex) {
        return Secret.copyOf(HexFormat.of().parseHex(hex));
    }
}
