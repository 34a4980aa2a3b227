package dev.torii.esp;

import static dev.torii.esp.UdpEncapsulation.Kind.ESP;
import static dev.torii.esp.UdpEncapsulation.Kind.IKE;
import static dev.torii.esp.UdpEncapsulation.Kind.KEEPALIVE;
import static dev.torii.esp.UdpEncapsulation.Kind.RUNT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class UdpEncapsulationTest {
    private static UdpEncapsulation.Kind classify(String hex) {
        return UdpEncapsulation.classify(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    }

    @Test void theFirstFourBytesDecide() {
        assertEquals(IKE, classify("00000000" + "0123456789abcdef"));
        assertEquals(ESP, classify("00000001" + "00000001"));
        assertEquals(ESP, classify("80000000"));
        assertEquals(ESP, classify("ffffffff"));
    }

    @Test void aSingleByteFfIsAKeepaliveAndNothingElseIs() {
        assertEquals(KEEPALIVE, classify("ff"));
        assertEquals(RUNT, classify(""));
        assertEquals(RUNT, classify("00"));
        assertEquals(RUNT, classify("ffff"));
        assertEquals(RUNT, classify("000000"));
    }

    @Test void onlyPositionToLimitIsLookedAt() {
        var datagram = ByteBuffer.wrap(HexFormat.of().parseHex("00000000c0ffee0100000001")).position(4);
        assertEquals(ESP, UdpEncapsulation.classify(datagram));
        assertEquals(4, datagram.position());
    }

    @Test void theMarkerIsFourZeroBytes() {
        var out = ByteBuffer.wrap(new byte[] {1, 1, 1, 1, 1});
        UdpEncapsulation.putNonEspMarker(out);
        assertArrayEquals(new byte[] {0, 0, 0, 0, 1}, out.array());
        assertEquals(IKE, UdpEncapsulation.classify(out.flip()));
    }
}
