package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AeadVectorsTest {
    /** One published case: the plaintext with its trailer, and the whole ESP packet. */
    record Vector(String name, byte[] key, byte[] salt, Optional<Integer> high, byte[] plain, byte[] packet) {
        byte[] keyMaterial() {
            return ByteBuffer.allocate(key.length + salt.length).put(key).put(salt).array();
        }

        AeadPacketCipher cipher(int icvBytes) {
            return AeadVectorsTest.cipher(Aead.Algorithm.AES_GCM, keyMaterial(), key.length, icvBytes, high.isPresent());
        }

        int spi() {
            return ByteBuffer.wrap(packet).getInt(0);
        }

        long sequence() {
            return high.orElse(0) * (1L << 32) + (ByteBuffer.wrap(packet).getInt(4) & 0xFFFF_FFFFL);
        }

        long iv() {
            return ByteBuffer.wrap(packet).getLong(8);
        }

        @Override public String toString() {
            return name;
        }
    }

    private static AeadPacketCipher cipher(Aead.Algorithm algorithm, byte[] keyMaterial, int keyBytes, int icvBytes, boolean extendedSequence) {
        return new AeadPacketCipher(AeadProvider.JDK.aead(algorithm, keyMaterial, keyBytes, icvBytes), keyMaterial, keyBytes, icvBytes, extendedSequence);
    }

    static List<Vector> vectors() throws IOException {
        var vectors = new ArrayList<Vector>();
        try (var in = AeadVectorsTest.class.getResourceAsStream("/draft-mcgrew-gcm-test-01.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("(?m)^#.*\n", "");
            for (String block : text.strip().split("\n\n")) {
                var fields = new HashMap<String, String>();
                for (String line : block.strip().split("\n")) {
                    String[] word = line.split(" ");
                    fields.merge(word[0], word[1], String::concat);
                }
                vectors.add(new Vector("case " + fields.get("case"), hex(fields, "key"), hex(fields, "salt"),
                        Optional.ofNullable(fields.get("high")).map(digits -> Integer.parseUnsignedInt(digits, 16)),
                        hex(fields, "plain"), hex(fields, "packet")));
            }
        }
        return vectors;
    }

    private static byte[] hex(Map<String, String> fields, String name) {
        return HexFormat.of().parseHex(fields.get(name));
    }

    /** Those whose SPI may be used on a wire. */
    static Stream<Vector> vectorsWithRealSpi() throws IOException {
        return vectors().stream().filter(v -> v.high().isEmpty() && v.spi() != 0);
    }

    @Test void allKeySizesArePresent() throws IOException {
        assertEquals(List.of(16, 16, 32, 16, 16, 16, 24, 16, 32, 16, 32, 16, 16, 32), vectors().stream().map(v -> v.key().length).toList());
    }

    @ParameterizedTest @MethodSource("vectors")
    void sealingGivesThePublishedPacket(Vector v) throws Exception {
        var out = ByteBuffer.allocate(v.packet().length).putInt(v.spi()).putInt((int) v.sequence());
        v.cipher(16).seal(v.spi(), v.sequence(), v.iv(), ByteBuffer.wrap(v.plain()), out);

        assertArrayEquals(v.packet(), out.array());
    }

    @ParameterizedTest @MethodSource("vectors")
    void openingGivesThePublishedPlaintext(Vector v) throws Exception {
        var plain = ByteBuffer.allocate(v.plain().length);

        assertTrue(v.cipher(16).open(v.spi(), v.sequence(), ByteBuffer.wrap(v.packet()).position(8), plain));

        assertArrayEquals(v.plain(), plain.array());
        assertFalse(plain.hasRemaining());
    }

    @ParameterizedTest @MethodSource("vectorsWithRealSpi")
    void anSaFindsThePublishedPacketAuthenticAndItsNextHeaderWrong(Vector v) {
        Suite suite = Stream.of(Suite.values()).filter(s -> s.name().endsWith("_GCM_16")).filter(s -> s.keyMaterialBytes() == v.keyMaterial().length)
                .findFirst().orElseThrow();
        var sa = new InboundSa(new SaParameters(v.spi(), suite, v.keyMaterial(), List.of(Sas.ALL4), 64));

        assertEquals(Verdict.MALFORMED_PACKET, sa.open(ByteBuffer.wrap(v.packet()), ByteBuffer.allocate(200)));
        assertEquals(Verdict.REPLAYED, sa.open(ByteBuffer.wrap(v.packet()), ByteBuffer.allocate(200)));
    }

    /** A shorter ICV is the first bytes of the longer one (NIST SP 800-38D, section 7.1, step 6), so the vectors serve for it too. */
    @ParameterizedTest @MethodSource("vectors")
    void withTwelveBytesTheIcvIsCutShort(Vector v) throws GeneralSecurityException {
        var cipher = v.cipher(12);
        var out = ByteBuffer.allocate(v.packet().length);
        cipher.seal(v.spi(), v.sequence(), v.iv(), ByteBuffer.wrap(v.plain()), out);
        int sealed = v.packet().length - 8 - 4;
        assertArrayEquals(Arrays.copyOfRange(v.packet(), 8, 8 + sealed), Packets.bytes(out.flip()));
        var opened = ByteBuffer.allocate(v.plain().length + 4);
        assertTrue(cipher.open(v.spi(), v.sequence(), ByteBuffer.wrap(v.packet(), 8, sealed), opened));
        assertArrayEquals(v.plain(), Packets.bytes(opened.flip()));
        assertFalse(cipher.open(v.spi(), v.sequence(), ByteBuffer.wrap(v.packet(), 8, sealed + 4), opened.clear()), "16 bytes");
    }

    /** Source: RFC 7634, appendix A. */
    @Test void chaCha20Poly1305IsThatOfTheRfc() throws GeneralSecurityException {
        var hex = HexFormat.of();
        byte[] keyMaterial = hex.parseHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f" + "a0a1a2a3");
        byte[] plain = hex.parseHex("45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec100007362708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                + "202122232425262728292a2b2c2d2e2f3031323334353637" + "01020204");
        String sealed = "1011121314151617"
                + "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099d52844eb61aa95dfab4c02f72aa71e7c4c4f64c9befe"
                + "2facc638e8f3cbec163fac469b502773f6fb94e664da9165b82829f641e0" + "76aaa8266b7fb0f7b11b369907e1ad43";
        var cipher = cipher(Aead.Algorithm.CHACHA20_POLY1305, keyMaterial, 32, 16, false);
        var out = ByteBuffer.allocate(200);
        cipher.seal(0x01020304, 5, 0x1011121314151617L, ByteBuffer.wrap(plain), out);
        assertEquals(sealed, hex.formatHex(Packets.bytes(out.flip())));
        var opened = ByteBuffer.allocate(plain.length);
        byte[] forged = hex.parseHex(sealed);
        forged[20] ^= 1;
        assertFalse(cipher.open(0x01020304, 5, ByteBuffer.wrap(forged), opened));
        assertFalse(cipher.open(0x01020304, 6, ByteBuffer.wrap(hex.parseHex(sealed)), opened));
        assertTrue(cipher.open(0x01020304, 5, ByteBuffer.wrap(hex.parseHex(sealed)), opened), "the same IV after a forgery");
        assertArrayEquals(plain, opened.array());
    }
}
