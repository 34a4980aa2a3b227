package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Frr;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * IPv6 unicast as FRR does it: the same files run in FRR and in Torii, each with the same neighbours: both families over an IPv4 session, both over an IPv6
 * session, IPv6 alone inside the AS. Tables, announcements and the kernel's routes must be the same.
 */
@NamespaceTest(NamespaceTest.Needs.FRR)
class FrrIpv6IT {
    private static final String PREFIX = "tsx-six";
    private static final Duration CONVERGED = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> COMPARED = Set.of("valid", "bestpath", "multipath", "metric", "locPrf", "weight", "path", "origin", "peerId", "pathFrom");

    private static final String STATIC_ROUTES = """
            ip route 172.16.1.0/24 Null0
            ipv6 route 2001:db8:a1::/48 Null0
            ipv6 route 2001:db8:a2::/48 2001:db8:2::2
            ipv6 route 2001:db8:a3::/48 2001:db8:2::2
            ipv6 route 2001:db8:a3::/48 2001:db8:3::2
            ipv6 route 2001:db8:a4::/48 eth2
            """;

    private static final String CONFIGURATION = """
            router bgp 65000
             bgp router-id 192.168.254.1
             no bgp ebgp-requires-policy
             neighbor 192.168.254.2 remote-as 31898
             neighbor 192.168.254.2 timers connect 1
             neighbor 2001:db8:2::2 remote-as 64999
             neighbor 2001:db8:2::2 timers connect 1
             neighbor 2001:db8:3::2 remote-as 65000
             neighbor 2001:db8:3::2 timers connect 1
             address-family ipv4 unicast
              network 172.16.1.0/24
              no neighbor 2001:db8:3::2 activate
             exit-address-family
             address-family ipv6 unicast
              network 2001:db8:a1::/48 route-map NETWORK
              redistribute static route-map STATIC
              neighbor 192.168.254.2 activate
              neighbor 192.168.254.2 soft-reconfiguration inbound
              neighbor 192.168.254.2 route-map IN in
              neighbor 2001:db8:2::2 activate
              neighbor 2001:db8:2::2 prefix-list NOT-ALL in
              neighbor 2001:db8:2::2 route-map OUT out
              neighbor 2001:db8:2::2 default-originate
              neighbor 2001:db8:3::2 activate
              neighbor 2001:db8:3::2 next-hop-self
              neighbor 2001:db8:3::2 maximum-prefix 100
             exit-address-family
            exit
            ipv6 prefix-list NOT-ALL seq 5 deny 2001:db8:13::/48
            ipv6 prefix-list NOT-ALL permit any
            ipv6 prefix-list EXACTLY permit 2001:db8:12::/48
            ipv6 prefix-list A4 permit 2001:db8:a4::/48
            ipv6 access-list TENS permit 2001:db8:10::/47
            route-map NETWORK permit 10
             set metric 77
             set community 65000:1
            exit
            route-map STATIC deny 5
             match ipv6 address prefix-list A4
            exit
            route-map STATIC permit 10
            exit
            route-map IN permit 5
             match ipv6 address prefix-list EXACTLY
             set local-preference 150
            exit
            route-map IN permit 10
             match ipv6 address TENS
             set metric 5
            exit
            route-map IN permit 20
            exit
            route-map OUT permit 10
             match ipv6 address prefix-len 48
             set ipv6 next-hop global 2001:db8:2::99
             on-match next
            exit
            route-map OUT permit 20
             set metric 9
            exit
            """;

    private static final String NEIGHBOURS = """
            debug bgp zebra
            router bgp 31898 view A
             bgp router-id 192.168.254.2
             no bgp ebgp-requires-policy
             no bgp network import-check
             neighbor 192.168.254.1 remote-as 65000
             neighbor 192.168.254.1 passive
             address-family ipv4 unicast
              network 10.0.1.0/24
             exit-address-family
             address-family ipv6 unicast
              network 2001:db8:10::/48
              network 2001:db8:11::/48
              network 2001:db8:12::/48
              network ::/0
              neighbor 192.168.254.1 activate
              neighbor 192.168.254.1 route-map OWN out
             exit-address-family
            exit
            router bgp 64999 view B
             bgp router-id 192.168.254.6
             no bgp ebgp-requires-policy
             no bgp network import-check
             neighbor 2001:db8:2::1 remote-as 65000
             neighbor 2001:db8:2::1 passive
             address-family ipv4 unicast
              network 10.0.2.0/24
             exit-address-family
             address-family ipv6 unicast
              network 2001:db8:11::/48 route-map FAR
              network 2001:db8:13::/48
              network 2001:db8:14::/48
              neighbor 2001:db8:2::1 activate
             exit-address-family
            exit
            router bgp 65000 view C
             bgp router-id 192.168.254.10
             no bgp network import-check
             neighbor 2001:db8:3::1 remote-as 65000
             neighbor 2001:db8:3::1 passive
             address-family ipv6 unicast
              network 2001:db8:15::/48
              network 2001:db8:10::/48
              neighbor 2001:db8:3::1 activate
             exit-address-family
            exit
            route-map OWN permit 10
             set ipv6 next-hop global 2001:db8:1::2
            exit
            route-map FAR permit 10
             set as-path prepend 64997
            exit
            """;

    @Test
    void theSameFilesGiveTheSameIpv6RoutesEverywhere() throws IOException {
        try (var namespaces = Namespaces.of(PREFIX, List.of("torii", "na", "frr", "nb"), Path.of("/run/torii-test", PREFIX))) {
            network(namespaces, "torii", "na");
            network(namespaces, "frr", "nb");
            var root = ToriiDaemon.root(namespaces, "torii").resolve("etc/frr");
            Files.createDirectories(root);
            Files.writeString(root.resolve("bgpd.conf"), CONFIGURATION);
            Files.writeString(root.resolve("staticd.conf"), STATIC_ROUTES);
            Files.writeString(root.resolve("daemons"), "bgpd=yes\n");
            var besideTorii = Frr.start(namespaces, "na", NEIGHBOURS, "");
            var besideFrr = Frr.start(namespaces, "nb", NEIGHBOURS, "");
            awaitLinkLocal(besideTorii);
            awaitLinkLocal(besideFrr);
            var torii = ToriiDaemon.start(namespaces, "torii");
            var frr = Frr.start(namespaces, "frr", CONFIGURATION, STATIC_ROUTES);
            torii.awaitReady();

            boolean converged = Await.holds(CONVERGED, () -> frrs(frr).size() > 10 && frrs(frr).equals(toriis(torii))
                    && kernel(namespaces, "torii").equals(kernel(namespaces, "frr")) && told(besideFrr, "B").size() > 5
                    && List.of("A", "B", "C").stream().allMatch(view -> told(besideTorii, view).equals(told(besideFrr, view))));
            assertEquals(text(frrs(frr)), text(toriis(torii)), torii.job().tail(20));
            for (String view : List.of("A", "B", "C"))
                assertEquals(text(told(besideFrr, view)), text(told(besideTorii, view)), "what neighbour " + view + " was told");
            assertEquals(text(kernel(namespaces, "frr")), text(kernel(namespaces, "torii")), "the kernel's routes");
            assertEquals(counts(frr.vtysh("show bgp summary json").out()), counts(torii.torii("show", "bgp", "summary", "--json").out()));
            assertEquals(neighbours(frr.vtysh("show bgp ipv6 unicast summary").out()),
                    neighbours(torii.torii("show", "bgp", "ipv6", "unicast", "summary").out()));
            assertEquals(routes(frr.vtysh("show ipv6 route json").out()), routes(torii.torii("show", "ipv6", "route", "--json").out()));
            assertTrue(converged, text(frrs(frr)));
        }
    }

    /** bgpd sends no link-local next hop in sessions that are older than what zebra tells it of its interfaces. */
    private static void awaitLinkLocal(Frr neighbour) {
        Await.until("the link-local addresses in bgpd", CONVERGED, () -> neighbour.log().split("addr fe80:", -1).length > 3, neighbour::log);
    }

    /** Three links: 192.168.254.0/30 with 2001:db8:1::/64, 2001:db8:2::/64, 2001:db8:3::/64; the same MACs, and so link-local addresses, each time. */
    private static void network(Namespaces namespaces, String one, String other) {
        var links = new StringBuilder("netns add @" + one + "\nnetns add @" + other + "\n");
        for (int link = 0; link < 3; link++)
            links.append("link add eth%1$d address 02:00:00:00:0%1$d:01 netns @%2$s type veth peer name eth%1$d address 02:00:00:00:0%1$d:02 netns @%3$s\n"
                .formatted(link, one, other));
        Shell.run(Shell.SHORT, links.toString().replace("@", namespaces.name("")), List.of("ip", "-batch", "-")).orFail("two namespaces");
        for (String name : List.of(one, other)) {
            int host = name.equals(one) ? 1 : 2;
            var script = new StringBuilder("echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6\nip link set lo up\n"
                    + "ip addr add 192.168.254." + host + "/30 dev eth0\n");
            for (int link = 0; link < 3; link++)
                script.append("ip addr add 2001:db8:%1$d::%2$d/64 dev eth%3$d nodad\nip link set eth%3$d up\n".formatted(link + 1, host, link));
            namespaces.script(name, script.toString()).orFail("the addresses of " + name);
        }
    }

    private static TreeMap<String, TreeSet<String>> frrs(Frr frr) {
        var both = paths(frr.vtysh("show bgp ipv6 unicast json").out());
        both.putAll(paths(frr.vtysh("show bgp ipv4 unicast json").out()));
        return both;
    }

    private static TreeMap<String, TreeSet<String>> toriis(ToriiDaemon torii) {
        var both = paths(torii.torii("show", "bgp", "ipv6", "unicast", "--json").out());
        both.putAll(paths(torii.torii("show", "bgp", "ipv4", "unicast", "--json").out()));
        return both;
    }

    private static TreeMap<String, TreeSet<String>> paths(String json) {
        var table = new TreeMap<String, TreeSet<String>>();
        tree(json).path("routes").properties().forEach(route -> route.getValue().forEach(path -> {
            var line = new TreeMap<String, String>();
            path.properties().forEach(field -> { if (COMPARED.contains(field.getKey())) line.put(field.getKey(), field.getValue().asText()); });
            line.put("nexthops", nextHops(path));
            table.computeIfAbsent(route.getKey(), unseen -> new TreeSet<>()).add(line.toString());
        }));
        return table;
    }

    /** Not the link-local ones: they come from the interfaces' MACs, and FRR has none to send in its first seconds. */
    private static String nextHops(JsonNode path) {
        var hops = new TreeSet<String>();
        for (JsonNode hop : path.path("nexthops"))
            if (!hop.path("scope").asText().equals("link-local")) hops.add(hop.path("ip").asText() + " " + hop.path("afi").asText());
        return hops.toString();
    }

    /** What a neighbour has from the one under test, of both families. */
    private static TreeMap<String, String> told(Frr neighbour, String view) {
        var table = new TreeMap<String, String>();
        for (String family : List.of("ipv4", "ipv6")) {
            String show = "show bgp view " + view + " " + family + " unicast ";
            for (var routes : paths(neighbour.vtysh(show + "json").out()).entrySet()) {
                String prefix = routes.getKey();
                if (routes.getValue().stream().allMatch(path -> path.contains("weight=32768"))) continue;
                for (JsonNode path : tree(neighbour.vtysh(show + prefix + " json").out()).path("paths")) {
                    if (!path.path("peer").has("type")) continue;                               // its own
                    var line = new TreeMap<String, String>();
                    for (String field : List.of("origin", "metric", "locPrf", "atomicAggregate", "aggregatorAs", "aggregatorId"))
                        if (path.has(field)) line.put(field, path.path(field).asText());
                    line.put("path", path.path("aspath").path("string").asText());
                    if (path.has("community")) line.put("community", path.path("community").path("string").asText());
                    line.put("nexthops", nextHops(path));
                    table.put(prefix, line.toString());
                }
            }
        }
        return table;
    }

    /** IPv6 routes that a daemon made. */
    private static TreeMap<String, String> kernel(Namespaces namespaces, String name) {
        var table = new TreeMap<String, String>();
        for (JsonNode route : tree(namespaces.script(name, "ip -6 -json route show").orFail("the kernel's routes").out())) {
            if (List.of("kernel", "ra").contains(route.path("protocol").asText())) continue;
            var hops = new TreeSet<String>();
            if (route.has("nexthops")) for (JsonNode hop : route.path("nexthops")) hops.add(hop.path("gateway").asText() + " " + hop.path("dev").asText());
            else hops.add(route.path("gateway").asText() + " " + route.path("dev").asText());
            table.put(route.path("dst").asText(), route.path("type").asText() + " " + hops + " metric " + route.path("metric").asText());
        }
        return table;
    }

    /** Per family and neighbour what was received and sent. */
    private static String counts(String json) {
        var counts = new TreeMap<String, String>();
        tree(json).properties().forEach(family -> family.getValue().path("peers").properties().forEach(peer -> counts.put(family.getKey() + " " + peer.getKey(),
                peer.getValue().path("state").asText() + " " + peer.getValue().path("pfxRcd").asText() + " " + peer.getValue().path("idType").asText())));
        return text(counts);
    }

    /** The neighbours' names as they stand in the table. */
    private static List<String> neighbours(String text) {
        return text.lines().filter(line -> line.matches("[0-9a-f.:]+ +4 .*")).map(line -> line.replaceAll(" +4 .*", "")).toList();
    }

    /** Static and BGP routes with their distances and next hops; not the metric, which is a BGP route's MED in FRR and 0 here. */
    private static String routes(String json) {
        var table = new TreeMap<String, String>();
        tree(json).properties().forEach(route -> {
            for (JsonNode entry : route.getValue()) {
                if (!entry.path("selected").asBoolean() || !List.of("bgp", "static").contains(entry.path("protocol").asText())) continue;
                var hops = new TreeSet<String>();
                for (JsonNode hop : entry.path("nexthops"))
                    if (hop.path("fib").asBoolean()) hops.add(hop.path("ip").asText() + " " + hop.path("interfaceName").asText());
                table.put(route.getKey(), entry.path("protocol").asText() + " " + entry.path("distance").asText() + " " + hops);
            }
        });
        return text(table);
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json.isBlank() ? "{}" : json);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + json, e);
        }
    }

    private static String text(TreeMap<String, ?> table) {
        var text = new StringBuilder();
        table.forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
        return text.toString();
    }
}
