package dev.torii.cli.rib;

import dev.torii.tun.InterfaceAddress;
import dev.torii.tun.Link;
import dev.torii.tun.Links;
import dev.torii.tun.Route;
import dev.torii.tun.Routes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The host's interfaces, addresses and main routing table at one moment. */
public record HostNetwork(List<Link> links, List<InterfaceAddress> addresses, List<Route> routes) {
    /** A host without anything. */
    public static final HostNetwork NONE = new HostNetwork(List.of(), List.of(), List.of());

    public HostNetwork {
        links = List.copyOf(links);
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
    }

    /** Reads it from the kernel. */
    public static HostNetwork read(Links links, Routes routes) throws IOException {
        return new HostNetwork(links.list(), links.addresses(), routes.list());
    }

    /** The interface with that index. */
    public Optional<Link> link(int index) {
        return links.stream().filter(link -> link.index() == index).findAny();
    }

    /** The interface with that name. */
    public Optional<Link> link(String name) {
        return links.stream().filter(link -> link.name().equals(name)).findAny();
    }
}
