package dev.torii.esp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Inner IP packets for tests. Checksums are zero: the packet path does not look at them. */
final class Packets {
    static final int UDP = 17;
    static final int TCP = 6;
    static final int ICMP = 1;
    static final String HERE = "192.168.2.10";
    static final String THERE = "10.0.1.20";

    private Packets() {}

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException notLiteral) {
            throw new AssertionError(notLiteral);
        }
    }

    /** A UDP packet from HERE to THERE (ports 1000, 2000), its body counting up from the low byte of {@code totalBytes}. */
    static ByteBuffer ipv4(int totalBytes) {
        return ipv4(HERE, THERE, UDP, 1000, 2000, totalBytes);
    }

    static ByteBuffer reply(int totalBytes) {
        return ipv4(THERE, HERE, UDP, 2000, 1000, totalBytes);
    }

    static ByteBuffer ipv4(String source, String destination, int protocol, int sourcePort, int destinationPort, int totalBytes) {
        var packet = ByteBuffer.allocate(totalBytes + OutboundSa.TRAILER);
        packet.put(0, (byte) 0x45).putShort(2, (short) totalBytes).put(8, (byte) 64).put(9, (byte) protocol);
        packet.put(12, address(source).getAddress()).put(16, address(destination).getAddress());
        body(packet, 20, totalBytes, sourcePort, destinationPort);
        return packet;
    }

    static ByteBuffer ipv6(String source, String destination, int protocol, int sourcePort, int destinationPort, int totalBytes) {
        var packet = ByteBuffer.allocate(totalBytes + OutboundSa.TRAILER);
        packet.put(0, (byte) 0x60).putShort(4, (short) (totalBytes - 40)).put(6, (byte) protocol).put(7, (byte) 64);
        packet.put(8, address(source).getAddress()).put(24, address(destination).getAddress());
        body(packet, 40, totalBytes, sourcePort, destinationPort);
        return packet;
    }

    private static void body(ByteBuffer packet, int from, int totalBytes, int sourcePort, int destinationPort) {
        for (int i = from; i < totalBytes; i++) packet.put(i, (byte) (i + totalBytes));
        if (totalBytes - from >= 4) packet.putShort(from, (short) sourcePort).putShort(from + 2, (short) destinationPort);
        packet.position(0).limit(totalBytes);
    }

    static PacketHeader header(ByteBuffer packet) {
        var header = new PacketHeader();
        if (!header.parse(packet)) throw new AssertionError("not a packet");
        return header;
    }

    /** A copy of position to limit. */
    static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
