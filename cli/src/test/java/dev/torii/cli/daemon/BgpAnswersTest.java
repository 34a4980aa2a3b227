package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torii.bgp.ConnectionId;
import dev.torii.bgp.LocalAddresses;
import dev.torii.bgp.RouteSink;
import dev.torii.bgp.Speaker;
import dev.torii.bgp.Timer;
import dev.torii.bgp.Transport;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.BgpCodec;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Capability;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.CommunitySet;
import dev.torii.bgp.wire.DecodeContext;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import dev.torii.cli.config.SiteConfig;
import dev.torii.cli.show.BgpNotes;
import dev.torii.cli.show.BgpSummaryView;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FRR's show and clear commands: the same files and neighbour as in the captured session of FRR 8.4.4, whose output the expected texts are. */
class BgpAnswersTest implements Transport, RouteSink {
    private static final String CONFIGURATION = """
            router bgp 65000
             bgp router-id 192.168.254.1
             no bgp ebgp-requires-policy
             neighbor 192.168.254.2 remote-as 31898
             neighbor 192.168.254.2 description head end one
             neighbor 192.168.254.2 timers 3 9
             neighbor 192.168.254.2 timers connect 1
             neighbor 192.168.254.9 remote-as 64999
             neighbor 192.168.254.9 shutdown
             address-family ipv4 unicast
              network 172.16.1.0/24
              neighbor 192.168.254.2 soft-reconfiguration inbound
              neighbor 192.168.254.2 route-map IN in
              neighbor 192.168.254.2 prefix-list OUT out
              neighbor 192.168.254.2 maximum-prefix 100
             exit-address-family
            exit
            ip prefix-list OUT seq 5 permit 172.16.0.0/12 le 24
            ip prefix-list OUT seq 10 deny any
            bgp community-list standard C permit 31898:1
            route-map IN deny 5
             match ip address prefix-list NOT
            exit
            route-map IN permit 10
             match community C
             set local-preference 200
             set community 65000:1 additive
             on-match next
            exit
            route-map IN permit 20
             call OTHER
            exit
            route-map OTHER permit 10
            exit
            ip prefix-list NOT permit 10.0.9.0/24
            """;
    private static final String HEAD = """
            BGP table version is 3, local router ID is 192.168.254.1, vrf id 0
            Default local pref 100, local AS 65000
            Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,
                           i internal, r RIB-failure, S Stale, R Removed
            Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self
            Origin codes:  i - IGP, e - EGP, ? - incomplete
            RPKI validation codes: V valid, I invalid, N Not found

               Network          Next Hop            Metric LocPrf Weight Path
            """;
    private static final DecodeContext CONTEXT = new DecodeContext(true, true);
    private static final BgpAnswers.Surroundings AROUND = new BgpAnswers.Surroundings(BgpSummaryView.Columns.UNTIL_8_0, () -> BgpNotes.NONE);
    private static final ConnectionId CONNECTION = new ConnectionId(1000);

    @TempDir
    private Path directory;

    private final List<Integer> sent = new ArrayList<>();
    private InetAddress peer;
    private Speaker speaker;

    @BeforeEach
    void session() throws Exception {
        Files.createDirectories(directory.resolve("etc/frr"));
        Files.writeString(directory.resolve("etc/frr/daemons"), "bgpd=yes\n");
        Files.writeString(directory.resolve("etc/frr/frr.conf"), CONFIGURATION);
        var config = SiteConfig.load(directory, Set::of).bgp().orElseThrow();
        speaker = new Speaker(config, this, this, event -> { }, () -> 1.0, () -> 0);
        speaker.localRoute(Prefix.parse("172.16.1.0/24"), 0);
        speaker.start();
        peer = InetAddress.getByName("192.168.254.2");
        speaker.connected(peer, CONNECTION, false, LocalAddresses.of(InetAddress.getByName("192.168.254.1")));
        say(new OpenMessage(4, 31898, 9, 0xC0A8FE02, List.of(new Capability.FourOctetAs(31898), new Capability.RouteRefresh())));
        say(new BgpMessage.Keepalive());
        announce("10.0.1.0/24", 0);
        announce("10.0.2.0/24", 7, CommunitySet.parse(CommunityKind.STANDARD, "31898:1").orElseThrow(), CommunitySet.parse(CommunityKind.EXTENDED, "rt 31898:5").orElseThrow(),
                CommunitySet.parse(CommunityKind.LARGE, "1:2:3").orElseThrow());
        announce("10.0.9.0/24", 0);
        announce("172.16.1.0/24", 0);
    }

    private void say(BgpMessage message) { speaker.received(CONNECTION, BgpCodec.encode(message, CONTEXT)); }

    private void announce(String prefix, long metric, CommunitySet... communities) {
        var attributes = new ArrayList<PathAttribute>(List.of(PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(31898)), new PathAttribute.NextHop(peer),
                new PathAttribute.MultiExitDisc(metric)));
        for (CommunitySet set : communities) attributes.add(set.toAttribute(false).orElseThrow());
        say(new UpdateMessage(List.of(), attributes, List.of(Prefix.parse(prefix))));
    }

    @Override public void connect(InetAddress to, ConnectionId connection) { }

    @Override public boolean send(ConnectionId connection, ByteBuffer messages) {
        sent.add((int) messages.get(18));
        return true;
    }

    @Override public void close(ConnectionId connection) { }

    @Override public void arm(Timer timer, Duration after) { }

    @Override public void disarm(Timer timer) { }

    @Override public void best(LearntRoute route) { }

    @Override public void withdrawn(Prefix prefix) { }

    private String ask(String words) {
        var answer = BgpAnswers.answer(speaker, AROUND, List.of(words.split(" ")), false);
        assertTrue(BgpAnswers.understands(List.of(words.split(" "))), words);
        return answer.text();
    }

    private JsonNode json(String words) throws Exception { return new ObjectMapper().readTree(BgpAnswers.answer(speaker, AROUND, List.of(words.split(" ")), true).text()); }

    @Test
    void theRoutesOfANeighborAsFrrPrintsThem() {
        assertEquals(HEAD + """
                *> 10.0.1.0/24      192.168.254.2            0             0 31898 i
                *> 10.0.2.0/24      192.168.254.2            7    200      0 31898 i
                *  172.16.1.0/24    192.168.254.2            0             0 31898 i

                Displayed  3 routes and 3 total paths
                """, ask("show bgp ipv4 unicast neighbors 192.168.254.2 routes"), "FRR says 4 total paths: it counts those it does not show");
        assertEquals(HEAD + """
                *> 10.0.1.0/24      192.168.254.2            0             0 31898 i
                *> 10.0.2.0/24      192.168.254.2            7             0 31898 i
                *> 10.0.9.0/24      192.168.254.2            0             0 31898 i
                *> 172.16.1.0/24    192.168.254.2            0             0 31898 i

                Total number of prefixes 4 (1 filtered)
                """, ask("show bgp neighbors 192.168.254.2 received-routes"), "FRR shows the local preference that policy sets");
        assertEquals(HEAD + """
                *> 10.0.9.0/24      192.168.254.2            0             0 31898 i

                Total number of prefixes 1
                """, ask("show ip bgp neighbors 192.168.254.2 filtered-routes"));
        assertEquals(HEAD + """
                *> 172.16.1.0/24    0.0.0.0                  0         32768 i

                Total number of prefixes 1
                """, ask("show bgp ipv4 unicast neighbors 192.168.254.2 advertised-routes"));
        assertEquals("% Inbound soft reconfiguration not enabled", ask("show bgp neighbors 192.168.254.9 received-routes"));
        assertEquals("", ask("show bgp neighbors 192.168.254.9 advertised-routes"));
        assertEquals("% No such neighbor in this view/vrf", ask("show bgp neighbors 10.1.1.1 routes"));
    }

    @Test
    void onePrefixWithTheDecidingStep() throws Exception {
        assertEquals("""
                BGP routing table entry for 10.0.2.0/24, version 3
                Paths: (1 available, best #1, table default)
                  Not advertised to any peer
                  31898
                    192.168.254.2 from 192.168.254.2 (192.168.254.2)
                      Origin IGP, metric 7, localpref 200, valid, external, best (First path received)
                      Community: 31898:1 65000:1
                      Extended Community: RT:31898:5
                      Large Community: 1:2:3
                """, ask("show bgp ipv4 unicast 10.0.2.0/24"));
        assertEquals("""
                BGP routing table entry for 172.16.1.0/24, version 3
                Paths: (2 available, best #1, table default)
                  Advertised to non peer-group peers:
                  192.168.254.2
                  Local
                    0.0.0.0 from 0.0.0.0 (192.168.254.1)
                      Origin IGP, metric 0, weight 32768, valid, sourced, local, best (Weight)
                  31898
                    192.168.254.2 from 192.168.254.2 (192.168.254.2)
                      Origin IGP, metric 0, valid, external
                """, ask("show bgp 172.16.1.7"));
        assertEquals("% Network not in table", ask("show bgp 10.0.3.0/24"));
        var path = json("show bgp 10.0.2.0/24").path("paths").get(0);
        assertEquals("First path received", path.path("bestpath").path("selectionReason").asText());
        assertEquals("31898:1 65000:1", path.path("community").path("string").asText());
        assertEquals("192.168.254.2", path.path("peer").path("routerId").asText());
    }

    @Test
    void aNeighborInFrrsLines() throws Exception {
        String text = ask("show bgp neighbors 192.168.254.2");
        for (String line : """
                BGP neighbor is 192.168.254.2, remote AS 31898, local AS 65000, external link
                 Description: head end one
                  BGP version 4, remote router ID 192.168.254.2, local router ID 192.168.254.1
                  BGP state = Established, up for 00:00:00
                  Hold time is 9 seconds, keepalive interval is 3 seconds
                  Configured hold time is 9 seconds, keepalive interval is 3 seconds
                  Neighbor capabilities:
                    4 Byte AS: advertised and received
                    Address Family IPv4 Unicast: advertised and received
                    Opens:                  1          1
                    Updates:                1          4
                    Total:                  3          6
                  Minimum time between advertisement runs is 0 seconds
                 For address family: IPv4 Unicast
                  Inbound soft reconfiguration allowed
                  Community attribute sent to this neighbor(all)
                  Inbound path policy configured
                  Outbound path policy configured
                  Outgoing update prefix filter list is *OUT
                  Route map for incoming advertisements is *IN
                  3 accepted prefixes
                  Maximum prefixes allowed 100
                  Threshold for warning message 75%
                  Connections established 1; dropped 0
                  External BGP neighbor may be up to 1 hops away.
                Local host: 192.168.254.1
                BGP Connect Retry Timer in Seconds: 1""".lines().toList()) assertTrue(text.lines().anyMatch(line::equals), () -> line + "\n" + text);
        assertTrue(ask("show bgp neighbors").contains(" Administratively shut down\n  BGP version 4, remote router ID 0.0.0.0, local router ID 192.168.254.1\n  BGP state = Idle\n"));
        var fields = json("show bgp neighbors 192.168.254.2").path("192.168.254.2");
        assertEquals("Established", fields.path("bgpState").asText());
        assertEquals(4, fields.path("messageStats").path("updatesRecv").asInt());
        assertEquals("IN", fields.path("addressFamilyInfo").path("ipv4Unicast").path("routeMapForIncomingAdvertisements").asText());
    }

    @Test
    void listsAndMapsAsFrrPrintsThem() throws Exception {
        assertEquals("""
                BGP: ip prefix-list NOT: 1 entries
                   seq 5 permit 10.0.9.0/24
                BGP: ip prefix-list OUT: 2 entries
                   seq 5 permit 172.16.0.0/12 le 24
                   seq 10 deny any
                """, ask("show ip prefix-list"));
        assertEquals("% Can't find specified prefix-list", ask("show ip prefix-list NONE"));
        assertEquals(32, json("show ip prefix-list OUT").path("BGP").path("OUT").path("entries").get(1).path("maximumPrefixLength").asInt());
        assertEquals("""
                BGP:
                route-map: IN
                 deny, sequence 5
                  Match clauses:
                    ip address prefix-list NOT
                  Set clauses:
                  Call clause:
                  Action:
                    Exit routemap
                 permit, sequence 10
                  Match clauses:
                    community C
                  Set clauses:
                    local-preference 200
                    community 65000:1 additive
                  Call clause:
                  Action:
                    Continue to next entry
                 permit, sequence 20
                  Match clauses:
                  Set clauses:
                  Call clause:
                    Call OTHER
                  Action:
                    Exit routemap
                """, ask("show route-map IN"));
        assertEquals("Continue to next entry", json("show route-map").path("BGP").path("IN").path("rules").get(1).path("action").asText());
        assertEquals("BGP: 'route-map NONE' not found", ask("show route-map NONE"));
    }

    @Test
    void expressionsChoosePaths() {
        assertTrue(ask("show bgp regexp ^31898$").endsWith("Displayed  3 routes and 3 total paths\n"));
        assertEquals("No BGP prefixes displayed, 0 exist\n", ask("show ip bgp regexp _7_"));
        assertEquals("Can't compile regexp (", ask("show bgp regexp ("));
    }

    @Test
    void clearingEndsASessionOrRefreshesIt() {
        sent.clear();
        assertEquals("", ask("clear bgp 192.168.254.2 soft out"));
        assertEquals(List.of(2), sent, "an UPDATE");
        assertEquals("", ask("clear bgp * soft"));
        assertEquals("", ask("clear ip bgp 192.168.254.2 in"), "what it sent is kept");
        assertEquals("% No such neighbor in this view/vrf", ask("clear bgp 10.1.1.1"));
        assertTrue(ask("clear bgp 192.168.254.9 in").startsWith("torii: there is no session with 192.168.254.9"));
        assertTrue(ask("clear bgp 192.168.254.2 hard").startsWith("torii: unknown request"));
        assertTrue(speaker.neighbor(peer).orElseThrow().summary().established());
        sent.clear();
        assertEquals("", ask("clear bgp 192.168.254.2"));
        assertEquals(List.of(3), sent, "a NOTIFICATION");
        assertTrue(!speaker.neighbor(peer).orElseThrow().summary().established());
    }
}
