package dev.torii.esp;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * One side of the traffic an SA may carry: a range of addresses of one family, a protocol, a range of ports (RFC 4301, section 4.4.1.1).
 * Addresses are unsigned 128-bit numbers in two halves, an IPv4 address the low 32 bits.
 *
 * @param version   4 or 6
 * @param protocol  the upper-layer protocol, or {@link #ANY}
 * @param firstPort 0 with {@code lastPort} 65535 means any port, and packets without ports; anything narrower never matches those
 */
public record Selector(int version, long firstHigh, long firstLow, long lastHigh, long lastLow, int protocol, int firstPort, int lastPort) {
    /** Any protocol, or any port. */
    public static final int ANY = 0;
    private static final int MAX_PORT = 0xFFFF;

    /** Narrower address ranges first; of equal ones those with a protocol, then narrower port ranges. */
    static final Comparator<Selector> MOST_SPECIFIC_FIRST = Selector::compareWidth;

    public Selector {
        if (version != 4 && version != 6) throw new IllegalArgumentException("IP version " + version);
        if (compare(firstHigh, firstLow, lastHigh, lastLow) > 0) throw new IllegalArgumentException("the range of addresses is empty");
        if (version == 4 && (lastHigh != 0 || lastLow >>> 32 != 0)) throw new IllegalArgumentException("not IPv4 addresses");
        if (protocol < 0 || protocol > 255) throw new IllegalArgumentException("protocol " + protocol);
        if (firstPort < 0 || lastPort > MAX_PORT || firstPort > lastPort) {
            throw new IllegalArgumentException("ports " + firstPort + "-" + lastPort);
        }
    }

    /**
     * A prefix. Host bits of the address are ignored.
     *
     * @param protocol {@link #ANY} or a protocol number
     * @param port     {@link #ANY} or one port
     */
    public static Selector ofPrefix(InetAddress address, int prefixLength, int protocol, int port) {
        int bits = address instanceof Inet4Address ? 32 : 128;
        if (prefixLength < 0 || prefixLength > bits) throw new IllegalArgumentException("prefix length " + prefixLength);
        int host = bits - prefixLength;
        long hostHigh = host > 64 ? ones(host - 64) : 0;
        long hostLow = ones(Math.min(host, 64));
        long high = high(address);
        long low = low(address);
        return new Selector(version(address), high & ~hostHigh, low & ~hostLow, high | hostHigh, low | hostLow,
                protocol, port, port == ANY ? MAX_PORT : port);
    }

    /** A prefix, any protocol and port. */
    public static Selector ofPrefix(InetAddress address, int prefixLength) {
        return ofPrefix(address, prefixLength, ANY, ANY);
    }

    /** A range of addresses of one family, both ends included. */
    public static Selector ofRange(InetAddress first, InetAddress last, int protocol, int firstPort, int lastPort) {
        if (version(first) != version(last)) throw new IllegalArgumentException("two address families");
        return new Selector(version(first), high(first), low(first), high(last), low(last), protocol, firstPort, lastPort);
    }

    boolean matchesSource(PacketHeader header) {
        return matches(header, header.sourceHigh(), header.sourceLow(), header.sourcePort());
    }

    boolean matchesDestination(PacketHeader header) {
        return matches(header, header.destinationHigh(), header.destinationLow(), header.destinationPort());
    }

    private boolean matches(PacketHeader header, long high, long low, int port) {
        return header.version() == version
                && compare(firstHigh, firstLow, high, low) <= 0
                && compare(high, low, lastHigh, lastLow) <= 0
                && (protocol == ANY || protocol == header.protocol())
                && (anyPort() || port >= firstPort && port <= lastPort);        // NO_PORT is below every port
    }

    private boolean anyPort() {
        return firstPort == 0 && lastPort == MAX_PORT;
    }

    private int compareWidth(Selector other) {
        int byAddress = compare(spanHigh(), spanLow(), other.spanHigh(), other.spanLow());
        if (byAddress != 0) return byAddress;
        int byProtocol = Boolean.compare(protocol == ANY, other.protocol == ANY);
        return byProtocol != 0 ? byProtocol : Integer.compare(lastPort - firstPort, other.lastPort - other.firstPort);
    }

    private long spanHigh() {
        return lastHigh - firstHigh - (Long.compareUnsigned(lastLow, firstLow) < 0 ? 1 : 0);        // less the borrow of the low half
    }

    private long spanLow() {
        return lastLow - firstLow;
    }

    private static int compare(long aHigh, long aLow, long bHigh, long bLow) {
        int byHigh = Long.compareUnsigned(aHigh, bHigh);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(aLow, bLow);
    }

    private static long ones(int bits) {
        return bits == 0 ? 0 : -1L >>> 64 - bits;
    }

    private static int version(InetAddress address) {
        return address instanceof Inet4Address ? 4 : 6;
    }

    private static long high(InetAddress address) {
        return address instanceof Inet4Address ? 0 : ByteBuffer.wrap(address.getAddress()).getLong();
    }

    private static long low(InetAddress address) {
        var bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address ? bytes.getInt() & 0xFFFF_FFFFL : bytes.getLong(8);
    }

    /**
     * A prefix where it is one, else a range; then protocol and ports if they matter: {@code 192.168.2.0/24},
     * {@code 10.0.0.1-10.0.0.5/17:53}.
     */
    @Override public String toString() {
        var text = new StringBuilder();
        int prefixLength = prefixLength();
        text.append(text(firstHigh, firstLow));
        if (prefixLength >= 0) text.append('/').append(prefixLength);
        else text.append('-').append(text(lastHigh, lastLow));
        if (protocol != ANY || !anyPort()) text.append('/').append(protocol == ANY ? "any" : protocol);
        if (!anyPort()) text.append(':').append(firstPort);
        if (!anyPort() && lastPort != firstPort) text.append('-').append(lastPort);
        return text.toString();
    }

    /** The length of the prefix that this range is, or -1. */
    private int prefixLength() {
        long hostHigh = firstHigh ^ lastHigh;
        long hostLow = firstLow ^ lastLow;
        int host = hostHigh != 0 ? 128 - Long.numberOfLeadingZeros(hostHigh) : 64 - Long.numberOfLeadingZeros(hostLow);
        boolean whole = hostHigh == (host > 64 ? ones(host - 64) : 0) && hostLow == ones(Math.min(host, 64))
                && (firstHigh & hostHigh) == 0 && (firstLow & hostLow) == 0;
        return whole ? (version == 4 ? 32 : 128) - host : -1;
    }

    private String text(long high, long low) {
        var bytes = version == 4 ? ByteBuffer.allocate(4).putInt((int) low) : ByteBuffer.allocate(16).putLong(high).putLong(low);
        try {
            return InetAddress.getByAddress(bytes.array()).getHostAddress();
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);               // four or sixteen bytes are always an address
        }
    }
}
