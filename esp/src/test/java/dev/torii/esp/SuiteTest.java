package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SuiteTest {
    private static final int UDP_PAYLOAD = 1500 - 20 - 8;

    /** The tunnel MTUs that the AWS Site-to-Site VPN user guide gives for NAT traversal ("Best practices for your customer gateway device"). */
    @ParameterizedTest
    @CsvSource({
        "AES_256_GCM_16, 1438", "AES_256_CBC_HMAC_SHA1_96, 1422", "AES_256_CBC_HMAC_SHA2_256_128, 1422",
        "AES_256_CBC_HMAC_SHA2_512_256, 1406"})
    void theLargestPacketIsWhatAwsGives(Suite suite, int packetBytes) {
        assertEquals(packetBytes, suite.largestPacket(UDP_PAYLOAD));
    }

    @ParameterizedTest
    @EnumSource
    void theLargestPacketFitsAndOneByteMoreDoesNot(Suite suite) {
        int largest = suite.largestPacket(UDP_PAYLOAD);
        assertEquals(true, sealedBytes(suite, largest) <= UDP_PAYLOAD);
        assertEquals(true, sealedBytes(suite, largest + 1) > UDP_PAYLOAD);
    }

    private static int sealedBytes(Suite suite, int packetBytes) {
        var any = Selector.ofPrefix(InetAddress.getLoopbackAddress(), 0);
        try (var parameters = new SaParameters(0x1000, suite, new byte[suite.keyMaterialBytes()], List.of(new Selectors(any, any)), 0)) {
            var packet = ByteBuffer.allocate(packetBytes + OutboundSa.TRAILER).put(0, (byte) 0x45).putShort(2, (short) packetBytes).limit(packetBytes);
            var out = ByteBuffer.allocate(packetBytes + OutboundSa.OVERHEAD);
            assertEquals(Verdict.SEALED, new OutboundSa(parameters).seal(packet, out));
            return out.position();
        }
    }
}
