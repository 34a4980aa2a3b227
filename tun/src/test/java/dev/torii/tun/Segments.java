package dev.torii.tun;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A run of TCP or UDP packets and the super-packet that stands for it, both built from scratch: the naive reference. */
record Segments(boolean v6, boolean udp, byte[] options, int payload, int size, int flags, int id, int sequence, long seed) {
    static final int FIN = 1;
    static final int PSH = 8;
    static final int ACK = 16;
    static final int ECE = 64;
    static final int CWR = 128;

    static Segments random(Random random) {
        boolean udp = random.nextInt(3) == 0;
        int size = 1 + random.nextInt(random.nextBoolean() ? 20 : 1500);
        int payload = size + 1 + random.nextInt(Math.min(60_000, size * 50));
        byte[] options = new byte[udp ? 0 : 4 * random.nextInt(11)];
        random.nextBytes(options);
        return new Segments(random.nextBoolean(), udp, options, payload, size, ACK | random.nextInt(256), random.nextInt(65536),
                random.nextInt(), random.nextLong());
    }

    int transport() {
        return v6 ? 40 + (seed % 2 == 0 ? 8 : 0) : 20 + (seed % 2 == 0 ? 4 : 0);    // hop-by-hop options; router alert
    }

    /** The same without IP options or extension headers, and of flags only those that a run may have. */
    Segments plain() {
        return new Segments(v6, udp, options, payload, size, ACK | flags & (FIN | PSH | ECE | CWR), id, sequence, seed | 1);
    }

    private int transportHeader() {
        return udp ? 8 : 20 + options.length;
    }

    /** What the kernel hands over. */
    byte[] frame() {
        byte[] packet = packet(0, payload, id, sequence, flags);
        int checksum = transport() + (udp ? 6 : 16);
        ByteBuffer.wrap(packet).putShort(checksum, (short) fold(pseudoHeader(packet)));
        var frame = ByteBuffer.allocate(10 + packet.length).order(ByteOrder.nativeOrder());
        frame.put((byte) 1).put((byte) ((udp ? 5 : v6 ? 4 : 1) | ((flags & CWR) != 0 && !udp ? 0x80 : 0)));
        frame.putShort((short) 0).putShort((short) size).putShort((short) transport()).putShort((short) (udp ? 6 : 16));
        return frame.put(packet).array();
    }

    /** What would have been on the wire. */
    List<byte[]> packets() {
        var packets = new ArrayList<byte[]>();
        for (int at = 0; at < payload; at += size) {
            int length = Math.min(size, payload - at);
            int kept = flags;
            if (at > 0) kept &= ~CWR;
            if (at + length < payload) kept &= ~(FIN | PSH);
            packets.add(packet(at, length, id + at / size, sequence + at, kept));
        }
        return packets;
    }

    private byte[] packet(int from, int length, int thisId, int thisSequence, int thisFlags) {
        byte[] all = new byte[payload];
        new Random(seed).nextBytes(all);
        var packet = ByteBuffer.allocate(transport() + transportHeader() + length);
        int protocol = udp ? 17 : 6;
        if (v6) {
            boolean extended = transport() > 40;
            packet.putInt(0x6ABCDEF0).putShort((short) (packet.capacity() - 40)).put((byte) (extended ? 0 : protocol)).put((byte) 63);
            for (int i = 0; i < 32; i++) packet.put((byte) (i * 7 + 1));
            if (extended) packet.put((byte) protocol).put((byte) 0).putShort((short) 0x0502).putShort((short) 0).putShort((short) 0x0100);
        } else {
            boolean extended = transport() > 20;
            packet.put((byte) (extended ? 0x46 : 0x45)).put((byte) 0x28).putShort((short) packet.capacity()).putShort((short) thisId).putShort((short) 0x4000);
            packet.put((byte) 64).put((byte) protocol).putShort((short) 0).putInt(0x0A630001).putInt(0xC0A80203);
            if (extended) packet.putInt(0x94040000);
            packet.putShort(10, (short) ~fold(words(packet.array(), 0, transport())));
        }
        packet.putShort((short) 40000).putShort((short) 443);
        if (udp) packet.putShort((short) (8 + length)).putShort((short) 0);
        else packet.putInt(thisSequence).putInt(77).put((byte) (transportHeader() / 4 << 4)).put((byte) thisFlags).putShort((short) 512).putInt(0).put(options);
        packet.put(all, from, length);
        sealChecksum(packet);
        return packet.array();
    }

    /** Makes the checksums of a packet of this kind right. */
    void sealChecksum(ByteBuffer packet) {
        if (!v6) packet.putShort(10, (short) 0).putShort(10, (short) ~fold(words(packet.array(), 0, transport())));
        int checksum = transport() + (udp ? 6 : 16);
        packet.putShort(checksum, (short) 0);
        int sum = ~fold(pseudoHeader(packet.array()) + words(packet.array(), transport(), packet.capacity())) & 0xFFFF;
        packet.putShort(checksum, (short) (udp && sum == 0 ? 0xFFFF : sum));
    }

    private long pseudoHeader(byte[] packet) {
        return (v6 ? words(packet, 8, 40) : words(packet, 12, 20)) + (udp ? 17 : 6) + (packet.length - transport());
    }

    static long words(byte[] octets, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) sum += (octets[i] & 0xFFL) << ((i - from) % 2 == 0 ? 8 : 0);
        return sum;
    }

    static int fold(long sum) {
        return sum > 0xFFFF ? fold((sum & 0xFFFF) + (sum >> 16)) : (int) sum;
    }

    /** Whether the checksums of an IPv4 packet without options are right: what a receiver would say. */
    static boolean arrivesIntact(ByteBuffer packet) {
        byte[] octets = new byte[packet.remaining()];
        packet.get(packet.position(), octets);
        long pseudo = words(octets, 12, 20) + octets[9] + octets.length - 20;
        return fold(words(octets, 0, 20)) == 0xFFFF && fold(pseudo + words(octets, 20, octets.length)) == 0xFFFF;
    }
}
