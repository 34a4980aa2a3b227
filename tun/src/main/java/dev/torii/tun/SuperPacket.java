package dev.torii.tun;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A frame of a TUN with IFF_VNET_HDR, taken apart: a header that says what the sender left to the device (struct virtio_net_hdr, uapi linux/virtio_net.h),
 * then a packet without its checksum, or a super-packet of up to 64 KiB that stands for a run of TCP segments or UDP datagrams with the same headers. What
 * comes out are the packets that would have been on the wire.
 *
 * <p>IP options and IPv6 extension headers are repeated as they are. Nothing is allocated.
 */
final class SuperPacket {
    /** Octets of the header before the packet. */
    static final int HEADER = 10;

    static final int NEEDS_CHECKSUM = 1;
    static final int ECN = 0x80;
    private static final int SINGLE = 0;
    static final int TCP_V4 = 1;
    static final int TCP_V6 = 4;
    static final int UDP = 5;

    static final int TCP_CHECKSUM = 16;
    static final int UDP_CHECKSUM = 6;

    private final ByteBuffer frame;         // big-endian view
    private final ByteOrder host = ByteOrder.nativeOrder();

    private int type;
    private boolean checksumMissing;
    private int transport;                  // offset of the TCP or UDP header in the packet
    private int checksum;                   // offset of its checksum in the packet
    private int headers;                    // octets that every packet begins with
    private int segment;                    // octets of payload in all packets but the last
    private int index;                      // of the next packet
    private int at;                         // the next octet of payload in the frame
    private int end;                        // of the frame; at == end: nothing is left

    /** Frames will be put into {@code frame}, from index 0, before each {@link #begin}. */
    SuperPacket(ByteBuffer frame) {
        this.frame = frame.duplicate().order(ByteOrder.BIG_ENDIAN);
    }

    /** Starts with the frame of so many octets that now lies in the buffer; false if it contradicts itself, and then has no packets. */
    boolean begin(int length) {
        at = end = 0;
        index = 0;
        if (length <= HEADER) return false;
        checksumMissing = (frame.get(0) & NEEDS_CHECKSUM) != 0;
        type = Byte.toUnsignedInt(frame.get(1)) & ~ECN;
        segment = field(4);
        transport = field(6);
        checksum = transport + field(8);
        if (checksumMissing && HEADER + checksum + Short.BYTES > length) return false;
        if (type == SINGLE) headers = 0;
        else if (!beginSegments(length)) return false;
        at = HEADER + headers;
        end = length;
        return true;
    }

    private boolean beginSegments(int length) {
        int version = frame.get(HEADER) >> 4 & 0xF;
        boolean known = type == TCP_V4 && version == 4 || type == TCP_V6 && version == 6 || type == UDP && (version == 4 || version == 6);
        if (!known || !checksumMissing || segment == 0 || checksum - transport != (type == UDP ? UDP_CHECKSUM : TCP_CHECKSUM)) return false;
        if (version == 4 ? transport < Segment.IPV4_HEADER || transport != (frame.get(HEADER) & 0xF) * 4 : transport < Segment.IPV6_HEADER) return false;
        if (HEADER + transport + (type == UDP ? Segment.UDP_HEADER : Segment.TCP_HEADER) > length) return false;
        headers = transport + (type == UDP ? Segment.UDP_HEADER : (frame.get(HEADER + transport + 12) >> 4 & 0xF) * 4);
        return HEADER + headers < length && (type == UDP || headers >= transport + Segment.TCP_HEADER);
    }

    private int field(int offset) {
        short value = frame.getShort(offset);
        return Short.toUnsignedInt(host == ByteOrder.LITTLE_ENDIAN ? Short.reverseBytes(value) : value);
    }

    /** Whether the frame has a packet that was not given out. */
    boolean hasNext() {
        return at < end;
    }

    /**
     * Gives out the next packet: the buffer, big-endian from now on, is filled from index 0 with its length as limit.
     *
     * @return false if the packet is longer than the buffer; it is passed over
     */
    boolean next(ByteBuffer packet) {
        int octets = type == SINGLE ? end - at : Math.min(segment, end - at);
        int length = headers + octets;
        boolean fits = length <= packet.capacity();
        if (fits) {
            packet.clear().order(ByteOrder.BIG_ENDIAN).put(0, frame, HEADER, headers).put(headers, frame, at, octets).limit(length);
            if (type != SINGLE) adapt(packet, length, at + octets == end);
            if (checksumMissing) complete(packet, length);
        }
        at += octets;
        index++;
        return fits;
    }

    /** Makes the headers those of packet number {@code index}. */
    private void adapt(ByteBuffer packet, int length, boolean last) {
        if ((packet.get(0) >> 4 & 0xF) == 4) {
            packet.putShort(2, (short) length).putShort(4, (short) (packet.getShort(4) + index)).putShort(10, (short) 0);
            packet.putShort(10, Checksum.finish(Checksum.sum(packet, 0, (packet.get(0) & 0xF) * 4)));
        } else {
            packet.putShort(4, (short) (length - Segment.IPV6_HEADER));
        }
        if (type == UDP) {
            packet.putShort(transport + 4, (short) (length - transport));
        } else {
            packet.putInt(transport + 4, packet.getInt(transport + 4) + index * segment);
            int flags = packet.get(transport + 13);
            if (!last) flags &= ~Segment.FIN_AND_PSH;
            if (index > 0) flags &= ~Segment.CWR;           // one answer to the congestion, on the first segment (RFC 3168, section 6.1.2)
            packet.put(transport + 13, (byte) flags);
        }
    }

    /**
     * The field holds the sum over the pseudo-header, with the length of the frame's packet. So the addresses need not be looked for, which a routing
     * header would make difficult.
     */
    private void complete(ByteBuffer packet, int length) {
        int lengthInSum = end - HEADER - transport;
        long sum = Checksum.sum(packet, transport, length);
        if (length - transport != lengthInSum) sum += (~lengthInSum & 0xFFFF) + (length - transport);
        short finished = Checksum.finish(sum);
        boolean udp = checksum - transport == UDP_CHECKSUM;    // there 0 means that there is none (RFC 768)
        packet.putShort(checksum, udp && finished == 0 ? (short) 0xFFFF : finished);
    }
}
