package dev.torii.tun;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds the runs of TCP segments and UDP datagrams in a batch of packets and lays each out as the super-packet that stands for it: the reverse of
 * {@link SuperPacket}. The kernel then handles a run like one packet.
 *
 * <p>Packets of a flow stay in their order, and nothing waits for the next batch. What cannot be in a run, is damaged, or has no company, is a frame of its
 * own, as it is. A super-packet's checksums are left to the kernel, so those of its parts are verified first. Nothing is allocated but for longer batches.
 */
final class PacketMerger {
    private static final int NONE = -1;
    /** Runs that may grow at the same time, told apart by a hash of the flow: two in one place just end each other. A power of 2. */
    private static final int PLACES = 64;
    /** What IP can say of its length. */
    private static final int LONGEST = 65535;
    /** The kernel's own limit for UDP (UDP_GRO_CNT_MAX). */
    private static final int MOST_DATAGRAMS = 64;
    private static final int UNKNOWN = -1;

    private final boolean mergesTcp;
    private final boolean mergesUdp;
    private final Segment segment = new Segment();
    private final int[] growing = new int[PLACES];          // the frame, or NONE

    // Of each packet
    private final int[] next;                               // in the same frame, or NONE

    // Of each frame
    private final int[] first;
    private final int[] last;
    private final int[] members;
    private final int[] protocol;
    private final int[] transport;
    private final int[] headers;
    private final int[] segmentSize;
    private final int[] octets;                             // of all members, headers included
    private final int[] idStep;
    private final boolean[] verified;                       // whether the first member was
    private int frames;

    /** @param batch packets planned for at once, at most */
    PacketMerger(int batch, boolean tcp, boolean udp) {
        mergesTcp = tcp;
        mergesUdp = udp;
        next = new int[batch];
        first = new int[batch];
        last = new int[batch];
        members = new int[batch];
        protocol = new int[batch];
        transport = new int[batch];
        headers = new int[batch];
        segmentSize = new int[batch];
        octets = new int[batch];
        idStep = new int[batch];
        verified = new boolean[batch];
    }

    /** The most packets {@link #plan} takes. */
    int batch() {
        return next.length;
    }

    /** Decides what goes together of {@code count} packets from {@code from} on, and gives the number of frames. They are laid out from number 0 on. */
    int plan(ByteBuffer[] packets, int from, int count) {
        frames = 0;
        Arrays.fill(growing, NONE);
        for (int i = 0; i < count; i++) add(packets, from, i);
        return frames;
    }

    private void add(ByteBuffer[] packets, int from, int i) {
        segment.look(packets[from + i]);
        boolean mergeable = segment.protocol() == Segment.TCP && mergesTcp || segment.protocol() == Segment.UDP && mergesUdp;
        if (!mergeable) {
            if (segment.obscure()) Arrays.fill(growing, NONE);      // what comes later of its flow must not overtake it
            begin(packets[from + i], i);
            return;
        }
        int at = segment.flow() & PLACES - 1;
        int frame = growing[at];
        if (frame != NONE && joins(packets, from, frame, i)) {
            next[last[frame]] = i;
            last[frame] = i;
            members[frame]++;
            octets[frame] += packets[from + i].remaining();
            if (segment.ends() || segment.payload() < segmentSize[frame]) growing[at] = NONE;
        } else {
            frame = begin(packets[from + i], i);
            growing[at] = segment.carriesOnly() && !segment.ends() ? frame : NONE;
        }
    }

    private int begin(ByteBuffer packet, int i) {
        int frame = frames++;
        next[i] = NONE;
        first[frame] = last[frame] = i;
        members[frame] = 1;
        protocol[frame] = segment.protocol();
        transport[frame] = segment.transport();
        headers[frame] = segment.headers();
        segmentSize[frame] = segment.payload();
        octets[frame] = packet.remaining();
        idStep[frame] = UNKNOWN;
        verified[frame] = false;
        return frame;
    }

    private boolean joins(ByteBuffer[] packets, int from, int frame, int i) {
        ByteBuffer leader = packets[from + first[frame]];
        int total = headers[frame] + payload(frame) + segment.payload();
        if (!segment.carriesOnly() || segment.begins() || segment.protocol() != protocol[frame] || segment.transport() != transport[frame]
                || segment.headers() != headers[frame] || segment.payload() > segmentSize[frame]
                || total - (transport[frame] == Segment.IPV6_HEADER ? Segment.IPV6_HEADER : 0) > LONGEST
                || protocol[frame] == Segment.UDP && members[frame] == MOST_DATAGRAMS
                || !segment.resembles(leader) || !segment.continues(leader, payload(frame)) || !idFits(leader, frame)) return false;
        if (!verified[frame] && !Segment.intact(leader, transport[frame], protocol[frame])) return false;
        verified[frame] = true;
        next[i] = NONE;
        return Segment.intact(packets[from + i], transport[frame], protocol[frame]);
    }

    /** The kernel will count up from the first id, which is the truth; or the ids mean nothing and are all the same. */
    private boolean idFits(ByteBuffer leader, int frame) {
        if (idStep[frame] == UNKNOWN) idStep[frame] = segment.idFollows(leader, 0) && segment.idIsIgnored() ? 0 : 1;
        return segment.idFollows(leader, idStep[frame] * members[frame]);
    }

    /** How many packets a frame of the last {@link #plan} stands for. */
    int members(int frame) {
        return members[frame];
    }

    /** The octets of those packets. */
    int octets(int frame) {
        return octets[frame];
    }

    private int payload(int frame) {
        return octets[frame] - members[frame] * headers[frame];
    }

    /**
     * Lays out a frame of the last {@link #plan}, header and packet, from index 0 of {@code out}, which is big-endian and has room for the longest.
     *
     * @return its octets; 0 if it is a packet longer than any can be
     */
    int layOut(int frame, ByteBuffer[] packets, int from, ByteBuffer out) {
        ByteBuffer leader = packets[from + first[frame]];
        if (members[frame] == 1) return layOut(leader, out);
        int end = SuperPacket.HEADER + headers[frame];
        out.put(SuperPacket.HEADER, leader, leader.position(), headers[frame]);
        for (int i = first[frame]; i != NONE; i = next[i]) {
            ByteBuffer packet = packets[from + i];
            int payload = packet.remaining() - headers[frame];
            out.put(end, packet, packet.position() + headers[frame], payload);
            end += payload;
        }
        adapt(frame, leader, packets[from + last[frame]], out);
        return end;
    }

    /** One packet, as it is, behind a header that says so. */
    private static int layOut(ByteBuffer packet, ByteBuffer out) {
        int octets = packet.remaining();
        if (octets > LONGEST) return 0;
        out.putLong(0, 0).putShort(Long.BYTES, (short) 0).put(SuperPacket.HEADER, packet, packet.position(), octets);
        return SuperPacket.HEADER + octets;
    }

    /** Makes the headers those of the whole, and says how to take it apart. */
    private void adapt(int frame, ByteBuffer leader, ByteBuffer latest, ByteBuffer out) {
        int ip = SuperPacket.HEADER;
        int at = transport[frame];
        boolean tcp = protocol[frame] == Segment.TCP;
        boolean v4 = at == Segment.IPV4_HEADER;
        int length = headers[frame] + payload(frame) - at;
        if (v4) {
            out.putShort(ip + 2, (short) (at + length)).putShort(ip + 10, (short) 0);
            out.putShort(ip + 10, Checksum.finish(Checksum.sum(out, ip, ip + at)));
        } else {
            out.putShort(ip + 4, (short) length);
        }
        int checksum = tcp ? SuperPacket.TCP_CHECKSUM : SuperPacket.UDP_CHECKSUM;
        int type = tcp ? v4 ? SuperPacket.TCP_V4 : SuperPacket.TCP_V6 : SuperPacket.UDP;
        if (tcp) {
            int flags = out.get(ip + at + 13) | latest.get(latest.position() + at + 13) & Segment.FIN_AND_PSH;
            out.put(ip + at + 13, (byte) flags);
            if ((flags & Segment.CWR) != 0) type |= SuperPacket.ECN;
        } else {
            out.putShort(ip + at + 4, (short) length);
        }
        long pseudo = Segment.pseudoHeader(leader, at, protocol[frame], length);
        out.putShort(ip + at + checksum, (short) ~Checksum.finish(pseudo));     // the kernel goes on from here
        out.put(0, (byte) SuperPacket.NEEDS_CHECKSUM).put(1, (byte) type);
        field(out, 2, headers[frame]);
        field(out, 4, segmentSize[frame]);
        field(out, 6, at);
        field(out, 8, checksum);
    }

    /** The header is in the host's byte order. */
    private static void field(ByteBuffer out, int at, int value) {
        out.putShort(at, ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Short.reverseBytes((short) value) : (short) value);
    }
}
