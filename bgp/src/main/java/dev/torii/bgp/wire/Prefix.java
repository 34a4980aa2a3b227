package dev.torii.bgp.wire;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 prefix with its host bits cleared.
 *
 * @param ipv6   the address family
 * @param high   the address's first 64 bits; an IPv4 address is in the upper 32 of them
 * @param low    the address's last 64 bits; 0 for IPv4
 * @param length 0 to 32 or 128
 */
public record Prefix(boolean ipv6, long high, long low, int length) implements Comparable<Prefix> {
    public Prefix {
        if (length < 0 || length > (ipv6 ? 128 : 32)) throw new IllegalArgumentException("prefix length " + length);
        high &= mask(length);
        low &= ipv6 ? mask(length - 64) : 0;
    }

    /** The prefix of that length which {@code address} is in. */
    public static Prefix of(InetAddress address, int length) {
        var bytes = ByteBuffer.wrap(address.getAddress());
        if (address instanceof Inet4Address) return ipv4(bytes.getInt(), length);
        return new Prefix(true, bytes.getLong(), bytes.getLong(), length);
    }

    public static Prefix ipv4(int address, int length) {
        return new Prefix(false, (long) address << 32, 0, length);
    }

    /** Reads {@code a.b.c.d/n} or {@code x::y/n}; host bits are cleared. The address must be a literal. */
    public static Prefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(0, slash).matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*"))
            throw new IllegalArgumentException("not a prefix: " + text);
        try {
            var address = InetAddress.getByName(text.substring(0, slash));
            int length = Integer.parseInt(text.substring(slash + 1));
            if (address instanceof Inet4Address && text.indexOf(':') >= 0)                  // Java takes ::ffff:a.b.c.d for IPv4
                return new Prefix(true, 0, 0xFFFF_0000_0000L | Integer.toUnsignedLong(ByteBuffer.wrap(address.getAddress()).getInt()), length);
            return of(address, length);
        } catch (UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException("not a prefix: " + text, e);
        }
    }

    /** The network address. */
    public InetAddress address() {
        var bytes = ipv6 ? ByteBuffer.allocate(16).putLong(high).putLong(low) : ByteBuffer.allocate(4).putInt((int) (high >>> 32));
        try {
            return ipv6 ? Inet6Address.getByAddress(null, bytes.array(), -1) : InetAddress.getByAddress(bytes.array());      // ::ffff:a.b.c.d stays IPv6
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are always an address", e);
        }
    }

    public AddressFamily family() { return ipv6 ? AddressFamily.IPV6_UNICAST : AddressFamily.IPV4_UNICAST; }

    /** Whether {@code other} is this prefix or a more specific one inside it. */
    public boolean covers(Prefix other) {
        return ipv6 == other.ipv6 && length <= other.length
                && (other.high & mask(length)) == high && (other.low & mask(length - 64)) == low;
    }

    public boolean contains(InetAddress address) {
        return covers(of(address, address instanceof Inet4Address ? 32 : 128));
    }

    /** IPv4 before IPv6, then by address, then the shorter first: the order of FRR's tables. */
    @Override public int compareTo(Prefix other) {
        if (ipv6 != other.ipv6) return ipv6 ? 1 : -1;
        int byHigh = Long.compareUnsigned(high, other.high);
        if (byHigh != 0) return byHigh;
        int byLow = Long.compareUnsigned(low, other.low);
        return byLow != 0 ? byLow : Integer.compare(length, other.length);
    }

    @Override public String toString() { return AddressText.of(address()) + "/" + length; }

    private static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
    }
}
