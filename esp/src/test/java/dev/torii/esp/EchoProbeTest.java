package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EchoProbeTest {
    private static final int OURS = 0xC0A8FE01;
    private static final int THEIRS = 0xC0A8FE02;

    private final EchoProbe probe = new EchoProbe(OURS, THEIRS, 0xABCD1234);

    private static ByteBuffer reply(ByteBuffer request) {
        return request.putInt(12, THEIRS).putInt(16, OURS).put(20, (byte) 0);
    }

    private int answers(ByteBuffer packet) {
        return probe.answers(packet, Packets.header(packet));
    }

    /** RFC 792. */
    @Test void theRequestIsAnEchoOfThatLengthThatMayNotBeFragmented() {
        for (int bytes : new int[] {1000, 1438, 1439}) {
            var request = probe.request(bytes, 0xFEDC);
            assertEquals(bytes, request.remaining());
            assertEquals(bytes, Packets.header(request).totalBytes());
            assertEquals(0x4000, request.getShort(6));
            assertEquals(0x0800, request.getShort(20));
            assertEquals(0, Checksum.finish(Checksum.sum(request, 0, 20)));
            assertEquals(0, Checksum.finish(Checksum.sum(request, 20, bytes)));
            assertTrue(request.capacity() >= bytes + OutboundSa.TRAILER);
        }
    }

    @Test void onlyThePeersReplyToOurRequestAnswers() {
        assertEquals(0xFEDC, answers(reply(probe.request(1000, 0xFEDC))));
        assertEquals(-1, answers(probe.request(1000, 1)), "a request");
        assertEquals(-1, answers(reply(probe.request(1000, 1)).putShort(24, (short) 0x1235)), "somebody else's");
        assertEquals(-1, answers(reply(probe.request(1000, 1)).putInt(12, THEIRS + 1)));
        assertEquals(-1, answers(reply(probe.request(1000, 1)).putInt(16, OURS + 1)));
        assertEquals(-1, answers(reply(probe.request(1000, 1)).putShort(6, (short) 100)), "a later fragment");
        assertEquals(5, answers(reply(probe.request(1000, 5)).putShort(6, (short) 0x2000)), "the first fragment");
        assertEquals(-1, answers(reply(probe.request(1000, 1)).putShort(2, (short) 27)), "cut short");
        assertEquals(-1, answers(Packets.ipv6("::1", "::2", Packets.ICMP, 0, 0, 100)));
    }

    @Test void theLoopSendsARequestPastTheMtuAndTheAnswerStaysWithUs() {
        var sad = new SaDatabase();
        var path = new TunnelPath(true, false);
        var dataplane = new Dataplane(sad, 4, 1500, () -> 0);
        var drops = new DropCounters();
        var written = new ArrayList<Integer>();
        var in = dataplane.inbound(tunnel -> (packets, count) -> written.add(count), drops, tunnel -> path);
        var out = dataplane.outbound(0, packets -> 0, drops, dataplane.outboundBuffers(), path, (packets, count) -> { });
        path.mtu(1100);
        path.probing(probe);
        path.request(1438, 7);
        out.poll();
        assertFalse(path.requested(), "without an SA it is given up");

        var sent = new ArrayList<Integer>();
        var peer = Sas.inbound(Sas.SPI, Sas.ALL4);
        sad.installOutbound(0, Sas.outbound(Sas.SPI, Sas.ALL4), (datagrams, count, trafficClass) -> {
            var packet = ByteBuffer.allocate(1600);
            assertEquals(Verdict.OPENED, peer.open(datagrams[0], packet));
            sent.add(packet.remaining());
        });
        path.request(1438, 8);
        assertTrue(out.hasRequest());
        assertEquals(0, out.poll());
        assertEquals(List.of(1438), sent);

        sad.installInbound(0, Sas.inbound(Sas.SPI, Sas.ALL4));
        assertEquals(-1, path.answered());
        assertEquals(Verdict.PROBE, in.receive(Sas.seal(Sas.outbound(Sas.SPI, Sas.ALL4), reply(probe.request(1438, 8))), 0));
        in.flush();
        assertEquals(8, path.answered());
        assertEquals(List.of(), written);
        assertEquals(1, sad.totalIn(0).drops().of(Verdict.PROBE), "counted where the tunnel's are");
    }
}
