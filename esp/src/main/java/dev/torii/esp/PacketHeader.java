package dev.torii.esp;

import java.nio.ByteBuffer;

/**
 * The fields of one IP packet that selectors look at, read from its raw bytes. Reused for packet after packet by one owner,
 * so that looking allocates nothing. An IPv4 address is the low 32 bits of a pair of longs.
 */
public final class PacketHeader {
    /** {@link #port} values where there is none: a later fragment, a protocol without ports, or a header cut short. */
    static final int NO_PORT = -1;
    /** {@link #transportAt} where the upper-layer header is not in this packet, or not to be found. */
    static final int NO_TRANSPORT = -1;
    static final int TCP = 6;

    private static final int IPV4_MIN_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int UDP = 17;
    private static final int DCCP = 33;
    private static final int SCTP = 132;
    private static final int UDP_LITE = 136;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int MAX_EXTENSION_HEADERS = 8;     // more is an attack on our time, not traffic

    private int version;
    private int totalBytes;
    private int trafficClass;
    private int protocol;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int sourcePort;
    private int destinationPort;
    private int transportAt;

    /**
     * Reads the packet at the position of {@code packet}, and moves nothing.
     *
     * @return false if it is not a whole IPv4 or IPv6 packet; bytes after its total length are allowed
     */
    public boolean parse(ByteBuffer packet) {
        int at = packet.position();
        int available = packet.remaining();
        sourcePort = NO_PORT;
        destinationPort = NO_PORT;
        transportAt = NO_TRANSPORT;
        version = available == 0 ? 0 : packet.get(at) >>> 4 & 0xF;
        return switch (version) {
            case 4 -> available >= IPV4_MIN_BYTES && parseIpv4(packet, at, available);
            case 6 -> available >= IPV6_BYTES && parseIpv6(packet, at, available);
            default -> false;
        };
    }

    private boolean parseIpv4(ByteBuffer packet, int at, int available) {
        int headerBytes = (packet.get(at) & 0xF) * 4;
        totalBytes = u16(packet, at + 2);
        if (headerBytes < IPV4_MIN_BYTES || totalBytes < headerBytes || totalBytes > available) return false;
        trafficClass = packet.get(at + 1) & 0xFF;
        protocol = packet.get(at + 9) & 0xFF;
        sourceHigh = 0;
        sourceLow = packet.getInt(at + 12) & 0xFFFF_FFFFL;
        destinationHigh = 0;
        destinationLow = packet.getInt(at + 16) & 0xFFFF_FFFFL;
        boolean first = (u16(packet, at + 6) & 0x1FFF) == 0;
        if (first) readPorts(packet, at + headerBytes, at + totalBytes);
        return true;
    }

    private boolean parseIpv6(ByteBuffer packet, int at, int available) {
        totalBytes = IPV6_BYTES + u16(packet, at + 4);      // jumbograms do not fit a TUN: their length 0 leaves a bare header
        if (totalBytes > available) return false;
        trafficClass = packet.getShort(at) >>> 4 & 0xFF;
        protocol = packet.get(at + 6) & 0xFF;
        sourceHigh = packet.getLong(at + 8);
        sourceLow = packet.getLong(at + 16);
        destinationHigh = packet.getLong(at + 24);
        destinationLow = packet.getLong(at + 32);
        skipExtensionHeaders(packet, at + IPV6_BYTES, at + totalBytes);
        return true;
    }

    /** To the first header that is not an extension (RFC 8200, section 4); a chain cut short just has no ports. */
    private void skipExtensionHeaders(ByteBuffer packet, int at, int end) {
        for (int i = 0; i < MAX_EXTENSION_HEADERS; i++) {
            switch (protocol) {
                case HOP_BY_HOP, ROUTING, DESTINATION_OPTIONS -> {
                    if (end - at < 8) return;
                    protocol = packet.get(at) & 0xFF;
                    at += 8 + (packet.get(at + 1) & 0xFF) * 8;
                }
                case FRAGMENT -> {
                    if (end - at < 8) return;
                    protocol = packet.get(at) & 0xFF;
                    if (u16(packet, at + 2) >>> 3 != 0) return;
                    at += 8;
                }
                default -> {
                    readPorts(packet, at, end);
                    return;
                }
            }
        }
    }

    private void readPorts(ByteBuffer packet, int at, int end) {
        transportAt = at;
        if (end - at < 4) return;
        switch (protocol) {
            case TCP, UDP, DCCP, SCTP, UDP_LITE -> {
                sourcePort = u16(packet, at);
                destinationPort = u16(packet, at + 2);
            }
            default -> { }                                  // no ports in this protocol
        }
    }

    private static int u16(ByteBuffer packet, int at) {
        return packet.getShort(at) & 0xFFFF;
    }

    /** 4 or 6. */
    public int version() {
        return version;
    }

    /** The packet's own idea of its length, header included. */
    public int totalBytes() {
        return totalBytes;
    }

    /** DSCP and ECN: the type-of-service byte or traffic class. What the outer header may copy (RFC 4301, section 5.1.2). */
    public int trafficClass() {
        return trafficClass;
    }

    /** Whether it goes to the nodes on the link only: IPv6 multicast of interface or link scope (RFC 4291, section 2.7). */
    boolean staysOnTheLink() {
        return version == 6 && destinationHigh >>> 56 == 0xFF && (destinationHigh >>> 48 & 0xF) <= 2;
    }

    /** The upper-layer protocol; behind IPv6 extension headers, the last one reached. */
    public int protocol() {
        return protocol;
    }

    /** Where in the buffer that was parsed the upper-layer header begins, if that is in this packet; else {@link #NO_TRANSPORT}. */
    int transportAt() {
        return transportAt;
    }

    long sourceHigh() {
        return sourceHigh;
    }

    long sourceLow() {
        return sourceLow;
    }

    long destinationHigh() {
        return destinationHigh;
    }

    long destinationLow() {
        return destinationLow;
    }

    int sourcePort() {
        return sourcePort;
    }

    int destinationPort() {
        return destinationPort;
    }
}
