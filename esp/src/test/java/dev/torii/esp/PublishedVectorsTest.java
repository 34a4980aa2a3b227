package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published cases by the hundred, at the ports behind which providers differ; each file's first lines say where they are from. */
class PublishedVectorsTest {
    private static final HexFormat HEX = HexFormat.of();

    private record Case(String name, byte[] key, byte[] nonce, byte[] aad, String plain, byte[] sealed, int icvBytes, boolean valid) {
        Aead aead(Aead.Algorithm algorithm) {
            return AeadProvider.JDK.aead(algorithm, key, key.length, icvBytes);
        }
    }

    private static List<String[]> lines(String file) throws IOException {
        try (var in = PublishedVectorsTest.class.getResourceAsStream("/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().filter(line -> !line.startsWith("#")).map(line -> line.split(" ")).toList();
        }
    }

    private static byte[] hex(String digits) {
        return digits.equals("-") ? new byte[0] : HEX.parseHex(digits);
    }

    private static List<Case> cases(String file) throws IOException {
        return lines(file).stream().map(word -> new Case(word[0], hex(word[1]), hex(word[2]), hex(word[3]), HEX.formatHex(hex(word[4])), hex(word[5]),
                Integer.parseInt(word[6]), word[7].equals("valid"))).toList();
    }

    @ParameterizedTest
    @CsvSource({"nist-cavp-aes-gcm.txt, AES_GCM, 120, 60", "wycheproof-aes-gcm.txt, AES_GCM, 116, 81",
            "wycheproof-chacha20-poly1305.txt, CHACHA20_POLY1305, 256, 60"})
    void everyPublishedCaseIsSealedAndOpenedAndEveryForgedOneRefused(String file, Aead.Algorithm algorithm, int valid, int forged) throws Exception {
        var cases = cases(file);
        for (Case c : cases) {
            byte[] opened = new byte[c.sealed().length - c.icvBytes()];
            assertEquals(c.valid(), c.aead(algorithm).open(c.nonce(), c.aad(), c.sealed(), 0, c.sealed().length, opened, 0), c.name());
            if (!c.valid()) continue;
            assertEquals(c.plain(), HEX.formatHex(opened), c.name());
            byte[] sealed = new byte[c.sealed().length];
            c.aead(algorithm).seal(c.nonce(), c.aad(), opened, 0, opened.length, sealed, 0);
            assertEquals(HEX.formatHex(c.sealed()), HEX.formatHex(sealed), c.name());
        }
        assertEquals(List.of((long) valid, (long) forged), List.of(cases.stream().filter(Case::valid).count(), cases.stream().filter(c -> !c.valid()).count()));
    }

    /** Those for HMAC-SHA-1 are whole, and cut here: a forged one of which that spares the difference is none. */
    @ParameterizedTest
    @CsvSource({"wycheproof-hmac-sha1.txt, SHA1_96", "wycheproof-hmac-sha256.txt, SHA2_256_128", "wycheproof-hmac-sha384.txt, SHA2_384_192",
        "wycheproof-hmac-sha512.txt, SHA2_512_256"})
    void everyPublishedIcvIsTakenAndEveryForgedOneRefused(String file, TruncatedHmac.Algorithm algorithm) throws Exception {
        int valid = 0;
        int forged = 0;
        for (String[] word : lines(file)) {
            byte[] message = hex(word[2]);
            byte[] icv = Arrays.copyOf(hex(word[3]), algorithm.icvBytes());
            var hmac = new TruncatedHmac(algorithm, hex(word[1]), 0);
            byte[] right = new byte[algorithm.icvBytes()];
            hmac.update(message, 0, message.length).finish(right, 0);
            if (word[4].equals("valid")) {
                assertTrue(hmac.update(message, 0, message.length).matches(icv, 0), word[0]);
                valid++;
            } else if (!Arrays.equals(right, icv)) {
                assertFalse(hmac.update(message, 0, message.length).matches(icv, 0), word[0]);
                forged++;
            }
        }
        assertEquals(27, valid);
        assertTrue(forged > (algorithm == TruncatedHmac.Algorithm.SHA1_96 ? 30 : 53), forged + " forged");
    }

    /** In a packet whose ICV any HMAC gives; PKCS #5's padding is part of what is encrypted. */
    @Test void everyPublishedCbcCiphertextIsOpened() throws Exception {
        var words = lines("wycheproof-aes-cbc-pkcs5.txt");
        assertEquals(72, words.size());
        for (String[] word : words) {
            byte[] key = hex(word[1]);
            byte[] material = Arrays.copyOf(key, key.length + 20);
            var cipher = new JdkAesCbcHmac(material, key.length, TruncatedHmac.Algorithm.SHA1_96, false);
            byte[] datagram = signed(hex("0000100000000001" + word[2] + word[4]));
            var opened = ByteBuffer.allocate(datagram.length);
            assertTrue(cipher.open(0x1000, 1, ByteBuffer.wrap(datagram).position(8), opened), word[0]);
            assertEquals(word[3], HEX.formatHex(Packets.bytes(opened.flip())), word[0]);
        }
    }

    private static byte[] signed(byte[] bytes) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(new byte[20], "HMAC"));
        byte[] icv = mac.doFinal(bytes);
        byte[] all = Arrays.copyOf(bytes, bytes.length + 12);
        System.arraycopy(icv, 0, all, bytes.length, 12);
        return all;
    }
}
