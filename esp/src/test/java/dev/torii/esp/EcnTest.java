package dev.torii.esp;

import static dev.torii.esp.Ecn.CE;
import static dev.torii.esp.Ecn.DROP;
import static dev.torii.esp.Ecn.ECT_0;
import static dev.torii.esp.Ecn.ECT_1;
import static dev.torii.esp.Ecn.NOT_ECT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class EcnTest {
    private static final int[] COLUMNS = {NOT_ECT, ECT_0, ECT_1, CE};

    /** RFC 6040, figure 4, row by row in the RFC's order. */
    @Test void leavingIsTheTableOfRfc6040() {
        assertRow(NOT_ECT, NOT_ECT, NOT_ECT, NOT_ECT, DROP);
        assertRow(ECT_0, ECT_0, ECT_0, ECT_1, CE);
        assertRow(ECT_1, ECT_1, ECT_1, ECT_1, CE);
        assertRow(CE, CE, CE, CE, CE);
    }

    private static void assertRow(int inner, int... leaving) {
        for (int i = 0; i < COLUMNS.length; i++) assertEquals(leaving[i], Ecn.leaving(inner, COLUMNS[i]), inner + " in " + COLUMNS[i]);
    }

    @Test void enteringCopiesEcnAndDscpAsConfigured() {
        for (int inner = 0; inner < 256; inner++) {
            assertEquals(inner, new TunnelPath(true, false).entering(inner));
            assertEquals(inner & 3, new TunnelPath(false, false).entering(inner));
        }
    }

    @Test void everyPairOfClassesLeavesAsTheTablesSayAndTheChecksumStaysRight() {
        for (boolean decap : new boolean[] {false, true}) {
            var path = new TunnelPath(true, decap);
            for (int inner = 0; inner < 256; inner++) {
                for (int outer = 0; outer < 256; outer++) {
                    int ecn = Ecn.leaving(inner, outer);
                    int expected = (decap ? outer : inner) & 0xFC | ecn;
                    var v4 = Packets.ipv4(40).put(1, (byte) inner);
                    v4.putShort(10, Checksum.finish(Checksum.sum(v4, 0, 20)));
                    var v6 = Packets.ipv6("2001:db8::1", "2001:db8::2", Packets.UDP, 1, 2, 60).putInt(0, 0x6000_0000 | inner << 20 | 0xABCDE);
                    for (ByteBuffer packet : new ByteBuffer[] {v4, v6}) {
                        var verdict = path.left(packet, Packets.header(packet), outer);
                        assertEquals(ecn == DROP ? Verdict.CONGESTED : Verdict.OPENED, verdict);
                        if (ecn != DROP) assertEquals(expected, Packets.header(packet).trafficClass());
                    }
                    assertEquals(0, Checksum.finish(Checksum.sum(v4, 0, 20)));
                    assertEquals(0xABCDE, v6.getInt(0) & 0xFFFFF, "flow label");
                }
            }
        }
    }

    @Test void anUnknownOuterClassChangesNothing() {
        var packet = Packets.ipv4(40).put(1, (byte) 0xB9);
        byte[] before = Packets.bytes(packet);
        assertEquals(Verdict.OPENED, new TunnelPath(true, true).left(packet, Packets.header(packet), TunnelPath.UNKNOWN_CLASS));
        assertArrayEquals(before, Packets.bytes(packet));
    }
}
