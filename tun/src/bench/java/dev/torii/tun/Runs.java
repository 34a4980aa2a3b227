package dev.torii.tun;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A super-packet of TCP over IPv4 to measure with, and the packets it stands for. */
final class Runs {
    /** Segments in it. */
    static final int SEGMENTS = 46;

    private static final int HEADERS = 20 + 32;

    private Runs() {}

    /** What the kernel hands over: segments with so many octets of payload, timestamps. */
    static ByteBuffer frame(int payload) {
        int octets = HEADERS + SEGMENTS * payload;
        var frame = ByteBuffer.allocateDirect(SuperPacket.HEADER + octets);
        frame.order(ByteOrder.nativeOrder()).put((byte) SuperPacket.NEEDS_CHECKSUM).put((byte) SuperPacket.TCP_V4).putShort((short) HEADERS)
                .putShort((short) payload).putShort((short) Segment.IPV4_HEADER).putShort((short) SuperPacket.TCP_CHECKSUM);
        frame.order(ByteOrder.BIG_ENDIAN).putShort((short) 0x4500).putShort((short) octets).putInt(0x4000).put((byte) 64)
                .put((byte) Segment.TCP).putShort((short) 0)
                .putInt(0x0A650002).putInt(0x0A660002).putInt(0xC3501451).putInt(1).putInt(2).putShort((short) 0x8010);
        var packet = frame.slice(SuperPacket.HEADER, octets);
        long pseudo = Segment.pseudoHeader(packet, Segment.IPV4_HEADER, Segment.TCP, octets - Segment.IPV4_HEADER);
        packet.putShort(Segment.IPV4_HEADER + SuperPacket.TCP_CHECKSUM, (short) ~Checksum.finish(pseudo));
        return frame.clear();
    }

    /** As the cipher leaves them. */
    static ByteBuffer[] packets(int payload) {
        ByteBuffer frame = frame(payload);
        var apart = new SuperPacket(frame);
        apart.begin(frame.capacity());
        var packets = new ByteBuffer[SEGMENTS];
        for (int i = 0; i < SEGMENTS; i++) {
            packets[i] = ByteBuffer.allocate(HEADERS + payload);
            apart.next(packets[i]);
        }
        return packets;
    }
}
