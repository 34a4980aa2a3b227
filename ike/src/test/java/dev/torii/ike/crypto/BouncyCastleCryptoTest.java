package dev.torii.ike.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BouncyCastleCryptoTest {
    private final BouncyCastleCrypto crypto = new BouncyCastleCrypto(new SecureRandom());

    /** RFC 3526: 2^n - 2^(n-64) - 1 + 2^64 * ([2^(n-130) pi] + c). */
    @Test
    void thePrimesAreThoseOfRfc3526() {
        Map<DhGroup, Long> constants = Map.of(DhGroup.MODP1536, 741804L, DhGroup.MODP2048, 124476L, DhGroup.MODP3072, 1690314L,
                DhGroup.MODP4096, 240904L, DhGroup.MODP6144, 929484L, DhGroup.MODP8192, 4743158L);
        for (DhGroup group : DhGroup.values()) {
            int n = group.bits();
            BigInteger middle = piTimesTwoTo(n - 130).add(BigInteger.valueOf(constants.get(group)));
            BigInteger expected = BigInteger.TWO.pow(n).subtract(BigInteger.TWO.pow(n - 64)).subtract(BigInteger.ONE)
                    .add(BigInteger.TWO.pow(64).multiply(middle));
            assertEquals(expected, BouncyCastleCrypto.prime(group), group.toString());
        }
    }

    @Test
    void thePrimesAreSafe() {
        for (DhGroup group : new DhGroup[] {DhGroup.MODP1536, DhGroup.MODP2048}) {
            BigInteger prime = BouncyCastleCrypto.prime(group);
            assertTrue(prime.isProbablePrime(20));
            assertTrue(prime.shiftRight(1).isProbablePrime(20));
        }
    }

    /** Machin: pi = 16 arctan(1/5) - 4 arctan(1/239). */
    private static BigInteger piTimesTwoTo(int bits) {
        int guard = 64;
        BigInteger one = BigInteger.ONE.shiftLeft(bits + guard);
        return arctanOfInverse(5, one).shiftLeft(4).subtract(arctanOfInverse(239, one).shiftLeft(2)).shiftRight(guard);
    }

    private static BigInteger arctanOfInverse(int x, BigInteger one) {
        BigInteger power = one.divide(BigInteger.valueOf(x));
        BigInteger sum = power;
        for (int i = 3; power.signum() != 0; i += 2) {
            power = power.divide(BigInteger.valueOf((long) x * x));
            BigInteger term = power.divide(BigInteger.valueOf(i));
            sum = i % 4 == 3 ? sum.subtract(term) : sum.add(term);
        }
        return sum;
    }

    @Test
    void bothSidesComeToTheSameSecret() throws IkeException {
        for (DhGroup group : new DhGroup[] {DhGroup.MODP1536, DhGroup.MODP2048, DhGroup.MODP3072}) {
            IkeCrypto.DhKey a = crypto.generate(group);
            IkeCrypto.DhKey b = crypto.generate(group);
            assertEquals(group.publicBytes(), a.publicValue().length());
            Secret shared = a.sharedWith(b.publicValue());
            assertEquals(shared, b.sharedWith(a.publicValue()));
            assertEquals(group.publicBytes(), shared.length());
        }
    }

    @Test
    void degeneratePublicValuesAreRefused() {
        IkeCrypto.DhKey key = crypto.generate(DhGroup.MODP1536);
        BigInteger prime = BouncyCastleCrypto.prime(DhGroup.MODP1536);
        for (BigInteger bad : new BigInteger[] {BigInteger.ZERO, BigInteger.ONE, prime.subtract(BigInteger.ONE), prime, prime.add(BigInteger.ONE)}) {
            byte[] value = new byte[192];
            byte[] raw = bad.toByteArray();
            int length = Math.min(raw.length, 192);
            System.arraycopy(raw, raw.length - length, value, 192 - length, length);
            assertThrows(IkeException.class, () -> key.sharedWith(Octets.of(value)), bad.toString(16));
        }
        assertThrows(IkeException.class, () -> key.sharedWith(Octets.of(new byte[191])));
        assertThrows(IkeException.class, () -> key.sharedWith(Octets.of(new byte[193])));
    }

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
