package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Addresses;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Host;
import dev.torii.cli.config.libreswan.Conn.Value;
import java.net.InetAddress;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out which of left and right is this host. */
final class Orientation {
    private final Host host;
    private final Diagnostics diagnostics;

    Orientation(Host host, Diagnostics diagnostics) {
        this.host = host;
        this.diagnostics = diagnostics;
    }

    /**
     * A conn as this host sees it.
     *
     * @param local  empty for {@code %defaultroute}
     * @param remote empty for {@code %any}
     */
    record Ends(Side localSide, Optional<InetAddress> local, Optional<InetAddress> remote) {}

    /** One of left= and right=. */
    private sealed interface End {
        record Fixed(InetAddress address) implements End {}

        record DefaultRoute() implements End {}

        record Any() implements End {}
    }

    Optional<Ends> of(Conn conn) {
        Optional<End> left = end(conn, Side.LEFT);
        Optional<End> right = end(conn, Side.RIGHT);
        if (left.isEmpty() || right.isEmpty()) return Optional.empty();
        boolean leftHere = here(left.get());
        boolean rightHere = here(right.get());
        if (leftHere != rightHere) {
            var side = leftHere ? Side.LEFT : Side.RIGHT;
            var addresses = Stream.of(left.get(), right.get()).flatMap(end -> address(end).stream()).map(Object::getClass).distinct();
            if (addresses.count() > 1) {
                diagnostics.error(conn.get("left").orElseThrow().at(),
                        "left=" + conn.get("left").orElseThrow().text() + " and right=" + conn.get("right").orElseThrow().text()
                        + " are of two address families", "write two IPv4 addresses, or two IPv6 addresses");
                return Optional.empty();
            }
            return Optional.of(new Ends(side, address(leftHere ? left.get() : right.get()), address(leftHere ? right.get() : left.get())));
        }
        var addresses = host.localAddresses().stream().filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .map(InetAddress::getHostAddress).sorted().collect(Collectors.joining(", "));
        String both = "left=" + conn.get("left").orElseThrow().text() + (leftHere ? " and " : " nor ") + "right=" + conn.get("right").orElseThrow().text();
        diagnostics.error(conn.get("left").orElseThrow().at(), leftHere ? "both " + both + " are this host" : "neither " + both + " is an address of this host",
                "this host has " + (addresses.isEmpty() ? "no address yet" : addresses) + "; write left=%defaultroute for whichever address leads to the peer");
        return Optional.empty();
    }

    private Optional<End> end(Conn conn, Side side) {
        Optional<Value> value = conn.get(side, "");
        if (value.isEmpty()) {
            diagnostics.error(conn.at(), "conn " + conn.name() + " has no " + side.word() + "=",
                    "add " + side.word() + "= with an address" + (side == Side.LEFT ? ", or left=%defaultroute" : ""));
            return Optional.empty();
        }
        String text = value.get().text();
        if (text.equalsIgnoreCase("%defaultroute")) return Optional.of(new End.DefaultRoute());
        if (text.equalsIgnoreCase("%any") || text.equalsIgnoreCase("%any6")) return Optional.of(new End.Any());
        var address = Addresses.ip(text);
        if (address.isPresent() && address.get().isAnyLocalAddress()) return Optional.of(new End.Any());
        var values = new Values(diagnostics);
        if (address.isPresent() && (address.get().isLinkLocalAddress() || address.get().isMulticastAddress())) {
            values.error(value.get(), address.get().isMulticastAddress() ? "is a multicast address" : "is the address of one link only",
                    "write an address that is routed");
            return Optional.empty();
        }
        if (address.isPresent()) return Optional.of(new End.Fixed(address.get()));
        if (Addresses.isPlaceholder(text)) values.error(value.get(), "is still the placeholder", "put the address here");
        else if (text.startsWith("%")) values.error(value.get(), "is not supported", "write an address, %defaultroute or %any");
        else if (text.matches("[0-9.]+") || text.contains(":")) values.error(value.get(), "is not an address", "write an address like 198.51.100.1");
        else values.error(value.get(), "is a name, and names are not looked up yet", "write the address");
        return Optional.empty();
    }

    private boolean here(End end) {
        return switch (end) {
            case End.Fixed(InetAddress address) -> host.localAddresses().contains(address);
            case End.DefaultRoute defaultRoute -> true;
            case End.Any any -> false;
        };
    }

    private static Optional<InetAddress> address(End end) { return end instanceof End.Fixed(InetAddress address) ? Optional.of(address) : Optional.empty(); }
}
