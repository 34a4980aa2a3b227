package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sequence numbers of 64 bits: RFC 4303, sections 2.2.1 and 2.8, appendix A. */
class ExtendedSequenceTest {
    private static final long HIGH = 5L << 32;

    private static SaParameters parameters(Suite suite, int window) {
        return new SaParameters(Sas.SPI, suite, Sas.keyMaterial(Sas.SPI, suite), List.of(Sas.ALL4), window, true);
    }

    @ParameterizedTest
    @EnumSource(names = {"AES_256_GCM_16", "CHACHA20_POLY1305", "AES_256_CBC_HMAC_SHA2_256_128"})
    void numbersRunOnBeyond32BitsUnderReorderingAndNothingIsOpenedTwice(Suite suite) {
        for (long seed = 1; seed <= 5; seed++) {
            var out = new OutboundSa(parameters(suite, 128), 0xFFFF_FFFFL - 1500);
            var in = new InboundSa(parameters(suite, 128));
            var random = new Random(seed);
            var all = new ArrayList<ByteBuffer>();
            for (int block = 0; block < 60; block++) {
                var sealed = new ArrayList<ByteBuffer>();
                for (int i = 0; i < 50; i++) sealed.add(Sas.seal(out, Packets.ipv4(60)));
                Collections.shuffle(sealed, random);
                for (var each : sealed) assertEquals(Verdict.OPENED, in.open(each.duplicate(), ByteBuffer.allocate(300)), "seed " + seed + " block " + block);
                for (var each : sealed) assertEquals(Verdict.REPLAYED, in.open(each.duplicate(), ByteBuffer.allocate(300)), "seed " + seed + " block " + block);
                all.addAll(sealed);
            }
            assertEquals(0xFFFF_FFFFL + 1500, out.sequence());
            for (var old : all.subList(0, 1000)) {              // taken for what is to come, and not authentic as that
                assertEquals(Verdict.BAD_ICV, in.open(old.duplicate(), ByteBuffer.allocate(300)));
            }
        }
    }

    @Test void theHigherHalfIsAuthenticatedButNotSent() throws Exception {
        var material = Sas.keyMaterial(Sas.SPI, Suite.AES_256_GCM_16);
        var out = new OutboundSa(parameters(Suite.AES_256_GCM_16, 64), HIGH + 6);
        var packet = Sas.seal(out, Packets.ipv4(60));
        assertEquals(Sas.SPI, packet.getInt(0));
        assertEquals(7, packet.getInt(4));
        var gcm = Cipher.getInstance("AES/GCM/NoPadding");
        var nonce = ByteBuffer.allocate(12).put(material, 32, 4).putLong(packet.getLong(8)).array();
        gcm.init(Cipher.DECRYPT_MODE, new SecretKeySpec(material, 0, 32, "AES"), new GCMParameterSpec(128, nonce));
        gcm.updateAAD(ByteBuffer.allocate(12).putInt(Sas.SPI).putLong(HIGH + 7).array());
        var plain = gcm.doFinal(packet.array(), 16, packet.limit() - 16);
        var inner = Packets.ipv4(60);
        assertArrayEquals(Arrays.copyOfRange(inner.array(), inner.arrayOffset(), inner.arrayOffset() + 60), Arrays.copyOf(plain, 60));
    }

    @Test void theHmacCoversTheHigherHalfBehindThePacket() throws Exception {
        var suite = Suite.AES_128_CBC_HMAC_SHA2_256_128;
        var packet = Sas.seal(new OutboundSa(parameters(suite, 64), HIGH + 6), Packets.ipv4(60));
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Sas.keyMaterial(Sas.SPI, suite), 16, 32, "HmacSHA256"));
        mac.update(packet.array(), 0, packet.limit() - 16);
        mac.update(new byte[] {0, 0, 0, 5});
        assertArrayEquals(Arrays.copyOf(mac.doFinal(), 16), Arrays.copyOfRange(packet.array(), packet.limit() - 16, packet.limit()));
    }

    /** RFC 4303, appendix A2.2: both positions of the window. */
    @Test void theHigherHalfFollowsFromTheWindow() {
        var window = new ReplayWindow(64);
        assertEquals(1, window.extended(1));
        assertEquals(0x8000_0000L, window.extended(0x8000_0000L));
        assertEquals(-1, window.extended(0xFFFF_FFFFL), "before the first");
        window.mark(HIGH + 1000);
        assertEquals(HIGH + 937, window.extended(937));
        assertEquals(HIGH + (1L << 32) + 936, window.extended(936));
        window.mark(HIGH + (1L << 32) + 10);
        assertEquals(HIGH + 0xFFFF_FFFFL, window.extended(0xFFFF_FFFFL));
        assertEquals(HIGH + (1L << 32) + 11, window.extended(11));
    }

    @Test void theyNeedAReplayWindow() {
        assertThrows(IllegalArgumentException.class, () -> parameters(Suite.AES_256_GCM_16, 0));
    }
}
