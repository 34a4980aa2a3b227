package dev.torii.cli.rib;

import dev.torii.bgp.wire.Prefix;
import dev.torii.tun.InterfaceAddress;
import dev.torii.tun.Link;
import dev.torii.tun.NextHop;
import dev.torii.tun.Route;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Hosts for tests: eth0 192.168.1.10/24, vti1 192.168.254.1/30, vti2 192.168.254.5/30, a default route over eth0. */
public final class Hosts {
    public static final int ETH0 = 2;
    public static final int VTI1 = 3;
    public static final int VTI2 = 4;
    private static final int PROTOCOL_STATIC = 4;
    private static final List<String> NAMES = List.of("", "lo", "eth0", "vti1", "vti2");

    private Hosts() {}

    public static HostNetwork cpe(Route... more) {
        var host = withoutDefaultRoute();
        var routes = new ArrayList<>(List.of(more));
        routes.add(foreign("0.0.0.0", 0, "192.168.1.1", 0));
        return new HostNetwork(host.links(), host.addresses(), routes);
    }

    public static HostNetwork withoutDefaultRoute() {
        var links = List.of(link(1, true), link(ETH0, false), link(VTI1, false), link(VTI2, false));
        var addresses = List.of(InterfaceAddress.of(1, address("127.0.0.1"), 8), InterfaceAddress.of(ETH0, address("192.168.1.10"), 24),
                InterfaceAddress.of(VTI1, address("192.168.254.1"), 30), InterfaceAddress.of(VTI2, address("192.168.254.5"), 30));
        return new HostNetwork(links, addresses, List.of());
    }

    private static Link link(int index, boolean loopback) {
        return new Link(index, name(index), 1500, true, true, loopback, "", 0);
    }

    public static String name(int index) {
        return NAMES.get(index);
    }

    /** An administrator's route over eth0. */
    public static Route foreign(String destination, int length, String gateway, long metric) {
        return Route.to(address(destination), length, NextHop.via(address(gateway), ETH0)).withMetric(metric).withProtocol(PROTOCOL_STATIC);
    }

    public static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static Prefix prefix(String text) {
        return Prefix.parse(text);
    }
}
