package dev.torii.ike.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torii.ike.DhGroup;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FixedBaseTest {
    @Test
    void powersAreThoseOfModPow() {
        var random = new Random(1);
        for (DhGroup group : new DhGroup[] {DhGroup.MODP1024, DhGroup.MODP1536, DhGroup.MODP2048, DhGroup.MODP2048S256}) {
            BigInteger base = ModpKey.parameters(group).getG();
            BigInteger prime = ModpKey.parameters(group).getP();
            var table = new FixedBase(base, prime, 256);
            var exponents = new ArrayList<>(List.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.TWO, BigInteger.ONE.shiftLeft(255),
                    BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE)));
            for (int i = 0; i < 200; i++) {
                exponents.add(new BigInteger(256, random));
            }
            for (BigInteger exponent : exponents) {
                assertEquals(base.modPow(exponent, prime), table.power(exponent), group + " " + exponent.toString(16));
            }
        }
    }

    /** Small primes have every remainder, also the extremes of the estimate. */
    @Test
    void everyRemainderOfASmallPrimeComesOut() {
        for (int prime : new int[] {3, 5, 7, 11, 127, 251, 257, 4093}) {
            for (int base = 1; base < Math.min(prime, 40); base++) {
                var table = new FixedBase(BigInteger.valueOf(base), BigInteger.valueOf(prime), 10);
                for (int exponent = 0; exponent < 1024; exponent++) {
                    assertEquals(BigInteger.valueOf(base).modPow(BigInteger.valueOf(exponent), BigInteger.valueOf(prime)),
                            table.power(BigInteger.valueOf(exponent)));
                }
            }
        }
    }

    @Test
    void aLongerExponentThanTheTableIsRefused() {
        var table = new FixedBase(BigInteger.TWO, BigInteger.valueOf(251), 10);
        assertThrows(IllegalArgumentException.class, () -> table.power(BigInteger.ONE.shiftLeft(10)));
        assertThrows(IllegalArgumentException.class, () -> table.power(BigInteger.ONE.negate()));
    }
}
