package dev.torii.ike.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DhGroupsTest {
    private final BouncyCastleCrypto crypto = new BouncyCastleCrypto(new SecureRandom());

    @Test
    void publishedSecretsComeOut() throws IOException, IkeException {
        var seen = EnumSet.noneOf(DhGroup.class);
        try (InputStream in = Objects.requireNonNull(DhGroupsTest.class.getResourceAsStream("/vectors/dh-groups.txt"))) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("(?m)^#.*\n", "");
            for (String block : text.strip().split("\n\n")) {
                String[] line = block.split("\n");
                var group = DhGroup.valueOf(line[0]);
                var secret = new BigInteger(line[1], 16);
                IkeCrypto.DhKey key = group == DhGroup.X25519 ? X25519Key.of(HexFormat.of().parseHex(line[1]))
                        : group.elliptic() ? EcpKey.of(group, secret) : ModpKey.of(group, secret);
                assertEquals(Octets.ofHex(line[2]), key.publicValue(), line[0]);
                assertEquals(Secret.copyOf(HexFormat.of().parseHex(line[4])), key.sharedWith(Octets.ofHex(line[3])), line[0]);
                seen.add(group);
            }
        }
        assertEquals(EnumSet.of(DhGroup.MODP2048S256, DhGroup.ECP256, DhGroup.ECP384, DhGroup.ECP521, DhGroup.X25519), seen);
    }

    /** Source: RFC 7748, section 5.2, the first and the second vector; the highest bit of the second point is to be ignored. */
    @Test
    void x25519IsThatOfRfc7748() throws IkeException {
        assertEquals(secret("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"),
                X25519Key.of(HexFormat.of().parseHex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"))
                        .sharedWith(Octets.ofHex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")));
        assertEquals(secret("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"),
                X25519Key.of(HexFormat.of().parseHex("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d"))
                        .sharedWith(Octets.ofHex("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493")));
    }

    /** 0, 1, p - 1, p and p + 1, and a point of order eight: whatever our key is, the secret would be zero. */
    @Test
    void pointsOfSmallOrderAreRefused() {
        IkeCrypto.DhKey key = crypto.generate(DhGroup.X25519);
        for (String end : new String[] {"00", "01", "ec", "ed", "ee"}) {
            boolean small = end.startsWith("0");
            var value = Octets.ofHex(end + (small ? "00" : "ff").repeat(30) + (small ? "00" : "7f"));
            assertThrows(IkeException.class, () -> key.sharedWith(value), end);
        }
        var ofOrderEight = Octets.ofHex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
        assertThrows(IkeException.class, () -> key.sharedWith(ofOrderEight));
    }

    @Test
    void x25519TakesNoValueOfAnotherLength() {
        IkeCrypto.DhKey key = crypto.generate(DhGroup.X25519);
        Octets good = crypto.generate(DhGroup.X25519).publicValue();
        for (Octets bad : new Octets[] {Octets.EMPTY, good.slice(0, 31), Octets.concat(good, Octets.of((byte) 0)), Octets.concat(good, good)}) {
            assertThrows(IkeException.class, () -> key.sharedWith(bad), bad.toString());
        }
    }

    private static Secret secret(String hex) {
        return Secret.copyOf(HexFormat.of().parseHex(hex));
    }

    @Test
    void pointsThatAreNotOnTheCurveAreRefused() throws IkeException {
        for (DhGroup group : new DhGroup[] {DhGroup.ECP256, DhGroup.ECP384, DhGroup.ECP521}) {
            IkeCrypto.DhKey key = crypto.generate(group);
            byte[] good = crypto.generate(group).publicValue().toByteArray();
            key.sharedWith(Octets.of(good));
            int half = good.length / 2;
            byte[] moved = good.clone();
            moved[good.length - 1] ^= 1;
            byte[] nothing = new byte[good.length];
            byte[] swapped = new byte[good.length];
            System.arraycopy(good, 0, swapped, half, half);
            System.arraycopy(good, half, swapped, 0, half);
            byte[] tooLarge = good.clone();         // the same point, x written as x + p: only where there is room for it, else all ones
            BigInteger prime = EcpKey.curve(group).getCurve().getField().getCharacteristic();
            byte[] plusPrime = new BigInteger(1, good, 0, half).add(prime).toByteArray();
            if (plusPrime.length <= half) {
                System.arraycopy(plusPrime, 0, tooLarge, half - plusPrime.length, plusPrime.length);
            } else {
                java.util.Arrays.fill(tooLarge, 0, half, (byte) 0xff);
            }
            for (byte[] bad : new byte[][] {moved, nothing, swapped, tooLarge, new byte[good.length - 1], new byte[good.length + 1],
                    new byte[0], new byte[half]}) {
                assertThrows(IkeException.class, () -> key.sharedWith(Octets.of(bad)), group + " " + HexFormat.of().formatHex(bad));
            }
        }
    }

    @Test
    void valuesOutsideTheSubgroupAreRefused() {
        IkeCrypto.DhKey key = crypto.generate(DhGroup.MODP2048S256);
        BigInteger prime = ModpKey.parameters(DhGroup.MODP2048S256).getP();
        BigInteger order = ModpKey.parameters(DhGroup.MODP2048S256).getQ();
        BigInteger outside = BigInteger.TWO;
        while (outside.modPow(order, prime).equals(BigInteger.ONE)) {
            outside = outside.add(BigInteger.ONE);
        }
        var value = Octets.of(ModpKey.fixed(outside, 256));
        assertThrows(IkeException.class, () -> key.sharedWith(value));
    }

    @Test
    void exponentsAreAsLongAsTheGroupDeserves() {
        for (DhGroup group : DhGroup.values()) {
            if (crypto.generate(group) instanceof ModpKey key) {
                int bits = key.exponent().bitLength();
                assertTrue(group.discouraged() ? bits > 200 && bits <= 256 : bits == ModpKey.exponentBits(group), group + ": " + bits);
            }
        }
        assertEquals(256, ModpKey.exponentBits(DhGroup.MODP2048));
        assertEquals(420, ModpKey.exponentBits(DhGroup.MODP3072));
    }

    /** RFC 2409, section 6.2, and RFC 3526: 2^n - 2^(n-64) - 1 + 2^64 * ([2^(n-130) pi] + c). */
    @Test
    void thePrimesAreThoseOfTheRfcs() {
        Map<DhGroup, Long> constants = Map.of(DhGroup.MODP1024, 129093L, DhGroup.MODP1536, 741804L, DhGroup.MODP2048, 124476L, DhGroup.MODP3072, 1690314L,
                DhGroup.MODP4096, 240904L, DhGroup.MODP6144, 929484L, DhGroup.MODP8192, 4743158L);
        for (DhGroup group : constants.keySet()) {
            int n = group.bits();
            BigInteger middle = piTimesTwoTo(n - 130).add(BigInteger.valueOf(constants.get(group)));
            BigInteger expected = BigInteger.TWO.pow(n).subtract(BigInteger.TWO.pow(n - 64)).subtract(BigInteger.ONE)
                    .add(BigInteger.TWO.pow(64).multiply(middle));
            assertEquals(expected, ModpKey.parameters(group).getP(), group.toString());
        }
    }

    @Test
    void thePrimesAreSafe() {
        for (DhGroup group : new DhGroup[] {DhGroup.MODP1024, DhGroup.MODP1536, DhGroup.MODP2048}) {
            BigInteger prime = ModpKey.parameters(group).getP();
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
        for (DhGroup group : Stream.of(DhGroup.values()).filter(each -> !each.encapsulates()).toList()) {
            IkeCrypto.DhKey a = crypto.generate(group);
            IkeCrypto.DhKey b = crypto.generate(group);
            assertEquals(group.publicBytes(), a.publicValue().length());
            Secret shared = a.sharedWith(b.publicValue());
            assertEquals(shared, b.sharedWith(a.publicValue()));
            assertEquals(group.secretBytes(), shared.length());
        }
    }

    @Test
    void degeneratePublicValuesAreRefused() {
        IkeCrypto.DhKey key = crypto.generate(DhGroup.MODP1536);
        BigInteger prime = ModpKey.parameters(DhGroup.MODP1536).getP();
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
}
