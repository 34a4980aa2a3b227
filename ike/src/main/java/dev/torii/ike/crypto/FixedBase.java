package dev.torii.ike.crypto;

import java.math.BigInteger;

/**
 * Powers of one generator modulo one prime, from a table: a third of the time of {@link BigInteger#modPow}, which has no use for a base that is
 * always the same. Each digit of the exponent picks one factor; Barrett's reduction (Handbook of Applied Cryptography, algorithm 14.42)
 * spares the division. As little constant in time as {@code modPow}: for exponents that are used once.
 */
final class FixedBase {
    private static final int DIGIT_BITS = 5;
    private static final int DIGITS = 1 << DIGIT_BITS;
    /** The quotient's estimate drops that many bits less than exact arithmetic would: it is then too small by one at most, seldom two. */
    private static final int GUARD = 32;

    private final BigInteger prime;
    private final int bits;
    private final BigInteger reciprocal;
    private final BigInteger[][] table;

    /** @param exponentBits the longest exponent */
    FixedBase(BigInteger base, BigInteger prime, int exponentBits) {
        this.prime = prime;
        this.bits = prime.bitLength();
        this.reciprocal = BigInteger.ONE.shiftLeft(2 * bits).divide(prime);
        this.table = new BigInteger[(exponentBits + DIGIT_BITS - 1) / DIGIT_BITS][DIGITS];
        BigInteger unit = base;
        for (BigInteger[] row : table) {
            row[0] = BigInteger.ONE;
            for (int digit = 1; digit < DIGITS; digit++) {
                row[digit] = times(row[digit - 1], unit);
            }
            unit = times(row[DIGITS - 1], unit);
        }
    }

    /** The base to the power of {@code exponent}, which is not negative. */
    BigInteger power(BigInteger exponent) {
        if (exponent.signum() < 0 || exponent.bitLength() > table.length * DIGIT_BITS) {
            throw new IllegalArgumentException("exponent of " + exponent.bitLength() + " bits");
        }
        BigInteger power = BigInteger.ONE;
        for (int row = 0; row < table.length; row++) {
            int digit = 0;
            for (int bit = DIGIT_BITS - 1; bit >= 0; bit--) {
                digit = digit << 1 | (exponent.testBit(row * DIGIT_BITS + bit) ? 1 : 0);
            }
            power = times(power, table[row][digit]);
        }
        return power;
    }

    private BigInteger times(BigInteger a, BigInteger b) {
        BigInteger product = a.multiply(b);
        BigInteger quotient = product.shiftRight(bits - GUARD).multiply(reciprocal).shiftRight(bits + GUARD);
        BigInteger rest = product.subtract(quotient.multiply(prime));
        while (rest.compareTo(prime) >= 0) {
            rest = rest.subtract(prime);
        }
        return rest;
    }
}
