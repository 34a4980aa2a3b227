package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Addresses;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.InnerAddress;
import dev.torii.cli.config.Position;
import dev.torii.cli.config.Warning;
import dev.torii.cli.config.libreswan.Conn.Value;
import dev.torii.bgp.wire.Prefix;
import dev.torii.ike.Fragmentation;
import dev.torii.ike.Identity;
import dev.torii.ike.Octets;
import dev.torii.ike.cert.DistinguishedName;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the values of keywords. What cannot be read is reported and comes out as the default, so that the rest of the conn is looked at too. */
final class Values {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h|d|w)?");
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,19})(?:([kKmMgGtTpPeE])i?)?B?");
    private static final Pattern MARK = Pattern.compile("(-1|\\d{1,10}|0x[0-9a-fA-F]{1,8})(?:/(\\d{1,10}|0x[0-9a-fA-F]{1,8}))?");
    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]*");
    private static final int INTERFACE_LENGTH = 15;
    private static final int MAX_SUBNETS = 255;             // of a side: RFC 7296, section 3.13

    private final Diagnostics diagnostics;

    Values(Diagnostics diagnostics) { this.diagnostics = diagnostics; }

    boolean yes(Optional<Value> value, boolean otherwise) {
        if (value.isEmpty()) return otherwise;
        return switch (value.get().text().toLowerCase(Locale.ROOT)) {
            case "yes", "y", "true", "on", "1" -> true;
            case "no", "n", "false", "off", "0" -> false;
            default -> {
                error(value.get(), "is neither yes nor no", "write yes or no");
                yield otherwise;
            }
        };
    }

    /** yes, no, or force. */
    Fragmentation fragmentation(Optional<Value> value) {
        return switch (value.map(v -> v.text().toLowerCase(Locale.ROOT)).orElse("yes")) {
            case "yes", "y", "true", "on", "1", "allow", "propose", "permit" -> Fragmentation.STANDARD;
            case "force", "insist" -> new Fragmentation(Fragmentation.Use.FORCE, Fragmentation.STANDARD.packetBytes());
            case "no", "n", "false", "off", "0", "never" -> Fragmentation.NONE;
            default -> {
                error(value.orElseThrow(), "is neither yes, no nor force", "write yes, no or force");
                yield Fragmentation.STANDARD;
            }
        };
    }

    /** A time of at least one unit; a number without a unit is in {@code bareUnit}s. */
    Duration time(Optional<Value> value, Duration otherwise, String bareUnit, boolean zeroAllowed) {
        if (value.isEmpty()) return otherwise;
        Matcher matcher = TIME.matcher(value.get().text());
        if (!matcher.matches()) {
            error(value.get(), "is not a time", "write seconds, or a number with s, m, h or d, like 28800s or 8h");
            return otherwise;
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2) == null ? bareUnit : matcher.group(2);
        Duration time = switch (unit) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            case "w" -> Duration.ofDays(7 * number);
            default -> Duration.ofSeconds(number);
        };
        boolean tooLong = time.compareTo(Duration.ofDays(365)) > 0;
        if (tooLong || time.isZero() && !zeroAllowed) {
            error(value.get(), tooLong ? "is longer than a year" : "is no time at all", "write a time like 8h");
            return otherwise;
        }
        return time;
    }

    int number(Optional<Value> value, int least, int greatest, int otherwise) {
        if (value.isEmpty()) return otherwise;
        if (value.get().text().matches("\\d{1,10}")) {
            long number = Long.parseLong(value.get().text());
            if (number >= least && number <= greatest) return (int) number;
        }
        error(value.get(), "is not a number from " + least + " to " + greatest, "write a number from " + least + " to " + greatest);
        return otherwise;
    }

    /**
     * A positive number, perhaps with K, M, G, T, P or E, powers of 1024, and then i or B or both: {@code 500M}, {@code 10GiB}. Without a value there is no
     * limit.
     */
    long amount(Optional<Value> value) {
        if (value.isEmpty()) return Long.MAX_VALUE;
        Matcher matcher = AMOUNT.matcher(value.get().text());
        if (matcher.matches()) {
            int shift = matcher.group(2) == null ? 0 : 10 * (1 + "KMGTPE".indexOf(matcher.group(2).toUpperCase(Locale.ROOT)));
            var number = new BigInteger(matcher.group(1)).shiftLeft(shift);
            if (number.signum() > 0 && number.bitLength() < Long.SIZE) return number.longValue();
        }
        error(value.get(), "is not a number from 1 to 2^63-1", "write a number, or one with KiB, MiB, GiB, like 100GiB");
        return Long.MAX_VALUE;
    }

    int percent(Optional<Value> value, int otherwise) {
        if (value.isEmpty()) return otherwise;
        String text = value.get().text();
        if (text.matches("\\d{1,4}%")) return Integer.parseInt(text.substring(0, text.length() - 1));
        error(value.get(), "is not a percentage", "write a number and %, like 100%");
        return otherwise;
    }

    /** {@code 5/0xffffffff}: checked, and given back in one form so that equal marks are equal. */
    Optional<String> mark(Optional<Value> value) {
        if (value.isEmpty() || value.get().text().equals("%unique")) return Optional.empty();
        Matcher matcher = MARK.matcher(value.get().text());
        long mark = matcher.matches() ? unsigned(matcher.group(1)) : Long.MAX_VALUE;
        long mask = !matcher.matches() || matcher.group(2) == null ? 0xFFFF_FFFFL : unsigned(matcher.group(2));
        if (mark > 0xFFFF_FFFFL || mask > 0xFFFF_FFFFL) {
            error(value.get(), "is not a mark", "write a number of at most 32 bits and a mask, like 5/0xffffffff");
            return Optional.empty();
        }
        return mark < 0 ? Optional.empty() : Optional.of(mark + "/0x" + Long.toHexString(mask));
    }

    private static long unsigned(String text) { return text.startsWith("0x") ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text); }

    /** A name that the kernel takes for a TUN. */
    Optional<String> interfaceName(Optional<Value> value) {
        if (value.isEmpty()) return Optional.empty();
        String name = value.get().text();
        if (name.length() > INTERFACE_LENGTH) {
            error(value.get(), "is longer than the " + INTERFACE_LENGTH + " characters an interface name may have", "choose a shorter name, like vti01");
        } else if (!INTERFACE.matcher(name).matches() || name.equals("lo") || name.equals("all") || name.equals("default")) {
            error(value.get(), "is not a name for an interface", "choose a name like vti01");
        } else {
            return Optional.of(name);
        }
        return Optional.empty();
    }

    /** Several subnets with blanks or commas between them, in braces or not; each of them once. */
    List<Prefix> subnets(Value value) {
        String list = value.text().strip();
        if (list.startsWith("{") && list.endsWith("}")) list = list.substring(1, list.length() - 1);
        var items = Arrays.stream(list.split("[\\s,]+")).filter(item -> !item.isEmpty()).toList();
        if (items.isEmpty()) error(value, "names no subnet", "write subnets like {10.0.1.0/24 10.0.2.0/24}");
        if (items.size() > MAX_SUBNETS) error(value, "is a list of " + items.size() + " subnets", "write at most " + MAX_SUBNETS + ", or one that covers them");
        return items.stream().flatMap(item -> subnet(new Value(value.keyword(), item, value.keywordAt(), value.at())).stream()).distinct().toList();
    }

    private Optional<Prefix> subnet(Value value) {
        String text = value.text();
        var network = Addresses.network(text).or(() -> Addresses.network6(text));
        if (network.isPresent()) {
            if (!network.get().exact()) {
                diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, value.at(),
                        value.keyword() + "=" + text + " has host bits set: it means " + network.get().prefix(), "write " + network.get().prefix());
            }
            return Optional.of(network.get().prefix());
        }
        if (Addresses.isPlaceholder(text)) error(value, "is still the placeholder", "put the subnet here, like 192.168.2.0/24");
        else if (Addresses.ip(text).isPresent()) error(value, "has no prefix length",
                "write " + text + (text.contains(":") ? "/128" : "/32") + " for one host");
        else if (text.contains(":")) error(value, "is not a subnet", "write an address and a prefix length, like 2001:db8:2::/64");
        else error(value, "is not a subnet", "write an address and a prefix length, like 192.168.2.0/24");
        return Optional.empty();
    }

    Optional<InnerAddress> innerAddress(Value value) {
        var network = Addresses.network(value.text()).or(() -> Addresses.network6(value.text()));
        if (network.isEmpty()) {
            if (Addresses.ip(value.text()).isPresent()) error(value, "has no prefix length",
                    "write " + value.text() + (value.text().contains(":") ? "/64" : "/30"));
            else error(value, Addresses.isPlaceholder(value.text()) ? "is still the placeholder" : "is not an address with a prefix length",
                    "write one like 192.168.254.1/30");
            return Optional.empty();
        }
        var inner = network.get();
        if (inner.address() instanceof Inet6Address && (inner.address().isLinkLocalAddress() || inner.address().isMulticastAddress())) {
            error(value, "is no address that packets of other networks may come from", "write a global or unique local address, like fd00:254::1/64");
            return Optional.empty();
        }
        if (inner.length() == 0 || inner.length() < inner.address().getAddress().length * Byte.SIZE - 1 && inner.exact()) {
            error(value, "is a subnet, not an address in it",
                    "write the address of this end, like " + (inner.address() instanceof Inet6Address ? "fd00:254::1/64" : "192.168.254.1/30"));
            return Optional.empty();
        }
        return Optional.of(new InnerAddress(inner.address(), inner.length()));
    }

    /** {@code leftid=}: an address, {@code @name}, {@code name@domain}, {@code @[key id]}, {@code @#hex} or a distinguished name. */
    Optional<Identity> identity(Value value) {
        String text = value.text();
        if (text.startsWith("@") && text.length() > 1 && Addresses.ip(text.substring(1)).isPresent()) {
            diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, value.at(),
                    value.keyword() + "=" + text + " is a host name that looks like an address (ID_FQDN), not an address",
                    "write " + text.substring(1) + " without @ for the address");
        }
        try {
            var identity = identity(text);
            if (identity.isPresent()) return identity;
        } catch (IllegalArgumentException notHex) {
            error(value, "is not hexadecimal after @#", "write @[text] for a key id in text");
            return Optional.empty();
        }
        identityError(value.keyword() + "=" + text, text, value.at());
        return Optional.empty();
    }

    /** Why {@code text} is no identity. */
    void identityError(String what, String text, Position at) {
        if (Addresses.isPlaceholder(text)) diagnostics.error(at, what + " is still the placeholder", "put the address here");
        else if (text.equals("%any")) diagnostics.error(at, what + ": an identity of our own must be named", "write an address or @name");
        else if (text.equals("%fromcert")) diagnostics.error(at, what + " is an identity for certificates, and this side has a pre-shared key",
                "write an address or @name");
        else if (text.contains("=")) diagnostics.error(at, what + " is not a distinguished name", "write it like \"C=US, O=Example, CN=vpn\"");
        else diagnostics.error(at, what + " is neither an address nor a name with @", "write an address, or @" + text + " for a name that is sent as it is");
    }

    /** Without any reporting. @throws IllegalArgumentException if what follows {@code @#} is not hexadecimal */
    static Optional<Identity> identity(String text) {
        var address = Addresses.ip(text);
        if (address.isPresent()) return address.filter(any -> !any.isAnyLocalAddress()).map(Identity::ofAddress);
        if (text.length() < 2 || text.startsWith("%") || Addresses.isPlaceholder(text)) return Optional.empty();
        if (text.contains("=") && !text.startsWith("@")) return name(text);
        if (text.startsWith("@#")) return Optional.of(Identity.keyId(Octets.ofHex(text.substring(text.startsWith("@#0x") ? 4 : 2))));
        if (text.startsWith("@[")) {
            return Optional.of(Identity.keyId(Octets.of(text.substring(2, text.endsWith("]") ? text.length() - 1 : text.length())
                    .getBytes(StandardCharsets.UTF_8))));
        }
        if (text.startsWith("@")) return Optional.of(Identity.fqdn(text.substring(1)));
        return text.contains("@") ? Optional.of(Identity.userFqdn(text)) : Optional.empty();
    }

    private static Optional<Identity> name(String text) {
        try {
            return Optional.of(Identity.ofName(DistinguishedName.parse(text)));
        } catch (IllegalArgumentException noName) {
            return Optional.empty();
        }
    }

    void error(Value value, String what, String suggestion) {
        diagnostics.error(value.at(), value.keyword() + "=" + value.text() + " " + what, suggestion);
    }
}
