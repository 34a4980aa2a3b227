package dev.torii.ike;

import dev.torii.ike.cert.DistinguishedName;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/**
 * Who a peer says it is: the identification type (RFC 2407, section 4.6.2.1) and its data.
 *
 * @param type 1 IPv4 address, 2 FQDN, 3 user FQDN, 5 IPv6 address, 9 distinguished name in DER, 11 key id; others are kept as they are
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
    /** ID_DER_ASN1_DN. */
    public static final int DER_ASN1_DN = 9;
    /** ID_KEY_ID. */
    public static final int KEY_ID = 11;

    /** Of a peer: whatever it says, if its certificate says so too ({@code %fromcert}). Nobody can send this. */
    public static final Identity AS_CERTIFIED = new Identity(0, Octets.EMPTY);

    /** Of a peer: whatever it says, if it has the secret or a certificate for it ({@code %any}). Nobody can send this. */
    public static final Identity ANY = new Identity(-1, Octets.EMPTY);

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

    /** A distinguished name. */
    public static Identity ofName(DistinguishedName name) {
        return new Identity(DER_ASN1_DN, name.der());
    }

    /** Whether both mean the same: of distinguished names, the encoding of their texts and upper and lower case do not count. */
    public boolean means(Identity other) {
        return equals(other) || type == DER_ASN1_DN && other.type == DER_ASN1_DN
                && DistinguishedName.of(value).filter(name -> DistinguishedName.of(other.value).filter(name::equals).isPresent()).isPresent();
    }

    /** Whether it stands for more than one identity, so that several peers may come by it. */
    public boolean open() {
        return type <= 0;
    }

    /** Whether a peer that says this is wanted where this identity is configured. */
    public boolean admits(Identity said) {
        return open() || means(said);
    }

    /** Readable, and never more than printable ASCII: a peer chooses these bytes and they end up in a log. */
    @Override
    public String toString() {
        return switch (type) {
            case IPV4_ADDR, IPV6_ADDR -> address();
            case FQDN -> "@" + printable();
            case USER_FQDN -> printable();
            case DER_ASN1_DN -> DistinguishedName.of(value).map(DistinguishedName::toString).orElse("malformed name " + value);
            case KEY_ID -> "key id " + value;
            case 0 -> "%fromcert";
            case -1 -> "%any";
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
