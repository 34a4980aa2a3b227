package dev.torii.cli.config.frr;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.Addresses;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Position;
import dev.torii.cli.config.Warning;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the slots of commands; what cannot be read is reported. */
final class FrrValues {
    static final long MAX_32 = 0xFFFF_FFFFL;

    private final Diagnostics diagnostics;

    FrrValues(Diagnostics diagnostics) { this.diagnostics = diagnostics; }

    Optional<Inet4Address> address(Word word) {
        var address = Addresses.ipv4(word.text());
        if (address.isPresent()) return address;
        if (Addresses.isPlaceholder(word.text())) error(word, "is still the placeholder", "put the address here");
        else if (Addresses.looksLikeIpv6(word.text())) error(word, "is IPv6, which has no place here", "write an IPv4 address");
        else error(word, "is not an address", "write an address like 192.168.254.2");
        return Optional.empty();
    }

    /** Of either family. */
    Optional<InetAddress> ip(Word word) {
        return Addresses.looksLikeIpv6(word.text()) ? ipv6(word).map(InetAddress.class::cast) : address(word).map(InetAddress.class::cast);
    }

    Optional<Inet6Address> ipv6(Word word) {
        var address = Addresses.ipv6(word.text());
        if (address.isPresent() && !address.get().isLinkLocalAddress()) return address;
        if (address.isPresent()) error(word, "is link-local, which is not supported yet", "write the global address");
        else if (Addresses.isPlaceholder(word.text())) error(word, "is still the placeholder", "put the address here");
        else error(word, "is not an IPv6 address", "write an address like 2001:db8::2");
        return Optional.empty();
    }

    /** Host bits are cleared, as FRR does, with a warning. */
    Optional<Prefix> prefix(Word word, AddressFamily family) {
        if (!family.ipv6()) return prefix(word);
        var network = Addresses.network6(word.text());
        if (network.isEmpty()) {
            if (Addresses.isPlaceholder(word.text())) error(word, "is still the placeholder", "put the prefix here");
            else error(word, "is not an IPv6 prefix", Addresses.ipv6(word.text()).isPresent() ? "add a length, like " + word.text() + "/64" : "write an address and a length from 0 to 128, like 2001:db8::/32");
            return Optional.empty();
        }
        if (!network.get().exact()) masked(word, network.get().prefix());
        return network.map(Addresses.Network::prefix);
    }

    /** Likewise, IPv4. */
    Optional<Prefix> prefix(Word word) {
        var network = Addresses.network(word.text()).filter(found -> word.text().matches(".*/\\d+"));
        if (network.isEmpty()) {
            if (Addresses.isPlaceholder(word.text())) error(word, "is still the placeholder", "put the prefix here");
            else if (Addresses.looksLikeIpv6(word.text())) error(word, "is IPv6, which has no place here", "write it where IPv6 is meant: address-family ipv6, ipv6 prefix-list, ipv6 route");
            else error(word, "is not a prefix", Addresses.ipv4(word.text()).isPresent() ? "add a length, like " + word.text() + "/24" : "write an address and a length from 0 to 32, like 192.168.2.0/24");
            return Optional.empty();
        }
        if (!network.get().exact()) masked(word, network.get().prefix());
        return network.map(Addresses.Network::prefix);
    }

    /** {@code A.B.C.D} and a netmask. */
    Optional<Prefix> prefix(Word address, Word mask) {
        var read = address(address);
        var length = Addresses.length(mask.text());
        if (length.isEmpty() || mask.text().matches("\\d+")) {
            error(mask, "is not a netmask", "write one like 255.255.255.0");
            return Optional.empty();
        }
        return read.map(a -> {
            var prefix = Prefix.of(a, length.getAsInt());
            if (!prefix.address().equals(a)) masked(address, prefix);
            return prefix;
        });
    }

    private void masked(Word word, Prefix prefix) {
        diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, word.at(), word.text() + " has host bits set: it means " + prefix, "write " + prefix);
    }

    OptionalLong number(Word word, long least, long greatest) {
        if (word.text().matches("\\d{1,12}")) {
            long number = Long.parseLong(word.text());
            if (number >= least && number <= greatest) return OptionalLong.of(number);
        }
        error(word, "is not a number from " + least + " to " + greatest, "write a number from " + least + " to " + greatest);
        return OptionalLong.empty();
    }

    /** asplain or asdot (RFC 5396). */
    OptionalLong as(Word word) {
        if (word.text().matches("\\d{1,5}\\.\\d{1,5}")) {
            String[] halves = word.text().split("\\.");
            long high = Long.parseLong(halves[0]);
            long low = Long.parseLong(halves[1]);
            if (high <= 0xFFFF && low <= 0xFFFF && (high | low) != 0) return OptionalLong.of(high << 16 | low);
        }
        if (word.text().matches("\\d{1,10}")) {
            long as = Long.parseLong(word.text());
            if (as >= 1 && as <= MAX_32) return OptionalLong.of(as);
        }
        error(word, "is not an AS number", "write a number from 1 to " + MAX_32);
        return OptionalLong.empty();
    }

    /**
     * Communities, one a word.
     *
     * @param prefix what stands before each: {@code "rt "}; "" if the words say it themselves
     */
    Optional<CommunitySet> communities(Word command, List<Word> words, CommunityKind kind, String prefix) {
        String example = switch (kind) {
            case STANDARD -> "65000:1, or a name like no-export";
            case LARGE -> "65000:1:2";
            case EXTENDED -> prefix.isEmpty() ? "rt 65000:1" : "65000:1";
        };
        if (words.isEmpty()) {
            error(command.at(), "there is no community", "write one like " + example);
            return Optional.empty();
        }
        var all = CommunitySet.empty(kind);
        String before = prefix;
        for (Word word : words) {
            if (kind == CommunityKind.EXTENDED && prefix.isEmpty() && List.of("rt", "soo").contains(word.text())) {
                before = word.text() + " ";
                continue;
            }
            var one = CommunitySet.parse(kind, before + word.text());
            if (one.isEmpty()) {
                error(word, "is not a community", "write one like " + example);
                return Optional.empty();
            }
            all = all.plus(one.get());
        }
        return Optional.of(all);
    }

    void error(Word word, String what, String suggestion) { diagnostics.error(word.at(), "\"" + word.text() + "\" " + what, suggestion); }

    void error(Position at, String cause, String suggestion) { diagnostics.error(at, cause, suggestion); }

    void warn(Warning.Kind kind, Position at, String text, String suggestion) { diagnostics.warn(kind, at, text, suggestion); }

    /** A command that is FRR's and does nothing here, harmlessly. */
    static void quiet(Grammar.Match match) {
        // nothing to do: the command has no counterpart in this process
    }

    /** A command that is FRR's and has no effect here. */
    Grammar.Action noted(String why) {
        return match -> warn(Warning.Kind.WITHOUT_EFFECT, match.first().at(), "this command has no effect: " + why, "remove the line");
    }

    /** A command that is FRR's and that must not be left out in silence. */
    Grammar.Action refused(String what, String suggestion) {
        return match -> {
            if (!match.no()) error(match.first().at(), what + " not supported yet", suggestion);
        };
    }
}
