package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AesCbcHmacTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final int SPI = Sas.SPI;
    private static final String FIFTY_DD = "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd";
    private static final String FIFTY_CD = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";

    private final ByteBuffer opened = ByteBuffer.allocate(70_000);

    static Stream<Suite> suites() {
        return Stream.of(Suite.values()).filter(suite -> suite.name().contains("_CBC_"));
    }

    /**
     * Sources: RFC 3602, section 4, cases 1 to 6 (5 and 6 with their padding, in transport mode); NIST SP 800-38A, F.2.3 (CBC-AES192) and F.2.5 (CBC-AES256).
     */
    @ParameterizedTest
    @CsvSource({
        "06a9214036b8a15b512e03d534120006, 3dafba429d9eb430b422da802c9fac41, 53696e676c6520626c6f636b206d7367, e353779c1079aeb82708942dbe77181a",
        "c286696d887c9aa0611bbb3e2025a45a, 562e17996d093d28ddb3ba695a2e6f58, 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f,"
            + "d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1",
        "6c3ea0477630ce21a2ce334aa746c2cd, c782dc4c098c66cbd9cd27d825682c81,"
            + "5468697320697320612034382d62797465206d657373616765202865786163746c7920332041455320626c6f636b7329,"
            + "d0a02b3836451753d493665d33f0e8862dea54cdb293abc7506939276772f8d5021c19216bad525c8579695d83ba2684",
        "90d382b410eeba7ad938c46cec1a82bf, e96e8c08ab465763fd098d45dd3ff893,"
            + "08000ebda70a00008e9c083db95b070008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637"
            + "0102030405060708090a0b0c0d0e0e01,"
            + "f663c25d325c18c6a9453e194e120849a4870b66cc6b9965330013b4898dc856a4699e523a55db080b59ec3a8e4b7e52775b07d1db34ed9c538ab50c551b874a"
            + "a269add047ad2d5913ac19b7cfbad4a6",
        "90d382b410eeba7ad938c46cec1a82bf, 69d08df7d203329db093fc4924e5bd80, 0800b5e8a80a0500a69c083d0b660e0077777777777777777777777701020201,"
            + "f51995881ec4e0c4488987ce742e8109689bb379d2d750c0d915dca346a89f75",
        "56e47a38c5598974bc46903dba290349, 8ce82eefbea0da3c44699ed7db51b7d9,"
            + "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf,"
            + "c30e32ffedc0774e6aff6af0869f71aa0f3af07a9a31a9c684db207eb0ef8e4e35907aa632c3ffdf868bb7b29d3d46ad83ce9f9a102ee99d49a53e87f4c3da55",
        "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b, 000102030405060708090a0b0c0d0e0f,"
            + "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710,"
            + "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd",
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4, 000102030405060708090a0b0c0d0e0f,"
            + "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710,"
            + "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"})
    void publishedCiphertextsAreOpened(String key, String iv, String plain, String encrypted) throws GeneralSecurityException {
        byte[] cipherKey = HEX.parseHex(key);
        byte[] macKey = new byte[32];
        Arrays.fill(macKey, (byte) 0x0b);
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(macKey, "HMAC"));
        byte[] header = ByteBuffer.allocate(8).putInt(SPI).putInt(77).array();
        mac.update(header);
        byte[] icv = Arrays.copyOf(mac.doFinal(HEX.parseHex(iv + encrypted)), 16);

        var material = ByteBuffer.allocate(cipherKey.length + 32).put(cipherKey).put(macKey).array();
        var cipher = new JdkAesCbcHmac(material, cipherKey.length, TruncatedHmac.Algorithm.SHA2_256_128, false);
        for (int i = 0; i < 3; i++) {               // what was opened before makes no difference
            var sealed = ByteBuffer.wrap(HEX.parseHex(iv + encrypted + HEX.formatHex(icv)));
            assertTrue(cipher.open(SPI, 77, sealed, opened.clear()));
            assertEquals(plain, HEX.formatHex(Packets.bytes(opened.flip())));
        }
    }

    /** Source: RFC 3602, section 4, cases 7 and 8, which have no ICV: any does that the SA takes. */
    @ParameterizedTest
    @CsvSource({
        "2, f4e765244f6407adf13dc1380f673f37,"
            + "45000054090400004001f988c0a87b03c0a87bc808009f76a90a0100b49c083d02a2040008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223"
            + "2425262728292a2b2c2d2e2f3031323334353637,"
            + "773b5241a4c449225e4f3ce5ed611b0c237ca96cf74a93013c1b0ea1a0cf70f8e4ecaec78ac53aad7a0f022b859243c647752e94a859352b8a4d4d2decd136e5"
            + "c177f132ad3fbfb2201ac9904c74ee0a109e0ca1e4dfe9d5a100b842f1c22f0d",
        "5, 85d47224b5f3dd5d2101d4ea8dffab22,"
            + "45000044090c00004001f990c0a87b03c0a87bc80800d63caa0a0200c69c083da3de0300ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            + "ffffffff,"
            + "15b92683819596a8047232cc00f7048fe45318e11f8a0f62ede3c3fc61203bb50f980a08c9843fd3a1b06d5c07ff9639b7eb7dfb3512e5de435e7207ed971ef3"
            + "d2726d9b5ef6affc6d17a0decbb13892"})
    void publishedPacketsOfATunnelAreOpened(int sequence, String iv, String packet, String encrypted) throws GeneralSecurityException {
        byte[] macKey = new byte[20];
        byte[] material = ByteBuffer.allocate(16 + 20).put(HEX.parseHex("0123456789abcdef0123456789abcdef")).put(macKey).array();
        var unsigned = ByteBuffer.allocate(8 + 16 + encrypted.length() / 2).putInt(0x8765).putInt(sequence).put(HEX.parseHex(iv + encrypted));
        var mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(macKey, "HMAC"));
        var datagram = ByteBuffer.allocate(unsigned.capacity() + 12).put(unsigned.flip()).put(mac.doFinal(unsigned.array()), 0, 12).flip();
        var sa = new InboundSa(new SaParameters(0x8765, Suite.AES_128_CBC_HMAC_SHA1_96, material, List.of(Sas.ALL4), 64));
        assertEquals(Verdict.OPENED, sa.open(datagram, opened.clear()));
        assertEquals(packet, HEX.formatHex(Packets.bytes(opened)));
    }

    /** Sources: RFC 2202, section 3, case 5; RFC 4868, sections 2.7.2.1 to 2.7.2.3, all cases. */
    @ParameterizedTest
    @CsvSource({
        "SHA1_96, 0c, 546573742057697468205472756e636174696f6e, 4c1a03424b55e07fe7f27be1",
        "SHA2_256_128, 0b, 4869205468657265, 198a607eb44bfbc69903a0f1cf2bbdc5",
        "SHA2_256_128, 4a656665, 7768617420646f2079612077616e7420666f72206e6f7468696e673f, 167f928588c5cc2eef8e3093caa0e87c",
        "SHA2_256_128, aa, " + FIFTY_DD + ", cdcb1220d1ecccea91e53aba3092f962",
        "SHA2_256_128, 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20, " + FIFTY_CD + ", 372efcf9b40b35c2115b1346903d2ef4",
        "SHA2_384_192, 0b, 4869205468657265, b6a8d5636f5c6a7224f9977dcf7ee6c7fb6d0c48cbdee973",
        "SHA2_384_192, 4a656665, 7768617420646f2079612077616e7420666f72206e6f7468696e673f, 2c7353974f1842fd66d53c452ca42122b28c0b594cfb184d",
        "SHA2_384_192, aa, " + FIFTY_DD + ", 809f439be00274321d4a538652164b53554a508184a0c316",
        "SHA2_384_192, 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f200a0b0c0d0e0f10111213141516171819, " + FIFTY_CD
            + ", 5b540085c6e6358096532b2493609ed1cb298f774f87bb5c",
        "SHA2_512_256, 0b, 4869205468657265, 637edc6e01dce7e6742a99451aae82df23da3e92439e590e43e761b33e910fb8",
        "SHA2_512_256, 4a656665, 7768617420646f2079612077616e7420666f72206e6f7468696e673f, cb370917ae8a7ce28cfd1d8f4705d6141c173b2a9362c15df235dfb251b15454",
        "SHA2_512_256, aa, " + FIFTY_DD + ", 2ee7acd783624ca9398710f3ee05ae41b9f9b0510c87e49e586cc9bf961733d8",
        "SHA2_512_256, 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40, "
            + FIFTY_CD + ", 5e6688e5a3daec826ca32eaea224eff5e700628947470e13ad01302561bab108"})
    void publishedIcvsComeOut(TruncatedHmac.Algorithm algorithm, String keyPart, String data, String icv) throws GeneralSecurityException {
        byte[] key = HEX.parseHex("ee" + keyPart.repeat(2 * algorithm.keyBytes() / keyPart.length()));
        var hmac = new TruncatedHmac(algorithm, key, 1);
        byte[] bytes = HEX.parseHex(data);
        byte[] out = new byte[hmac.icvBytes() + 2];
        hmac.update(bytes, 0, 3).update(bytes, 3, bytes.length - 3).finish(out, 1);
        assertEquals("00" + icv + "00", HEX.formatHex(out));
        assertTrue(hmac.update(bytes, 0, bytes.length).matches(out, 1));
        for (int i = 1; i <= hmac.icvBytes(); i++) {
            out[i] ^= 1;
            assertFalse(hmac.update(bytes, 0, bytes.length).matches(out, 1), "byte " + i);
            out[i] ^= 1;
        }
    }

    /** The key material is read the other way round by nobody: a plain implementation of RFC 4303 opens what is sealed. */
    @ParameterizedTest
    @MethodSource("suites")
    void aPlainImplementationOpensWhatIsSealed(Suite suite) throws GeneralSecurityException {
        var out = new OutboundSa(Sas.parameters(SPI, suite, Sas.ALL4));
        byte[] material = Sas.keyMaterial(SPI, suite);
        int keyBytes = Integer.parseInt(suite.name().split("_")[1]) / 8;
        String hash = suite.name().replaceAll(".*HMAC_(SHA2_|SHA)(\\d+)_.*", "$2");
        int icvBytes = Integer.parseInt(suite.name().replaceAll(".*_", "")) / 8;
        var mac = Mac.getInstance("HmacSHA" + hash);
        mac.init(new SecretKeySpec(material, keyBytes, material.length - keyBytes, "HMAC"));
        var random = new Random(1);
        for (int size = 20; size < 120; size++) {
            var packet = Packets.ipv4(size);
            byte[] expected = Packets.bytes(packet);
            byte[] datagram = Packets.bytes(Sas.seal(out, packet));
            int end = datagram.length - icvBytes;
            mac.update(datagram, 0, end);
            assertArrayEquals(Arrays.copyOf(mac.doFinal(), icvBytes), Arrays.copyOfRange(datagram, end, datagram.length));
            var cipher = Cipher.getInstance("AES/CBC/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(material, 0, keyBytes, "AES"), new IvParameterSpec(datagram, 8, 16));
            byte[] plain = cipher.doFinal(datagram, 24, end - 24);
            assertArrayEquals(expected, Arrays.copyOf(plain, size));
            int pad = plain[plain.length - 2];
            assertEquals(size + pad + 2, plain.length);
            assertTrue(pad < 16, "no more padding than needed");
            for (int i = 0; i < pad; i++) assertEquals(i + 1, plain[size + i]);
            assertEquals(NextHeader.IPV4, plain[plain.length - 1]);
            if (random.nextBoolean()) Sas.seal(out, Packets.ipv4(size));        // the chain goes on between
        }
    }

    @Test void noIvOccursTwiceAndNoneIsTheBlockBeforeIt() {
        var out = new OutboundSa(Sas.parameters(SPI, Suite.AES_128_CBC_HMAC_SHA2_256_128, Sas.ALL4));
        var again = new OutboundSa(Sas.parameters(SPI, Suite.AES_128_CBC_HMAC_SHA2_256_128, Sas.ALL4));
        var seen = new HashSet<String>();
        String last = "";
        for (int i = 0; i < 2000; i++) {
            for (var sa : new OutboundSa[] {out, again}) {
                byte[] datagram = Packets.bytes(Sas.seal(sa, Packets.ipv4(62)));
                String iv = HEX.formatHex(datagram, 8, 24);
                assertTrue(seen.add(iv), "packet " + i);
                assertFalse(iv.equals(last), "chained from packet to packet");
                last = HEX.formatHex(datagram, datagram.length - 32, datagram.length - 16);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("suites")
    void anyTamperedByteIsRejectedAndTheOriginalStillAccepted(Suite suite) {
        var out = new OutboundSa(Sas.parameters(SPI, suite, Sas.ALL4));
        var in = new InboundSa(Sas.parameters(SPI, suite, Sas.ALL4));
        var datagram = Sas.seal(out, Packets.reply(60));
        for (int i = 4; i < datagram.limit(); i++) {
            var forged = ByteBuffer.wrap(Packets.bytes(datagram));
            forged.put(i, (byte) (forged.get(i) ^ 0x40));
            opened.clear().put(0, (byte) 0x77);
            assertEquals(Verdict.BAD_ICV, in.open(forged, opened), "byte " + i);
            assertEquals(0, opened.position());
            assertEquals(0x77, opened.get(0), "decrypted before it was verified");
        }
        assertEquals(Verdict.OPENED, in.open(datagram.duplicate(), opened.clear()));
        assertEquals(Verdict.REPLAYED, in.open(datagram, opened.clear()));
    }

    @ParameterizedTest
    @MethodSource("suites")
    void anyTruncationIsRejected(Suite suite) {
        var in = new InboundSa(Sas.parameters(SPI, suite, Sas.ALL4));
        var datagram = Sas.seal(new OutboundSa(Sas.parameters(SPI, suite, Sas.ALL4)), Packets.reply(80));
        int icvBytes = suite.cipher(Sas.keyMaterial(SPI, suite), false, AeadProvider.JDK).icvBytes();
        for (int length = 0; length < datagram.limit(); length++) {
            boolean plausible = length >= 8 + 16 + 16 + icvBytes && (length - 8 - icvBytes) % 16 == 0;
            assertEquals(plausible ? Verdict.BAD_ICV : Verdict.RUNT, in.open(datagram.duplicate().limit(length), opened.clear()), "length " + length);
        }
        assertEquals(Verdict.OPENED, in.open(datagram, opened.clear()));
    }

    @Test void anErasedSaCarriesNothing() {
        var parameters = Sas.parameters(SPI, Suite.AES_256_CBC_HMAC_SHA2_512_256, Sas.ALL4);
        var out = new OutboundSa(parameters);
        var in = new InboundSa(parameters);
        var datagram = Sas.seal(out, Packets.reply(40));
        out.erase();
        in.erase();
        assertEquals(Verdict.FAILED, out.seal(Packets.ipv4(40), ByteBuffer.allocate(200)));
        assertEquals(Verdict.FAILED, in.open(datagram, opened.clear()));
    }
}
