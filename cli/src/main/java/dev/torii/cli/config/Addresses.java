package dev.torii.cli.config;

import dev.torii.bgp.wire.Prefix;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Address literals of the files. Names are never looked up. */
public final class Addresses {
    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
    /** What the article, Oracle's templates and people write where an address is to be put. */
    private static final Pattern PLACEHOLDER = Pattern.compile("(?i).*(\\$\\{|\\{\\{|<|>).*|(.*[_-])?(global|public|private|local|headend\\d*)[_-]?ip([_-].*)?"
            + "|(your|cpe|tunnel\\d*|oracle|oci|peer|remote)[_-].*|x\\.x\\.x\\.x|a\\.b\\.c\\.d");

    private Addresses() {}

    /** {@code a.b.c.d}. */
    public static Optional<Inet4Address> ipv4(String text) {
        Matcher matcher = IPV4.matcher(text);
        if (!matcher.matches()) return Optional.empty();
        var bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            int octet = Integer.parseInt(matcher.group(i + 1));
            if (octet > 255) return Optional.empty();
            bytes[i] = (byte) octet;
        }
        return Optional.of((Inet4Address) address(bytes));
    }

    /** An IPv6 address without a zone. One that stands for an IPv4 address ({@code ::ffff:192.0.2.1}) is none. */
    public static Optional<Inet6Address> ipv6(String text) {
        if (!looksLikeIpv6(text) || text.contains("/")) return Optional.empty();
        try {
            return InetAddress.getByName("[" + text + "]") instanceof Inet6Address address ? Optional.of(address) : Optional.empty();
        } catch (UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }

    /** An address of either family. */
    public static Optional<InetAddress> ip(String text) {
        return ipv4(text).map(InetAddress.class::cast).or(() -> ipv6(text));
    }

    /** Whether it can only be an IPv6 address or prefix. */
    public static boolean looksLikeIpv6(String text) { return text.matches("[0-9a-fA-F.:]*:[0-9a-fA-F.:]*:[0-9a-fA-F.:]*(/\\d+)?"); }

    /** Whether it is a word that should have been replaced by a value. */
    public static boolean isPlaceholder(String text) { return PLACEHOLDER.matcher(text).matches(); }

    /**
     * {@code a.b.c.d/n} or {@code x::y/n} as it is written.
     *
     * @param address with its host bits
     * @param length  0 to 32, or 128
     */
    public record Network(InetAddress address, int length) {
        /** Host bits cleared. */
        public Prefix prefix() { return Prefix.of(address, length); }

        /** Whether nothing had to be cleared. */
        public boolean exact() { return prefix().address().equals(address); }
    }

    /** {@code a.b.c.d/n}, or with a netmask behind the slash. */
    public static Optional<Network> network(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) return Optional.empty();
        var address = ipv4(text.substring(0, slash));
        var length = length(text.substring(slash + 1));
        return address.isPresent() && length.isPresent() ? Optional.of(new Network(address.get(), length.getAsInt())) : Optional.empty();
    }

    /** {@code x::y/n}. */
    public static Optional<Network> network6(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")) return Optional.empty();
        int length = Integer.parseInt(text.substring(slash + 1));
        return length > 128 ? Optional.empty() : ipv6(text.substring(0, slash)).map(address -> new Network(address, length));
    }

    /** {@code 24} or {@code 255.255.255.0}. */
    public static OptionalInt length(String text) {
        if (text.matches("\\d{1,2}")) return Integer.parseInt(text) <= 32 ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
        var mask = ipv4(text);
        if (mask.isEmpty()) return OptionalInt.empty();
        byte[] bytes = mask.get().getAddress();
        int bits = (bytes[0] & 255) << 24 | (bytes[1] & 255) << 16 | (bytes[2] & 255) << 8 | bytes[3] & 255;
        int length = Integer.numberOfLeadingZeros(~bits);
        return length == 32 || bits << length == 0 ? OptionalInt.of(length) : OptionalInt.empty();
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 bytes are always an address", e);
        }
    }
}
