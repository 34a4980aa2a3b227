package dev.torii.ike;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * What traffic one side of a child SA carries: an address range, a protocol and a port.
 *
 * @param first lowest address, 4 or 16 bytes in network order
 * @param last highest address, as long as {@code first}
 * @param protocol IP protocol, 0 for any
 * @param port 0 for any
 */
public record TrafficSelector(Octets first, Octets last, int protocol, int port) {
    /** Checks lengths and order. */
    public TrafficSelector {
        if (first.length() != last.length() || first.length() != 4 && first.length() != 16
                || Arrays.compareUnsigned(first.toByteArray(), last.toByteArray()) > 0) {
            throw new IllegalArgumentException("not an address range: " + first + "-" + last);
        }
    }

    /** All protocols and ports of a prefix; bits beyond the prefix length are ignored. */
    public static TrafficSelector ofPrefix(InetAddress address, int prefixLength) {
        byte[] low = address.getAddress();
        byte[] high = address.getAddress();
        if (prefixLength < 0 || prefixLength > low.length * 8) {
            throw new IllegalArgumentException("prefix length " + prefixLength);
        }
        for (int bit = prefixLength; bit < low.length * 8; bit++) {
            low[bit / 8] &= (byte) ~(0x80 >> bit % 8);
            high[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        return new TrafficSelector(Octets.of(low), Octets.of(high), 0, 0);
    }

    /** All protocols and ports of one address. */
    public static TrafficSelector ofAddress(InetAddress address) {
        return ofPrefix(address, address.getAddress().length * 8);
    }

    /** The same addresses for one protocol and port (0 for any). */
    public TrafficSelector restrictedTo(int protocol, int port) {
        return new TrafficSelector(first, last, protocol, port);
    }

    /** Whether it is IPv6. */
    public boolean isIpv6() {
        return first.length() == 16;
    }

    /** The prefix length if the range is exactly one prefix, else -1. */
    public int prefixLength() {
        byte[] low = first.toByteArray();
        byte[] high = last.toByteArray();
        int bits = low.length * 8;
        int length = 0;
        while (length < bits && bit(low, length) == bit(high, length)) {
            length++;
        }
        for (int i = length; i < bits; i++) {
            if (bit(low, i) != 0 || bit(high, i) != 1) {
                return -1;
            }
        }
        return length;
    }

    /** The lowest address. */
    public InetAddress firstAddress() {
        return address(first);
    }

    /** The highest address. */
    public InetAddress lastAddress() {
        return address(last);
    }

    /** Whether an address lies in the range. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == first.length()
                && Arrays.compareUnsigned(first.toByteArray(), bytes) <= 0 && Arrays.compareUnsigned(bytes, last.toByteArray()) <= 0;
    }

    /** Whether everything that {@code other} selects is selected by this too. */
    public boolean contains(TrafficSelector other) {
        return contains(other.firstAddress()) && contains(other.lastAddress())
                && (protocol == 0 || protocol == other.protocol) && (port == 0 || port == other.port);
    }

    /** Whether some packet is selected by both. */
    public boolean overlaps(TrafficSelector other) {
        return first.length() == other.first.length() && compare(first, other.last) <= 0 && compare(other.first, last) <= 0
                && (protocol == 0 || other.protocol == 0 || protocol == other.protocol) && (port == 0 || other.port == 0 || port == other.port);
    }

    private static int compare(Octets a, Octets b) {
        return Arrays.compareUnsigned(a.toByteArray(), b.toByteArray());
    }

    /** For example {@code 192.168.2.0/24}, {@code 10.0.0.1-10.0.0.9}, {@code 10.0.0.0/8 17/1701}. */
    @Override
    public String toString() {
        int length = prefixLength();
        String range = firstAddress().getHostAddress() + (length >= 0 ? "/" + length : "-" + lastAddress().getHostAddress());
        return protocol == 0 && port == 0 ? range : range + " " + protocol + "/" + port;
    }

    private static int bit(byte[] bytes, int index) {
        return bytes[index / 8] >> 7 - index % 8 & 1;
    }

    private static InetAddress address(Octets octets) {
        try {
            return InetAddress.getByAddress(octets.toByteArray());
        } catch (UnknownHostException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }
}
