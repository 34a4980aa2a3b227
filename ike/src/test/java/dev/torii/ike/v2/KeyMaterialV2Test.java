package dev.torii.ike.v2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.ike.Cookie;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** NIST's CAVS vector for the IKEv2 KDF of SP 800-135 with HMAC-SHA-1, as quoted in Libreswan's {@code ike_alg_test_prf.c}. */
class KeyMaterialV2Test {
    private static final Octets NI = Octets.ofHex("32b50d5f4a3763f3");
    private static final Octets NR = Octets.ofHex("9206a04b26564cb1");
    private static final Secret SHARED = secret("4b2c1f971981a8ad8d0abeafabf38cf75fc8349c148142465ed9c8b516b8be52");
    private static final Secret NEW_SHARED = secret("863f3c9d06efd39d2b907b97f8699e5dd5251ef64a2a176f36ee40c87d4f9330");
    private static final Cookie SPI_I = Cookie.of(Octets.ofHex("34c9e7c188868785"));
    private static final Cookie SPI_R = Cookie.of(Octets.ofHex("3ff77d760d2b2199"));
    private static final String SEED = "a9a7b222b59f8f48645f28a1db5b5f5d7479cba7";
    private static final String SEED_OF_SUCCESSOR = "63e81194946ebd05df7df5ebf5d8750056bf1f1d";
    private static final String KEYS = "a14293677cc80ff8f9cc0eee30d895da9d8f405666e30ef0dfcb63c634a46002"
            + "a2a63080e514a062768b76606f9fa5e992204fc5a670bde3f10d6b027113936a5c55b648a194ae587b0088d52204b702"
            + "c979fa280870d2ed41efa9c549fd11198af1670b143d384bd275c5f594cf266b05ebadca855e4249520a441a81157435a7a56cc4";

    private final BouncyCastleCrypto crypto = new BouncyCastleCrypto(new SecureRandom());

    private static Secret secret(String hex) {
        return Secret.copyOf(Octets.ofHex(hex).toByteArray());
    }

    private static String hex(Secret secret) {
        return Octets.of(secret.toByteArray()).toString();
    }

    @Test
    void theSeedComesFromNoncesAndSharedSecret() {
        assertEquals(SEED, hex(KeyMaterialV2.seed(crypto, HashAlgorithm.SHA1, SHARED, NI, NR)));
    }

    @Test
    void theKeysComeFromTheSeedNoncesAndSpis() {
        byte[][] data = {NI.toByteArray(), NR.toByteArray(), SPI_I.octets().toByteArray(), SPI_R.octets().toByteArray()};
        assertEquals(KEYS, hex(KeyMaterialV2.expand(crypto, HashAlgorithm.SHA1, secret(SEED), KEYS.length() / 2, data)));
    }

    @Test
    void aSuccessorsSeedComesFromTheOldKey() {
        Secret d = secret(KEYS).slice(0, HashAlgorithm.SHA1.bytes());
        var old = new KeyMaterialV2(HashAlgorithm.SHA1, d, d, d, d, d, d, d);
        assertEquals(SEED_OF_SUCCESSOR, hex(old.successorSeed(crypto, NEW_SHARED, NI, NR, List.of())));
    }
}
