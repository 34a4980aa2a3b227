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
 * The same configuration files run in FRR and in Torii, each with the same three neighbours that send the same routes. Their tables must be the same, and
 * so must be what the neighbours were told. What is not compared is listed here and explained in bgp's README.
 */
@NamespaceTest(NamespaceTest.Needs.FRR)
class FrrDifferenceIT {
    private static final String PREFIX = "tp-diff";
    private static final Duration CONVERGED = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Fields of a path that both print; the others are FRR's inner affairs, or ours. */
    private static final Set<String> COMPARED = Set.of("valid", "bestpath", "multipath", "metric", "locPrf", "weight", "path", "origin", "peerId", "pathFrom");

    private static final String STATIC_ROUTES = """
            ip route 172.16.1.0/24 Null0
            ip route 172.16.2.0/24 Null0
            ip route 172.16.3.0/24 192.168.254.10
            ip route 172.16.4.0/24 Null0
            """;

    /** What is compared: written once, run in both. */
    private static final String CONFIGURATION = """
            router bgp 65000
             bgp router-id 192.168.254.1
             no bgp ebgp-requires-policy
             neighbor OCI peer-group
             neighbor OCI remote-as 31898
             neighbor OCI timers 3 9
             neighbor OCI timers connect 1
             neighbor 192.168.254.2 peer-group OCI
             neighbor 192.168.254.2 update-source 192.168.254.1
             neighbor 192.168.254.6 remote-as 64999
             neighbor 192.168.254.6 local-as 64512
             neighbor 192.168.254.6 timers connect 1
             neighbor 192.168.254.10 remote-as 65000
             neighbor 192.168.254.10 timers connect 1
             address-family ipv4 unicast
              network 172.16.1.0/24
              network 172.16.2.0/24 route-map NETWORK
              redistribute static route-map STATIC
              redistribute connected metric 33
              neighbor OCI soft-reconfiguration inbound
              neighbor OCI route-map OCI-IN in
              neighbor OCI route-map OCI-OUT out
              neighbor OCI prefix-list OCI-IN in
              neighbor OCI allowas-in 1
              neighbor 192.168.254.6 default-originate
              neighbor 192.168.254.6 as-override
              neighbor 192.168.254.6 distribute-list DISTRIBUTE in
              neighbor 192.168.254.6 filter-list PATHS out
              no neighbor 192.168.254.6 send-community extended
              neighbor 192.168.254.10 next-hop-self
              neighbor 192.168.254.10 weight 100
              neighbor 192.168.254.10 maximum-prefix 100
              neighbor 192.168.254.10 route-map INTERNAL-OUT out
             exit-address-family
            exit
            ip prefix-list OCI-IN seq 5 deny 10.1.0.0/16 le 24
            ip prefix-list OCI-IN permit any
            access-list DISTRIBUTE seq 5 deny 10.0.12.0/24
            access-list DISTRIBUTE seq 10 permit any
            bgp as-path access-list PATHS deny _64997_
            bgp as-path access-list PATHS permit .*
            bgp as-path access-list TWICE permit ^31898_31898_
            bgp community-list standard SEVEN permit 65000:7
            bgp community-list expanded OURS permit 65000:.*
            bgp large-community-list standard LARGE permit 31898:1:2
            bgp extcommunity-list standard TARGET permit rt 31898:5
            ip prefix-list STATIC deny 172.16.4.0/24
            ip prefix-list STATIC permit any
            route-map STATIC permit 10
             match ip address prefix-list STATIC
             set community 65000:3
            exit
            route-map NETWORK permit 10
             set metric 77
             set community 65000:172
            exit
            route-map OCI-IN deny 5
             match community GONE
            exit
            route-map OCI-IN permit 10
             match community SEVEN
             set local-preference 150
             set comm-list OURS delete
             on-match next
            exit
            route-map OCI-IN permit 20
             match as-path TWICE
             set weight 5
            exit
            route-map OCI-IN permit 30
             match large-community LARGE
             set large-community 65000:9:9 additive
             set as-path prepend last-as 2
            exit
            route-map OCI-IN permit 40
             match extcommunity TARGET
             set origin egp
             set extcommunity rt 65000:40
            exit
            route-map OCI-IN permit 50
             match metric 50
             set metric +5
             call CALLED
            exit
            route-map OCI-IN permit 60
             match community SEVEN
            exit
            route-map OCI-IN permit 100
             set local-preference 90
            exit
            route-map CALLED permit 10
             set community 65000:50 65000:51 no-peer
            exit
            route-map OCI-OUT permit 10
             set community 65000:100 additive
             set metric 9
            exit
            route-map INTERNAL-OUT permit 10
             match ip next-hop prefix-list OCI-IN
             set as-path exclude 31898
             on-match goto 30
            exit
            route-map INTERNAL-OUT deny 20
            exit
            route-map INTERNAL-OUT permit 30
             set aggregator as 65000 192.0.2.1
             set atomic-aggregate
            exit
            """;

    /** The three neighbours: views of one bgpd. */
    private static final String NEIGHBOURS = """
            router bgp 31898 view A
             bgp router-id 192.168.254.2
             no bgp ebgp-requires-policy
             no bgp network import-check
             neighbor 192.168.254.1 remote-as 65000
             neighbor 192.168.254.1 update-source 192.168.254.2
             neighbor 192.168.254.1 timers connect 1
             address-family ipv4 unicast
              network 0.0.0.0/0
              network 10.0.1.0/24
              network 10.0.2.0/24 route-map COMMUNITIES
              network 10.0.3.0/24 route-map TWICE
              network 10.0.4.0/24 route-map LARGE
              network 10.0.5.0/24 route-map MED50
              network 10.0.6.0/24 route-map LOOP
              network 10.0.7.0/24 route-map NO-EXPORT
              network 10.0.8.0/24 route-map NO-ADVERTISE
              network 10.0.9.0/24 route-map INCOMPLETE
              network 10.0.13.0/24 route-map EXTENDED
              network 10.0.15.0/24 route-map VIA-B
              network 10.0.16.0/24 route-map LEAVING
              network 10.1.0.0/16
              network 10.1.2.0/24
              network 10.1.2.128/25
              neighbor 192.168.254.1 route-map OUT out
             exit-address-family
            exit
            router bgp 64999 view B
             bgp router-id 192.168.254.6
             no bgp ebgp-requires-policy
             no bgp network import-check
             neighbor 192.168.254.5 remote-as 64512
             neighbor 192.168.254.5 update-source 192.168.254.6
             neighbor 192.168.254.5 timers connect 1
             address-family ipv4 unicast
              network 10.0.1.0/24
              network 10.0.2.0/24
              network 10.0.5.0/24 route-map MED10
              network 10.0.12.0/24
              network 10.0.14.0/24 route-map FAR
             exit-address-family
            exit
            router bgp 65000 view C
             bgp router-id 192.168.254.10
             no bgp network import-check
             neighbor 192.168.254.9 remote-as 65000
             neighbor 192.168.254.9 update-source 192.168.254.10
             neighbor 192.168.254.9 timers connect 1
             address-family ipv4 unicast
              network 10.0.11.0/24 route-map PREFERRED
              network 10.0.9.0/24
             exit-address-family
            exit
            ip prefix-list LOOP permit 10.0.6.0/24
            ip prefix-list TWICE permit 10.0.3.0/24
            ip prefix-list VIA-B permit 10.0.15.0/24
            route-map COMMUNITIES permit 10
             set community 31898:1 65000:7
            exit
            route-map LEAVING permit 10
             set community graceful-shutdown
            exit
            route-map VIA-B permit 10
             set community 31898:15
            exit
            route-map TWICE permit 10
             set origin egp
            exit
            route-map LARGE permit 10
             set large-community 31898:1:2
            exit
            route-map MED50 permit 10
             set metric 50
            exit
            route-map MED10 permit 10
             set metric 10
            exit
            route-map LOOP permit 10
             set community 31898:6
            exit
            route-map NO-EXPORT permit 10
             set community no-export
            exit
            route-map NO-ADVERTISE permit 10
             set community no-advertise
            exit
            route-map INCOMPLETE permit 10
             set origin incomplete
            exit
            route-map EXTENDED permit 10
             set extcommunity rt 31898:5
            exit
            route-map PREFERRED permit 10
             set local-preference 250
            exit
            route-map FAR permit 10
             set as-path prepend 64997
            exit
            route-map OUT permit 10
             match ip address prefix-list LOOP
             set as-path prepend 65000
            exit
            route-map OUT permit 20
             match ip address prefix-list TWICE
             set as-path prepend 31898
            exit
            route-map OUT permit 25
             match ip address prefix-list VIA-B
             set as-path prepend 64999
            exit
            route-map OUT permit 30
            exit
            """;

    @Test
    void theSameFilesGiveTheSameTablesAndTheSameAnnouncements() throws IOException {
        try (var namespaces = Namespaces.of(PREFIX, List.of("torii", "na", "frr", "nb"), Path.of("/run/torii-test", PREFIX))) {
            network(namespaces, "torii", "na");
            network(namespaces, "frr", "nb");
            var root = ToriiDaemon.root(namespaces, "torii").resolve("etc/frr");
            Files.createDirectories(root);
            Files.writeString(root.resolve("bgpd.conf"), CONFIGURATION);
            Files.writeString(root.resolve("staticd.conf"), STATIC_ROUTES);
            Files.writeString(root.resolve("daemons"), "bgpd=yes\n");
            var torii = ToriiDaemon.start(namespaces, "torii");
            var frr = Frr.start(namespaces, "frr", CONFIGURATION, STATIC_ROUTES);
            var besideTorii = Frr.start(namespaces, "na", NEIGHBOURS, "");
            var besideFrr = Frr.start(namespaces, "nb", NEIGHBOURS, "");
            torii.awaitReady();

            var wanted = Await.holds(CONVERGED, () -> frrs(frr).equals(toriis(torii)) && told(besideFrr, "B").size() > 10
                    && told(besideTorii, "A").equals(told(besideFrr, "A")) && told(besideTorii, "B").equals(told(besideFrr, "B"))
                    && told(besideTorii, "C").equals(told(besideFrr, "C")));
            assertEquals(text(frrs(frr)), text(toriis(torii)), torii.job().tail(20));
            for (String view : List.of("A", "B", "C")) {
                assertEquals(text(told(besideFrr, view)), text(told(besideTorii, view)), "what neighbour " + view + " was told");
            }
            for (String prefix : List.of("10.0.1.0/24", "10.0.5.0/24", "10.0.9.0/24", "172.16.2.0/24")) {
                Await.holds(CONVERGED, () -> detailsOf(frr, prefix).equals(detailsOf(torii, prefix)));       // neighbours may still tell each other more
                assertEquals(detailsOf(frr, prefix), detailsOf(torii, prefix), prefix);
            }
            var prefixLists = frr.vtysh("show ip prefix-list json").out();                      // one tree a daemon
            assertEquals(tree("{" + prefixLists.substring(prefixLists.indexOf("\"BGP\""))).path("BGP").path("OCI-IN"),
                    tree(torii.torii("show", "ip", "prefix-list", "OCI-IN", "--json").out()).path("BGP").path("OCI-IN"));
            assertTrue(wanted, "routes of all neighbours: " + text(frrs(frr)));
        }
    }

    private static TreeSet<String> detailsOf(Frr frr, String prefix) { return details(frr.vtysh("show bgp ipv4 unicast " + prefix + " json").out()); }

    private static TreeSet<String> detailsOf(ToriiDaemon torii, String prefix) { return details(torii.torii("show", "bgp", prefix, "--json").out()); }

    private static void network(Namespaces namespaces, String one, String other) {
        Shell.run(Shell.SHORT, """
                netns add @%1$s
                netns add @%2$s
                link add eth0 netns @%1$s type veth peer name eth0 netns @%2$s
                """.formatted(one, other).replace("@", namespaces.name("")), List.of("ip", "-batch", "-")).orFail("two namespaces");
        for (String name : List.of(one, other)) {
            var script = new StringBuilder("ip link set lo up; ip link set eth0 up\n");
            for (int subnet = 0; subnet < 3; subnet++) {
                script.append("ip addr add 192.168.254.").append(4 * subnet + (name.equals(one) ? 1 : 2)).append("/30 dev eth0\n");
            }
            namespaces.script(name, script.toString()).orFail("the addresses of " + name);
        }
    }

    private static TreeMap<String, TreeSet<String>> frrs(Frr frr) { return paths(frr.vtysh("show bgp ipv4 unicast json").out()); }

    private static TreeMap<String, TreeSet<String>> toriis(ToriiDaemon torii) { return paths(torii.torii("show", "bgp", "ipv4", "unicast", "--json").out()); }

    /** The paths of each prefix, in no order, as one line each. */
    private static TreeMap<String, TreeSet<String>> paths(String json) {
        var table = new TreeMap<String, TreeSet<String>>();
        tree(json).path("routes").properties().forEach(route -> route.getValue().forEach(path -> {
            var line = new TreeMap<String, String>();
            path.properties().forEach(field -> { if (COMPARED.contains(field.getKey())) line.put(field.getKey(), field.getValue().asText()); });
            line.put("nexthop", path.path("nexthops").path(0).path("ip").asText());
            table.computeIfAbsent(route.getKey(), unseen -> new TreeSet<>()).add(line.toString());
        }));
        return table;
    }

    /** Every path of one prefix with all its attributes, and why the best is the best. */
    private static TreeSet<String> details(String json) {
        var paths = new TreeSet<String>();
        for (JsonNode path : tree(json).path("paths")) {                                        // of three or more FRR names its last comparison
            var line = new TreeMap<String, String>();
            for (String field : List.of("origin", "metric", "locPrf", "weight", "valid", "sourced", "local", "atomicAggregate", "aggregatorAs"))
                if (path.has(field)) line.put(field, path.path(field).asText());
            for (String field : List.of("aspath", "community", "largeCommunity", "extendedCommunity")) {
                if (path.has(field)) line.put(field, path.path(field).path("string").asText());
            }
            line.put("length", path.path("aspath").path("length").asText());
            if (tree(json).path("paths").size() < 3) line.put("reason", path.path("bestpath").path("selectionReason").asText());
            line.put("nexthop", path.path("nexthops").path(0).path("ip").asText());
            line.put("from", path.path("peer").path("peerId").asText() + " " + path.path("peer").path("routerId").asText() + " "
                    + path.path("peer").path("type").asText());
            paths.add(line.toString());
        }
        return paths;
    }

    /** What a neighbour has from the one under test: every attribute. */
    private static TreeMap<String, String> told(Frr neighbour, String view) {
        var table = new TreeMap<String, String>();
        for (String prefix : paths(neighbour.vtysh("show bgp view " + view + " ipv4 unicast json").out()).keySet()) {
            for (JsonNode path : tree(neighbour.vtysh("show bgp view " + view + " ipv4 unicast " + prefix + " json").out()).path("paths")) {
                if (path.path("peer").path("peerId").asText().equals("0.0.0.0")) continue;      // its own
                var line = new TreeMap<String, String>();
                for (String field : List.of("origin", "metric", "locPrf", "atomicAggregate", "aggregatorAs", "aggregatorId")) {
                    if (path.has(field)) line.put(field, path.path(field).asText());
                }
                line.put("path", path.path("aspath").path("string").asText());
                for (String field : List.of("community", "largeCommunity", "extendedCommunity")) {
                    if (path.has(field)) line.put(field, path.path(field).path("string").asText());
                }
                line.put("nexthop", path.path("nexthops").path(0).path("ip").asText());
                // FRR announces a route to whom it comes from: as-override lets it in
                if (line.get("path").startsWith("64512 65000 64512")) continue;
                table.put(prefix, line.toString());
            }
        }
        return table;
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
