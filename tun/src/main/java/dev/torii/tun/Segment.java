package dev.torii.tun;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A packet seen as one of a run that could travel as a super-packet: where its headers end, and what two packets must have in common. The rules are those of
 * the kernel's own merging (GRO: inet_gro_receive, tcp_gro_receive, udp_gro_receive). Reused for packet after packet; nothing is allocated or moved.
 */
final class Segment {
    static final int IPV4_HEADER = 20;
    static final int IPV6_HEADER = 40;
    static final int TCP_HEADER = 20;
    static final int UDP_HEADER = 8;
    static final int TCP = 6;
    static final int UDP = 17;
    /** Of which a run has them on its last segment only. */
    static final int FIN_AND_PSH = 0x09;
    /** The answer to congestion (RFC 3168), which a run has on its first segment only. */
    static final int CWR = 0x80;

    private static final int IPV4_WITHOUT_OPTIONS = 0x45;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int ACK = 0x10;
    private static final int SYN_RST_URG = 0x26;
    /** Data offset, reserved bits and flags; of these, what segments of a run may differ in. */
    private static final int VARYING_FLAGS = FIN_AND_PSH | CWR;

    private ByteBuffer packet = ByteBuffer.allocate(0);
    private int protocol;           // TCP or UDP; 0: it stays alone
    private boolean obscure;
    private int transport;          // offset of the TCP or UDP header from the packet's start
    private int headers;            // octets before the payload
    private int payload;            // octets of it
    private int flags;              // of TCP

    /** Looks at the packet between position and limit; whatever it is. */
    void look(ByteBuffer at) {
        packet = at;
        protocol = 0;
        obscure = false;
        payload = 0;
        flags = 0;
        if (at.remaining() < IPV4_HEADER || at.order() != ByteOrder.BIG_ENDIAN) return;
        switch (at.get(at.position()) >> 4 & 0xF) {
            case 4 -> lookAtIpv4();
            case 6 -> lookAtIpv6();
            default -> { }          // not for us to say
        }
    }

    private void lookAtIpv4() {
        int start = packet.position();
        int next = packet.get(start + 9);
        int fragmentation = u16(6);
        obscure = next == TCP || next == UDP;
        if ((fragmentation == 0 || fragmentation == DONT_FRAGMENT) && packet.get(start) == IPV4_WITHOUT_OPTIONS && u16(2) == packet.remaining())
            lookAtTransport(IPV4_HEADER, next);
    }

    private void lookAtIpv6() {
        if (packet.remaining() < IPV6_HEADER) return;
        int next = packet.get(packet.position() + 6);
        obscure = switch (next) {
            case TCP, UDP, HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION_OPTIONS -> true;
            default -> false;
        };
        if (IPV6_HEADER + u16(4) == packet.remaining()) lookAtTransport(IPV6_HEADER, next);
    }

    private void lookAtTransport(int at, int next) {
        int octets = packet.remaining() - at;
        transport = at;
        if (next == TCP && octets >= TCP_HEADER) {
            int header = (packet.get(packet.position() + at + 12) >> 4 & 0xF) * 4;
            if (header < TCP_HEADER || header > octets) return;
            flags = packet.get(packet.position() + at + 13) & 0xFF;
            protocol = TCP;
            headers = at + header;
        } else if (next == UDP && octets >= UDP_HEADER && u16(at + 4) == octets) {
            protocol = UDP;
            headers = at + UDP_HEADER;
        } else {
            return;
        }
        obscure = false;
        payload = packet.remaining() - headers;
    }

    private int u16(int at) {
        return Short.toUnsignedInt(packet.getShort(packet.position() + at));
    }

    /** TCP, UDP, or 0 for what is neither or not plainly so: IP options, extension headers, lengths that contradict one another. */
    int protocol() {
        return protocol;
    }

    /** Whether it may belong to a flow that we cannot tell: a fragment, IP options before TCP, and the like. */
    boolean obscure() {
        return obscure;
    }

    int transport() {
        return transport;
    }

    int headers() {
        return headers;
    }

    int payload() {
        return payload;
    }

    /** Whether the one thing the packet does is to carry payload, so that it may be in a run. UDP without a checksum cannot: a run has one. */
    boolean carriesOnly() {
        if (payload == 0) return false;
        return protocol == TCP ? (flags & (ACK | SYN_RST_URG)) == ACK : protocol == UDP && u16(transport + 6) != 0;
    }

    /** Whether nothing can follow it in a run. */
    boolean ends() {
        return (flags & FIN_AND_PSH) != 0;
    }

    /** Whether nothing can come before it in a run. */
    boolean begins() {
        return (flags & CWR) != 0;
    }

    /** A number that packets of one flow share: addresses and ports. */
    int flow() {
        int start = packet.position();
        long mix = packet.getInt(start + transport) ^ (long) protocol << 40;
        if (transport == IPV4_HEADER) {
            mix = mix * 0x9E3779B97F4A7C15L ^ packet.getLong(start + 12);
        } else {
            for (int i = 8; i < IPV6_HEADER; i += Long.BYTES) mix = mix * 0x9E3779B97F4A7C15L ^ packet.getLong(start + i);
        }
        mix *= 0x9E3779B97F4A7C15L;
        return (int) (mix >>> 32);
    }

    /**
     * Whether this packet has all in common with {@code first}, whose headers are as long, that the segments of a run must: everything but lengths, checksums,
     * IPv4 id, and TCP's sequence number and {@link #FIN_AND_PSH}.
     */
    boolean resembles(ByteBuffer first) {
        int a = packet.position();
        int b = first.position();
        boolean sameFlow = sameIp(first, a, b) && packet.getInt(a + transport) == first.getInt(b + transport);
        return sameFlow && (protocol == UDP || sameTcp(first, a + transport, b + transport));
    }

    private boolean sameIp(ByteBuffer first, int a, int b) {
        if (packet.get(a) != first.get(b)) return false;
        if (transport == IPV4_HEADER)           // type of service; DF, time to live and protocol; addresses
            return packet.get(a + 1) == first.get(b + 1) && packet.getInt(a + 6) == first.getInt(b + 6) && packet.getLong(a + 12) == first.getLong(b + 12);
        if (packet.getInt(a) != first.getInt(b) || packet.getShort(a + 6) != first.getShort(b + 6)) return false;
        for (int i = 8; i < IPV6_HEADER; i += Long.BYTES) if (packet.getLong(a + i) != first.getLong(b + i)) return false;
        return true;
    }

    /** From the acknowledgement number on, without the checksum. */
    private boolean sameTcp(ByteBuffer first, int a, int b) {
        if (packet.getInt(a + 8) != first.getInt(b + 8) || ((packet.getInt(a + 12) ^ first.getInt(b + 12)) & ~(VARYING_FLAGS << 16)) != 0
                || packet.getShort(a + 18) != first.getShort(b + 18)) return false;
        for (int i = TCP_HEADER; i < headers - transport; i += Integer.BYTES) if (packet.getInt(a + i) != first.getInt(b + i)) return false;
        return true;
    }

    /** Whether its IPv4 id is {@code first}'s and so much more; IPv6 has none. */
    boolean idFollows(ByteBuffer first, int by) {
        return transport == IPV6_HEADER || (short) (u16(4) - by) == first.getShort(first.position() + 4);
    }

    /** Whether its IPv4 id means nothing (RFC 6864, section 4.1). */
    boolean idIsIgnored() {
        return transport == IPV4_HEADER && u16(6) == DONT_FRAGMENT;
    }

    /** Whether its payload comes so many octets after that of {@code first}; of UDP, any does. */
    boolean continues(ByteBuffer first, int by) {
        return protocol == UDP || packet.getInt(packet.position() + transport + 4) - by == first.getInt(first.position() + transport + 4);
    }

    /** Whether the receiver would find all checksums right. */
    static boolean intact(ByteBuffer packet, int transport, int protocol) {
        int start = packet.position();
        if (transport == IPV4_HEADER && Checksum.finish(Checksum.sum(packet, start, start + IPV4_HEADER)) != 0) return false;
        long pseudo = pseudoHeader(packet, transport, protocol, packet.remaining() - transport);
        return Checksum.finish(pseudo + Checksum.sum(packet, start + transport, packet.limit())) == 0;
    }

    /** The sum over the pseudo-header (RFC 9293, section 3.1; RFC 8200, section 8.1) of a packet with so many octets behind the IP header. */
    static long pseudoHeader(ByteBuffer packet, int transport, int protocol, int octets) {
        int addresses = packet.position() + (transport == IPV4_HEADER ? 12 : 8);
        return Checksum.sum(packet, addresses, packet.position() + transport) + protocol + octets;
    }
}
