package dev.torii.ike;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/**
 * Who a peer says it is: the identification type (RFC 2407, section 4.6.2.1) and its data.
 *
 * @param type 1 IPv4 address, 2 FQDN, 3 user FQDN, 5 IPv6 address, 11 key id; others are kept as they are
 * @param value the identification data without protocol and port
 */
public record Identity(int type, Octets value) {
    /** ID_IPV4_ADDR. */
    public static final int IPV4_ADDR = 1;
    /** ID_FQDN. */
    public static final int FQDN = 2;
    /** ID_USER_FQDN. */
    public static final int USER_FQDN = 3;
    /** ID_IPV6_ADDR. */
    public static final int IPV6_ADDR = 5;
    /** ID_KEY_ID. */
    public static final int KEY_ID = 11;

    /** The identity that is an address. */
    public static Identity ofAddress(InetAddress address) {
        return new Identity(address instanceof Inet4Address ? IPV4_ADDR : IPV6_ADDR, Octets.of(address.getAddress()));
    }

    /** A host name, without the {@code @} that ipsec.conf puts before it. */
    public static Identity fqdn(String name) {
        return new Identity(FQDN, Octets.of(name.getBytes(StandardCharsets.UTF_8)));
    }

    /** A name of the form user@host. */
    public static Identity userFqdn(String name) {
        return new Identity(USER_FQDN, Octets.of(name.getBytes(StandardCharsets.UTF_8)));
    }

    /** Opaque bytes. */
    public static Identity keyId(Octets value) {
        return new Identity(KEY_ID, value);
    }

    /** Readable, and never more than printable ASCII: a peer chooses these bytes and they end up in a log. */
    @Override
    public String toString() {
        return switch (type) {
            case IPV4_ADDR, IPV6_ADDR -> address();
            case FQDN -> "@" + printable();
            case USER_FQDN -> printable();
            case KEY_ID -> "key id " + value;
            default -> "type " + type + " " + value;
        };
    }

    private String address() {
        try {
            return InetAddress.getByAddress(value.toByteArray()).getHostAddress();
        } catch (UnknownHostException wrongLength) {
            return "type " + type + " " + value;
        }
    }

    private String printable() {
        var text = new StringBuilder();
        for (byte b : value.toByteArray()) {
            text.append(b > 0x20 && b < 0x7f ? (char) b : '?');
        }
        return text.toString();
    }
}
