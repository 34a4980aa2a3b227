package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    /** RFC 1071, section 3: 00 01 f2 03 f4 f5 f6 f7 add up to ddf2. */
    @Test void theSumOfRfc1071() {
        var octets = ByteBuffer.wrap(HexFormat.of().parseHex("0001f203f4f5f6f7"));
        assertEquals((short) ~0xDDF2, Checksum.finish(Checksum.sum(octets, 0, 8)));
    }

    /** RFC 1624, section 4: checksum DD2F, 5555 becomes 3285, new checksum 0000. */
    @Test void theExampleOfRfc1624() {
        assertEquals((short) 0x0000, Checksum.changed((short) 0xDD2F, 0x5555, 0x3285));
    }

    @Test void aChangeEqualsAFullSum() {
        var random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            var header = new byte[20];
            random.nextBytes(header);
            var octets = ByteBuffer.wrap(header).putShort(10, (short) 0);
            octets.putShort(10, Checksum.finish(Checksum.sum(octets, 0, 20)));
            int before = octets.getShort(0) & 0xFFFF;
            int after = random.nextInt(0x10000);
            octets.putShort(0, (short) after).putShort(10, Checksum.changed(octets.getShort(10), before, after));
            assertEquals(0, Checksum.finish(Checksum.sum(octets, 0, 20)));
        }
    }
}
