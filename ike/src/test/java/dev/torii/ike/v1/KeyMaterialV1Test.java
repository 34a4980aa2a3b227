package dev.torii.ike.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyMaterialV1Test {
    private final BouncyCastleCrypto crypto = new BouncyCastleCrypto(new SecureRandom());

    @Test
    void theFourSkeyidsAreThoseOfNistsVectors() {
        int checked = 0;
        HashAlgorithm hash = HashAlgorithm.SHA1;
        Map<String, String> given = new HashMap<>();
        for (String line : resource("/vectors/nist-cavs17.3-ikev1-psk.txt").lines().toList()) {
            if (line.startsWith("[SHA-")) {
                hash = line.equals("[SHA-1]") ? HashAlgorithm.SHA1 : HashAlgorithm.valueOf("SHA2_" + line.substring(5, 8));
            }
            String[] pair = line.split(" = ");
            if (pair.length == 2) {
                given.put(pair[0], pair[1]);
            }
            if (line.startsWith("SKEYID_e = ")) {
                KeyMaterialV1 keys = derive(hash, given);
                assertEquals(secret(given.get("SKEYID")), keys.skeyid());
                assertEquals(secret(given.get("SKEYID_d")), keys.skeyidD());
                assertEquals(secret(given.get("SKEYID_a")), keys.skeyidA());
                assertEquals(secret(given.get("SKEYID_e")), keys.skeyidE());
                assertEquals(secret(given.get("SKEYID_e")).slice(0, 16), keys.encryptionKey());
                checked++;
            }
        }
        assertEquals(51, checked);
    }

    private KeyMaterialV1 derive(HashAlgorithm hash, Map<String, String> given) {
        var proposal = new IkeProposal(EncryptionAlgorithm.AES_CBC, 128, hash, DhGroup.MODP1536);
        return KeyMaterialV1.derive(crypto, proposal, secret(given.get("pre-shared-key")), Octets.ofHex(given.get("Ni")),
                Octets.ofHex(given.get("Nr")), secret(given.get("g^xy")),
                Cookie.of(Octets.ofHex(given.get("CKY_I"))), Cookie.of(Octets.ofHex(given.get("CKY_R"))));
    }

    /** Source: Mozilla NSS, gtests/common/testvectors/ike-sha1-vectors.h, case 12 (appendix B of RFC 2409). */
    @Test
    void aKeyLongerThanSkeyidEIsStretched() {
        Secret skeyidE = secret("63e81194946ebd05df7df5ebf5d8750056bf1f1d");
        Secret stretched = KeyMaterialV1.encryptionKey(crypto, HashAlgorithm.SHA1, skeyidE, 40);
        assertEquals(secret("933347a07de5782247dd36d1562ffe0eecade1eb4134165257e3af1000af8ae3f165063828cbb60d"), stretched);
        assertEquals(stretched.slice(0, 32), KeyMaterialV1.encryptionKey(crypto, HashAlgorithm.SHA1, skeyidE, 32));
    }

    @Test
    void childKeysGoOnWithTheBlockBeforeAndTheSeed() {
        Secret skeyidD = secret("00112233445566778899aabbccddeeff00112233");
        Octets spi = Octets.ofHex("01020304");
        Octets ni = Octets.ofHex("aaaaaaaaaaaaaaaa");
        Octets nr = Octets.ofHex("bbbbbbbbbbbbbbbb");
        byte[] seed = HexFormat.of().parseHex("03" + spi + ni + nr);
        Secret k1 = crypto.prf(HashAlgorithm.SHA1, skeyidD, seed);
        Secret k2 = crypto.prf(HashAlgorithm.SHA1, skeyidD, k1.toByteArray(), seed);
        Secret key = KeyMaterialV1.childKey(crypto, HashAlgorithm.SHA1, skeyidD, new byte[0], 3, spi, ni, nr, 36);
        assertEquals(k1, key.slice(0, 20));
        assertEquals(k2.slice(0, 16), key.slice(20, 16));
    }

    @Test
    void erasedKeysCannotBeUsed() {
        Map<String, String> given = Map.of("pre-shared-key", "00", "Ni", "00", "Nr", "00", "g^xy", "00",
                "CKY_I", "0000000000000001", "CKY_R", "0000000000000002");
        KeyMaterialV1 keys = derive(HashAlgorithm.SHA2_256, given);
        keys.erase();
        assertThrows(IllegalStateException.class, () -> keys.skeyidD().toByteArray());
        assertThrows(IllegalStateException.class, () -> keys.encryptionKey().toByteArray());
    }

    private static Secret secret(String hex) {
        return Secret.copyOf(HexFormat.of().parseHex(hex));
    }

    private static String resource(String name) {
        try (var in = KeyMaterialV1Test.class.getResourceAsStream(name)) {
            return new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
