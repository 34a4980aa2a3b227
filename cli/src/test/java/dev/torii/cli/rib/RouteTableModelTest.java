package dev.torii.cli.rib;

import static dev.torii.cli.rib.Hosts.address;
import static dev.torii.cli.rib.Hosts.prefix;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.rib.RibEntry.Source;
import dev.torii.cli.rib.RouteTable.StaticHop;
import dev.torii.tun.InterfaceAddress;
import dev.torii.tun.Link;
import dev.torii.tun.NextHop;
import dev.torii.tun.Route;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A table that follows single changes must always be what a new table makes of the whole; many tunnels that share subnets, next hops and foreign routes. */
class RouteTableModelTest {
    private static final int TUNNELS = 8;
    private static final int FIRST_INDEX = 10;

    private final Random random = new Random(7);
    private final Set<Integer> up = new HashSet<>();
    private final Map<Prefix, Integer> learnt = new TreeMap<>();
    private HostNetwork host = network();

    @Test void singleChangesLeadWhereAWholeNewDecisionWould() {
        var table = configured();
        table.network(host, Route::isOurs);
        var followed = new TreeMap<Prefix, RibEntry>();
        for (int step = 0; step < 3000; step++) {
            for (int i = random.nextInt(3); i >= 0; i--) change(table);
            var changes = table.update();
            for (var gone : changes.gone()) followed.remove(gone.prefix());
            for (var entry : changes.selected()) followed.put(entry.prefix(), entry);
            var whole = whole();
            assertEquals(texts(whole.entries()), texts(table.entries()), "step " + step);
            assertEquals(texts(table.entries()), texts(List.copyOf(followed.values())), "the changes tell all, step " + step);
            assertEquals(whole.overridden(), table.overridden(), "step " + step);
        }
    }

    private RouteTable configured() {
        var table = new RouteTable(() -> 0);
        for (int tunnel = 0; tunnel < TUNNELS; tunnel++) table.addTunnel(name(tunnel), List.of(prefix("10.0." + tunnel / 2 + ".0/24"), prefix("0.0.0.0/0")));
        table.addGateway(address("203.0.113.11"));
        table.addGateway(address("10.1.1.1"));
        table.addStatic(prefix("10.9.0.0/16"), new StaticHop(Optional.of(address("192.168.100.2")), Optional.empty()), 1);
        table.addStatic(prefix("10.8.0.0/16"), new StaticHop(Optional.of(address("10.0.1.9")), Optional.empty()), 1);
        table.addStatic(prefix("10.8.0.0/16"), new StaticHop(Optional.of(address("192.168.103.2")), Optional.empty()), 30);
        table.addStatic(prefix("10.7.0.0/16"), new StaticHop(Optional.of(address("10.8.1.1")), Optional.empty()), 1);
        table.addStatic(prefix("10.0.3.0/24"), new StaticHop(Optional.empty(), Optional.of(name(5))), 1);
        return table;
    }

    private RouteTable whole() {
        var table = configured();
        table.network(host, Route::isOurs);
        for (int tunnel : up) table.tunnelUp(name(tunnel), true);
        learnt.forEach((prefix, tunnel) -> learn(table, prefix, tunnel));
        table.update();
        return table;
    }

    private void change(RouteTable table) {
        int tunnel = random.nextInt(TUNNELS);
        switch (random.nextInt(12)) {
            case 0 -> {
                host = network();
                table.network(host, Route::isOurs);
            }
            case 1 -> {
                var prefix = prefix("10." + random.nextInt(12) + ".0.0/" + (random.nextBoolean() ? 16 : 24));
                learnt.put(prefix, tunnel);
                learn(table, prefix, tunnel);
            }
            case 2 -> learnt.keySet().stream().findFirst().ifPresent(prefix -> {
                learnt.remove(prefix);
                table.unlearnt(prefix);
            });
            default -> table.tunnelUp(name(tunnel), up.add(tunnel) || !up.remove(tunnel));
        }
    }

    private static void learn(RouteTable table, Prefix prefix, int tunnel) {
        table.learnt(prefix, List.of(address("192.168." + (100 + tunnel) + ".2")), tunnel % 2 == 0);
    }

    /** An underlay with or without a default route; some tunnels with a subnet of their own; foreign routes into tunnels and beside them. */
    private HostNetwork network() {
        var links = new ArrayList<Link>();
        var addresses = new ArrayList<InterfaceAddress>();
        var routes = new ArrayList<Route>();
        links.add(new Link(2, "eth0", 1500, true, true, false, "", 0));
        addresses.add(InterfaceAddress.of(2, address("192.168.1.10"), 24));
        for (int tunnel = 0; tunnel < TUNNELS; tunnel++) {
            links.add(new Link(FIRST_INDEX + tunnel, name(tunnel), 1400, true, true, false, "", 0));
            if (tunnel % 3 != 2) addresses.add(InterfaceAddress.of(FIRST_INDEX + tunnel, address("192.168." + (100 + tunnel) + ".1"), 30));
        }
        if (random.nextInt(4) > 0) routes.add(Hosts.foreign("0.0.0.0", 0, "192.168.1.1", 0));
        if (random.nextBoolean()) routes.add(Hosts.foreign("10.0.1.0", 24, "192.168.1.1", 5));
        if (random.nextBoolean()) routes.add(Hosts.foreign("10.1.0.0", 16, "192.168.1.1", 100));
        if (random.nextBoolean()) routes.add(into(random.nextInt(TUNNELS), "10.1.0.0", 16));
        if (random.nextBoolean()) routes.add(into(random.nextInt(TUNNELS), "203.0.113.0", 24));
        return new HostNetwork(links, addresses, routes);
    }

    private static Route into(int tunnel, String destination, int length) {
        return Route.to(address(destination), length, NextHop.device(FIRST_INDEX + tunnel)).withProtocol(4).withMetric(7);
    }

    private static String name(int tunnel) { return "vti" + tunnel; }

    private static String texts(List<RibEntry> entries) {
        return entries.stream().map(entry -> entry.prefix() + " " + entry.source() + " " + entry.distance() + " " + entry.metric() + " "
                + entry.hops() + (entry.source() == Source.BGP ? " learnt" : "")).collect(Collectors.joining("\n"));
    }
}
