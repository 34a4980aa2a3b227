package dev.torii.bgp.wire;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;

/** Addresses as inet_ntop writes them, and so FRR: the longest run of zero groups is {@code ::} (RFC 5952). Without a zone. */
public final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    public static String of(InetAddress address) { return address instanceof Inet6Address ipv6 ? ipv6(ipv6.getAddress()) : address.getHostAddress(); }

    private static String ipv6(byte[] bytes) {
        var groups = new int[GROUPS];
        var in = ByteBuffer.wrap(bytes);
        for (int i = 0; i < GROUPS; i++) groups[i] = Short.toUnsignedInt(in.getShort());
        int from = 0, length = 0;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0) end++;
            if (end - i > length) {
                from = i;
                length = end - i;
            }
            i = Math.max(i, end - 1);
        }
        boolean dotted = from == 0 && (length == 6 || length == 5 && groups[5] == 0xFFFF);       // an IPv4 address inside
        int until = dotted ? 6 : GROUPS;
        String tail = dotted ? (bytes[12] & 255) + "." + (bytes[13] & 255) + "." + (bytes[14] & 255) + "." + (bytes[15] & 255) : "";
        if (length < 2) return join(groups, 0, until, tail);
        return join(groups, 0, from, "") + "::" + join(groups, Math.min(from + length, until), until, tail);
    }

    private static String join(int[] groups, int from, int to, String tail) {
        var parts = new ArrayList<String>();
        for (int i = from; i < to; i++) parts.add(Integer.toHexString(groups[i]));
        if (!tail.isEmpty()) parts.add(tail);
        return String.join(":", parts);
    }
}
